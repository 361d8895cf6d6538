"""Sandboxes for the tests, and boto3 clients for them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox import Sandbox
from tests import organizations as builders
from tests.organizations import account
from tests.organizations import client as client_of

MANAGEMENT, MEMBER, OTHER, SUSPENDED, STRANGER = (
    "111111111111",
    "222222222222",
    "333333333333",
    "444444444444",
    "999999999999",
)


class Client(Protocol):
    """Makes a client for a service of the sandbox, with the management account's credentials or a role's."""

    def __call__(self, service: str, credentials: dict[str, str] | None = None, **config: Any) -> Any: ...


ORGANIZATION = builders.inventory(
    account(MANAGEMENT, "management"),
    account(MEMBER, "shop", "Workloads/Prod", tags={"team": "shop"}),
    account(OTHER, "odd", "Workloads/R\\/D \\\\ 実験"),
    account(SUSPENDED, "old", "Suspended", "SUSPENDED"),
)
"""Every kind of account, and names that need escapes."""


@pytest.fixture
def inventory() -> dict[str, Any]:
    """The organization of the sandbox."""
    return ORGANIZATION


@pytest.fixture
def aws(sandbox_of: Callable[..., Sandbox]) -> Sandbox:
    """A sandbox as new."""
    return sandbox_of(ORGANIZATION)


@pytest.fixture
def client(aws: Sandbox) -> Client:
    """Clients of the sandbox."""
    return lambda service, credentials=None, **config: client_of(aws, service, credentials=credentials, **config)


@pytest.fixture
def become(client: Client) -> Callable[..., dict[str, str]]:
    """Credentials of a role in an account."""

    def assume(account_id: str, role: str = "OrganizationAccountAccessRole") -> dict[str, str]:
        arn = f"arn:aws:iam::{account_id}:role/{role}"
        credentials: dict[str, str] = client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return credentials

    return assume


def refused(code: str, message: str = "") -> AbstractContextManager[pytest.ExceptionInfo[ClientError]]:
    """Expect AWS's error `code`, with `message` (a regular expression) in its text."""
    return pytest.raises(ClientError, match=rf"(?s)\({code}\).*{message}")


def contact(kind: str = "SECURITY", **changes: str) -> dict[str, str]:
    """Return the parameters of PutAlternateContact."""
    return {
        "AlternateContactType": kind,
        "Name": "Security Operations",
        "Title": "Security team",
        "EmailAddress": "aws-security@kaede.example",
        "PhoneNumber": "+44 20 7946 0110",
        **changes,
    }
