"""The shortest `contacts` section that assigns the accounts' existing contacts."""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from cdktf_app.contacts import fields
from cdktf_app.contacts.sections import CONTACT_TYPES, NONE, Contact, ContactType

if TYPE_CHECKING:
    from cdktf_app.contacts.organization import Account, Organization

Value = Contact | None
"""A contact, or None for no contact."""

LiveContacts = Mapping[ContactType, Mapping[str, str] | None]
"""By contact type: name, title, email and phone as AWS has them; None: AWS has none; absent: not read."""


@dataclass(frozen=True)
class Labels:
    """The entries that assign a value, so that every account inherits its own: nearest wins."""

    default: Value
    units: Mapping[str, Value]
    """By OU path."""
    accounts: Mapping[str, Value]
    """By account id."""

    @property
    def count(self) -> int:
        """How many values are assigned."""
        return (self.default is not None) + len(self.units) + len(self.accounts)


@dataclass(frozen=True)
class LeftOut:
    """Something that is or may be in AWS and not in the file; `reason` explains why, without contact data."""

    account: Account
    what: str
    """`SECURITY contact`, `notification configuration alarms`, …"""
    reason: str


@dataclass(frozen=True)
class AdoptedContacts:
    """The `contacts` section for what accounts have, and how short it is."""

    section: dict[str, Any]
    """`defaults`, `organizational_units` and `accounts`, as in contacts.yaml; what is empty is left out."""
    live: Mapping[str, tuple[ContactType, ...]]
    """By account id: the types of the contacts that the section assigns, all of which AWS has."""
    not_expressible: tuple[LeftOut, ...]
    """Contacts that are not expressible in this file: the file gives those accounts none."""
    unread: tuple[LeftOut, ...]
    """Contacts that were not read: explicitly none in the file, so that nothing overwrites them."""
    assigned: int
    """Contacts and nones in the section, one for each type and entry."""
    places: int
    """Entries (the defaults, OUs, accounts) in the section."""

    @property
    def one_each(self) -> int:
        """How many contacts one entry per account would have."""
        return sum(map(len, self.live.values()))


def fewest(values: Mapping[str, Value], places: Mapping[str, str]) -> Labels:
    """The fewest values so that every account of `values` inherits its own.

    Args:
        values: by account id.
        places: the OU path of each of those accounts; "" is the root.

    What an OU of the tree should say is found from the bottom up: the values that the most of its accounts and
    sub-OUs want cost the least, every other value costs one more for each that does not want it (Hartigan, Minimum
    Mutation Fits to a Given Tree, Biometrics 29, 1973). Among equally short answers this one says things as near to
    the accounts as possible, and the most common value in the defaults.
    """
    children: dict[str, set[str]] = defaultdict(set)
    own: dict[str, Counter[Value]] = defaultdict(Counter)
    for account_id, value in values.items():
        path = places[account_id]
        own[path][value] += 1
        while path:
            parent = _parent(path)
            children[parent].add(path)
            path = parent
    wanted: dict[str, Counter[Value]] = {}
    best: dict[str, frozenset[Value]] = {}
    common: dict[str, Counter[Value]] = {}
    order = sorted({"", *own, *children, *itertools.chain(*children.values())}, key=_depth)
    for path in reversed(order):
        wants, below = Counter(own[path]), Counter(own[path])
        for child in children[path]:
            wants.update(best[child])
            below.update(common[child])
        most = max(wants.values(), default=0)
        wanted[path], common[path] = wants, below
        best[path] = frozenset(value for value, count in wants.items() if count == most)
    assigned: dict[str, Value] = {}
    units: dict[str, Value] = {}
    for path in order:
        inherited = assigned[_parent(path)] if path else None
        wants = wanted[path]
        # To say something here costs one; so does to inherit what one less of those below wants. The defaults are the
        # exception: there the most common value stands, because accounts to come inherit it.
        if wants[inherited] >= max(wants.values(), default=0) - bool(path):
            assigned[path] = inherited
            continue
        assigned[path] = min(best[path], key=lambda value: (-common[path][value], _order(value)))
        if path:
            units[path] = assigned[path]
    accounts = {key: value for key, value in values.items() if value != assigned[places[key]]}
    return Labels(assigned[""], units, accounts)


def _parent(path: str) -> str:
    return fields.join_path(fields.split_path(path)[:-1])


def _depth(path: str) -> tuple[int, str]:
    return len(fields.split_path(path)), path


def _order(value: Value) -> tuple[str, ...]:
    return () if value is None else (value.name, value.title, value.email, value.phone)


def adopt_contacts(
    organization: Organization, managed: Collection[str], live: Mapping[str, LiveContacts]
) -> AdoptedContacts:
    """The shortest `contacts` section that assigns to every managed account what it has.

    `live` is by account id; other accounts (suspended ones) have no influence. A contact type that is absent for a
    managed account was not read: the account gets an explicit `none`, and does not count otherwise.
    """
    active = [organization.by_id[account_id] for account_id in sorted(managed)]
    keys = account_keys(organization)
    places = {account.id: _nearest_expressible(account.ou_path) for account in active}
    read: dict[tuple[str, ...], tuple[Value, str]] = {}
    section: dict[str, Any] = {"defaults": {}, "organizational_units": {}, "accounts": {}}
    has: dict[str, list[ContactType]] = {account.id: [] for account in active}
    not_expressible: list[LeftOut] = []
    unread: list[LeftOut] = []
    assigned = 0
    for kind in CONTACT_TYPES:
        what = f"{kind.upper()} contact"
        values: dict[str, Value] = {}
        skipped: list[Account] = []
        for account in active:
            found = live.get(account.id, {})
            if kind not in found:
                skipped.append(account)
                unread.append(LeftOut(account, what, "not read"))
                continue
            contact = found[kind]
            if contact is None:
                values[account.id] = None
                continue
            key = tuple(contact[name] for name in Contact.model_fields)
            if key not in read:
                read[key] = contact_or_reason(contact)
            values[account.id], reason = read[key]
            if reason:
                not_expressible.append(LeftOut(account, what, reason))
            else:
                has[account.id].append(kind)
        labels = fewest(values, places)
        if not organization.id:
            # A single account inherits nothing: without a word it has no contact.
            skipped = []
        assigned += labels.count + len(skipped)
        if labels.default is not None:
            section["defaults"][kind] = labels.default.model_dump()
        for path, value in labels.units.items():
            section["organizational_units"].setdefault(path, {})[kind] = _entry(value)
        for account_id, value in {**labels.accounts, **{account.id: None for account in skipped}}.items():
            section["accounts"].setdefault(account_id, {})[kind] = _entry(value)
    section["organizational_units"] = dict(sorted(section["organizational_units"].items()))
    section["accounts"] = {
        keys[account_id]: section["accounts"][account_id] for account_id in sorted(section["accounts"])
    }
    entries = bool(section["defaults"]) + len(section["organizational_units"]) + len(section["accounts"])
    return AdoptedContacts(
        section={name: content for name, content in section.items() if content},
        live={account_id: tuple(kinds) for account_id, kinds in has.items() if kinds},
        not_expressible=tuple(not_expressible),
        unread=tuple(unread),
        assigned=assigned,
        places=entries,
    )


def account_keys(organization: Organization) -> dict[str, str]:
    """What stands for each account in the file: its name, or its id where the name could mean another account."""
    return {
        account.id: account.name
        if len(organization.by_name[account.name]) == 1
        and account.name not in organization.by_id
        and expressible(fields.Text, account.name)
        else account.id
        for account in organization.accounts
    }


def _entry(value: Value) -> dict[str, str] | str:
    return NONE if value is None else value.model_dump()


def contact_or_reason(found: Mapping[str, str]) -> tuple[Value, str]:
    """Name, title, email and phone as a contact of this file and ""; or None and why the file cannot hold it."""
    try:
        contact = Contact.model_validate(dict(found))
    except ValidationError as error:
        return None, reasons(error)
    changed = [name for name, value in contact.model_dump().items() if value != found[name]]
    if changed:
        return None, f"{changed[0]} has combining characters, which this file would compose"
    return contact, ""


def reasons(error: ValidationError) -> str:
    """What pydantic says is wrong, without the values themselves."""
    return "; ".join(
        f"{'.'.join(str(step) for step in details['loc'])} {details['msg'].partition('; write ')[0]}".strip()
        for details in error.errors(include_url=False, include_input=False)
    )


def expressible(kind: Any, text: str) -> bool:
    """Whether a type of `fields` takes a text, and as it is."""
    try:
        return bool(_adapter(kind).validate_python(text) == text)
    except ValidationError:
        return False


_adapter = functools.cache(TypeAdapter)


def _nearest_expressible(path: str) -> str:
    """The OU itself, or the nearest above it whose path can be written in the file."""
    while path and not expressible(fields.OrganizationalUnitPath, path):
        path = _parent(path)
    return path
