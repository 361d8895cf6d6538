"""`make audit`: reads what every account really has, judges it by the policies' rules, and changes nothing."""

from __future__ import annotations

import gc
import json
import sys
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TextIO

import typer
from botocore.exceptions import ClientError
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from cdktf_app import fields
from cdktf_app.assignments import load
from cdktf_app.directory import load_directory
from cdktf_app.organization import load_inventory
from policies.contact_rules import configuration as configurations
from policies.contact_rules.live import LiveAccount
from policies.contact_rules.rules import Context
from scripts import formats
from scripts.findings import INVENTORY, Audit, Auditor, Finding, for_page, write_json
from scripts.live import PARTS, Reader
from scripts.page import render
from scripts.plan import policy_configuration
from scripts.report import ExitCode, Refused, command, err, out, print_json, progress
from scripts.terraform import Interrupted, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from cdktf_app.assignments import Assignments
    from cdktf_app.directory import Directory
    from cdktf_app.organization import Account, Organization

FOLDER: Final = "audit"
JOURNAL: Final = "answers.jsonl"
HTML: Final = "report.html"
RESUME: Final = "make audit ARGS=--resume"
MAXIMUM_AGE: Final = 24 * 60
"""Minutes after which `--resume` takes no answer of an earlier run, unless told otherwise."""

_EXAMPLES: Final = 3
_ANSWER: Final = TypeAdapter(LiveAccount)


@dataclass
class Inputs:
    """What the files say, as far as there are any."""

    directory: Directory | None
    organization: Organization | None
    assignments: Assignments | None
    configuration: configurations.Configuration


def read_inputs(contacts: Path | None, inventory: Path) -> Inputs:
    """The directory, the inventory and what the rules are told; without a directory, `.contact-policy.toml` tells it.

    Raises:
        InvalidInput: a file cannot be used.
        Refused: the policy configuration cannot be used.
    """
    known = inventory if inventory.is_file() else None
    if contacts is not None:
        directory, organization, assignments = load(contacts, known)
        return Inputs(directory, organization, assignments, policy_configuration(directory, assignments))
    try:
        configuration = configurations.load(configurations.find_file(Path.cwd()))
    except configurations.ConfigurationError as error:
        raise Refused(str(error)) from None
    return Inputs(None, load_inventory(known) if known else None, None, configuration)


class Journal:
    """The answers of AWS, one line for each account that was read, so that no answer is asked for twice.

    It holds contact data: only its owner may read it. The first line says what was read for whom; answers of another
    organization or of other parts are not reused.
    """

    def __init__(self, path: Path, heading: Mapping[str, Any]) -> None:
        self.path = path
        self._heading = json.dumps(heading, sort_keys=True)
        self._file: TextIO | None = None
        self._places: dict[str, int] = {}
        self._end = 0

    def reusable(self, since: datetime) -> set[str]:
        """The ids of the accounts that were read whole, not before `since`. A line torn by a kill is no answer."""
        self._places = {}
        if not self.path.is_file():
            return set()
        with self.path.open("rb") as file:
            if file.readline().rstrip(b"\n") != self._heading.encode():
                return set()
            while True:
                place = file.tell()
                line = file.readline()
                if not line.endswith(b"\n"):
                    break
                self._end = file.tell()
                answer = _answer(line)
                if answer is None:
                    continue
                whole = all(item.code == "NotOffered" for item in answer.unread)
                if whole and datetime.fromisoformat(answer.read_at) >= since:
                    self._places[answer.id] = place
                else:
                    self._places.pop(answer.id, None)
        return set(self._places)

    def answers(self, ids: Collection[str]) -> Iterator[LiveAccount]:
        """The last answers about these accounts, of those that `reusable` found."""
        with self.path.open("rb") as file:
            for account_id, place in self._places.items():
                if account_id in ids:
                    file.seek(place)
                    answer = _answer(file.readline())
                    if answer is not None:
                        yield answer

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Opens the journal for `add`: behind what is reused, or anew."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._places:
            with self.path.open("rb+") as torn:
                torn.truncate(self._end)
        else:
            write_private(self.path, self._heading + "\n")
        with self.path.open("a", encoding="utf-8") as self._file:
            yield
        self._file = None

    def add(self, answer: LiveAccount) -> None:
        """Writes one account, so that it is there even if this process is killed."""
        assert self._file is not None
        self._file.write(json.dumps(asdict(answer), ensure_ascii=False) + "\n")
        self._file.flush()


def _answer(line: bytes) -> LiveAccount | None:
    try:
        return _ANSWER.validate_json(line)
    except ValidationError:
        return None


def accounts_to_read(reader: Reader, inputs: Inputs, auditor: Auditor) -> list[Account]:
    """The accounts that AWS lists, each where the inventory has it; those of the inventory if AWS lists none.

    Finds those that only one of the two has.

    Raises:
        Refused: nothing tells which accounts there are.
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS refused, or could not be asked.
    """
    known = inputs.organization.by_id if inputs.organization else {}
    try:
        listed = reader.accounts()
    except ClientError as error:
        if not known:
            raise Refused(
                f"AWS refused {error.operation_name}, and there is no inventory: nothing tells which accounts there"
                " are. Sign in to the management account or a delegated administrator, or give --inventory FILE; for"
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
            reason = "AWS Organizations lists the account, and the inventory does not: nothing is set for it"
            auditor.find(INVENTORY, "new", reason, account)
        accounts.append(account)
    for account_id in sorted(known.keys() - {account.id for account in listed}):
        reason = "the inventory has the account, and AWS Organizations does not list it"
        auditor.find(INVENTORY, "gone", reason, known[account_id], level="note")
    return accounts


def read_accounts(
    reader: Reader,
    accounts: Sequence[Account],
    journal: Journal,
    judge: Callable[[LiveAccount], object],
    since: datetime | None,
) -> None:
    """Has every account judged, as it is read or as the journal has it.

    Raises:
        Interrupted: a signal stopped it; what was read is in the journal.
    """
    by_id = {account.id: account for account in accounts}
    reused = journal.reusable(since) & by_id.keys() if since else set()
    if reused:
        _say(f"{len(reused):,} of {len(accounts):,} accounts were read before, and are not read again")
        for answer in journal.answers(reused):
            judge(answer)
    left = [account for account in accounts if account.id not in reused]
    seconds = 3 * sum(account.status == "ACTIVE" for account in left) / reader.rate("account:GetAlternateContact")
    if seconds > 2:
        _say(f"Reading {len(left):,} accounts; AWS's quotas allow it in {_duration(seconds)}")
    try:
        with journal.writing(), progress() as start, closing(reader.read(left)) as answers:
            update = start("Reading accounts", len(left))
            for number, answer in enumerate(answers, 1):
                journal.add(answer)
                judge(answer)
                update(number, by_id[answer.id].name)
    except Interrupted:
        _say(f"What was read is in {journal.path}; go on with: {RESUME}")
        raise


def _say(text: str) -> None:
    err.print(text, markup=False, soft_wrap=True)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def show(audit: Audit, remarks: Sequence[str]) -> None:
    """The audit on a terminal: a line for each kind of finding, the most severe first; the verdict is the last line."""
    groups: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in audit.findings:
        groups["note" if finding.level == "note" else finding.severity, finding.check, finding.title].append(finding)
    if groups:
        worst = {row.id: row.findings for row in audit.accounts}
        table = Table("", "what", "accounts", "to fix first", title_justify="left")
        style = {"HIGH": "red", "MEDIUM": "yellow", "LOW": "cyan", "note": "dim"}
        for (severity, check, title), found in groups.items():
            first = sorted(found, key=lambda item: (-worst.get(item.account_id or "", 0), item.account_id or ""))
            names = list(dict.fromkeys(f"{item.account} {item.account_id}" for item in first if item.account_id))
            more = f" and {len(names) - _EXAMPLES:,} more" if len(names) > _EXAMPLES else ""
            table.add_row(
                f"[{style[severity]}]{severity}[/]",
                f"{escape(title)}\n[dim]{check}[/]",
                str(len(names) or "–"),
                escape(", ".join(names[:_EXAMPLES]) + more if names else found[0].reason),
            )
        out.print(table)
    for remark in remarks:
        out.print(remark, markup=False, soft_wrap=True)
    if not audit.complete:
        out.print(f"What could not be read is no pass. Read it again: {RESUME}", markup=False, soft_wrap=True)
    out.print(audit.verdict, markup=False, soft_wrap=True, style="green" if audit.passed else "red")


def _age(audit: Audit) -> str | None:
    """How old the oldest answer is, if answers of an earlier run were reused."""
    if audit.oldest_answer_at >= audit.started_at:
        return None
    moments = [datetime.fromisoformat(text) for text in (audit.oldest_answer_at, audit.finished_at)]
    return f"Oldest answer of AWS: {audit.oldest_answer_at}, {_duration((moments[1] - moments[0]).total_seconds())} old"


def iam_policies(parts: Collection[str], directory: Directory | None) -> dict[str, Any]:
    """The least IAM policies, by whose they are: `caller`, which is who reads the organization (the management account,
    or a delegated administrator) or the single account; `member`, the role that is assumed in every member account;
    `management`, the role for the management account's own contacts, where the caller is a delegated administrator.

    sts:GetCallerIdentity needs no permission
    (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
    """
    own = ["account:GetAlternateContact"]
    if "primary-contact" in parts:
        own.append("account:GetContactInformation")
    member = [
        "account:ListRegions",
        "notifications-contacts:ListEmailContacts",
        "notifications:ListChannels",
        "notifications:ListEventRules",
        "notifications:ListNotificationConfigurations",
        "notifications:ListNotificationHubs",
    ]
    if "notifications" in parts:
        own += member
    if directory is not None and directory.account is not None:
        return {"caller": _policy(own)}
    settings = directory.organization if directory else None
    role_name = settings.authentication.member_role_name if settings else "OrganizationAccountAccessRole"
    partition = fields.partition(directory.home_region) if directory else "aws"
    roles = [f"arn:{partition}:iam::*:role/{role_name}"] if "notifications" in parts else []
    policies = {"caller": _policy([*own, "organizations:DescribeOrganization", "organizations:ListAccounts"], roles)}
    if "notifications" in parts:
        policies["member"] = _policy(member)
    if settings and settings.authentication.management_role_arn:
        policies["management"] = _policy(own)
    return policies


def _policy(actions: Collection[str], roles: Collection[str] = ()) -> dict[str, Any]:
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}]
    if roles:
        statements.append({"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": sorted(roles)})
    return {"Version": "2012-10-17", "Statement": statements}


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
        Refused: nothing tells which accounts there are, or the credentials are of another organization.
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS refused everything, or was not there.
        Interrupted: a signal stopped it; what was read is in the journal.
    """
    started = _now()
    inputs = read_inputs(contacts, inventory)
    reader = Reader(inputs.directory, inputs.organization, share=share, parts=parts)
    context = Context(inputs.configuration, started.date())
    auditor = Auditor(context, reader.organization, inputs.directory, inputs.assignments)
    accounts = accounts_to_read(reader, inputs, auditor)
    by_id = {account.id: account for account in accounts}
    identity = reader.organization.id if reader.organization else reader.caller
    answers = Journal(journal, {"version": 1, "of": identity, "parts": parts})
    since = started - age if age is not None else None
    read_accounts(reader, accounts, answers, lambda answer: auditor.add(by_id[answer.id], answer), since)
    auditor.review(started.date())
    audit = auditor.document(
        started_at=_stamp(started),
        finished_at=_stamp(_now()),
        contacts=str(contacts) if contacts else None,
        calls=reader.calls,
        not_asked=[part for part in PARTS if part not in parts],
    )
    return audit, inputs.directory


class Part(StrEnum):
    """What can be left out."""

    NOTIFICATIONS = "notifications"
    PRIMARY_CONTACT = "primary-contact"


def _privately(path: Path | None, content: Callable[[], str | bytes]) -> None:
    if path is not None:
        write_private(path, content())


def main(
    contacts: Annotated[
        Path | None, typer.Option(help="The contact directory to compare with, if there is one.")
    ] = None,
    inventory: Annotated[
        Path, typer.Option(help="The accounts with their OUs, if `make inventory` wrote them; else AWS is asked.")
    ] = Path("build/inventory.json"),
    build: Annotated[Path, typer.Option(help="The folder for the journal and the report.")] = Path("build"),
    share: Annotated[
        float, typer.Option(min=0.01, help="The part of AWS's quotas to use; above 1 for quotas that AWS raised.")
    ] = 1.0,
    without: Annotated[list[Part] | None, typer.Option(help="What not to read; may be given twice.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on with an earlier run: read what it did not read.")] = False,
    max_age: Annotated[
        int | None, typer.Option(min=0, help=f"Reuse answers of so many minutes; {MAXIMUM_AGE} with --resume.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the audit as JSON (docs/audit.schema.json).")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write the report as a web page; else build/audit/report.html.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the findings as CSV, safe to open in a spreadsheet.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML: a test suite for each OU.")] = None,
    sarif: Annotated[Path | None, typer.Option(help="Write SARIF 2.1.0, on the lines of contacts.yaml.")] = None,
    asff: Annotated[
        Path | None, typer.Option(help="Write findings for AWS Security Hub (BatchImportFindings).")
    ] = None,
    aws_region: Annotated[str, typer.Option(help="For --asff: the Region of Security Hub.")] = "us-east-1",
    account: Annotated[
        str | None, typer.Option(help="For --asff: the account of Security Hub; else the management account.")
    ] = None,
    iam_policy: Annotated[bool, typer.Option("--iam-policy", help="Print the least IAM policies, and stop.")] = False,
) -> ExitCode:
    """Reads what every account really has, judges it by the policies' rules and shows what to fix. Changes nothing.

    Exit codes: 0 passed, 1 something could not be read (whatever else was found), 2 an input is wrong, 3 findings.
    """
    parts = tuple(part for part in PARTS if part not in (without or ()))
    if iam_policy:
        print_json(iam_policies(parts, load_directory(contacts) if contacts else None))
        return ExitCode.OK
    reuse = resume or max_age is not None
    age = timedelta(minutes=MAXIMUM_AGE if max_age is None else max_age) if reuse else None
    audit, directory = perform(contacts, inventory, build / FOLDER / JOURNAL, share, parts, age)
    gc.collect()  # the reader and its clients refer to each other
    page = html or build / FOLDER / HTML
    write_private(page, render(for_page(audit)))
    _privately(csv, lambda: formats.as_csv(audit))
    _privately(junit, lambda: formats.as_junit(audit))
    _privately(sarif, lambda: formats.as_sarif(audit, directory, inventory if inventory.is_file() else None))
    _privately(asff, lambda: formats.as_asff(audit, aws_region, account))
    if as_json:
        write_json(audit, sys.stdout)
    else:
        remarks = [*filter(None, [_age(audit)])]
        if audit.organization is not None and not inventory.is_file():
            remarks.append("No inventory, so no OUs: make inventory reads them")
        show(audit, [*remarks, f"Report: {page}"])
    if not audit.complete:
        return ExitCode.FAILED
    return ExitCode.OK if audit.passed else ExitCode.POLICY_FAILED


if __name__ == "__main__":
    command(main)
