"""Which account gets which root user email."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from cdktf_app.contacts import fields
from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.contacts.validation import did_you_mean
from policies.contact_rules.catalogue import BY_ID
from policies.contact_rules.model import Model, RootEmail, Value
from policies.contact_rules.texts import texts
from scripts.root_email.codes import read_rows
from scripts.shared.console import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cdktf_app.contacts.organization import Account, Organization
    from policies.contact_rules.check import Context

PLAN_FILE: Final = "root-email.json"
DOCUMENTATION: Final = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html"
MANAGEMENT: Final = (
    "is the management account: AWS changes its root user email only in the console, under Account, signed in as its"
    f" root user ({DOCUMENTATION})"
)
SHORTEST, LONGEST = 5, 64
"""Of a root user email, in characters (API reference, StartPrimaryEmailUpdate, PrimaryEmail)."""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(Record):
    """The root user email of one account, the present one and the new one, and why."""

    account_id: str
    account: str
    ou_path: str
    old: str
    new: str
    why: str


class LeftOut(Record):
    """An account whose root user email is not changed, and why."""

    account_id: str
    account: str
    reason: str
    by_hand: bool = False
    """The address fails the policies, and has to be changed another way."""


class ChangePlan(Record):
    """What build/root-email.json holds."""

    version: Literal[1] = 1
    organization: str
    changes: tuple[Change, ...]
    left_out: tuple[LeftOut, ...]

    @classmethod
    def read(cls, build: Path) -> ChangePlan:
        """The plan in the build folder. Raises CommandError: there is none, or it is not one."""
        path = build / PLAN_FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise CommandError(
                f'{path} does not exist: plan first, `make root-email ARGS="plan --pattern …"`'
            ) from None
        except (OSError, ValidationError) as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
            raise CommandError(f"{path} is not a plan of this version ({reason}): plan again") from None


def slug(name: str) -> str:
    """An account name as it may stand before the @: small ASCII letters, digits, `.`, `_`, and `-` for the rest.

    Raises ValueError: it has letters that ASCII does not have, or nothing is left.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
    if foreign := sorted({c for c in plain if not c.isascii() and unicodedata.category(c)[0] in "LN"}):
        raise ValueError(f"has {''.join(foreign[:6])!r}, which an address cannot contain")
    short = re.sub(r"[^a-z0-9._]+", "-", plain)
    short = re.sub(r"[.-]*-[.-]*|\.{2,}", "-", short).strip("-._")
    if not short:
        raise ValueError("has no letter or digit that an address can contain")
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


def check_pattern(pattern: str, accounts: int) -> None:
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
    """Why AWS does not accept such a root user email, or None.

    The rules are those of CreateAccount (Organizations API reference, CreateAccount, Email).
    """
    local, at, domain = address.partition("@")
    if not address.isascii():
        return "has characters outside ASCII"
    if not SHORTEST <= len(address) <= LONGEST:
        return f"is {len(address)} characters long; AWS accepts {SHORTEST} to {LONGEST}"
    if not at or not local or "@" in domain:
        return "is not one address"
    if odd := sorted(set(re.findall(r"""[\s\x00-\x1f\x7f"'()<>\[\]:;,\\|%&{}]""", local))):
        return f"has {' '.join(odd)!r} before the @, which AWS does not accept"
    if local[0] == ".":
        return "begins with a dot"
    if "." not in domain or not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", domain) or ".." in domain:
        return "has a domain that AWS does not accept"
    return None


def objection(address: str, context: Context) -> tuple[Literal["failure", "note"], str] | None:
    """What CKV_CONTACT_2 says against a root user email, as in `make plan` and the audit; None: nothing."""
    model = Model(root_emails=[RootEmail("", None, None, None, Value(address), "made")])
    found = BY_ID["CKV_CONTACT_2"].judge(model, context)
    return min(((item.level, texts().clause(item)) for item in found), default=None)


def plan_changes(
    organization: Organization,
    context: Context,
    pattern: str | None,
    *,
    wanted: Iterable[str] = (),
    everything: bool = False,
    exceptions: Mapping[str, tuple[str, str]] | None = None,
) -> ChangePlan:
    """Who gets which address. Without `wanted` (ids) and `everything`: those whose address fails the policies.

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
            reason = f"is {account.status}; AWS accepts no changes there"
        elif not asked and against and against[0] == "note":
            reason = f"{against[1]}; name it with --account to change it"
        elif not asked and pattern is None:
            reason = f"{against[1] if against else ''}: neither --pattern nor --map gives the new address"
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
        Problem(
            places[change.account_id], f"for account {change.account_id} {change.account!r}: {complaint}", value=new
        )
        for change, new, complaint in _complaints(changes, organization, context)
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
        if complaint := address_complaint(new):
            advice = "; shorten the pattern, or write its address in a file for --map" if len(new) > LONGEST else ""
            yield change, new, complaint + advice
        elif (against := objection(new, context)) and against[0] == "failure":
            yield change, new, f"fails the policies: {against[1]}"
        if (holder := in_use.get(new.casefold())) is not None:
            later = ", until that is changed" if any(c.account_id == holder.id for c in changes) else ""
            yield change, new, f"is the address of account {holder.id} {holder.name!r}{later}; AWS accepts it only once"
        first = planned.setdefault(new.casefold(), change)
        if first is not change:
            yield change, new, f"is planned for account {first.account_id} {first.account!r}, too"


def read_map(path: Path, organization: Organization) -> dict[str, tuple[str, str]]:
    """By account id, the address in a CSV file (account_id,email) and the place it was written.

    Raises InvalidInput: the file cannot be read, a row is not of that shape, an account is unknown or there twice.
    """
    rows = read_rows(path, ("account_id", "email"), organization.by_id)
    return {account_id: (address, f"{path}:{line}") for line, account_id, address in rows}
