"""Plans the stacks with Terraform."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from python_terraform import IsFlagged

from scripts.plan.changes import CONTACT
from scripts.shared.console import Update, err, progress
from scripts.shared.files import write_private
from scripts.shared.terraform import Terraform, TerraformError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cdktf_app.contacts.assignments import Assignments
    from cdktf_app.stacks import SynthesizedStack


def advised(failure: str, imports: Path) -> str:
    if "Cannot import non-existent remote object" not in failure:
        return failure
    return f"{failure}\nIt was removed from AWS after {imports} was written: adopt again, or remove it from that file."


def _tidy_state(terraform: Terraform, stack: SynthesizedStack, assignments: Assignments) -> None:
    """Removes from the state what would make Terraform delete a contact that must stay; AWS is not changed.

    - Contacts of accounts that are suspended or have left: AWS rejects every call for them, and the plan would fail.
    - Contacts that another stack manages now: this stack would delete them.
    - The mark "tainted" that an interrupted apply leaves: Terraform would remove the contact and set it again. One call
      of PutAlternateContact writes a contact whole or not at all, and the plan compares it with AWS anyway.
    """
    state = json.loads(terraform.text("state pull") or "{}")
    management = assignments.organization.management_account_id
    gone: dict[str, str] = {}
    for resource in state.get("resources", ()):
        for instance in resource["instances"] if resource["type"] == CONTACT and "module" in resource else ():
            key = str(instance["index_key"])
            address = f'{resource["module"]}.{CONTACT}.{resource["name"]}["{key}"]'
            account_id = management if key.startswith("self/") else key.partition("/")[0]
            elsewhere = account_id not in stack.accounts and account_id in assignments.managed
            if elsewhere or account_id not in assignments.contacts:
                gone[address] = account_id
            elif instance.get("status") == "tainted":
                terraform.text("untaint", address, lock_timeout="60s")
    if gone:
        for account_id in sorted(set(gone.values())):
            why = (
                "another stack manages it now" if account_id in assignments.contacts else "not ACTIVE in the inventory"
            )
            err.print(f"forgotten in {stack.name}: {account_id}, {why}", markup=False, soft_wrap=True)
        terraform.text("state rm", *gone, lock_timeout="60s")


def _plan_stack(
    stack: SynthesizedStack,
    assignments: Assignments,
    environment: Mapping[str, str | None],
    update: Update,
    **options: Any,
) -> dict[str, Any]:
    """Plans one stack into `plan.tfplan` and `plan.json` beside its configuration; returns the plan.

    Raises:
        TerraformError: init, plan or show failed.
        Interrupted: a signal stopped it.
    """
    terraform = Terraform(stack.folder, environment)
    update(0, "terraform init")
    terraform.text("init", input=False, no_color=IsFlagged)
    if stack.kind == "contacts":
        _tidy_state(terraform, stack, assignments)
    update(0, "the AWS provider")
    seen: set[str] = set()
    for event in terraform.events("plan", out="plan.tfplan", input=False, **options):
        resource = event.get("hook", event.get("change", {})).get("resource")
        if resource is None:
            continue
        if event["type"] in {"refresh_complete", "planned_change"} and resource["resource_type"] == CONTACT:
            seen.add(resource["addr"])
        update(len(seen), str(resource["resource_key"] or resource["addr"]))
    update(len(seen), "terraform show")
    text = terraform.text("show", "plan.tfplan", json=IsFlagged)
    write_private(stack.folder / "plan.json", text)
    (stack.folder / "plan.tfplan").chmod(0o600)
    plan: dict[str, Any] = json.loads(text)
    return plan


def plan_stacks(
    stacks: list[SynthesizedStack], assignments: Assignments, environment: Mapping[str, str | None], **options: Any
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Plans all stacks, some at a time; the plans by stack, and why others failed.

    Raises:
        Interrupted: a signal stopped it.
    """
    plans: dict[str, dict[str, Any]] = {}
    failures: dict[str, str] = {}
    with progress() as start, ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        pending = {}
        for stack in stacks:
            (stack.folder / "plan.json").unlink(missing_ok=True)
            err.print(f"Planning {stack.name} in account {stack.account_id}", markup=False)
            answers = [answer for account in stack.accounts for answer in assignments.contacts[account].values()]
            contacts = sum(answer.contact is not None for answer in answers)
            update = start(stack.name, contacts if stack.kind == "contacts" else None)
            pending[stack.name] = pool.submit(_plan_stack, stack, assignments, environment, update, **options)
        for name, future in pending.items():
            try:
                plans[name] = future.result()
            except TerraformError as error:
                failures[name] = str(error)
    return plans, failures
