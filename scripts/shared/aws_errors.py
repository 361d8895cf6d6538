"""AWS's errors: which are transient, and explanations of the others."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from policies.contact_rules.findings import Message

EXPIRED: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired", "UnrecognizedClientException"}
)
"""AWS's error codes for expired credentials."""

EXPLANATIONS: Final = {
    "credentials-expired": "the credentials have expired: sign in again",
    "aws-unreachable": "could not reach AWS after several retries",
    "throttled": "AWS throttled {operation} even after several retries; other callers use the quota, too",
    "server-error": "AWS failed to answer {operation} even after several retries (HTTP {status})",
    "credentials-rejected": "AWS no longer accepts the credentials for {operation}",
    "role-not-assumable": "the role cannot be assumed: it does not exist in the account, or does not trust the caller",
    "access-denied": "AWS denied {operation}: the permission is missing, or trusted access for Account Management is "
    "off",
    "aws-error": "AWS rejected {operation}",
    "answer-not-understood": "the answer could not be understood",
    "account-inactive": "AWS neither returns nor accepts contacts for an account that is {status}",
    "account-not-listed": "AWS Organizations does not list the account",
    "root-email-not-offered": "no AWS API returns the root user email of an account outside AWS Organizations",
    "another-account": "account {account} is not the account of {file}",
    "management-out-of-reach": "account {account} cannot reach the management account; set management_role_arn",
}
"""Why something was not answered: code → English sentence."""

EXPIRED_CREDENTIALS: Final = Message("credentials-expired")
SIGN_IN_AGAIN: Final = EXPLANATIONS["credentials-expired"]

_THROTTLED: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_ADVICE: Final = {
    "AWSOrganizationsNotInUseException": "this account is in no organization: use `account:` in contacts.yaml",
    "AccessDeniedException": "the caller lacks the permission; the README lists the least IAM policy",
    "AccessDenied": "the caller may not assume that role, or the role does not exist",
    **dict.fromkeys(EXPIRED, SIGN_IN_AGAIN),
    "NoCredentialsError": "sign in (for example `aws sso login`) or set organization.authentication.profile",
    "ProfileNotFound": "the profile is named in contacts.yaml under authentication.profile",
    "EndpointConnectionError": "check the network connection to AWS",
}


def code_of(error: Exception) -> str:
    """AWS's code for an error (`AccessDeniedException`), or the name of its class where AWS returned no answer."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def is_throttled(error: BotoCoreError | ClientError) -> bool:
    """Whether AWS throttled the call."""
    return isinstance(error, ClientError) and (_status(error) == 429 or code_of(error) in _THROTTLED)


def is_transient(error: BotoCoreError | ClientError) -> bool:
    """Whether the same call may well succeed a moment later: throttled, HTTP 5xx, or the connection broke."""
    if isinstance(error, ClientError):
        return is_throttled(error) or _status(error) >= 500
    return isinstance(error, ConnectionError | HTTPClientError)


def explanation(error: BotoCoreError | ClientError) -> Message:
    """Why AWS rejected a call, without AWS's own message, which may name who is signed in."""
    if not isinstance(error, ClientError):
        return Message("aws-unreachable")
    operation = {"operation": error.operation_name}
    if is_throttled(error):
        return Message("throttled", operation)
    if _status(error) >= 500:
        return Message("server-error", {**operation, "status": _status(error)})
    if code_of(error) in EXPIRED:
        return Message("credentials-rejected", operation)
    if error.operation_name == "AssumeRole":
        return Message("role-not-assumable")
    return Message("access-denied" if code_of(error).startswith("AccessDenied") else "aws-error", operation)


def sentence(message: Message) -> str:
    """What an explanation says in English: a clause."""
    return EXPLANATIONS[message.code].format_map(message.parameters)


def explained(error: BotoCoreError | ClientError) -> str:
    """The explanation of an error in English."""
    return sentence(explanation(error))


def described(error: BotoCoreError | ClientError) -> str:
    """An error that ends a command, for who runs it: with AWS's own message, and with what to do on a second line."""
    advice = _ADVICE.get(code_of(error), "")
    if isinstance(error, ClientError):
        what = "throttled" if is_throttled(error) else "failed to answer" if _status(error) >= 500 else "rejected"
        text = f"AWS {what} {error.operation_name}: {code_of(error)}: {error.response['Error'].get('Message', '')}"
    else:
        text = f"could not call AWS: {error}"
    return f"{text}\n{advice}" if advice else text


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
