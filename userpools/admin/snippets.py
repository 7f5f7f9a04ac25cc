"""Code that signs somebody in through a client of this very installation, as an application would write it."""

from __future__ import annotations

from django.conf import settings as django_settings

from userpools.domain import domain_hosts
from userpools.models import AppClient

PYTHON, JAVASCRIPT = "python", "javascript"
LANGUAGES = {PYTHON: "Python", JAVASCRIPT: "JavaScript"}


def languages(client: AppClient) -> dict[str, str]:
    """No browser keeps a secret, and there is no SRP for servers in JavaScript that does."""
    has_none = way(client) == "srp" and client.has_secret
    return {PYTHON: LANGUAGES[PYTHON]} if has_none else LANGUAGES


def of(client: AppClient, language: str) -> str:
    write = {PYTHON: _python, JAVASCRIPT: _javascript}[language]
    return write(client).strip() + "\n"


def way(client: AppClient) -> str:
    """``machine``; ``api``, a password by InitiateAuth; ``pages``, an authorization code; ``srp``; or nothing."""
    if "client_credentials" in client.oauth_flows:
        return "machine"
    if "ALLOW_USER_PASSWORD_AUTH" in client.auth_flows:
        return "api"
    if "code" in client.oauth_flows and client.callback_urls:
        return "pages"
    return "srp" if "ALLOW_USER_SRP_AUTH" in client.auth_flows else ""


def _endpoint() -> tuple[str, str]:
    place = django_settings.POOLHOUSE
    return str(place.public_url), str(place.region)


def _base(client: AppClient) -> str:
    return domain_hosts.public_address(client.pool)


# --- Python ---------------------------------------------------------------------------------------------------------


def _python(client: AppClient) -> str:
    writers = {"machine": _python_machine, "pages": _python_pages, "srp": _python_srp}
    return writers.get(way(client), _python_api)(client)


def _python_api(client: AppClient) -> str:
    endpoint, region = _endpoint()
    hashed = '\n        "SECRET_HASH": secret_hash(username),' if client.has_secret else ""
    standard, proof = (_PYTHON_IMPORTS, _PYTHON_HASH.format(client_id=client.pk)) if client.has_secret else ("", "")
    return f"""
{standard}import boto3
from botocore import UNSIGNED
from botocore.config import Config
{proof}
cognito = boto3.client(
    "cognito-idp",
    endpoint_url="{endpoint}",
    region_name="{region}",
    config=Config(signature_version=UNSIGNED),
)
answer = cognito.initiate_auth(
    ClientId="{client.pk}",
    AuthFlow="USER_PASSWORD_AUTH",
    AuthParameters={{
        "USERNAME": username,
        "PASSWORD": password,{hashed}
    }},
)
# Tokens, or the name of what is asked next.
print(answer.get("AuthenticationResult") or answer["ChallengeName"])
"""


_PYTHON_IMPORTS = """import base64
import hmac

"""
_PYTHON_HASH = '''

def secret_hash(username):
    """Proves the client; the secret stays on the server."""
    message = (username + "{client_id}").encode()
    return base64.b64encode(hmac.digest(client_secret.encode(), message, "sha256")).decode()


'''


def _python_srp(client: AppClient) -> str:
    endpoint, region = _endpoint()
    secret = "\n    client_secret=client_secret," if client.has_secret else ""
    return f"""
import boto3
from botocore import UNSIGNED
from botocore.config import Config
from pycognito.aws_srp import AWSSRP  # pip install pycognito

cognito = boto3.client(
    "cognito-idp",
    endpoint_url="{endpoint}",
    region_name="{region}",
    config=Config(signature_version=UNSIGNED),
)
srp = AWSSRP(
    username=username,
    password=password,
    pool_id="{client.pool_id}",
    client_id="{client.pk}",{secret}
    client=cognito,
)
print(srp.authenticate_user()["AuthenticationResult"])
"""


def _python_machine(client: AppClient) -> str:
    return f"""
import requests

answer = requests.post(
    "{_base(client)}/oauth2/token",
    auth=("{client.pk}", client_secret),
    data={{"grant_type": "client_credentials", "scope": "{" ".join(client.oauth_scopes)}"}},
    timeout=10,
)
print(answer.json()["access_token"])
"""


def _python_pages(client: AppClient) -> str:
    auth = f'\n    auth=("{client.pk}", client_secret),' if client.has_secret else ""
    return f"""
import requests

# The browser came back to your callback with ?code=...
answer = requests.post(
    "{_base(client)}/oauth2/token",{auth}
    data={{
        "grant_type": "authorization_code",
        "client_id": "{client.pk}",
        "code": code,
        "redirect_uri": "{client.callback_urls[0]}",
    }},
    timeout=10,
)
print(answer.json()["id_token"])
"""


# --- JavaScript -----------------------------------------------------------------------------------------------------


def _javascript(client: AppClient) -> str:
    writers = {"machine": _javascript_machine, "pages": _javascript_pages, "srp": _javascript_srp}
    return writers.get(way(client), _javascript_api)(client)


def _javascript_api(client: AppClient) -> str:
    endpoint, region = _endpoint()
    hashed = ", SECRET_HASH: secretHash" if client.has_secret else ""
    proof = (
        f"""import {{createHmac}} from "node:crypto";

const secretHash = createHmac("sha256", clientSecret).update(username + "{client.pk}").digest("base64");
"""
        if client.has_secret
        else ""
    )
    return f"""
import {{CognitoIdentityProviderClient, InitiateAuthCommand}} from "@aws-sdk/client-cognito-identity-provider";
{proof}
const cognito = new CognitoIdentityProviderClient({{endpoint: "{endpoint}", region: "{region}"}});
const answer = await cognito.send(new InitiateAuthCommand({{
    ClientId: "{client.pk}",
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: {{USERNAME: username, PASSWORD: password{hashed}}},
}}));
console.log(answer.AuthenticationResult ?? answer.ChallengeName);
"""


def _javascript_srp(client: AppClient) -> str:
    endpoint, _ = _endpoint()
    return f"""
import {{AuthenticationDetails, CognitoUser, CognitoUserPool}} from "amazon-cognito-identity-js";

const Pool = new CognitoUserPool({{
    UserPoolId: "{client.pool_id}",
    ClientId: "{client.pk}",
    endpoint: "{endpoint}",
}});
new CognitoUser({{Username: username, Pool}}).authenticateUser(
    new AuthenticationDetails({{Username: username, Password: password}}),
    {{onSuccess: (session) => console.log(session.getIdToken().getJwtToken()), onFailure: console.error}},
);
"""


def _javascript_machine(client: AppClient) -> str:
    return f"""
const answer = await fetch("{_base(client)}/oauth2/token", {{
    method: "POST",
    headers: {{Authorization: `Basic ${{btoa(`{client.pk}:${{clientSecret}}`)}}`}},
    body: new URLSearchParams({{grant_type: "client_credentials", scope: "{" ".join(client.oauth_scopes)}"}}),
}});
console.log((await answer.json()).access_token);
"""


def _javascript_pages(client: AppClient) -> str:
    auth = (
        f"headers: {{Authorization: `Basic ${{btoa(`{client.pk}:${{clientSecret}}`)}}`}},\n    "
        if client.has_secret
        else ""
    )
    return f"""
// The browser came back to your callback with ?code=...
const answer = await fetch("{_base(client)}/oauth2/token", {{
    method: "POST",
    {auth}body: new URLSearchParams({{
        grant_type: "authorization_code",
        client_id: "{client.pk}",
        code,
        redirect_uri: "{client.callback_urls[0]}",
    }}),
}});
console.log((await answer.json()).id_token);
"""
