"""Organizations for tests: their accounts, as an inventory has them, and boto3 clients for a sandbox of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from scripts.shared.files import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from scripts.sandbox import Sandbox

EXAMPLE = ROOT / "examples" / "organization"
MANAGEMENT = "111111111111"


def account(
    number: str,
    name: str,
    ou_path: str = "",
    status: str = "ACTIVE",
    *,
    email: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An account as in an inventory; its address is a role's unless another is given."""
    email = f"aws-root+{name}@kaede.example" if email is None else email
    return {"id": number, "name": name, "email": email, "status": status, "ou_path": ou_path, "tags": dict(tags or {})}


def inventory(*accounts: dict[str, Any], management: str = MANAGEMENT) -> dict[str, Any]:
    """An inventory of these accounts."""
    return {"organization": {"id": "o-kaede00001", "management_account_id": management}, "accounts": list(accounts)}


def alone(only: dict[str, Any]) -> dict[str, Any]:
    """An inventory of one account that is in no organization."""
    return {"organization": None, "accounts": [only]}


def generated(members: int) -> dict[str, Any]:
    """An inventory of so many members, all at the root."""
    return inventory(*(account(str(int(MANAGEMENT) + number), f"account-{number:05}") for number in range(members + 1)))


def example(ids: Collection[str] = (), path: Path = EXAMPLE / "inventory.json") -> dict[str, Any]:
    """The inventory of the example organization, or of those of its accounts."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if ids:
        content["accounts"] = [item for item in content["accounts"] if item["id"] in ids]
    return content


def client(
    aws: Sandbox, service: str, account_id: str = "", *, credentials: Mapping[str, str] | None = None, **config: Any
) -> Any:
    """A boto3 client of the sandbox, in its base account or in another; its calls are not tried again.

    Args:
        credentials: instead of `account_id`: what AssumeRole answered.
        config: for botocore's Config.
    """
    make: Any = boto3.client  # its stubs know the names of services one by one
    settings = {
        "region_name": "us-east-1",
        "endpoint_url": aws.endpoint_url,
        "aws_access_key_id": aws.environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": "sandbox",
        "config": Config(retries={"total_max_attempts": 1}, **config),
    }
    if account_id not in ("", MANAGEMENT):
        arn = f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"
        credentials = make("sts", **settings).assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    if credentials is not None:
        settings["aws_access_key_id"] = credentials["AccessKeyId"]
        settings["aws_session_token"] = credentials["SessionToken"]
    return make(service, **settings)
