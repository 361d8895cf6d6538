"""`make plan`: contacts.yaml → stacks → Terraform plans → the policies' verdict → what would change, per account."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cdktf_app.contacts.assignments import load
from cdktf_app.contacts.sections import LocalBackend
from cdktf_app.imports import FILE as IMPORTS
from cdktf_app.imports import load_imports
from policies.contact_rules import output
from policies.contact_rules.evaluate import Report, evaluate
from policies.contact_rules.plans.plan import UnusablePlanError
from scripts.plan.changes import Change, changes_of, imports_something
from scripts.plan.display import CHANGES, last_line, reviewer_notes, show_changes
from scripts.plan.states import stacks_with_state
from scripts.plan.terraform_plans import advised, plan_stacks
from scripts.shared.console import CommandError, ExitCode, command, err, out, print_json
from scripts.shared.files import write_private
from scripts.shared.policy import policy_configuration
from scripts.shared.sealed_plan import FILE, SealedPlan, SealedStack, digest, fingerprint
from scripts.shared.terraform import cli_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.contact_rules.configuration import Configuration


def _judged(plans: list[tuple[str, dict[str, Any]]], configuration: Configuration) -> Report:
    try:
        return evaluate(plans, configuration)
    except UnusablePlanError as error:
        raise CommandError(f"the policies cannot read this plan, so it fails: {error}", ExitCode.FAILED) from None


def main(
    contacts: Annotated[Path, typer.Option(help="The contacts.yaml to use.")] = Path("contacts.yaml"),
    inventory: Annotated[Path, typer.Option(help="The inventory that `make inventory` wrote.")] = Path(
        "build/inventory.json"
    ),
    build: Annotated[Path, typer.Option(help="The folder for stacks and plans.")] = Path("build"),
    parallelism: Annotated[
        int, typer.Option(min=1, help="Terraform's concurrent calls; with more, AWS throttles them.")
    ] = 2,
    lock_timeout: Annotated[str, typer.Option(help="How long to wait for a lock on the state.")] = "60s",
    as_json: Annotated[bool, typer.Option("--json", help="Print changes, verdicts and notes as JSON.")] = False,
) -> ExitCode:
    """Plans every stack, judges the plans by the policies and shows what would change. Changes nothing in AWS.

    Exit codes: 0 no change, 1 Terraform or AWS failed, 2 usage error, 3 a policy failed, 4 changes are pending.
    """
    (build / FILE).unlink(missing_ok=True)
    # Before anything is read: a later change of an input differs from its hash, and apply stops.
    inputs = fingerprint(contacts, inventory)
    directory, organization, assignments = load(contacts, inventory if inventory.is_file() else None)
    imports = load_imports(contacts.parent / IMPORTS)
    if organization is None:
        del inputs["inventory"]

    from cdktf_app.stacks import synthesize

    if isinstance(directory.backend, LocalBackend):
        (directory.folder / directory.backend.path).mkdir(mode=0o700, parents=True, exist_ok=True)
    retired = stacks_with_state(directory)
    stacks = synthesize(directory, organization, build, assignments=assignments, imports=imports, retired=retired)
    environment = cli_configuration(build)
    plans, failures = plan_stacks(stacks, assignments, environment, parallelism=parallelism, lock_timeout=lock_timeout)
    failures = {name: advised(failure, contacts.parent / IMPORTS) for name, failure in failures.items()}
    names = {account_id: account.name for account_id, account in assignments.organization.by_id.items()}
    per_stack = {stack.name: changes_of(plans[stack.name], stack, names) for stack in stacks if stack.name in plans}
    changes = [change for found in per_stack.values() for change in found]
    report = None
    if not failures:
        report = _judged(
            [(str(build / name / "plan.json"), plan) for name, plan in plans.items()],
            policy_configuration(directory, assignments),
        )
        sealed = {
            stack.name: SealedStack(
                plan=digest(stack.folder / "plan.tfplan"),
                plan_json=digest(stack.folder / "plan.json"),
                changes=len(per_stack[stack.name]),
            )
            for stack in stacks
        }
        SealedPlan(inputs=inputs, passed=report.passed, stacks=sealed).write(build)
    code = _code(failures, report, changes)
    notes = reviewer_notes(directory, assignments, date.today())
    if imports is not None and not failures and not any(map(imports_something, plans.values())):
        notes.append(f"{contacts.parent / IMPORTS}: is no longer needed; remove it")
    result = {
        "exit_code": int(code),
        "changes": [asdict(change) for change in changes],
        "policies": json.loads(output.as_json(report)) if report else None,
        "notes": notes,
        "failures": failures,
    }
    write_private(build / CHANGES, json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    if as_json:
        print_json(result)
        return code
    if report is not None:
        show_changes(changes, build)
        out.print(output.text(report), markup=False, soft_wrap=True, style=None if report.passed else "red")
    for note in notes:
        out.print(note, markup=False, soft_wrap=True)
    for name, failure in failures.items():
        err.print(f"{name}: {failure}", markup=False, style="red", soft_wrap=True)
    if failures:
        err.print("The policies did not run, because some stacks could not be planned.", style="red")
    out.print(last_line(code, contacts))
    return code


def _code(failures: Mapping[str, str], report: Report | None, changes: list[Change]) -> ExitCode:
    if failures or report is None:
        return ExitCode.FAILED
    if not report.passed:
        return ExitCode.POLICY_FAILED
    return ExitCode.CHANGES_PENDING if changes else ExitCode.OK


if __name__ == "__main__":
    command(main)
