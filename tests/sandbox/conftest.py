"""Sandboxes for the tests, and boto3 clients for them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from scripts.sandbox import Sandbox

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


def account(number: str, name: str, ou_path: str = "", status: str = "ACTIVE", **tags: str) -> dict[str, Any]:
    """Return an account as in an inventory."""
    email = f"aws-root+{name}@kaede.example"
    return {"id": number, "name": name, "email": email, "status": status, "ou_path": ou_path, "tags": tags}


@pytest.fixture(scope="session")
def inventory() -> dict[str, Any]:
    """An organization with every kind of account, and names that need escapes."""
    return {
        "organization": {"id": "o-kaede00001", "management_account_id": MANAGEMENT},
        "accounts": [
            account(MANAGEMENT, "management"),
            account(MEMBER, "shop", "Workloads/Prod", team="shop"),
            account(OTHER, "odd", "Workloads/R\\/D \\\\ 実験"),
            account(SUSPENDED, "old", "Suspended", status="SUSPENDED"),
        ],
    }


@pytest.fixture(scope="session")
def shared(inventory: dict[str, Any]) -> Iterator[Sandbox]:
    """One server for all tests that need nothing but the inventory."""
    with Sandbox(inventory) as sandbox:
        yield sandbox


@pytest.fixture
def aws(shared: Sandbox) -> Sandbox:
    """A sandbox as new."""
    shared.reset()
    return shared


def client_of(sandbox: Sandbox, service: str, credentials: dict[str, str] | None = None, **config: Any) -> Any:
    """Return a boto3 client; `config` goes to botocore's Config, and calls are not retried."""
    environment = sandbox.environment
    make: Any = boto3.client  # its stubs know the names of services one by one
    return make(
        service,
        region_name="us-east-1",
        endpoint_url=sandbox.endpoint_url,
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"] if credentials is None else credentials["AccessKeyId"],
        aws_secret_access_key="sandbox",
        aws_session_token=None if credentials is None else credentials["SessionToken"],
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


@pytest.fixture
def client(aws: Sandbox) -> Client:
    """Clients of the sandbox."""
    return lambda service, credentials=None, **config: client_of(aws, service, credentials, **config)


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
