"""`make plan`: contacts.yaml → stacks → Terraform plans → the policies' verdict → what would change, per account."""

from __future__ import annotations

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import boto3
import typer
from python_terraform import IsFlagged
from rich.markup import escape
from rich.table import Table

from cdktf_app.contacts.assignments import Assignments, load
from cdktf_app.contacts.directory import CONTACT_TYPES, Directory, LocalBackend
from cdktf_app.imports import FILE as IMPORTS
from cdktf_app.imports import load_imports
from policies.contact_rules import output
from policies.contact_rules.evaluate import Report, evaluate
from policies.contact_rules.plan import UnusablePlanError
from scripts.shared.aws import CONFIG, assume_role
from scripts.shared.console import CommandError, ExitCode, Update, command, err, out, print_json, progress
from scripts.shared.files import write_private
from scripts.shared.policy import policy_configuration
from scripts.shared.sealed_plan import FILE, SealedPlan, SealedStack, digest, fingerprint
from scripts.shared.terraform import Terraform, TerraformError, cli_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_app.stacks import SynthesizedStack
    from policies.contact_rules.configuration import Configuration

CONTACT = "aws_account_alternate_contact"
CONTACT_ATTRIBUTES = ("name", "title", "email_address", "phone_number")
# More than a screenful says less: beyond it the table counts, and build/changes.json has every line.
ROWS_SHOWN = 200
LIST_SHOWN = 4
NAMES_SHOWN = 10
CHANGES = "changes.json"
UNKNOWN = "(known after apply)"


@dataclass(frozen=True)
class Change:
    """One resource that the plan would change: `action` is add, change, remove, replace or import."""

    account_id: str
    account: str
    subject: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]

    def describe(self) -> str:
        """Old and new value of what differs, in one line."""
        if self.action in {"change", "replace"}:
            return "\n".join(
                f"{name}: {_text(self.before.get(name))} → {_text(self.after.get(name))}"
                for name in dict.fromkeys([*self.before, *self.after])
                if self.before.get(name) != self.after.get(name)
            )
        values = self.before if self.action == "remove" else self.after
        values = {name: value for name, value in values.items() if value != UNKNOWN}
        if set(CONTACT_ATTRIBUTES) <= values.keys():
            return f"{values['name']} <{values['email_address']}> {values['phone_number']}, {values['title']}"
        return ", ".join(f"{name}: {_text(value)}" for name, value in values.items())


def _text(value: Any) -> str:
    if isinstance(value, list) and len(value) > LIST_SHOWN:
        return f"{len(value)}: {value[0]} … {value[-1]}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


ACTIONS = {
    ("create",): "add",
    ("update",): "change",
    ("delete",): "remove",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
}


def changes_of(plan: Mapping[str, Any], stack: SynthesizedStack, names: Mapping[str, str]) -> list[Change]:
    """What a stack's plan would change, in the plan's order, with the values it knows."""
    changes = []
    for resource in plan.get("resource_changes", ()):
        change = resource["change"]
        action = ACTIONS.get(tuple(change["actions"]))
        if action is None and "importing" in change:
            action = "import"
        if action is None or resource["mode"] != "managed":
            continue
        before, after = change.get("before") or {}, dict(change.get("after") or {})
        after.update((name, UNKNOWN) for name in change.get("after_unknown") or () if name not in after)
        known = {**before, **{name: value for name, value in after.items() if value is not None}}
        account_id = known.get("account_id") if resource["type"] == CONTACT else None
        account_id = account_id or stack.account_id
        if resource["type"] == CONTACT:
            subject, attributes = known["alternate_contact_type"], CONTACT_ATTRIBUTES
        else:
            subject = f"{resource['type'].removeprefix('aws_')} {resource.get('index', resource['name'])}"
            attributes = tuple(
                sorted(name for name, value in known.items() if isinstance(value, (str, list)) and value)
            )
        changes.append(
            Change(
                account_id=account_id,
                account=names.get(account_id, ""),
                subject=subject,
                action=action,
                before={name: before.get(name) for name in attributes if before},
                after={name: after.get(name) for name in attributes if action != "remove"},
            )
        )
    return changes


def _imports_something(plan: Mapping[str, Any]) -> bool:
    return any("importing" in resource["change"] for resource in plan.get("resource_changes", ()))


def _advised(failure: str, imports: Path) -> str:
    if "Cannot import non-existent remote object" not in failure:
        return failure
    return f"{failure}\nIt is gone from AWS since {imports} was written: adopt again, or take it out of that file."


def _tidy_state(terraform: Terraform, stack: SynthesizedStack, assignments: Assignments) -> None:
    """Takes out of the state what would make Terraform remove a contact that is to stay; AWS is not touched.

    - Contacts of accounts that are suspended or have left: AWS refuses every call for them, and the plan would fail.
    - Contacts that another stack holds now: this one would remove what that one sets.
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
            why = "another stack holds it now" if account_id in assignments.contacts else "not ACTIVE in the inventory"
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


def _plan_stacks(
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


def stacks_with_state(directory: Directory) -> list[str]:
    """The names of the stacks that have a state with resources in it, so that none is forgotten.

    For states in S3, those that have a state: it is not read.

    Raises:
        CommandError: a state file cannot be read.
        botocore.exceptions.ClientError: AWS refused to list the states in S3.
    """
    backend = directory.backend
    if isinstance(backend, LocalBackend):
        found = []
        for file in sorted((directory.folder / backend.path).glob("*.tfstate")):
            try:
                if json.loads(file.read_text())["resources"]:
                    found.append(file.stem)
            except (OSError, ValueError, KeyError) as error:
                raise CommandError(f"{file}: is not a readable Terraform state ({error}); restore it") from None
        return found
    session = boto3.Session(profile_name=backend.profile, region_name=backend.region)
    if backend.role_arn:
        session = assume_role(session, backend.role_arn)
    prefix = f"{backend.key_prefix.strip('/')}/"
    pages = session.client("s3", config=CONFIG).get_paginator("list_objects_v2")
    keys = [
        entry["Key"]
        for page in pages.paginate(Bucket=backend.bucket, Prefix=prefix)
        for entry in page.get("Contents", ())
    ]
    return sorted(key.removeprefix(prefix).removesuffix(".tfstate") for key in keys if key.endswith(".tfstate"))


def _judged(plans: list[tuple[str, dict[str, Any]]], configuration: Configuration) -> Report:
    try:
        return evaluate(plans, configuration)
    except UnusablePlanError as error:
        raise CommandError(
            f"Terraform's own plan cannot be judged, so it does not pass: {error}", ExitCode.FAILED
        ) from None


def _show_changes(changes: list[Change], build: Path) -> None:
    if not changes:
        out.print("No change: AWS has what contacts.yaml says.")
        return
    counted = ", ".join(
        f"{number} to {action}" for action, number in sorted(Counter(c.action for c in changes).items())
    )
    table = Table(title=counted, title_justify="left", title_style="bold")
    for heading in ("account", "what", "", "old → new value"):
        table.add_column(heading, overflow="fold")
    style = {"add": "green", "import": "cyan", "change": "yellow"}
    previous = ""
    for change in changes[:ROWS_SHOWN]:
        label = "" if change.account_id == previous else f"{escape(change.account)}\n[dim]{change.account_id}[/]"
        previous = change.account_id
        action = f"[{style.get(change.action, 'red')}]{change.action}[/]"
        table.add_row(label, escape(change.subject), action, escape(change.describe()))
    out.print(table)
    if len(changes) > ROWS_SHOWN:
        out.print(f"… and {len(changes) - ROWS_SHOWN} more, all of them in {build / CHANGES}", markup=False)


def _remarks(directory: Directory, assignments: Assignments, today: date) -> list[str]:
    """What a reviewer should know beside the changes: explicit nones, accounts left out, the review date."""
    remarks = [f"warning: {problem}" for problem in directory.warnings]
    without: dict[str, list[str]] = {}
    for account_id in assignments.managed:
        for kind in CONTACT_TYPES:
            answer = assignments.contacts[account_id][kind]
            if answer.contact is None:
                why = f"explicitly none ({answer.origin})" if answer.explicitly_none else "none; nothing says who it is"
                name = assignments.organization.by_id[account_id].name
                without.setdefault(f"{kind.upper()} contact: {why}", []).append(f"{name} {account_id}")
    for what, accounts in without.items():
        more = f" and {len(accounts) - NAMES_SHOWN} more" if len(accounts) > NAMES_SHOWN else ""
        remarks.append(f"{what}: {', '.join(accounts[:NAMES_SHOWN])}{more}")
    remarks += [f"left out: {entry.account.name} {entry.account.id} {entry.reason}" for entry in assignments.left_out]
    if directory.review is not None:
        review = directory.review
        due = (review.due - today).days
        when = f"next by {review.due}, in {due} days" if due >= 0 else f"overdue since {review.due}, {-due} days"
        remarks.append(f"contacts last reviewed on {review.last_reviewed} by {review.reviewed_by}; {when}")
    return remarks


def main(
    contacts: Annotated[Path, typer.Option(help="The contact directory.")] = Path("contacts.yaml"),
    inventory: Annotated[Path, typer.Option(help="The accounts, as `make inventory` wrote them.")] = Path(
        "build/inventory.json"
    ),
    build: Annotated[Path, typer.Option(help="The folder for stacks and plans.")] = Path("build"),
    parallelism: Annotated[
        int, typer.Option(min=1, help="Calls Terraform makes at once; more only runs into AWS's quotas.")
    ] = 2,
    lock_timeout: Annotated[str, typer.Option(help="How long to wait for somebody else's lock on the state.")] = "60s",
    as_json: Annotated[bool, typer.Option("--json", help="Print changes, verdicts and remarks as JSON.")] = False,
) -> ExitCode:
    """Plans every stack, judges the plans by the policies and shows what would change. Changes nothing in AWS.

    Exit codes: 0 no change, 1 Terraform or AWS failed, 2 an input is wrong, 3 a policy failed, 4 changes are pending.
    """
    (build / FILE).unlink(missing_ok=True)
    # Before anything is read: what changes in between differs from the fingerprint, and apply refuses.
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
    plans, failures = _plan_stacks(stacks, assignments, environment, parallelism=parallelism, lock_timeout=lock_timeout)
    failures = {name: _advised(failure, contacts.parent / IMPORTS) for name, failure in failures.items()}
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
    remarks = _remarks(directory, assignments, date.today())
    if imports is not None and not failures and not any(map(_imports_something, plans.values())):
        remarks.append(f"{contacts.parent / IMPORTS}: has nothing left to do; remove it")
    result = {
        "exit_code": int(code),
        "changes": [asdict(change) for change in changes],
        "policies": json.loads(output.as_json(report)) if report else None,
        "remarks": remarks,
        "failures": failures,
    }
    write_private(build / CHANGES, json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    if as_json:
        print_json(result)
        return code
    if report is not None:
        _show_changes(changes, build)
        out.print(output.text(report), markup=False, soft_wrap=True, style=None if report.passed else "red")
    for remark in remarks:
        out.print(remark, markup=False, soft_wrap=True)
    for name, failure in failures.items():
        err.print(f"{name}: {failure}", markup=False, style="red", soft_wrap=True)
    if failures:
        err.print("Nothing was judged: not every stack could be planned.", style="red")
    out.print(_last_line(code, contacts))
    return code


def _code(failures: Mapping[str, str], report: Report | None, changes: list[Change]) -> ExitCode:
    if failures or report is None:
        return ExitCode.FAILED
    if not report.passed:
        return ExitCode.POLICY_FAILED
    return ExitCode.CHANGES_PENDING if changes else ExitCode.OK


def _last_line(code: ExitCode, contacts: Path) -> str:
    return {
        ExitCode.OK: "[green]Nothing to do.[/]",
        ExitCode.FAILED: "[red]Not planned.[/]",
        ExitCode.POLICY_FAILED: "[red]Refused by the policies.[/] Correct"
        f" {escape(str(contacts))} or what they name, then plan again.",
        ExitCode.CHANGES_PENDING: "[yellow]Changes pending.[/] `make apply` applies exactly these.",
        ExitCode.BAD_INPUT: "",
    }[code]


if __name__ == "__main__":
    command(main)
