"""The few policies of AWS's own that exist here: for session policies, by their ARN."""

from __future__ import annotations

import json

from cognito_site.contract import errors

_ARN = "arn:aws:iam::aws:policy/"


def _allowing(*actions: str) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]},
        separators=(",", ":"),
    )


ADMINISTRATOR = _allowing("*")
GUESTS = f"{_ARN}AmazonCognitoUnauthenticatedIdentities"
_DOCUMENTS = {
    GUESTS: _allowing("rum:PutRumEvents"),
    f"{_ARN}AdministratorAccess": ADMINISTRATOR,
}

# What guests of the enhanced flow may do at most (AWS: "Access policies for unauthenticated identities"). AWS lists
# user pools, too; here a guest's credentials are kept out of them, whatever the role says.
GUEST_SESSION = _allowing(
    "appsync:*",
    "cloudwatch:*",
    "codewhisperer:*",
    "cognito-identity:*",
    "cognito-sync:*",
    "comprehend:*",
    "dynamodb:*",
    "execute-api:*",
    "firehose:*",
    "gamelift:*",
    "iot:*",
    "kinesisanalytics:*",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncrypt*",
    "lambda:*",
    "lex:*",
    "logs:*",
    "machinelearning:*",
    "mobileanalytics:*",
    "geo:*",
    "personalize:*",
    "polly:*",
    "rekognition:*",
    "s3:*",
    "sagemaker:InvokeEndpoint",
    "sdb:*",
    "ses:*",
    "sns:*",
    "sqs:*",
    "sumerian:View*",
    "textract:AnalyzeDocument",
    "textract:DetectDocumentText",
    "transcribe:*",
    "translate:*",
)


def document(arn: str) -> str:
    found = _DOCUMENTS.get(arn)
    if found is None:
        raise errors.session_policies_refused(arn)
    return found
