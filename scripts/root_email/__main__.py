"""`make root-email`: replaces personal root user emails of member accounts, without signing in to them.

plan (which account, from which address to which), start (AWS mails a one-time code to every new address), accept (the
codes come back), status. The operations are those of AWS Account Management
(https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html).
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdktf_app.contacts.directory import Directory, load_directory
from cdktf_app.contacts.organization import Organization, accounts_named, load_inventory
from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.contacts.validation import did_you_mean
from policies.contact_rules.check import Context
from policies.contact_rules.configuration import Configuration
from scripts.root_email.changer import Changer, utc_now
from scripts.root_email.codes import Expected, from_csv, from_mailbox, from_prompt
from scripts.root_email.display import last_line, print_result, show
from scripts.root_email.outcomes import JOURNAL_FILE, Outcome, State, outcomes_of
from scripts.root_email.planning import (
    DOCUMENTATION,
    MANAGEMENT,
    PLAN_FILE,
    ChangePlan,
    check_pattern,
    plan_changes,
    read_map,
)
from scripts.root_email.terraform_lines import occurrences, show_terraform
from scripts.shared.access import Access
from scripts.shared.console import CommandError, ExitCode, commands, err, out, progress
from scripts.shared.files import write_private
from scripts.shared.journal import Journal
from scripts.shared.policy import policy_configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import SecretStr


def _changer(contacts: Path | None, made: ChangePlan, journal: Journal, share: float) -> Changer:
    """Signs in. Raises CommandError: these credentials belong to another organization than the plan's."""
    access = Access(_directory(contacts), None, share=share)
    seen = access.organization.id if access.organization else "no organization"
    if seen != made.organization:
        raise CommandError(f"the plan is for {made.organization}, but these credentials see {seen}: sign in there")
    return Changer(access.client(access.caller, "account"), journal)


Contacts = Annotated[
    Path | None,
    typer.Option(help="The contacts.yaml, for authentication and accepted addresses. Default: contacts.yaml."),
]
Inventory = Annotated[Path, typer.Option(help="The inventory that `make inventory` wrote.")]
Build = Annotated[Path, typer.Option(help="The folder for the plan and the journal; both private.")]
Share = Annotated[float, typer.Option(min=0.01, help="The share of AWS's quotas to use; above 1 if AWS raised yours.")]
TerraformFolder = Annotated[
    Path | None, typer.Option("--terraform", help="A Terraform configuration, to say which of its lines to change.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON. It never holds a code.")]


def _directory(contacts: Path | None) -> Directory | None:
    if contacts is None and not Path("contacts.yaml").is_file():
        return None
    directory = load_directory(contacts or Path("contacts.yaml"))
    if directory.organization is None:
        message = "names a single account, whose root user email is changed in the console, signed in as its root user"
        raise InvalidInput([directory.problem(("account",), f"{message} ({DOCUMENTATION})")])
    return directory


def _meant(names: Iterable[str], organization: Organization) -> list[str]:
    accounts = accounts_named(organization, names, "--account")
    if management := [account for account in accounts if account.id == organization.management_account_id]:
        raise InvalidInput([Problem("--account", MANAGEMENT, value=management[0].name)])
    return [account.id for account in accounts]


def plan(
    pattern: Annotated[
        str | None,
        typer.Option(
            help="The pattern of the new addresses, such as 'aws-root+{account_name}@corp.example'. Placeholders:"
            " {account_name}, {account_id}, {ou} (its organizational unit), {ou_path} (all of them)."
        ),
    ] = None,
    account: Annotated[
        list[str] | None, typer.Option(help="Only this account, by id or name; can be repeated.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All accounts. Default: those whose address fails the policies.")
    ] = False,
    exceptions: Annotated[
        Path | None, typer.Option("--map", help="A CSV file (account_id,email) of addresses that follow no pattern.")
    ] = None,
    inventory: Inventory = Path("build/inventory.json"),
    contacts: Contacts = None,
    build: Build = Path("build"),
    terraform: TerraformFolder = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Plans which account gets which root user email. Does not call AWS.

    Exit codes: 0 nothing to change, 2 usage error, 4 planned, or something is left to do by hand.
    """
    directory = _directory(contacts)
    organization = load_inventory(inventory)
    if directory and directory.organization:
        expected = directory.organization.management_account
        if expected != organization.management_account_id:
            message = f"is not the management account of {inventory}, which is {organization.management_account_id}"
            location = ("organization", "management_account")
            raise InvalidInput([directory.problem(location, message, value=expected)])
    if pattern is None and exceptions is None:
        raise CommandError("give the new addresses: --pattern 'aws-root+{account_name}@…', or --map FILE.csv")
    wanted = _meant(account or (), organization)
    mapped = read_map(exceptions, organization) if exceptions else {}
    if pattern is not None:
        check_pattern(pattern, len(wanted) or len(organization.accounts))
    elif missing := (set(organization.by_id) if everything else set(wanted)) - mapped.keys():
        raise CommandError(
            f"--map has no line for {', '.join(sorted(missing))}; add a line for each, or give a --pattern"
        )
    configuration = policy_configuration(directory) if directory else Configuration()
    made = plan_changes(
        organization,
        Context(configuration, date.today()),
        pattern,
        wanted=wanted,
        everything=everything,
        exceptions=mapped,
    )
    write_private(build / PLAN_FILE, made.model_dump_json(indent=2) + "\n")
    outcomes = outcomes_of(made, Journal(build / JOURNAL_FILE))
    by_hand = any(entry.by_hand for entry in made.left_out)
    code = ExitCode.CHANGES_PENDING if made.changes or by_hand else ExitCode.OK
    if as_json:
        found = occurrences(terraform, made.changes) if terraform else []
        print_result(code, outcomes, made, found)
        return code
    for entry in made.left_out:
        out.print(f"left out: {entry.account} {entry.account_id} {entry.reason}", markup=False, soft_wrap=True)
    if not made.changes:
        out.print("No root user email to change." if code == ExitCode.OK else "[yellow]Nothing to start.[/]")
        return code
    show(outcomes, why=True)
    patterns = configuration.root_email_patterns
    if patterns and any(not configuration.is_root_pattern(change.new) for change in made.changes):
        out.print(f"note: mail.root_email_patterns lists other patterns: {', '.join(patterns)}", markup=False)
    show_terraform(made.changes, terraform, done=False)
    out.print(
        f"[yellow]{len(made.changes)} planned.[/] Next: check that the new addresses receive mail, then"
        " `make root-email ARGS=start`."
    )
    return code


def start(
    account: Annotated[
        list[str] | None, typer.Option(help="Only this account of the plan, by id or name; can be repeated.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Send another code even if one was sent within 24 hours.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Start without confirmation.")] = False,
    contacts: Contacts = None,
    build: Build = Path("build"),
    share: Share = 1.0,
    as_json: AsJson = False,
) -> ExitCode:
    """Makes AWS mail a one-time code to every planned address. The accounts keep their addresses until `accept`.

    Can be stopped at any time: the next run continues. One account a second (AWS's quota).

    Exit codes: 0 all addresses are changed, 1 AWS error, 2 usage error, 4 codes are pending.
    """
    made = ChangePlan.read(build)
    journal = Journal(build / JOURNAL_FILE)
    with journal.writing():
        outcomes = outcomes_of(made, journal)
        now = utc_now()
        todo = [
            outcome
            for outcome in _chosen(outcomes, account)
            if outcome.state != "accepted" and (again or outcome.state != "started" or outcome.expired(now))
        ]
        if todo:
            _confirm(f"Make AWS mail a code to {len(todo)} new root user email addresses?", yes)
        stopped = _each(todo, "Starting", _changer(contacts, made, journal, share).start) if todo else ""
    return _end(outcomes, made, stopped, as_json=as_json)


def accept(
    codes: Annotated[
        Path | None, typer.Option(help="A CSV file of codes (account_id,code); - is standard input.", allow_dash=True)
    ] = None,
    mails: Annotated[
        Path | None,
        typer.Option("--mailbox", help="Exported mail to find the codes in: mbox, .eml, a folder of them, Maildir."),
    ] = None,
    account: Annotated[
        list[str] | None, typer.Option(help="Only this account of the plan, by id or name; can be repeated.")
    ] = None,
    terraform: TerraformFolder = None,
    contacts: Contacts = None,
    build: Build = Path("build"),
    share: Share = 1.0,
    as_json: AsJson = False,
) -> ExitCode:
    """Sends the codes to AWS, which changes the addresses.

    Without --codes or --mailbox it asks for each code.

    Codes are valid for 24 hours. They are never written down: not to the journal, not to a log, not to the screen.

    Exit codes: 0 all addresses are changed, 1 AWS error, 2 usage error, 4 codes are missing.
    """
    if codes is not None and mails is not None:
        raise CommandError("give either --codes or --mailbox")
    made = ChangePlan.read(build)
    journal = Journal(build / JOURNAL_FILE)
    with journal.writing():
        outcomes = outcomes_of(made, journal)
        now = utc_now()
        waiting = {
            outcome.change.account_id: outcome
            for outcome in _chosen(outcomes, account)
            if outcome.started_at is not None and outcome.state != "accepted" and not outcome.expired(now)
        }
        found = _codes(codes, mails, waiting, outcomes)
        todo = [outcome for account_id, outcome in waiting.items() if account_id in found]
        stopped = ""
        if todo:
            changer = _changer(contacts, made, journal, share)
            stopped = _each(todo, "Accepting", lambda item: changer.accept(item, found[item.change.account_id]))
    return _end(outcomes, made, stopped, terraform=terraform, as_json=as_json)


def _codes(
    file: Path | None, mails: Path | None, waiting: Mapping[str, Outcome], outcomes: list[Outcome]
) -> dict[str, SecretStr]:
    expected = [
        Expected(account_id, outcome.change.account, outcome.change.new, outcome.started_at)
        for account_id, outcome in waiting.items()
        if outcome.started_at is not None
    ]
    if file is not None:
        found = from_csv(file, {outcome.change.account_id for outcome in outcomes})
        planned = {outcome.change.account_id for outcome in outcomes if outcome.state == "planned"}
        if early := sorted(planned & found.keys()):
            raise CommandError(f"{file}: no code was mailed for {', '.join(early)} yet; run `start`")
        return found
    if mails is not None:
        found_codes = from_mailbox(mails, expected)
        for account_id, reason in found_codes.missing.items():
            if waiting[account_id].state == "started":
                waiting[account_id].reason = reason
        unreadable = f", {found_codes.unreadable} of them unreadable" if found_codes.unreadable else ""
        err.print(f"{found_codes.mails} mails{unreadable}; {len(found_codes.codes)} codes found", markup=False)
        return found_codes.codes
    if expected and not sys.stdin.isatty():
        raise CommandError("no terminal to prompt for codes: give --codes FILE, or --mailbox FILE")
    return from_prompt(expected)


def status(
    terraform: TerraformFolder = None,
    build: Build = Path("build"),
    as_json: AsJson = False,
) -> ExitCode:
    """Shows the progress of the plan, from the journal. Does not call AWS.

    Exit codes: 0 all addresses are changed, 1 AWS error, 2 there is no plan, 4 something is pending.
    """
    made = ChangePlan.read(build)
    return _end(outcomes_of(made, Journal(build / JOURNAL_FILE)), made, "", terraform=terraform, as_json=as_json)


def _chosen(outcomes: list[Outcome], names: list[str] | None) -> list[Outcome]:
    if not names:
        return outcomes
    known = {outcome.change.account_id for outcome in outcomes} | {outcome.change.account for outcome in outcomes}
    if problems := [
        Problem("--account", f"is not in the plan{did_you_mean(name, known)}", value=name)
        for name in names
        if name not in known
    ]:
        raise InvalidInput(problems)
    return [item for item in outcomes if item.change.account_id in names or item.change.account in names]


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("no terminal to confirm on: use --yes")
    if not typer.confirm(question, err=True):
        raise CommandError("Nothing was started.")


def _each(todo: list[Outcome], what: str, step: Callable[[Outcome], None]) -> str:
    """Does the step for each; why it ended early, or ""."""
    with progress() as begin:
        update = begin(what, len(todo))
        for number, outcome in enumerate(todo):
            update(number, outcome.change.account)
            try:
                step(outcome)
            except CommandError as reason:
                return str(reason)
        update(len(todo), "")
    return ""


def _end(
    outcomes: list[Outcome],
    made: ChangePlan,
    stopped: str,
    *,
    terraform: Path | None = None,
    as_json: bool,
) -> ExitCode:
    now = utc_now()
    for outcome in outcomes:
        if outcome.last in ("started", "accept-failed") and outcome.expired(now):
            outcome.state, outcome.reason = "failed", "the code has expired after 24 hours: `start` sends a new one"
        elif outcome.state == "started" and outcome.started_at and not outcome.reason:
            outcome.reason = f"since {outcome.started_at:%Y-%m-%d %H:%M} UTC; the code is good for 24 hours"
    states: Counter[State] = Counter(outcome.state for outcome in outcomes)
    code = ExitCode.OK
    if stopped or states["failed"]:
        code = ExitCode.FAILED
    elif states["planned"] or states["started"]:
        code = ExitCode.CHANGES_PENDING
    done = [outcome.change for outcome in outcomes if outcome.state == "accepted"]
    if as_json:
        found = occurrences(terraform, done) if terraform else []
        print_result(code, outcomes, made, found, stopped)
        return code
    show(outcomes, why=False)
    if done:
        show_terraform(done, terraform, done=True)
    if stopped:
        err.print(stopped, markup=False, style="red", soft_wrap=True)
    out.print(last_line(states, len(outcomes)))
    return code


if __name__ == "__main__":
    commands(
        {"plan": plan, "start": start, "accept": accept, "status": status},
        "Changes root user emails of member accounts, without signing in to them: plan, start, accept.",
    )
