"""The audited accounts, and AWS's answers about them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from cdktf_app.contacts.assignments import Assignments, load
from cdktf_app.contacts.organization import Account, Organization, load_inventory
from policies.contact_rules import configuration as configurations
from policies.contact_rules.check import Context
from policies.contact_rules.findings import Finding
from scripts.audit.answers import Answers
from scripts.audit.checks import INVENTORY
from scripts.audit.display import RESUME, duration
from scripts.audit.findings import Audit, Auditor
from scripts.shared.access import Access
from scripts.shared.console import CommandError, ExitCode, err, progress
from scripts.shared.policy import policy_configuration
from scripts.shared.reader import PARTS, Reader
from scripts.shared.terraform import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cdktf_app.contacts.directory import Directory
    from policies.contact_rules.live import LiveAccount


@dataclass
class Inputs:
    """The contents of the files, where present."""

    directory: Directory | None
    organization: Organization | None
    assignments: Assignments | None
    configuration: configurations.Configuration


def read_inputs(contacts: Path | None, inventory: Path) -> Inputs:
    """The directory, the inventory and the rules' configuration; without a directory, that is `.contact-policy.toml`.

    Raises:
        InvalidInput: a file cannot be used.
        CommandError: the policy configuration cannot be used.
    """
    known = inventory if inventory.is_file() else None
    if contacts is not None:
        directory, organization, assignments = load(contacts, known)
        return Inputs(directory, organization, assignments, policy_configuration(directory, assignments))
    try:
        configuration = configurations.load(configurations.find_file(Path.cwd()))
    except configurations.ConfigurationError as error:
        raise CommandError(str(error)) from None
    return Inputs(None, load_inventory(known) if known else None, None, configuration)


def accounts_to_read(access: Access, inputs: Inputs, auditor: Auditor) -> list[Account]:
    """The accounts that AWS lists, each where the inventory has it; those of the inventory if AWS lists none.

    Finds those that only one of the two has.

    Raises:
        CommandError: neither AWS nor an inventory lists the accounts.
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS error, or no connection.
    """
    known = inputs.organization.by_id if inputs.organization else {}
    try:
        listed = access.accounts()
    except ClientError as error:
        if not known:
            raise CommandError(
                f"AWS rejected {error.operation_name}, and there is no inventory, so the accounts are unknown."
                " Sign in to the management account or a delegated administrator, or give --inventory FILE; for"
                " the signed-in account alone, write `account:` in contacts.yaml",
                ExitCode.FAILED,
            ) from None
        return list(known.values())
    accounts = []
    for account in listed:
        place = known.get(account.id)
        if place is not None:
            account = account.model_copy(update={"ou_path": place.ou_path})
        elif inputs.organization is not None:
            auditor.find(Finding(INVENTORY, "account-not-in-inventory", "new"), account)
        accounts.append(account)
    for account_id in sorted(known.keys() - {account.id for account in listed}):
        gone = Finding(INVENTORY, "account-not-in-organization", "gone", level="note")
        auditor.find(gone, known[account_id])
    return accounts


def read_accounts(
    access: Access,
    parts: Sequence[str],
    accounts: Sequence[Account],
    known: Answers,
    judge: Callable[[LiveAccount], object],
    since: datetime | None,
) -> None:
    """Judges every account, from AWS or from the journal.

    Raises:
        Interrupted: a signal stopped it; what was read is in the journal.
    """
    by_id = {account.id: account for account in accounts}
    reused = known.reusable(since) & by_id.keys() if since else set()
    if reused:
        _say(f"{len(reused):,} of {len(accounts):,} accounts were read earlier and are not read again")
        for answer in known.of(reused):
            judge(answer)
    left = [account for account in accounts if account.id not in reused]
    seconds = 3 * sum(account.status == "ACTIVE" for account in left) / access.pace.rate("account:GetAlternateContact")
    if seconds > 2:
        _say(f"Reading {len(left):,} accounts; with AWS's quotas this takes {duration(seconds)}")
    try:
        with known.writing(), progress() as start, closing(Reader(access, parts=parts).read(left)) as answers:
            update = start("Reading accounts", len(left))
            for number, answer in enumerate(answers, 1):
                known.add(answer)
                judge(answer)
                update(number, by_id[answer.id].name)
    except Interrupted:
        _say(f"The answers so far are in {known.path}; continue with: {RESUME}")
        raise


def _say(text: str) -> None:
    err.print(text, markup=False, soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def perform(
    contacts: Path | None, inventory: Path, journal: Path, share: float, parts: Sequence[str], age: timedelta | None
) -> tuple[Audit, Directory | None]:
    """The audit, and the directory it compared with. `age`: how old answers in the journal may be that are reused.

    What it needed besides is gone when it ends: with ten thousand accounts that is as much as the report takes.

    Raises:
        InvalidInput: a file cannot be used.
        CommandError: neither AWS nor an inventory lists the accounts, or the credentials are of another organization.
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS rejected every call, or no connection.
        Interrupted: a signal stopped it; what was read is in the journal.
    """
    started = _now()
    inputs = read_inputs(contacts, inventory)
    access = Access(inputs.directory, inputs.organization, share=share)
    context = Context(inputs.configuration, started.date())
    auditor = Auditor(context, access.organization, inputs.directory, inputs.assignments)
    accounts = accounts_to_read(access, inputs, auditor)
    by_id = {account.id: account for account in accounts}
    identity = access.organization.id if access.organization else access.caller
    known = Answers(journal, {"version": 2, "of": identity, "parts": parts})
    since = started - age if age is not None else None
    read_accounts(access, parts, accounts, known, lambda answer: auditor.add(by_id[answer.id], answer), since)
    auditor.review(started.date())
    audit = auditor.document(
        started_at=_stamp(started),
        finished_at=_stamp(_now()),
        contacts=str(contacts) if contacts else None,
        calls=access.calls,
        skipped=[part for part in PARTS if part not in parts],
    )
    return audit, inputs.directory
