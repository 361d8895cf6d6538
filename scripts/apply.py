"""`make apply`: applies exactly the sealed plan that passed the policies, for the same inputs, or stops."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cdktf_app.contacts.directory import load_directory
from scripts.shared.console import CommandError, ExitCode, command, err, out, print_json, progress
from scripts.shared.sealed_plan import SealedPlan, digest, fingerprint
from scripts.shared.terraform import Terraform, TerraformError, cli_configuration


def _unchanged(contacts: Path, inventory: Path, build: Path) -> SealedPlan:
    """The sealed plan of `build`, if it may be applied.

    Raises:
        CommandError: there is none, it did not pass, or something changed since.
    """
    sealed = SealedPlan.read(build)
    if sealed is None:
        raise CommandError(f"{build}: no sealed plan; run `make plan` first")
    if not sealed.passed:
        raise CommandError(
            f"{build}: this plan failed the policies; fix the findings of `make plan`, then plan again",
            ExitCode.POLICY_FAILED,
        )
    now = fingerprint(contacts, inventory)
    changed = sorted(name for name, before in sealed.inputs.items() if now.get(name) != before)
    for name, stack in sealed.stacks.items():
        if stack.applied:
            continue
        if digest(build / name / "plan.tfplan") != stack.plan or digest(build / name / "plan.json") != stack.plan_json:
            changed.append(f"the saved plan of {name}")
    if changed:
        raise CommandError(f"changed since the plan was sealed: {', '.join(changed)}; run `make plan` again")
    return sealed


def _imported(plan: Path) -> set[str]:
    """The addresses that an applied plan imported: Terraform has no event for them."""
    changes = json.loads(plan.read_text(encoding="utf-8")).get("resource_changes", ())
    return {resource["address"] for resource in changes if "importing" in resource["change"]}


def main(
    contacts: Annotated[Path, typer.Option(help="The contacts.yaml that the plan was made from.")] = Path(
        "contacts.yaml"
    ),
    inventory: Annotated[Path, typer.Option(help="The inventory that the plan was made from.")] = Path(
        "build/inventory.json"
    ),
    build: Annotated[Path, typer.Option(help="The folder that `make plan` wrote.")] = Path("build"),
    as_json: Annotated[bool, typer.Option("--json", help="Print what was applied as JSON.")] = False,
) -> ExitCode:
    """Applies the sealed plan, which passed the policies; plans nothing itself.

    Interrupted (Ctrl-C or SIGTERM), Terraform starts nothing new and saves its state; plan again to go on.

    Exit codes: 0 applied or nothing to do, 1 Terraform or AWS failed, 2 no sealed plan, or an input changed, 3 the
    policies did not pass.
    """
    load_directory(contacts)
    sealed = _unchanged(contacts, inventory, build)
    environment = cli_configuration(build)
    applied: dict[str, set[str]] = {}
    imported: dict[str, set[str]] = {}
    for name, stack in sealed.stacks.items():
        if stack.applied or not stack.changes:
            continue
        terraform = Terraform(build / name, environment)
        applied[name] = set()
        try:
            with progress() as start:
                update = start(f"Applying {name}", stack.changes)
                for event in terraform.events("apply", "plan.tfplan", input=False, lock_timeout="60s"):
                    if event.get("type") in {"apply_start", "apply_complete"}:
                        resource = event["hook"]["resource"]
                        if event["type"] == "apply_complete":
                            applied[name].add(resource["addr"])
                        update(len(applied[name]), str(resource["resource_key"] or resource["addr"]))
        except TerraformError as error:
            if "Saved plan is stale" in str(error):
                raise CommandError(
                    f"{name}: its state changed since the plan was made (another apply, or an interrupted one);"
                    " run `make plan` again"
                ) from None
            raise TerraformError(
                f"{name}: {len(applied[name])} of {stack.changes} changes were made, the state is kept.\n{error}\n"
                "Run `make plan` again to go on from here."
            ) from None
        imported[name] = _imported(build / name / "plan.json")
        stack.applied = True
        sealed.write(build)
    if as_json:
        results = {"applied": applied, "imported": imported}
        print_json({what: {name: sorted(found) for name, found in stacks.items()} for what, stacks in results.items()})
    elif applied:
        for name, addresses in applied.items():
            taken_over = f"{len(imported[name])} imported, " if imported[name] else ""
            out.print(f"{name}: {taken_over}{len(addresses)} changes applied", markup=False)
    else:
        err.print("Nothing to apply.")
    return ExitCode.OK


if __name__ == "__main__":
    command(main)
