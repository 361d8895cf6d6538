"""The contact of each account and type, and the entry of contacts.yaml that assigns it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from cdktf_app.contacts import fields
from cdktf_app.contacts.directory import Directory, parse_directory
from cdktf_app.contacts.organization import Account, Organization, OrganizationDetails, load_inventory
from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.contacts.sections import CONTACT_TYPES, NONE, Contact, ContactType
from cdktf_app.contacts.source import Location, read_yaml
from cdktf_app.contacts.validation import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path


MAXIMUM_SUBSCRIPTIONS = 50
"""Notification configurations in an account (AWS User Notifications User Guide, Quotas)."""


class Assignment(NamedTuple):
    """The contact of one type for one account. Without a contact: `origin` has `none`, or no entry applies."""

    contact: Contact | None
    origin: str | None
    """`defaults`, `organizational_units.Workloads/Prod`, `accounts.payments-prod`; None: no entry applies."""

    @property
    def explicitly_none(self) -> bool:
        """Whether the entry is `none`."""
        return self.contact is None and self.origin is not None


@dataclass(frozen=True)
class LeftOut:
    """An account whose contacts and notifications are not managed, and why."""

    account: Account
    reason: str


@dataclass(frozen=True)
class Assignments:
    """contacts.yaml, resolved for every account."""

    organization: Organization
    contacts: Mapping[str, Mapping[ContactType, Assignment]]
    """By account id: an answer for each contact type, for every ACTIVE account, in the order of the ids."""
    subscriptions: Mapping[str, tuple[str, ...]]
    """By account id: the names of its notification subscriptions. Accounts without any are not listed."""
    left_out: tuple[LeftOut, ...]
    """Accounts that are not managed: those not ACTIVE, and a management account that cannot be reached."""

    @property
    def managed(self) -> list[str]:
        """The ids of the accounts whose contacts are managed."""
        left_out = {entry.account.id for entry in self.left_out}
        return [account_id for account_id in self.contacts if account_id not in left_out]


def load(contacts: Path, inventory: Path | None) -> tuple[Directory, Organization | None, Assignments]:
    """The directory, the organization and the assignments of two files; no inventory for a single account.

    Raises InvalidInput with everything that is wrong with both files, together.
    """
    problems: list[Problem] = []
    directory: Directory | None = None
    organization: Organization | None = None
    source = None
    if inventory is not None:
        try:
            organization = load_inventory(inventory)
        except InvalidInput as error:
            problems += error.problems
    try:
        source = read_yaml(contacts)
        directory = parse_directory(source)
    except InvalidInput as error:
        problems += error.problems
        if source is not None and organization is not None:
            problems += (
                source.problem(at, message, key=key, value=value)
                for at, message, key, value in _unknown_names(source.tree, organization)
            )
    if problems or directory is None:
        raise InvalidInput(problems)
    return directory, organization, assign(directory, organization)


def assign(directory: Directory, organization: Organization | None) -> Assignments:
    """Works out every account's contacts and subscriptions. For a single account the organization is None.

    Raises InvalidInput: OUs and accounts in the directory that the organization does not have, names that several
    accounts share, accounts named twice, another management account, no organization where there must be one, more
    subscriptions for an account than AWS takes.
    """
    if directory.account is not None:
        organization = _organization_of_one(directory)
    if organization is None:
        raise InvalidInput(
            [directory.problem(("organization",), "needs an inventory of its accounts; `make inventory` writes it")]
        )
    problems = [
        directory.problem(at, message, key=key, value=value)
        for at, message, key, value in _unknown_names(directory.model_dump(exclude_none=True), organization)
    ]
    if problems:
        raise InvalidInput(problems)
    left_out = [
        LeftOut(account, f"is {account.status}; AWS accepts no changes")
        for account in organization.accounts
        if account.status != "ACTIVE"
    ]
    management = organization.by_id[organization.management_account_id]
    if (reason := _unreachable_management(directory)) and management.status == "ACTIVE":
        left_out.append(LeftOut(management, reason))
    return Assignments(
        organization=organization,
        contacts=dict(_assigned_contacts(directory, organization)),
        subscriptions=_subscriptions(directory, organization, {entry.account.id for entry in left_out}),
        left_out=tuple(sorted(left_out, key=lambda entry: entry.account.id)),
    )


def _organization_of_one(directory: Directory) -> Organization:
    """The single account as an organization, with an empty id and root user email: the file has neither."""
    settings = directory.account
    assert settings is not None
    account = Account.model_construct(id=settings.id, name=settings.name, email="", status="ACTIVE")
    details = OrganizationDetails.model_construct(id="", management_account_id=settings.id)
    return Organization.model_construct(organization=details, accounts=(account,))


def _unreachable_management(directory: Directory) -> str | None:
    settings = directory.organization
    if settings is None:
        return None
    authentication = settings.authentication
    if authentication.role_arn is None or authentication.management_role_arn is not None:
        return None
    administrator = fields.role_account(authentication.role_arn)
    if administrator == settings.management_account:
        return None
    return f"is the management account, which account {administrator} cannot reach; set management_role_arn"


def _assigned_contacts(
    directory: Directory, organization: Organization
) -> Iterator[tuple[str, Mapping[ContactType, Assignment]]]:
    nothing: dict[ContactType, Assignment] = dict.fromkeys(CONTACT_TYPES, Assignment(None, None))
    defaults = _overridden(nothing, directory.contacts.defaults, "defaults")
    by_path: dict[str, Mapping[ContactType, Assignment]] = {"": defaults}
    units = {
        fields.join_path(fields.split_path(path)): (path, overrides)
        for path, overrides in directory.contacts.organizational_units.items()
    }

    def of_path(path: str) -> Mapping[ContactType, Assignment]:
        if path not in by_path:
            inherited = of_path(fields.join_path(fields.split_path(path)[:-1]))
            written, overrides = units.get(path, (path, None))
            by_path[path] = _overridden(inherited, overrides, f"organizational_units.{written}")
        return by_path[path]

    own = {
        account.id: (key, directory.contacts.accounts[key])
        for key in directory.contacts.accounts
        for account in _accounts_meant(key, organization)
    }
    for account in organization.accounts:
        if account.status != "ACTIVE":
            continue
        inherited = of_path(fields.join_path(fields.split_path(account.ou_path)))
        key, overrides = own.get(account.id, ("", None))
        yield account.id, _overridden(inherited, overrides, f"accounts.{key}")


def _overridden(
    inherited: Mapping[ContactType, Assignment], overrides: Any, origin: str
) -> Mapping[ContactType, Assignment]:
    if overrides is None:
        return inherited
    own = {kind: getattr(overrides, kind) for kind in CONTACT_TYPES}
    return {
        kind: inherited[kind] if own[kind] is None else Assignment(None if own[kind] == NONE else own[kind], origin)
        for kind in CONTACT_TYPES
    }


def _subscriptions(
    directory: Directory, organization: Organization, left_out: set[str]
) -> Mapping[str, tuple[str, ...]]:
    if directory.notifications is None:
        return {}
    names: dict[str, list[str]] = {}
    for name, subscription in directory.notifications.subscriptions.items():
        if subscription.accounts == "all":
            accounts = [account.id for account in organization.accounts]
        elif subscription.accounts is None:
            accounts = [organization.management_account_id]
        else:
            accounts = [account.id for key in subscription.accounts for account in _accounts_meant(key, organization)]
        for account_id in accounts:
            if account_id not in left_out:
                names.setdefault(account_id, []).append(name)
    for account_id, own in names.items():
        if len(own) > MAXIMUM_SUBSCRIPTIONS:
            message = (
                f"has {len(own)} for account {account_id}; AWS accepts at most {MAXIMUM_SUBSCRIPTIONS}: merge some"
            )
            raise InvalidInput([directory.problem(("notifications", "subscriptions"), message)])
        in_aws: dict[str, str] = {}
        for name in own:
            known = directory.notifications.subscriptions[name].name or name
            if in_aws.setdefault(known, name) != name:
                message = f"has, in account {account_id}, the same name in AWS as {in_aws[known]!r}; write another name"
                raise InvalidInput([directory.problem(("notifications", "subscriptions", name), message)])
    return {account_id: tuple(sorted(names[account_id])) for account_id in sorted(names)}


def _accounts_meant(key: str, organization: Organization) -> list[Account]:
    if key in organization.by_id:
        return [organization.by_id[key]]
    return organization.by_name.get(key, [])


def _unknown_names(tree: Any, organization: Organization) -> Iterator[tuple[Location, str, bool, str]]:
    """Names of OUs and accounts in a directory's tree, valid or not, that are unknown or ambiguous in the organization:
    location, message, whether the name is a key, and the name. The first twenty come with the nearest name there is:
    finding it takes a tenth of a second among ten thousand."""
    asked = itertools.count()

    def near(name: str, known: Iterable[str]) -> str:
        return did_you_mean(name, known) if next(asked) < 20 else ""

    def wrong_account(key: str, accounts: list[Account]) -> str | None:
        if len(accounts) == 1:
            return None
        if accounts:
            ids = ", ".join(f"{account.id} ({account.status})" for account in accounts)
            return f"is the name of {len(accounts)} accounts; write one of their ids: {ids}"
        if key.replace("-", "").isdigit():
            complaint = fields.account_id_complaint(key)
            return complaint or f"is not an account of the inventory{near(key, organization.by_id)}"
        return f"is not an account of the inventory, neither id nor name{near(key, organization.by_name)}"

    settings = _mapping(tree, "organization")
    management = settings.get("management_account")
    well_formed = isinstance(management, str) and fields.account_id_complaint(management) is None
    if well_formed and management != organization.management_account_id:
        message = f"is not the management account of the inventory, which is {organization.management_account_id}"
        yield ("organization", "management_account"), message, False, str(management)
    canonical: dict[str, str] = {}
    for path in _mapping(tree, "contacts", "organizational_units"):
        at: Location = ("contacts", "organizational_units", path)
        plain = fields.join_path(fields.split_path(path))
        if canonical.setdefault(plain, path) != path:
            yield at, f"is the same organizational unit as {canonical[plain]!r}; merge the two", True, path
        elif plain not in organization.organizational_units and all(fields.split_path(path)):
            hint = near(path, sorted(organization.organizational_units))
            yield at, f"is not an organizational unit with accounts in the inventory{hint}", True, path
    meant: dict[str, str] = {}
    for key in _mapping(tree, "contacts", "accounts"):
        at = ("contacts", "accounts", key)
        accounts = _accounts_meant(key, organization)
        if (wrong := wrong_account(key, accounts)) is not None:
            yield at, wrong, True, key
        elif meant.setdefault(accounts[0].id, key) != key:
            yield at, f"is the same account as {meant[accounts[0].id]!r}; merge the two", True, key
    for name, subscription in _mapping(tree, "notifications", "subscriptions").items():
        listed = subscription.get("accounts") if isinstance(subscription, Mapping) else None
        meant = {}
        for index, key in enumerate(listed if isinstance(listed, list | tuple) else ()):
            at = ("notifications", "subscriptions", name, "accounts", index)
            accounts = _accounts_meant(key, organization) if isinstance(key, str) else []
            if isinstance(key, str) and (wrong := wrong_account(key, accounts)) is not None:
                yield at, wrong, False, key
            elif accounts and accounts[0].id in meant:
                yield at, f"is listed already, as {meant[accounts[0].id]!r}; remove one", False, str(key)
            elif accounts:
                meant[accounts[0].id] = key


def _mapping(tree: Any, *way: str) -> Mapping[str, Any]:
    for step in way:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree if isinstance(tree, Mapping) else {}
