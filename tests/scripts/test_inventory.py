"""The inventory says what AWS Organizations says, however large and oddly named the organization is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_app.contacts.organization import dump_inventory, load_inventory
from scripts.shared.organization import read_organization
from tests.organizations import account, client, inventory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.sandbox import Sandbox


def test_every_account_of_a_large_organization_is_read(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> None:
    accounts = [
        account(
            f"{100000000000 + number}",
            f"account {number} 日本",
            ["", "Workloads", "Workloads/Prod\\/Live", "Back\\\\slash"][number % 4],
            "SUSPENDED" if number == 7 else "ACTIVE",
            tags={"cost center": str(number)} if number % 2 else {},
        )
        for number in range(90)
    ]
    aws = sandbox_of(inventory(*accounts, management="100000000000"))
    organization = read_organization(client(aws, "organizations"))
    assert organization.model_dump()["accounts"] == tuple(accounts)
    file = tmp_path / "inventory.json"
    file.write_text(dump_inventory(organization), encoding="utf-8")
    assert load_inventory(file) == organization
