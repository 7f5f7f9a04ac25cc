"""Every refusal, in AWS's words.

A subclass for each error type of the contract, and below each a function for each *reason*, named after it:
``raise errors.incorrect_username_or_password()``. Texts are facts of the wire that clients match on; they are pinned by
``tests/domain/test_errors.py``. No reason tells whether a user exists unless its caller was allowed to say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


class Refusal(Exception):
    """A request that is refused: ``code`` is the modelled type, ``message`` what the client reads.

    ``fields`` are further members of the error body, ``status`` is the HTTP status. ``in_query`` holds code and status
    where the query protocol of STS and IAM has others.
    """

    code = "InternalErrorException"
    status = 400
    in_query: tuple[str, int] | None = None

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    @property
    def query_code(self) -> str:
        return self.in_query[0] if self.in_query else self.code

    @property
    def query_status(self) -> int:
        return self.in_query[1] if self.in_query else self.status


# --- before an operation runs ---------------------------------------------------------------------------------------


class SerializationError(Refusal):
    code = "SerializationException"
    in_query = ("MalformedInput", 400)


class UnknownOperation(Refusal):
    code = "UnknownOperationException"
    in_query = ("InvalidAction", 400)


class MissingAuthenticationToken(Refusal):
    code = "MissingAuthenticationTokenException"
    in_query = ("MissingAuthenticationToken", 403)


class UnrecognizedClient(Refusal):
    code = "UnrecognizedClientException"
    in_query = ("InvalidClientTokenId", 403)


class InvalidSignature(Refusal):
    code = "InvalidSignatureException"
    in_query = ("SignatureDoesNotMatch", 403)


class IncompleteSignature(Refusal):
    code = "IncompleteSignatureException"
    in_query = ("IncompleteSignature", 400)


class ExpiredCredentials(Refusal):
    code = "ExpiredTokenException"
    in_query = ("ExpiredToken", 403)


class AccessDenied(Refusal):
    code = "AccessDeniedException"
    in_query = ("AccessDenied", 403)


class ValidationFailed(Refusal):
    code = "ValidationException"
    in_query = ("ValidationError", 400)


class InternalError(Refusal):
    code = "InternalErrorException"
    status = 500
    in_query = ("InternalFailure", 500)


_TOKENS = {bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", str: "STRING_VALUE"}


def malformed(why: str) -> Refusal:
    return SerializationError(f"The request body is not an acceptable document: {why}.")


def cannot_be_converted(value: object, wanted: str) -> Refusal:
    """``wanted`` is AWS's word for the type, with its article."""
    if isinstance(value, list | dict):
        return unexpected_type(value, wanted)
    token = "FALSE_VALUE" if value is False else _TOKENS[type(value)]
    return SerializationError(f"{token} can not be converted to {wanted}")


def unexpected_type(value: object, wanted: str) -> Refusal:
    if isinstance(value, list):
        return SerializationError("Start of list found where not expected")
    if isinstance(value, dict):
        return SerializationError("Start of structure or map found where not expected.")
    return SerializationError("Expected list or null" if wanted == "list" else "Expected null")


def invalid_input(service: str, violations: Sequence[str]) -> Refusal:
    """All violations in one message. User pools have their own type for it."""
    plural = "error" if len(violations) == 1 else "errors"
    message = f"{len(violations)} validation {plural} detected: {'; '.join(violations)}"
    return InvalidParameter(message) if service == "cognito-idp" else ValidationFailed(message)


def unknown_operation(why: str) -> Refusal:
    return UnknownOperation(why)


def operation_not_performed(operation: str, declared: Collection[str]) -> Refusal:
    """In a type that the operation declares, where there is one that fits."""
    text = f"{operation} is not performed by this version of Poolhouse."
    kinds: tuple[type[Refusal], ...] = (OperationNotEnabled, InvalidParameter)
    return next((kind(text) for kind in kinds if kind.code in declared), UnknownOperation(text))


def incomplete_signature(why: str) -> Refusal:
    return IncompleteSignature(why)


def wrong_service_in_scope(service: str) -> Refusal:
    return InvalidSignature(f"Credential should be scoped to correct service: '{service}'.")


def wrong_region_in_scope() -> Refusal:
    return InvalidSignature("Credential should be scoped to a valid region")


def wrong_terminator_in_scope() -> Refusal:
    return InvalidSignature("Credential should be scoped with a valid terminator: 'aws4_request'")


def wrong_date_in_scope() -> Refusal:
    return InvalidSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")


def signature_expired(signed_at: str, earliest: str, now: str, minutes: int) -> Refusal:
    return InvalidSignature(f"Signature expired: {signed_at} is now earlier than {earliest} ({now} - {minutes} min.)")


def signature_not_yet_current(signed_at: str, latest: str, now: str, minutes: int) -> Refusal:
    return InvalidSignature(
        f"Signature not yet current: {signed_at} is still later than {latest} ({now} + {minutes} min.)"
    )


def internal_error() -> Refusal:
    return InternalError("Internal error. Quote the request id when you report it.")


def missing_authentication_token() -> Refusal:
    return MissingAuthenticationToken("Missing Authentication Token")


def unrecognized_client() -> Refusal:
    return UnrecognizedClient("The security token included in the request is invalid.")


def expired_credentials() -> Refusal:
    return ExpiredCredentials("The security token included in the request is expired")


def signature_does_not_match() -> Refusal:
    return InvalidSignature(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details."
    )


def access_denied(principal: str, action: str, resource: str, because: str = "") -> Refusal:
    return AccessDenied(f"User: {principal} is not authorized to perform: {action} on resource: {resource}{because}")


class OperationNotEnabled(Refusal):
    code = "OperationNotEnabledException"


class UnsupportedOperation(Refusal):
    code = "UnsupportedOperationException"


# --- NotAuthorized --------------------------------------------------------------------------------------------------


class NotAuthorized(Refusal):
    code = "NotAuthorizedException"


def incorrect_username_or_password() -> Refusal:
    return NotAuthorized("Incorrect username or password.")


def password_attempts_exceeded() -> Refusal:
    return NotAuthorized("Password attempts exceeded")


def user_disabled() -> Refusal:
    return NotAuthorized("User is disabled.")


def temporary_password_expired() -> Refusal:
    return NotAuthorized("Temporary password has expired and must be reset by an administrator.")


def invalid_session() -> Refusal:
    return NotAuthorized("Invalid session for the user.")


def session_expired() -> Refusal:
    return NotAuthorized("Invalid session for the user, session is expired.")


def session_used() -> Refusal:
    return NotAuthorized("Invalid session for the user, session can only be used once.")


def secret_hash_missing(client_id: str) -> Refusal:
    return NotAuthorized(f"Client {client_id} is configured with secret but SECRET_HASH was not received")


def secret_missing(client_id: str) -> Refusal:
    return NotAuthorized(f"Client {client_id} is configured for secret but secret was not received")


def secret_wrong(client_id: str) -> Refusal:
    return NotAuthorized(f"Unable to verify secret for client {client_id}")


def secret_hash_wrong(client_id: str) -> Refusal:
    return NotAuthorized(f"Unable to verify secret hash for client {client_id}")


def secret_hash_wrong_on_refresh(client_id: str) -> Refusal:
    return NotAuthorized(f"SecretHash does not match for the client: {client_id}")


def invalid_access_token() -> Refusal:
    return NotAuthorized("Invalid Access Token")


def access_token_expired() -> Refusal:
    return NotAuthorized("Access Token has expired")


def access_token_revoked() -> Refusal:
    return NotAuthorized("Access Token has been revoked")


def access_token_signature() -> Refusal:
    return NotAuthorized("Could not verify signature for Access Token")


def access_token_scope() -> Refusal:
    return NotAuthorized("Access Token does not have required scopes")


def invalid_refresh_token() -> Refusal:
    return NotAuthorized("Invalid Refresh Token")


def refresh_token_expired() -> Refusal:
    return NotAuthorized("Refresh Token has expired")


def refresh_token_revoked() -> Refusal:
    return NotAuthorized("Refresh Token has been revoked")


def sign_up_not_permitted() -> Refusal:
    return NotAuthorized("SignUp is not permitted for this user pool")


def cannot_confirm(status: str) -> Refusal:
    return NotAuthorized(f"User cannot be confirmed. Current status is {status}")


def password_cannot_be_reset() -> Refusal:
    return NotAuthorized("User password cannot be reset in the current state.")


def contact_administrator() -> Refusal:
    return NotAuthorized("Contact administrator to reset password.")


def unauthorized_attribute() -> Refusal:
    return NotAuthorized("A client attempted to write unauthorized attribute")


def cannot_modify_provided(attribute: str) -> Refusal:
    return NotAuthorized(f"Cannot modify an already provided {attribute}")


# --- users ----------------------------------------------------------------------------------------------------------


class UserNotFound(Refusal):
    code = "UserNotFoundException"


def user_not_found() -> Refusal:
    return UserNotFound("User does not exist.")


def username_client_combination_not_found() -> Refusal:
    return UserNotFound("Username/client id combination not found.")


class UserNotConfirmed(Refusal):
    code = "UserNotConfirmedException"


def user_not_confirmed() -> Refusal:
    return UserNotConfirmed("User is not confirmed.")


class PasswordResetRequired(Refusal):
    code = "PasswordResetRequiredException"


def password_reset_required() -> Refusal:
    return PasswordResetRequired("Password reset required for the user")


class UsernameExists(Refusal):
    code = "UsernameExistsException"


def user_already_exists() -> Refusal:
    return UsernameExists("User already exists")


def user_account_already_exists() -> Refusal:
    return UsernameExists("User account already exists")


def account_with_given_exists(attribute: str) -> Refusal:
    return UsernameExists(f"An account with the given {attribute} already exists.")


class AliasExists(Refusal):
    code = "AliasExistsException"


def alias_exists_at_confirmation(attribute: str) -> Refusal:
    return AliasExists(f"An account with the {attribute} already exists.")


def alias_exists(attribute: str) -> Refusal:
    return AliasExists(f"An account with the given {attribute} already exists.")


class UnsupportedUserState(Refusal):
    code = "UnsupportedUserStateException"


def resend_not_possible(username: str) -> Refusal:
    return UnsupportedUserState(f"Resend not possible. {username} status is not FORCE_CHANGE_PASSWORD")


# --- codes, factors, passwords --------------------------------------------------------------------------------------


class CodeMismatch(Refusal):
    code = "CodeMismatchException"


def code_mismatch() -> Refusal:
    return CodeMismatch("Invalid verification code provided, please try again.")


def mfa_code_mismatch() -> Refusal:
    return CodeMismatch("Invalid code or auth state for the user.")


class ExpiredCode(Refusal):
    code = "ExpiredCodeException"


def code_expired() -> Refusal:
    return ExpiredCode("Invalid code provided, please request a code again.")


def software_token_used() -> Refusal:
    return ExpiredCode("Your software token has already been used once.")


class EnableSoftwareTokenMfa(Refusal):
    code = "EnableSoftwareTokenMFAException"


def software_token_mismatch() -> Refusal:
    return EnableSoftwareTokenMfa("Code mismatch")


class SoftwareTokenMfaNotFound(Refusal):
    code = "SoftwareTokenMFANotFoundException"


def software_token_mfa_not_enabled() -> Refusal:
    return SoftwareTokenMfaNotFound("Software Token MFA has not been enabled by the userPool")


class InvalidPassword(Refusal):
    code = "InvalidPasswordException"


def password_refused(reason: str) -> Refusal:
    return InvalidPassword(f"Password did not conform with policy: {reason}")


def password_missing() -> Refusal:
    """The model has it optional, for pools without passwords; the words are of the time when it was not."""
    return InvalidParameter(
        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null"
    )


def password_refused_in_challenge(reason: str) -> Refusal:
    return InvalidPassword(f"Password does not conform to policy: {reason}")


class PasswordHistoryPolicyViolation(Refusal):
    code = "PasswordHistoryPolicyViolationException"


def password_used_before() -> Refusal:
    return PasswordHistoryPolicyViolation("Password has previously been used")


class CodeDeliveryFailure(Refusal):
    code = "CodeDeliveryFailureException"


def no_messages_to_country() -> Refusal:
    return CodeDeliveryFailure("Text messages are not sent to the country of this phone number.")


def message_budget_used() -> Refusal:
    return CodeDeliveryFailure("The user pool has sent all text messages of this day.")


def no_channel_for(medium: str) -> Refusal:
    return CodeDeliveryFailure(f"Messages by {medium} cannot be sent: no channel is configured for them.")


class InvalidSmsRoleAccessPolicy(Refusal):
    code = "InvalidSmsRoleAccessPolicyException"


class InvalidEmailRoleAccessPolicy(Refusal):
    code = "InvalidEmailRoleAccessPolicyException"


def undeliverable(medium: str, why: str) -> Refusal:
    """Of operations that declare no CodeDeliveryFailure: what AWS says when its sender is not let through."""
    return InvalidSmsRoleAccessPolicy(why) if medium == "SMS" else InvalidEmailRoleAccessPolicy(why)


class LimitExceeded(Refusal):
    code = "LimitExceededException"
    in_query = ("LimitExceeded", 409)


def attempt_limit_exceeded() -> Refusal:
    return LimitExceeded("Attempt limit exceeded, please try after some time.")


def count_limit_exceeded(what: str, limit: int) -> Refusal:
    return LimitExceeded(f"Exceeded the limit of {limit} {what}.")


class TooManyRequests(Refusal):
    code = "TooManyRequestsException"
    in_query = ("Throttling", 400)


def rate_exceeded() -> Refusal:
    return TooManyRequests("Rate exceeded")


class TooManyFailedAttempts(Refusal):
    code = "TooManyFailedAttemptsException"


# --- resources ------------------------------------------------------------------------------------------------------


class ResourceNotFound(Refusal):
    code = "ResourceNotFoundException"


def pool_not_found(pool_id: str) -> Refusal:
    return ResourceNotFound(f"User pool {pool_id} does not exist.")


def client_not_found(client_id: str) -> Refusal:
    return ResourceNotFound(f"User pool client {client_id} does not exist.")


def resource_server_not_found(identifier: str) -> Refusal:
    return ResourceNotFound(f"Resource server {identifier} does not exist.")


def group_not_found() -> Refusal:
    return ResourceNotFound("Group not found.")


def device_not_found() -> Refusal:
    return ResourceNotFound("Device does not exist.")


def domain_not_found() -> Refusal:
    return ResourceNotFound("Domain does not exist.")


def client_secret_not_found(secret_id: str) -> Refusal:
    return ResourceNotFound(f"Client secret {secret_id} does not exist.")


class GroupExists(Refusal):
    code = "GroupExistsException"


def group_exists() -> Refusal:
    return GroupExists("A group with the name already exists.")


class ConcurrentModification(Refusal):
    code = "ConcurrentModificationException"


class ScopeDoesNotExist(Refusal):
    code = "ScopeDoesNotExistException"


def scopes_do_not_exist(scopes: Iterable[str]) -> Refusal:
    return ScopeDoesNotExist(f"Custom scopes do not exist: {', '.join(scopes)}")


class InvalidOAuthFlow(Refusal):
    code = "InvalidOAuthFlowException"


def oauth_flows_and_scopes_required() -> Refusal:
    return InvalidOAuthFlow(
        "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."
    )


def client_credentials_not_alone() -> Refusal:
    return InvalidOAuthFlow("client_credentials flow can not be selected along with code flow or implicit flow.")


def client_credentials_without_secret() -> Refusal:
    return InvalidOAuthFlow("client_credentials flow can not be selected if client does not have a client secret.")


class UnsupportedTokenType(Refusal):
    code = "UnsupportedTokenTypeException"


def unsupported_token_type() -> Refusal:
    return UnsupportedTokenType("The token is not a refresh token.")


class Unauthorized(Refusal):
    code = "UnauthorizedException"


def client_unauthorized() -> Refusal:
    return Unauthorized("Invalid client or client secret.")


class RefreshTokenReuse(Refusal):
    code = "RefreshTokenReuseException"


def refresh_token_reused() -> Refusal:
    return RefreshTokenReuse("Refresh token has been used already.")


class FeatureUnavailableInTier(Refusal):
    code = "FeatureUnavailableInTierException"


def feature_unavailable(feature: str, tier: str) -> Refusal:
    return FeatureUnavailableInTier(f"{feature} is not available in the {tier} feature plan.")


class TierChangeNotAllowed(Refusal):
    code = "TierChangeNotAllowedException"


def tier_change_not_allowed(feature: str) -> Refusal:
    return TierChangeNotAllowed(f"{feature} is in use and is not available in the requested feature plan.")


class UserPoolTagging(Refusal):
    code = "UserPoolTaggingException"


class InvalidUserPoolConfiguration(Refusal):
    code = "InvalidUserPoolConfigurationException"


def no_second_factor_possible() -> Refusal:
    """MFAMethodNotFound would fit, but InitiateAuth does not declare it."""
    return InvalidUserPoolConfiguration("The user pool requires a second factor, and none is possible for the user.")


# --- triggers -------------------------------------------------------------------------------------------------------


class UnexpectedLambda(Refusal):
    code = "UnexpectedLambdaException"


class UserLambdaValidation(Refusal):
    code = "UserLambdaValidationException"


class InvalidLambdaResponse(Refusal):
    code = "InvalidLambdaResponseException"


def trigger_refused(trigger: str, message: str) -> Refusal:
    """AWS puts a period behind whatever the function said."""
    return UserLambdaValidation(f"{trigger} failed with error {message}.")


def trigger_not_answered(trigger: str, name: str) -> Refusal:
    return UnexpectedLambda(f"{trigger} invocation failed due to error {name}.")


def trigger_output_is_no_json() -> Refusal:
    return InvalidLambdaResponse("Invalid lambda function output : Invalid JSON")


def trigger_output_unrecognizable() -> Refusal:
    return InvalidLambdaResponse("Unrecognizable lambda output")


def custom_auth_not_configured() -> Refusal:
    return InvalidParameter("Custom auth lambda trigger is not configured for the user pool.")


# --- InvalidParameter -----------------------------------------------------------------------------------------------


class InvalidParameter(Refusal):
    code = "InvalidParameterException"
    in_query = ("ValidationError", 400)


def missing_parameter(name: str) -> Refusal:
    return InvalidParameter(f"Missing required parameter {name}")


def flow_not_enabled(flow: str) -> Refusal:
    return InvalidParameter(
        {
            "USER_SRP_AUTH": "USER_SRP_AUTH is not enabled for the client.",
            "CUSTOM_AUTH": "CUSTOM_AUTH is not enabled for the client.",
            "USER_PASSWORD_AUTH": "USER_PASSWORD_AUTH flow not enabled for this client",
            "USER_AUTH": "USER_AUTH flow not enabled for this client",
        }.get(flow, "Auth flow not enabled for this client")
    )


def auth_method_not_supported() -> Refusal:
    return InvalidParameter("Initiate Auth method not supported.")


def flow_not_performed(flow: str) -> Refusal:
    return InvalidParameter(f"{flow} is not performed by this version of Poolhouse.")


def challenge_mismatch() -> Refusal:
    return InvalidParameter("The session was not issued for this challenge.")


def user_already_confirmed() -> Refusal:
    return InvalidParameter("User is already confirmed.")


def auto_verification_off() -> Refusal:
    return InvalidParameter("Cannot resend codes. Auto verification not turned on.")


def no_recovery_channel() -> Refusal:
    return InvalidParameter(
        "Cannot reset password for the user as there is no registered/verified email or phone_number"
    )


def username_should_be(kinds: str) -> Refusal:
    return InvalidParameter(f"Username should be {kinds}.")


def username_contradicts(attribute: str) -> Refusal:
    return InvalidParameter(f"Username and the attribute {attribute} must be the same in this user pool.")


def username_looks_like_alias(kind: str) -> Refusal:
    """``kind`` is "email" or "phone number"."""
    return InvalidParameter(f"Username cannot be of {kind} format, since user pool is configured for {kind} alias.")


def email_needed_to_verify() -> Refusal:
    return InvalidParameter("Email is required to verify/un-verify an email")


def phone_needed_to_verify() -> Refusal:
    return InvalidParameter("Phone Number is required to verify/un-verify a phone number")


def attributes_refused(lines: Iterable[str]) -> Refusal:
    """One line for each attribute, each ended by a newline, as Cognito prints them."""
    return InvalidParameter("Attributes did not conform to the schema: " + "".join(f"{line}\n" for line in lines))


def invalid_user_attributes(lines: Iterable[str]) -> Refusal:
    return InvalidParameter("Invalid user attributes: " + "".join(f"{line}\n" for line in lines))


def invalid_email() -> Refusal:
    return InvalidParameter("Invalid email address format.")


def invalid_phone_number() -> Refusal:
    return InvalidParameter("Invalid phone number format.")


def no_code_for_attribute(name: str) -> Refusal:
    return InvalidParameter(f"Only email and phone_number can be verified, and the user must have one: {name}")


def no_address_for_medium(medium: str, attribute: str) -> Refusal:
    return InvalidParameter(f"A message by {medium} needs the attribute {attribute}.")


def required_attributes_missing(names: Iterable[str]) -> Refusal:
    return InvalidParameter(f"Missing required attributes: {', '.join(names)}")


def no_delivery_config(factor: str) -> Refusal:
    return InvalidParameter(f"User does not have delivery config set to turn on {factor}")


def not_a_choice(answer: str) -> Refusal:
    return InvalidParameter(f"{answer} is not one of the factors to choose from.")


def software_token_not_verified() -> Refusal:
    return InvalidParameter("User has not verified software token mfa")


def filter_unparsable() -> Refusal:
    return InvalidParameter("Error while parsing filter")


def invalid_search_attribute(name: str) -> Refusal:
    return InvalidParameter(f"Invalid search attribute: {name}")


def requested_attributes_unknown() -> Refusal:
    return InvalidParameter("One or more requested attributes do not exist.")


def invalid_pagination_token() -> Refusal:
    return InvalidParameter("Invalid pagination token")


def deletion_protected() -> Refusal:
    return InvalidParameter(
        "The user pool cannot be deleted because deletion protection is activated. "
        "Deletion protection must be inactivated first."
    )


def pool_has_domain() -> Refusal:
    return InvalidParameter("User pool cannot be deleted. It has a domain configured that should be deleted first.")


def settings_contradict(one: str, other: str) -> Refusal:
    """Two members of one meaning, named as the domain names them."""
    return InvalidParameter(f"{one} and {other} must be equal when both are given.")


def setting_needs(what: str, needed: str) -> Refusal:
    return InvalidParameter(f"{what} needs {needed}.")


def validity_days_twice() -> Refusal:
    return InvalidParameter(
        "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
    )


def alias_and_username_attributes() -> Refusal:
    return InvalidParameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.")


def not_auto_verified() -> Refusal:
    return InvalidParameter("AttributesRequireVerificationBeforeUpdate must be a subset of AutoVerifiedAttributes.")


def admin_only_not_alone() -> Refusal:
    return InvalidParameter("admin_only cannot be combined with another recovery mechanism.")


def recovery_mechanisms_repeat() -> Refusal:
    return InvalidParameter("Recovery mechanisms must differ in name and in priority.")


def first_factor_refused(why: str) -> Refusal:
    return InvalidParameter(f"Invalid AllowedFirstAuthFactors: {why}")


def one_sms_sender() -> Refusal:
    return InvalidParameter("SmsConfiguration needs either SnsCallerArn or EumsSms.")


def acr_values_repeat() -> Refusal:
    return InvalidParameter("The AcrValue of each level must be unique.")


def mfa_without_factor() -> Refusal:
    return InvalidParameter(
        "SmsConfiguration is required when MfaConfiguration is ON or OPTIONAL and no other factor is configured."
    )


def mfa_without_factor_configuration() -> Refusal:
    return InvalidParameter(
        "At least one of [SmsMfaConfiguration] or [SoftwareTokenMfaConfiguration] must be provided."
    )


def sms_configuration_missing() -> Refusal:
    """AWS names the wrong member; clients know it so."""
    return InvalidParameter("[SmsConfiguration] is a required member of [SoftwareTokenMfaConfiguration].")


def mfa_configuration_missing() -> Refusal:
    return InvalidParameter("[MfaConfiguration] must be one of 'ON', 'OFF', or 'OPTIONAL'.")


def email_mfa_with_email_recovery() -> Refusal:
    return InvalidParameter("EmailMfaConfiguration cannot be combined with email as the only recovery mechanism.")


def too_many_tags(limit: int) -> Refusal:
    return InvalidParameter(f"A resource can have at most {limit} tags.")


def reserved_tag(key: str) -> Refusal:
    return InvalidParameter(f"Tag keys must not start with aws: ({key}).")


def not_a_pool_arn() -> Refusal:
    return InvalidParameter("ResourceArn is not the ARN of a user pool.")


def secret_given_and_generated() -> Refusal:
    return InvalidParameter("GenerateSecret and ClientSecret cannot be combined.")


def legacy_flows_mixed() -> Refusal:
    return InvalidParameter("ExplicitAuthFlows with the prefix ALLOW_ cannot be combined with values without it.")


def rotation_excludes_refresh_flow() -> Refusal:
    return InvalidParameter("ALLOW_REFRESH_TOKEN_AUTH cannot be enabled together with refresh token rotation.")


def token_validity_out_of_range() -> Refusal:
    return InvalidParameter("Invalid range for token validity.")


def refresh_token_shorter() -> Refusal:
    return InvalidParameter("RefreshTokenValidity must not be less than AccessTokenValidity and IdTokenValidity.")


def scopes_need_openid(scopes: Iterable[str]) -> Refusal:
    return InvalidParameter(f"The scope openid is required with: {', '.join(scopes)}")


def redirect_url_refused(url: str, why: str) -> Refusal:
    return InvalidParameter(f"{url} cannot be used as a redirect URL: {why}.")


def redirect_url_in_the_clear(url: str) -> Refusal:
    return InvalidParameter(f"{url} cannot use the HTTP protocol.")


def default_redirect_not_registered() -> Refusal:
    return InvalidParameter("DefaultRedirectURI must be one of CallbackURLs.")


def provider_not_found(name: str, pool_id: str) -> Refusal:
    return InvalidParameter(f"The provider {name} does not exist for User Pool {pool_id}.")


def client_attributes_refused(kind: str, deed: str) -> Refusal:
    """``kind`` is "read" or "write", ``deed`` "creating" or "updating"."""
    return InvalidParameter(f"Invalid {kind} attributes specified while {deed} a client")


def context_data_without_secret() -> Refusal:
    return InvalidParameter("EnablePropagateAdditionalUserContextData needs a client secret.")


def attribute_type_missing() -> Refusal:
    return InvalidParameter("Invalid AttributeDataType input, consider using the provided AttributeDataType enum.")


def attribute_name_missing() -> Refusal:
    return InvalidParameter("Every schema attribute needs a Name.")


def required_custom_attribute() -> Refusal:
    return InvalidParameter("Required custom attributes are not supported currently.")


def standard_attribute_changed(name: str) -> Refusal:
    return InvalidParameter(
        f"You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
    )


def attribute_exists(name: str) -> Refusal:
    return InvalidParameter(f"{name}: Existing attribute already has name {name}.")


def invalid_constraints(attribute_type: str, name: str) -> Refusal:
    """``attribute_type`` is "String" or "Number"."""
    return InvalidParameter(f"Invalid {attribute_type}AttributeConstraints for schema attribute {name}")


def attribute_too_long(name: str) -> Refusal:
    return InvalidParameter(f"user.{name}: String attributes cannot have a length of more than 2048")


def bounds_crossed(what: str, name: str) -> Refusal:
    """``what`` is "length" or "value"."""
    return InvalidParameter(f"user.{name}: Max {what} cannot be less than min {what}.")


def resource_server_exists(identifier: str, pool_id: str) -> Refusal:
    return InvalidParameter(f"{identifier} already exists in user pool {pool_id}.")


def client_has_no_secret() -> Refusal:
    return InvalidParameter("The client was created without a secret.")


def last_client_secret() -> Refusal:
    return InvalidParameter("The last secret of a client cannot be deleted.")


def reserved_identifier(identifier: str) -> Refusal:
    return InvalidParameter(f"{identifier} is reserved and cannot be used as identifier of a resource server.")


def scope_named_twice() -> Refusal:
    return InvalidParameter("The scopes of a resource server must have different names.")


def pool_has_domain_already() -> Refusal:
    return InvalidParameter("User pool already has a domain configured.")


def domain_reserved(word: str) -> Refusal:
    return InvalidParameter(f"Domain cannot contain reserved word: {word}")


def domain_refused(why: str) -> Refusal:
    return InvalidParameter(f"Invalid domain: {why}.")


def prefix_domain_has_no_certificate() -> Refusal:
    return InvalidParameter("CustomDomainConfig cannot be given for a prefix domain.")


def managed_login_version_unknown() -> Refusal:
    return InvalidParameter("ManagedLoginVersion must be 1 or 2.")


def domain_taken() -> Refusal:
    return InvalidParameter("Domain already associated with another user pool.")


def link_needs_domain() -> Refusal:
    return InvalidParameter("A user pool that confirms sign-ups by link must have a domain.")


def sender_refused() -> Refusal:
    return InvalidParameter("From must be an email address, or a name and an email address in angle brackets.")


def text_refused(why: str) -> Refusal:
    """Of an extension."""
    return InvalidParameter(f"This text cannot be used: {why}.")


def log_configuration_refused(why: str) -> Refusal:
    return InvalidParameter(f"Invalid log delivery configuration: {why}.")


def event_webhook_refused(why: str) -> Refusal:
    """Of an extension."""
    return InvalidParameter(f"This webhook cannot be used: {why}.")


def not_performed(what: str) -> Refusal:
    """A setting or member whose effect this version does not have; storing it silently would be a lie."""
    return InvalidParameter(f"{what} is not performed by this version of Poolhouse.")


# --- identity pools -------------------------------------------------------------------------------------------------


class ResourceConflict(Refusal):
    code = "ResourceConflictException"


class DeveloperUserAlreadyRegistered(Refusal):
    code = "DeveloperUserAlreadyRegisteredException"


class InvalidIdentityPoolConfiguration(Refusal):
    code = "InvalidIdentityPoolConfigurationException"


def identity_pool_not_found(pool_id: str) -> Refusal:
    return ResourceNotFound(f"IdentityPool '{pool_id}' not found.")


def identity_not_found(identity_id: str) -> Refusal:
    return ResourceNotFound(f"Identity '{identity_id}' not found.")


def developer_identifier_not_found() -> Refusal:
    return ResourceNotFound("Developer user identifier not found.")


def principal_tags_not_found(provider: str) -> Refusal:
    return ResourceNotFound(f"No principal tags are mapped for {provider}.")


def not_an_identity_pool_arn() -> Refusal:
    return InvalidParameter("ResourceArn is not the ARN of an identity pool.")


def guests_not_allowed() -> Refusal:
    return NotAuthorized("Unauthenticated access is not supported for this identity pool.")


def no_identity_providers() -> Refusal:
    return NotAuthorized("Identity pool does not have identity providers configured.")


def provider_not_supported() -> Refusal:
    return NotAuthorized("Token is not from a supported provider of this identity pool.")


def logins_do_not_match() -> Refusal:
    return NotAuthorized(
        "Logins don't match. Please include at least one valid login for this identity or identity pool."
    )


def identity_forbidden(identity_id: str) -> Refusal:
    return NotAuthorized(f"Access to Identity '{identity_id}' is forbidden.")


def login_token_expired(now: int, expired_at: int) -> Refusal:
    return NotAuthorized(f"Invalid login token. Token expired: {now} >= {expired_at}")


def login_token_not_verified() -> Refusal:
    return NotAuthorized("Invalid login token. Couldn't verify signed token.")


def login_token_revoked() -> Refusal:
    return NotAuthorized("Invalid login token. Token has been revoked.")


def login_token_of_another_issuer() -> Refusal:
    return NotAuthorized("Invalid login token. Issuer doesn't match providerName")


def login_token_without_audience() -> Refusal:
    return NotAuthorized("Invalid login token. Missing a required claim: aud")


def login_token_malformed() -> Refusal:
    return NotAuthorized("Invalid login token. Not a valid OpenId Connect identity token.")


def login_token_not_ours() -> Refusal:
    return NotAuthorized("Invalid login token. Not a Cognito token.")


def our_token_not_alone() -> Refusal:
    return InvalidParameter("A token of cognito-identity.amazonaws.com must be the only login.")


def login_already_linked() -> Refusal:
    return ResourceConflict("Login is already linked to another account.")


def identities_cannot_be_merged(provider: str) -> Refusal:
    return ResourceConflict(f"Both identities have a login at {provider}.")


def too_many_logins(limit: int) -> Refusal:
    return ResourceConflict(f"An identity can have at most {limit} logins.")


def identifier_of_another_identity() -> Refusal:
    return ResourceConflict("IdentityId and DeveloperUserIdentifier do not belong together.")


def developer_user_already_registered() -> Refusal:
    return DeveloperUserAlreadyRegistered("The developer user identifier is registered with another identity.")


def one_developer_provider() -> Refusal:
    return InvalidParameter("Logins must name the developer provider of the identity pool, and one user of it.")


def lookup_needs_something() -> Refusal:
    return InvalidParameter("Either IdentityId or DeveloperUserIdentifier must be given.")


def classic_flow_not_enabled() -> Refusal:
    return InvalidParameter("Basic (classic) flow is not enabled, please use enhanced flow.")


def classic_flow_with_role_mappings() -> Refusal:
    return InvalidParameter("Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.")


def ambiguous_role() -> Refusal:
    return NotAuthorized("The ambiguous role mapping rules denied this request")


def custom_role_refused() -> Refusal:
    return NotAuthorized("CustomRoleArn is not among the roles of this identity.")


def invalid_pool_roles() -> Refusal:
    return InvalidIdentityPoolConfiguration(
        "Invalid identity pool configuration. Check assigned IAM roles for this pool."
    )


def unknown_role_type(name: str) -> Refusal:
    return InvalidParameter(f"Roles has no {name}: only authenticated and unauthenticated.")


def unknown_mapping_provider(name: str) -> Refusal:
    return InvalidParameter(f"{name} is not a valid RoleMapping ProviderName or is not a configured provider.")


def role_mapping_refused(provider: str, why: str) -> Refusal:
    return InvalidParameter(f"The role mapping of {provider} is not valid: {why}.")


def developer_provider_fixed() -> Refusal:
    return InvalidParameter("DeveloperProviderName cannot be changed once it is set.")


def developer_provider_refused(name: str) -> Refusal:
    return InvalidParameter(f"{name} is the name of a public provider and cannot be DeveloperProviderName.")


def provider_given_twice(name: str) -> Refusal:
    return InvalidParameter(f"CognitoIdentityProviders names {name} twice.")


def unknown_tagging_provider(name: str) -> Refusal:
    return InvalidParameter(f"{name} is not a configured provider of this identity pool.")


def default_tags_not_alone() -> Refusal:
    return InvalidParameter("PrincipalTags cannot be given together with UseDefaults.")


def principal_tags_too_large(limit: int) -> Refusal:
    return InvalidParameter(f"The principal tags of a session can have at most {limit} bytes together.")


# --- STS ------------------------------------------------------------------------------------------------------------


class InvalidIdentityToken(Refusal):
    code = "InvalidIdentityToken"


class ExpiredWebIdentity(Refusal):
    """Of a token that is an input; an expired signature is 403."""

    code = "ExpiredTokenException"
    in_query = ("ExpiredTokenException", 400)


class MalformedPolicyDocument(Refusal):
    code = "MalformedPolicyDocument"


class PackedPolicyTooLarge(Refusal):
    code = "PackedPolicyTooLarge"


def may_not_assume(operation: str) -> Refusal:
    """Also for a role that does not exist."""
    return AccessDenied(f"Not authorized to perform sts:{operation}")


def root_cannot_assume() -> Refusal:
    return AccessDenied("Roles may not be assumed by root accounts.")


def not_with_session_credentials(operation: str) -> Refusal:
    return AccessDenied(f"Cannot call {operation} with session credentials")


def web_identity_not_a_token() -> Refusal:
    return InvalidIdentityToken(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )


def web_identity_provider_unknown(issuer: str) -> Refusal:
    return InvalidIdentityToken(f"No OpenIDConnect provider found in your account for {issuer}")


def web_identity_not_verified() -> Refusal:
    return InvalidIdentityToken("The signature of the token could not be verified")


def web_identity_audience() -> Refusal:
    return InvalidIdentityToken("Incorrect token audience")


def web_identity_expired() -> Refusal:
    return ExpiredWebIdentity("Token expired: the token's exp has passed")


def duration_exceeds_role() -> Refusal:
    return ValidationFailed("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def duration_exceeds_chaining() -> Refusal:
    return ValidationFailed(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    )


def session_policy_too_long(limit: int) -> Refusal:
    return ValidationFailed(
        "1 validation error detected: Value at 'policy' failed to satisfy constraint: "
        f"Member must have length less than or equal to {limit}"
    )


def session_policies_refused(arn: str) -> Refusal:
    return ValidationFailed(f"The managed policy {arn} does not exist.")


def session_too_large(percent: int) -> Refusal:
    return PackedPolicyTooLarge(f"Packed size of session tags and policies consumes {percent}% of allotted space")


def transitive_tag_unknown() -> Refusal:
    return ValidationFailed("The specified transitive tag key must be included in the requested tags.")


def transitive_tag_overridden(key: str) -> Refusal:
    return ValidationFailed(f"One of the specified transitive tag keys can't be set because it conflicts: {key}")


def tag_key_twice() -> Refusal:
    return ValidationFailed("Duplicate tag keys found. Please note that Tag keys are case insensitive.")


def source_identity_fixed() -> Refusal:
    return ValidationFailed("SourceIdentity cannot be changed in a role session that has one.")


def not_an_access_key_id() -> Refusal:
    return ValidationFailed("AccessKeyId is not an access key id.")


# --- IAM ------------------------------------------------------------------------------------------------------------


class NoSuchEntity(Refusal):
    code = "NoSuchEntity"
    status = 404


class EntityAlreadyExists(Refusal):
    code = "EntityAlreadyExists"
    status = 409


class DeleteConflict(Refusal):
    code = "DeleteConflict"
    status = 409


def malformed_policy(why: str) -> Refusal:
    return MalformedPolicyDocument(why)


def trust_names_no_pool() -> Refusal:
    return MalformedPolicyDocument(
        "A statement that trusts cognito-identity.amazonaws.com needs a condition on "
        "cognito-identity.amazonaws.com:aud or cognito-identity.amazonaws.com:amr."
    )


def role_not_found(name: str) -> Refusal:
    return NoSuchEntity(f"The role with name {name} cannot be found.")


def role_policy_not_found(name: str) -> Refusal:
    return NoSuchEntity(f"The role policy with name {name} cannot be found.")


def role_exists(name: str) -> Refusal:
    return EntityAlreadyExists(f"Role with name {name} already exists.")


def role_has_policies() -> Refusal:
    return DeleteConflict("Cannot delete entity, must delete policies first.")


def role_policies_too_large(name: str, limit: int) -> Refusal:
    return LimitExceeded(f"Maximum policy size of {limit} bytes exceeded for role {name}")


def trust_too_large(limit: int) -> Refusal:
    return LimitExceeded(f"Cannot exceed quota for ACLSizePerRole: {limit}")


def access_key_name_taken(name: str) -> Refusal:
    return EntityAlreadyExists(f"An access key with name {name} already exists.")


# --- KMS ------------------------------------------------------------------------------------------------------------


class InvalidCiphertext(Refusal):
    code = "InvalidCiphertextException"


class IncorrectKey(Refusal):
    code = "IncorrectKeyException"


class InvalidKeyUsage(Refusal):
    code = "InvalidKeyUsageException"


class DryRunOperation(Refusal):
    code = "DryRunOperationException"
    status = 412


def invalid_ciphertext() -> Refusal:
    """AWS says no more: neither whether the key, the context or a bit was wrong."""
    return InvalidCiphertext("")


def ciphertext_missing() -> Refusal:
    """The model does not require it, and yet there is nothing to do without."""
    return invalid_input(
        "kms", ["Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null"]
    )


def incorrect_key() -> Refusal:
    return IncorrectKey("The key ID in the request does not identify a CMK that can perform this operation.")


def key_usage_refused() -> Refusal:
    return InvalidKeyUsage("Keys of Poolhouse decrypt with SYMMETRIC_DEFAULT, and for no enclave.")


def would_have_succeeded() -> Refusal:
    return DryRunOperation("The request would have succeeded, but the DryRun option is set.")
