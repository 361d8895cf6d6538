"""The inventory says what AWS Organizations says, however large and oddly named the organization is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

from cdktf_app.contacts.organization import dump_inventory, load_inventory
from scripts.sandbox import Sandbox
from scripts.shared.organization import read_organization

if TYPE_CHECKING:
    from pathlib import Path


def test_every_account_of_a_large_organization_is_read(tmp_path: Path) -> None:
    accounts = [
        {
            "id": f"{100000000000 + number}",
            "name": f"account {number} 日本",
            "email": f"aws-root+{number}@kaede.example",
            "status": "SUSPENDED" if number == 7 else "ACTIVE",
            "ou_path": ["", "Workloads", "Workloads/Prod\\/Live", "Back\\\\slash"][number % 4],
            "tags": {"cost center": str(number)} if number % 2 else {},
        }
        for number in range(90)
    ]
    inventory: dict[str, Any] = {
        "organization": {"id": "o-kaede00001", "management_account_id": "100000000000"},
        "accounts": accounts,
    }
    with Sandbox(inventory=inventory) as aws:
        session: Any = boto3.Session()
        client = session.client(
            "organizations",
            endpoint_url=aws.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=aws.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key="sandbox",
        )
        organization = read_organization(client)
    assert organization.model_dump()["accounts"] == tuple(accounts)
    file = tmp_path / "inventory.json"
    file.write_text(dump_inventory(organization), encoding="utf-8")
    assert load_inventory(file) == organization
