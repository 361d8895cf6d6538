"""`make root-email`: the way out of a personal root user email, for member accounts, without signing in to them.

plan (which account, from which address to which), start (AWS mails a one-time code to every new address), accept (the
codes come back), status. The operations are those of AWS Account Management
(https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html).
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from rich.markup import escape
from rich.table import Table

from cdktf_app import fields
from cdktf_app.directory import load_directory
from cdktf_app.organization import load_inventory
from cdktf_app.problems import InvalidInput, Problem
from cdktf_app.source import did_you_mean
from policies.contact_rules.configuration import Configuration
from policies.contact_rules.estate import Estate, RootEmail
from policies.contact_rules.reach import mail_objection
from policies.contact_rules.rules import Context, personal_root_email
from scripts.codes import ADDRESS, Expected, from_csv, from_mailbox, from_prompt, parse_date, read_rows
from scripts.live import Reader
from scripts.plan import policy_configuration
from scripts.report import ExitCode, Refused, commands, err, out, print_json, progress
from scripts.terraform import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    from cdktf_app.directory import Directory
    from cdktf_app.organization import Account, Organization

PLAN_FILE: Final = "root-email.json"
JOURNAL_FILE: Final = "root-email.journal.jsonl"
DOCUMENTATION: Final = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html"
MANAGEMENT: Final = (
    "is the management account: AWS changes its root user email only in the console, under Account, signed in as its"
    f" root user ({DOCUMENTATION})"
)

SHORTEST, LONGEST = 5, 64
"""Of a root user email, in characters (API reference, StartPrimaryEmailUpdate, PrimaryEmail)."""

VALIDITY: Final = timedelta(hours=24)
"""How long a code can be used after it was sent (Account Management Reference Guide, Update the root user email)."""

_GIVING_UP: Final = 3
"""Accounts in a row that fail for a reason that is the caller's, before the run ends without trying the others."""


# ------------------------------------------------------------------------------------------------------------- plan


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(_Record):
    """The root user email of one account, as it is and as it shall be, and why."""

    account_id: str
    account: str
    ou_path: str
    old: str
    new: str
    why: str


class LeftOut(_Record):
    """An account whose root user email is not changed, and why."""

    account_id: str
    account: str
    reason: str
    by_hand: bool = False
    """The policies object to the address it keeps, and somebody else can change it."""


class ChangePlan(_Record):
    """What build/root-email.json holds."""

    version: Literal[1] = 1
    organization: str
    changes: tuple[Change, ...]
    left_out: tuple[LeftOut, ...]

    @classmethod
    def read(cls, build: Path) -> ChangePlan:
        """The plan in the build folder. Raises Refused: there is none, or it is not one."""
        path = build / PLAN_FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise Refused(f'{path} does not exist: plan first, `make root-email ARGS="plan --pattern …"`') from None
        except (OSError, ValidationError) as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
            raise Refused(f"{path} is not a plan of this version ({reason}): plan again") from None


def slug(name: str) -> str:
    """An account name as it may stand before the @: small ASCII letters, digits, `.`, `_`, and `-` for the rest.

    Raises ValueError: it has letters that ASCII does not have, or nothing is left.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
    if foreign := sorted({c for c in plain if not c.isascii() and unicodedata.category(c)[0] in "LN"}):
        raise ValueError(f"has {''.join(foreign[:6])!r}, which an address cannot hold")
    short = re.sub(r"[^a-z0-9._]+", "-", plain)
    short = re.sub(r"[.-]*-[.-]*|\.{2,}", "-", short).strip("-._")
    if not short:
        raise ValueError("has no letter or digit that an address can hold")
    return short


def expand(pattern: str, account: Account) -> str:
    """The address that the pattern makes for an account. Raises ValueError: which placeholder cannot be filled in."""
    units = fields.split_path(account.ou_path)
    values = {"account_id": [account.id], "account_name": [account.name], "ou": units[-1:], "ou_path": units}

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if not values[name]:
            raise ValueError(f"is in no organizational unit, so {{{name}}} is empty")
        try:
            return "-".join(map(slug, values[name]))
        except ValueError as problem:
            what = "its name" if name == "account_name" else "its organizational unit"
            raise ValueError(f"{what} {problem}") from None

    return re.sub(r"\{(\w+)\}", fill, pattern)


def _check_pattern(pattern: str, accounts: int) -> None:
    known = ("account_id", "account_name", "ou", "ou_path")
    names = re.findall(r"\{(\w*)\}", pattern)
    message = ""
    if unknown := next((name for name in names if name not in known), None):
        message = f"{{{unknown}}} is not a placeholder{did_you_mean(unknown, known)}"
    elif set(re.sub(r"\{\w+\}", "", pattern)) & set("{}"):
        message = "has a { or } that is not of a placeholder such as {account_id}"
    elif "@" not in pattern:
        message = "is not an address; write one such as aws-root+{account_name}@corp.example"
    elif accounts > 1 and not set(names) & {"account_id", "account_name"}:
        message = "makes the same address for several accounts; put {account_name} or {account_id} in"
    if message:
        raise InvalidInput([Problem("--pattern", message, value=pattern)])


def address_complaint(address: str) -> str | None:
    """Why AWS takes no such root user email, or None.

    The rules are those of CreateAccount (Organizations API reference, CreateAccount, Email).
    """
    local, at, domain = address.partition("@")
    if not address.isascii():
        return "has characters outside ASCII"
    if not SHORTEST <= len(address) <= LONGEST:
        return f"is {len(address)} characters long; AWS takes {SHORTEST} to {LONGEST}"
    if not at or not local or "@" in domain:
        return "is not one address"
    if odd := sorted(set(re.findall(r"""[\s\x00-\x1f\x7f"'()<>\[\]:;,\\|%&{}]""", local))):
        return f"has {' '.join(odd)!r} before the @, which AWS does not take"
    if local[0] == ".":
        return "begins with a dot"
    if "." not in domain or not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", domain) or ".." in domain:
        return "has a domain that AWS does not take"
    return None


def objection(address: str, context: Context) -> tuple[Literal["failure", "note"], str] | None:
    """What the policies say against a root user email (CKV_CONTACT_2, and whether mail can arrive); None: nothing."""
    root_email = RootEmail("", None, None, None, address, address, "email")
    found = list(personal_root_email(Estate([], root_emails=[root_email]), context))
    levels = [(item.level, item.reason.removeprefix("root user email: ")) for item in found]
    unreachable = mail_objection(address)
    if unreachable and context.configuration.acceptance(address, context.today, domain_only=True) is None:
        levels.append(("failure", str(unreachable)))
    return min(levels, default=None)


def plan_changes(
    organization: Organization,
    context: Context,
    pattern: str | None,
    *,
    wanted: Iterable[str] = (),
    everything: bool = False,
    exceptions: Mapping[str, tuple[str, str]] | None = None,
) -> ChangePlan:
    """Who gets which address. Without `wanted` (ids) and `everything`: those whose address the policies object to.

    Args:
        exceptions: by account id, an address and where it was written (`map.csv:3`).

    Raises:
        InvalidInput: addresses that AWS or the policies would not take, that are taken, or given to several accounts.
    """
    exceptions = exceptions or {}
    chosen = set(wanted) | exceptions.keys()
    changes: list[Change] = []
    left_out: list[LeftOut] = []
    places: dict[str, str] = {}
    for account in organization.accounts:
        against = objection(account.email, context)
        asked = account.id in chosen or (everything and not wanted)
        if not asked and (wanted or against is None):
            continue
        reason = None
        if account.id == organization.management_account_id:
            reason = MANAGEMENT
        elif account.status != "ACTIVE":
            reason = f"is {account.status}; AWS changes nothing there"
        elif not asked and against and against[0] == "note":
            reason = f"{against[1]}; name it with --account to change it"
        elif not asked and pattern is None:
            reason = f"{against[1] if against else ''}: neither --pattern nor --map says what it shall be"
        if reason is not None:
            by_hand = account.status == "ACTIVE" and against is not None and against[0] == "failure"
            left_out.append(LeftOut(account_id=account.id, account=account.name, reason=reason, by_hand=by_hand))
            continue
        new, places[account.id] = exceptions.get(account.id, ("", "--pattern"))
        if not new:
            try:
                new = expand(pattern or "", account)
            except ValueError as problem:
                places[account.id] = f"--pattern: account {account.id}"
                message = f"{problem}; write {{account_id}} in the pattern, or its address in a file for --map"
                raise InvalidInput([Problem(places[account.id], message, value=account.name)]) from None
        if new.casefold() == account.email.casefold():
            left_out.append(LeftOut(account_id=account.id, account=account.name, reason="has that address already"))
            continue
        why = against[1] if against else "asked for"
        changes.append(
            Change(
                account_id=account.id,
                account=account.name,
                ou_path=account.ou_path,
                old=account.email,
                new=new,
                why=why,
            )
        )
    problems = [
        Problem(places[change.account_id], f"for account {change.account_id} {change.account!r}: {said}", value=new)
        for change, new, said in _complaints(changes, organization, context)
    ]
    if problems:
        raise InvalidInput(problems)
    return ChangePlan(organization=organization.id, changes=tuple(changes), left_out=tuple(left_out))


def _complaints(
    changes: list[Change], organization: Organization, context: Context
) -> Iterator[tuple[Change, str, str]]:
    in_use = {account.email.casefold(): account for account in organization.accounts}
    planned: dict[str, Change] = {}
    for change in changes:
        new = change.new
        if said := address_complaint(new):
            advice = "; shorten the pattern, or write its address in a file for --map" if len(new) > LONGEST else ""
            yield change, new, said + advice
        elif (against := objection(new, context)) and against[0] == "failure":
            yield change, new, f"the policies object: {against[1]}"
        if (holder := in_use.get(new.casefold())) is not None:
            later = ", until that is changed" if any(c.account_id == holder.id for c in changes) else ""
            yield change, new, f"is the address of account {holder.id} {holder.name!r}{later}; AWS takes it only once"
        first = planned.setdefault(new.casefold(), change)
        if first is not change:
            yield change, new, f"is planned for account {first.account_id} {first.account!r}, too"


def read_map(path: Path, organization: Organization) -> dict[str, tuple[str, str]]:
    """By account id, the address in a CSV file (account_id,email) and the place it was written.

    Raises InvalidInput: the file cannot be read, a row is not of that shape, an account is unknown or there twice.
    """
    rows = read_rows(path, ("account_id", "email"), organization.by_id)
    return {account_id: (address, f"{path}:{line}") for line, account_id, address in rows}


# ---------------------------------------------------------------------------------------------------------- journal


Happened = Literal["started", "start-refused", "accepted", "accept-refused"]


class Event(_Record):
    """One line of the journal. Never holds a code."""

    at: datetime
    account_id: str
    new: str
    event: Happened
    reason: str = ""


State = Literal["planned", "started", "accepted", "failed"]


@dataclass
class Outcome:
    """How far one change is: `planned` → `started` → `accepted`, or `failed` and why, and what to do."""

    change: Change
    state: State = "planned"
    started_at: datetime | None = None
    reason: str = ""
    last: Happened | None = None

    def take(self, event: Event) -> None:
        """Goes one step on."""
        if event.event == "started":
            self.state, self.started_at = "started", event.at
        else:
            self.state = "accepted" if event.event == "accepted" else "failed"
        self.reason, self.last = event.reason, event.event

    def expired(self, now: datetime) -> bool:
        """Whether the code that was sent cannot be used any more."""
        return self.started_at is not None and now - self.started_at >= VALIDITY

    def as_json(self) -> dict[str, Any]:
        """What --json shows."""
        started_at = self.started_at and self.started_at.isoformat()
        return {**self.change.model_dump(), "state": self.state, "started_at": started_at, "reason": self.reason}


class Journal:
    """What AWS has done, one JSON object a line, on the disk before the next call is made; one writer at a time.

    A context manager. A line that was torn off (the machine stopped while it was written) is dropped.
    """

    def __init__(self, build: Path) -> None:
        self.path = build / JOURNAL_FILE
        self._handle: int | None = None

    def __enter__(self) -> Journal:
        """Raises Refused: another run has it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise Refused(f"{self.path}: another run is at work; wait until it has ended") from None
        self._handle = handle
        os.fchmod(handle, 0o600)
        data = self.path.read_bytes()
        os.ftruncate(handle, data.rfind(b"\n") + 1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def write(self, event: Event) -> None:
        """Appends one line, and returns when it is on the disk."""
        assert self._handle is not None
        os.write(self._handle, (event.model_dump_json() + "\n").encode())
        os.fsync(self._handle)

    def events(self) -> list[Event]:
        """Everything that happened. Raises InvalidInput: a whole line is not an event."""
        try:
            lines = self.path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return []
        found = []
        for number, line in enumerate(lines, start=1):
            try:
                found.append(Event.model_validate_json(line))
            except ValidationError:
                message = "is not a line of the journal; remove it, and the account it was about is done again"
                raise InvalidInput([Problem(str(self.path), message, number)]) from None
        return found

    def outcomes(self, plan: ChangePlan) -> list[Outcome]:
        """How far each planned change is. Changes to other addresses than the planned ones do not count."""
        outcomes = {(change.account_id, change.new.casefold()): Outcome(change) for change in plan.changes}
        for event in self.events():
            if outcome := outcomes.get((event.account_id, event.new.casefold())):
                outcome.take(event)
        return list(outcomes.values())


# -------------------------------------------------------------------------------------------------------------- AWS


class Changer:
    """Makes the changes, one account after the other: AWS allows one StartPrimaryEmailUpdate and one
    AcceptPrimaryEmailUpdate a second, which leaves nothing to gain from several at once.

    Args:
        client: of AWS Account Management in the management or delegated administrator account, paced.
    """

    def __init__(self, client: Any, journal: Journal) -> None:
        self._client = client
        self._journal = journal
        self._failed_alike = Counter[str]()

    def start(self, outcome: Outcome) -> None:
        """Lets AWS mail a code to the new address, if the account still has the old one."""
        change = outcome.change
        try:
            current = self._current(change)
            if current.casefold() == change.new.casefold():
                self._note(outcome, "accepted", "had the address already")
            elif current.casefold() != change.old.casefold():
                self._note(outcome, "start-refused", f"has the address {current} by now: `make inventory`, plan again")
            else:
                answer = self._client.start_primary_email_update(AccountId=change.account_id, PrimaryEmail=change.new)
                if answer["Status"] == "FAILED":
                    self._note(outcome, "start-refused", "AWS answered FAILED: try again")
                else:
                    self._note(outcome, "started", at=_time_at_aws(answer))
        except (BotoCoreError, ClientError) as error:
            self._refused(outcome, "start-refused", error)

    def accept(self, outcome: Outcome, code: SecretStr) -> None:
        """Hands the code to AWS, and from then on the account has the new address."""
        change = outcome.change
        try:
            if self._current(change).casefold() == change.new.casefold():
                self._note(outcome, "accepted", "had the address already")
                return
            answer = self._client.accept_primary_email_update(
                AccountId=change.account_id, PrimaryEmail=change.new, Otp=code.get_secret_value()
            )
            if answer["Status"] in ("ACCEPTED", "COMPLETED"):
                self._note(outcome, "accepted")
            else:
                self._note(outcome, "accept-refused", f"AWS answered {answer['Status']}: look again with `accept`")
        except (BotoCoreError, ClientError) as error:
            # When the answer to an Accept is lost, the one that repeats it is refused.
            if isinstance(error, ClientError) and _code_of(error) in _OF_THE_ACCOUNT and self._has_it(change):
                self._note(outcome, "accepted")
            else:
                self._refused(outcome, "accept-refused", error, code)

    def _current(self, change: Change) -> str:
        return str(self._client.get_primary_email(AccountId=change.account_id)["PrimaryEmail"])

    def _has_it(self, change: Change) -> bool:
        try:
            return self._current(change).casefold() == change.new.casefold()
        except (BotoCoreError, ClientError):
            return False

    def _note(self, outcome: Outcome, happened: Happened, reason: str = "", at: datetime | None = None) -> None:
        change = outcome.change
        event = Event(at=at or _now(), account_id=change.account_id, new=change.new, event=happened, reason=reason)
        self._journal.write(event)
        outcome.take(event)
        if not happened.endswith("refused"):
            self._failed_alike.clear()

    def _refused(
        self, outcome: Outcome, happened: Happened, error: BotoCoreError | ClientError, code: SecretStr | None = None
    ) -> None:
        """Notes the failure of one account. Raises Refused once it is plain that it is not the account's."""
        kind = _code_of(error)
        self._note(outcome, happened, _reason(error, happened, code))
        if kind not in _OF_THE_ACCOUNT:
            self._failed_alike[kind] += 1
            if self._failed_alike[kind] >= _GIVING_UP:
                text = f"{_GIVING_UP} accounts in a row failed with {kind}: the others were not tried"
                raise Refused(text, ExitCode.FAILED)


_OF_THE_ACCOUNT = frozenset({"ConflictException", "ResourceNotFoundException", "ValidationException"})


def _code_of(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__


def _reason(error: BotoCoreError | ClientError, happened: Happened, code: SecretStr | None) -> str:
    """AWS's reason and what to do, on one line, without the code and without who is signed in."""
    if not isinstance(error, ClientError):
        return "the connection to AWS broke, again and again"
    kind, operation = _code_of(error), error.operation_name
    if kind.startswith("AccessDenied"):
        return (
            f"AWS denied {operation}: is the account a member still, the permission there, trusted access for Account"
            " Management on, and the caller in the management or delegated administrator account?"
        )
    said = str(error.response.get("Error", {}).get("Message", ""))
    if code is not None:
        said = re.sub(re.escape(code.get_secret_value()), "(the code)", said, flags=re.IGNORECASE)
    advice = {
        ("ConflictException", "start-refused"): ": plan another address",
        ("ValidationException", "accept-refused"): ": the code is wrong, or not the newest one that was mailed; try"
        " again, or let `start` send another",
        ("ResourceNotFoundException", "accept-refused"): ": the code has expired; let `start` send another",
    }.get((kind, happened), "")
    return f"AWS refused {operation}: {kind}: {said}{advice}"


def _now() -> datetime:
    return datetime.now(UTC)


def _time_at_aws(answer: Mapping[str, Any]) -> datetime:
    """When AWS answered, by its own clock: that is the one its mails are dated by."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return parse_date(headers.get("date", "")) or _now()


def _changer(contacts: Path | None, made: ChangePlan, journal: Journal, share: float) -> Changer:
    """Signs in. Raises Refused: these credentials see another organization than the plan's."""
    reader = Reader(_directory(contacts), None, share=share, parts=())
    seen = reader.organization.id if reader.organization else "no organization"
    if seen != made.organization:
        raise Refused(f"the plan is for {made.organization}, but these credentials see {seen}: sign in there")
    return Changer(reader.client(reader.caller, "account"), journal)


# -------------------------------------------------------------------------------------------------------- Terraform


@dataclass(frozen=True)
class Occurrence:
    """A line of a Terraform configuration that has the old address, as it is and as it must be."""

    account_id: str
    file: str
    line: int
    resource: str
    old: str
    new: str


_SUFFIXES = (".tf", ".tf.json", ".tfvars", ".tfvars.json", ".tofu", ".json", ".yaml", ".yml", ".csv")
_BLOCK = re.compile(r'^\s*(resource|module|locals|variable)\b(?:\s+"?([\w-]+)"?)?(?:\s+"?([\w-]+)"?)?')


def occurrences(folder: Path, changes: Iterable[Change]) -> list[Occurrence]:
    """Where a Terraform configuration writes the old addresses: in resources, variables, and data files beside them.

    Raises Refused: there is no such folder.
    """
    if not folder.is_dir():
        raise Refused(f"--terraform {folder}: is not a folder")
    by_old = {change.old.casefold(): change for change in changes}
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.name.endswith(_SUFFIXES) or not path.is_file():
            continue
        block = ""
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except OSError as error:
            raise Refused(f"{path}: cannot be read: {error.strerror}") from None
        for number, line in enumerate(lines, start=1):
            if match := _BLOCK.match(line):
                block = ".".join(part for part in match.groups()[1:] if part) if match[1] == "resource" else match[1]
            for address in dict.fromkeys(ADDRESS.findall(line)):
                if change := by_old.get(address.casefold()):
                    resource = block if path.suffix in (".tf", ".tofu") else ""
                    new = line.strip().replace(address, change.new)
                    found.append(Occurrence(change.account_id, str(path), number, resource, line.strip(), new))
    return found


def _show_terraform(changes: Iterable[Change], folder: Path | None, *, done: bool) -> None:
    """Prints which lines to change to what: all of them once AWS has the new addresses, before that those found."""
    found = occurrences(folder, changes) if folder else []
    missing = [change for change in changes if change.account_id not in {item.account_id for item in found}]
    if done:
        said = (
            "AWS has the new addresses. Until these lines are changed, too, a plan replaces the accounts; afterwards it"
            " shows no change, and lifecycle { ignore_changes = [email] } can go:"
        )
    else:
        said = (
            "Before `accept`, write lifecycle { ignore_changes = [email] } into every aws_organizations_account with an"
            " old address, or a plan in between replaces the account."
        )
    out.print(f"\nTerraform: {said}", markup=False, soft_wrap=True)
    for item in found:
        place = " ".join(filter(None, [f"{item.file}:{item.line}", item.resource]))
        out.print(f"  {place}\n  - {item.old}\n  + {item.new}", markup=False, soft_wrap=True)
    for change in missing:
        if folder:
            where = f"not written out in {folder}"
        elif done:
            where = "email of its aws_organizations_account (with Control Tower, AccountEmail)"
        else:
            continue
        lines = f'  - "{change.old}"\n  + "{change.new}"'
        out.print(f"  {change.account} {change.account_id}: {where}\n{lines}", markup=False, soft_wrap=True)
    out.print()


# --------------------------------------------------------------------------------------------------------- commands

Contacts = Annotated[
    Path | None,
    typer.Option(help="The contact directory: how to sign in, and what the policies accept. Default: contacts.yaml."),
]
Inventory = Annotated[Path, typer.Option(help="The accounts, as `make inventory` wrote them.")]
Build = Annotated[Path, typer.Option(help="The folder for the plan and the journal; both private.")]
Share = Annotated[
    float, typer.Option(min=0.01, help="The part of AWS's request quotas to use; above 1 if AWS raised yours.")
]
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
    ids, problems = [], []
    for name in names:
        accounts = [organization.by_id[name]] if name in organization.by_id else organization.by_name.get(name, [])
        if len(accounts) > 1:
            listed = ", ".join(account.id for account in accounts)
            message = f"is the name of {len(accounts)} accounts; write the id of the one that is meant: {listed}"
            problems.append(Problem("--account", message, value=name))
        elif not accounts:
            known = organization.by_id if name.isdigit() else organization.by_name
            message = f"is not an account of the inventory{did_you_mean(name, known)}"
            problems.append(Problem("--account", message, value=name))
        elif accounts[0].id == organization.management_account_id:
            problems.append(Problem("--account", MANAGEMENT, value=name))
        ids += [account.id for account in accounts]
    if problems:
        raise InvalidInput(problems)
    return ids


def plan(
    pattern: Annotated[
        str | None,
        typer.Option(
            help="What the new addresses look like, such as 'aws-root+{account_name}@corp.example'. Placeholders:"
            " {account_name}, {account_id}, {ou} (its organizational unit), {ou_path} (all of them)."
        ),
    ] = None,
    account: Annotated[
        list[str] | None, typer.Option(help="Only this account, by id or name; can be repeated.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All accounts. Default: those whose address the policies object to.")
    ] = False,
    exceptions: Annotated[
        Path | None, typer.Option("--map", help="A CSV file (account_id,email) of addresses that go by no pattern.")
    ] = None,
    inventory: Inventory = Path("build/inventory.json"),
    contacts: Contacts = None,
    build: Build = Path("build"),
    terraform: TerraformFolder = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Says which account gets which root user email. Asks and changes nothing in AWS.

    Exit codes: 0 nothing to change, 2 an input is wrong, 4 planned, or something is left to do by hand.
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
        raise Refused("say what the new addresses look like: --pattern 'aws-root+{account_name}@…', or --map FILE.csv")
    wanted = _meant(account or (), organization)
    mapped = read_map(exceptions, organization) if exceptions else {}
    if pattern is not None:
        _check_pattern(pattern, len(wanted) or len(organization.accounts))
    elif missing := (set(organization.by_id) if everything else set(wanted)) - mapped.keys():
        raise Refused(f"--map says nothing of {', '.join(sorted(missing))}; add a line for each, or give a --pattern")
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
    outcomes = Journal(build).outcomes(made)
    by_hand = any(entry.by_hand for entry in made.left_out)
    code = ExitCode.CHANGES_PENDING if made.changes or by_hand else ExitCode.OK
    if as_json:
        found = occurrences(terraform, made.changes) if terraform else []
        _print_result(code, outcomes, made, found)
        return code
    for entry in made.left_out:
        out.print(f"left out: {entry.account} {entry.account_id} {entry.reason}", markup=False, soft_wrap=True)
    if not made.changes:
        out.print("No root user email to change." if code == ExitCode.OK else "[yellow]Nothing to start.[/]")
        return code
    _show(outcomes, why=True)
    patterns = configuration.root_email_patterns
    if patterns and any(not configuration.is_root_pattern(change.new) for change in made.changes):
        out.print(f"note: mail.root_email_patterns has other addresses: {', '.join(patterns)}", markup=False)
    _show_terraform(made.changes, terraform, done=False)
    out.print(
        f"[yellow]{len(made.changes)} planned.[/] Next: can mail arrive at the new addresses? Then"
        " `make root-email ARGS=start`."
    )
    return code


def start(
    account: Annotated[
        list[str] | None, typer.Option(help="Only this account of the plan, by id or name; can be repeated.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also where a code was sent within 24 hours: send another one.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to start.")] = False,
    contacts: Contacts = None,
    build: Build = Path("build"),
    share: Share = 1.0,
    as_json: AsJson = False,
) -> ExitCode:
    """Lets AWS mail a one-time code to every planned address. The accounts keep their addresses until `accept`.

    Can be stopped at any time: the next run goes on where this one was. One account a second (AWS's quota).

    Exit codes: 0 all addresses are changed, 1 AWS refused something, 2 an input is wrong, 4 codes are waited for.
    """
    made = ChangePlan.read(build)
    with Journal(build) as journal:
        outcomes = journal.outcomes(made)
        now = _now()
        todo = [
            outcome
            for outcome in _chosen(outcomes, account)
            if outcome.state != "accepted" and (again or outcome.state != "started" or outcome.expired(now))
        ]
        if todo:
            _confirm(f"Let AWS mail a code to {len(todo)} new root user email addresses?", yes)
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
    """Gives AWS the codes back: from here on the accounts have their new addresses. Asks for codes unless told where.

    Codes are valid for 24 hours. They are never written down: not to the journal, not to a log, not to the screen.

    Exit codes: 0 all addresses are changed, 1 AWS refused something, 2 an input is wrong, 4 codes are missing.
    """
    if codes is not None and mails is not None:
        raise Refused("give either --codes or --mailbox")
    made = ChangePlan.read(build)
    with Journal(build) as journal:
        outcomes = journal.outcomes(made)
        now = _now()
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
            raise Refused(f"{file}: no code was mailed for {', '.join(early)} yet; run `start`")
        return found
    if mails is not None:
        told = from_mailbox(mails, expected)
        for account_id, reason in told.missing.items():
            if waiting[account_id].state == "started":
                waiting[account_id].reason = reason
        unreadable = f", {told.unreadable} of them unreadable" if told.unreadable else ""
        err.print(f"{told.mails} mails{unreadable}; {len(told.codes)} codes found", markup=False)
        return told.codes
    if expected and not sys.stdin.isatty():
        raise Refused("there is no terminal to ask for codes on: give --codes FILE, or --mailbox FILE")
    return from_prompt(expected)


def status(
    terraform: TerraformFolder = None,
    build: Build = Path("build"),
    as_json: AsJson = False,
) -> ExitCode:
    """Says how far the plan is, from the journal; asks nothing.

    Exit codes: 0 all addresses are changed, 1 AWS refused something, 2 there is no plan, 4 something is pending.
    """
    made = ChangePlan.read(build)
    return _end(Journal(build).outcomes(made), made, "", terraform=terraform, as_json=as_json)


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
        raise Refused("there is no terminal to ask on whether to start: say --yes")
    if not typer.confirm(question, err=True):
        raise Refused("Nothing was started.")


def _each(todo: list[Outcome], what: str, step: Callable[[Outcome], None]) -> str:
    """Does the step for each; why it ended early, or ""."""
    with progress() as begin:
        update = begin(what, len(todo))
        for number, outcome in enumerate(todo):
            update(number, outcome.change.account)
            try:
                step(outcome)
            except Refused as reason:
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
    now = _now()
    for outcome in outcomes:
        if outcome.last in ("started", "accept-refused") and outcome.expired(now):
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
        _print_result(code, outcomes, made, found, stopped)
        return code
    _show(outcomes, why=False)
    if done:
        _show_terraform(done, terraform, done=True)
    if stopped:
        err.print(stopped, markup=False, style="red", soft_wrap=True)
    out.print(_last_line(states, len(outcomes)))
    return code


def _last_line(states: Mapping[State, int], total: int) -> str:
    counted = f"{states['accepted']} of {total} done"
    if states["failed"]:
        return f"[red]{counted}, {states['failed']} failed.[/] Correct what the table says, then run it again."
    if states["planned"]:
        return f"[yellow]{counted}, {states['planned']} not started.[/] Next: `make root-email ARGS=start`."
    if states["started"]:
        return f"[yellow]{counted}, {states['started']} wait for their codes.[/] Next: `make root-email ARGS=accept`."
    return f"[green]{counted}.[/] It can take AWS four hours until every place shows the new address."


_STYLES = {"accepted": "green", "started": "yellow", "planned": "yellow", "failed": "red"}
_LABELS = {"accepted": "done", "started": "pending: code mailed", "planned": "pending: not started", "failed": "failed"}


def _show(outcomes: list[Outcome], *, why: bool) -> None:
    if not outcomes:
        return
    table = Table()
    for heading in ("account", "from", "to", *(("why",) if why else ("state", "reason"))):
        table.add_column(heading, overflow="fold")
    for outcome in outcomes:
        change = outcome.change
        label = f"{escape(change.account)}\n[dim]{change.account_id}[/]"
        state = f"[{_STYLES[outcome.state]}]{_LABELS[outcome.state]}[/]"
        last = [escape(change.why)] if why else [state, escape(outcome.reason)]
        table.add_row(label, escape(change.old), escape(change.new), *last)
    out.print(table)


def _print_result(
    code: ExitCode, outcomes: list[Outcome], made: ChangePlan, found: list[Occurrence], stopped: str = ""
) -> None:
    print_json(
        {
            "exit_code": int(code),
            "stopped": stopped,
            "accounts": [outcome.as_json() for outcome in outcomes],
            "left_out": [entry.model_dump() for entry in made.left_out],
            "terraform": [vars(occurrence) for occurrence in found],
        }
    )


if __name__ == "__main__":
    commands(
        {"plan": plan, "start": start, "accept": accept, "status": status},
        "Changes root user emails of member accounts, without signing in to them: plan, start, accept.",
    )
