"""Which AWS accounts and alternate contacts a set of plans speaks of, and which contact belongs to which account."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from .notifications import CONFIGURATION, HUB
from .plan import UNKNOWN, Plan, Provider, Resource, Unknown, UnusablePlanError
from .references import Identity, Pool, Target, Tracer, hints_of

ACCOUNT: Final = "aws_organizations_account"
CONTACT: Final = "aws_account_alternate_contact"
SECURITY: Final = "SECURITY"
INACTIVE: Final = ("SUSPENDED", "PENDING_CLOSURE", "CLOSED")
"""Statuses in which AWS accepts no alternate contact
(https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html)."""

_IDENTITY_SETTINGS = (
    "access_key",
    "assume_role",
    "assume_role_with_web_identity",
    "profile",
    "secret_key",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
    "token",
)
"""Provider settings that decide whose account it works in; the others (region, endpoints, tags, …) do not."""

_LISTING_DATA = (
    "aws_organizations_organization",
    "aws_organizations_organizational_unit_child_accounts",
    "aws_organizations_organizational_unit_descendant_accounts",
    "aws_organizations_accounts",
)

AccountKey = Identity


@dataclass
class Account:
    """One AWS account that a plan speaks of. `address` is the resource that makes it, if there is one."""

    key: AccountKey
    plan: str
    id: str | None = None
    name: str | None = None
    address: str | None = None
    own_of: str | None = None
    origin: str = ""
    active: bool = True

    @cached_property
    def label(self) -> str:
        """How reports call it: id and name, as far as known when first asked."""
        if self.id or self.name:
            return " ".join(part for part in (self.id, self.name) if part)
        if self.address:
            return f"account made by {self.address}"
        return f"own account of provider {self.own_of} (its id is not in the plan)"


@dataclass(frozen=True)
class Contact:
    """One alternate contact as it will be after apply; `account` is None where the plan does not tell whose it is."""

    plan: str
    resource: Resource
    account: AccountKey | None
    type: str | Unknown | None


@dataclass(frozen=True)
class Removal:
    """One alternate contact that the plan deletes, alone or as the first half of a replacement."""

    plan: str
    resource: Resource
    account: AccountKey | None
    type: Any


@dataclass(frozen=True)
class RootEmail:
    """A root user email as the plan has it; `email` may be UNKNOWN or None."""

    plan: str
    address: str | None
    account_id: str | None
    account_name: str | None
    email: Any
    shown: str
    attribute: str
    before: Any = None


@dataclass(frozen=True)
class Gap:
    """Something that would have to be read but cannot be from the plan."""

    plan: str
    address: str
    message: str


@dataclass
class Estate:
    """Everything the rules judge, over all plans, in the order of the plans."""

    plans: list[Plan]
    accounts: dict[AccountKey, Account] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    root_emails: list[RootEmail] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    notification_accounts: dict[tuple[str, str], AccountKey | None] = field(default_factory=dict)
    """Plan and address of a User Notifications resource → its account."""
    covered: dict[str, set[AccountKey]] = field(default_factory=lambda: defaultdict(set))
    """Contact type → accounts that have such a contact after apply."""

    def account(self, key: AccountKey | None) -> Account | None:
        """The account with this key; None if there is none, or no key."""
        return None if key is None else self.accounts.get(key)

    def active_accounts(self) -> Iterator[Account]:
        """Accounts that must be reachable, in a stable order."""
        return (account for account in self.accounts.values() if account.active)


def build(plans: Sequence[Plan]) -> Estate:
    """The estate of several plans judged together: a contact in one plan covers the account in every other."""
    estate = Estate(plans=list(plans))
    for index, plan in enumerate(plans):
        _PlanReader(estate, plan, index).read()
    for contact in estate.contacts:
        if contact.account is not None and contact.account not in estate.accounts:
            estate.accounts[contact.account] = Account(
                key=contact.account,
                plan=contact.plan,
                id=contact.account[1],
                origin=f"has the contact {contact.resource.address}",
            )
        if contact.account is not None and isinstance(contact.type, str):
            estate.covered[contact.type].add(contact.account)
    return estate


class _PlanReader:
    """Reads one plan into the estate."""

    def __init__(self, estate: Estate, plan: Plan, index: int) -> None:
        self.estate = estate
        self.plan = plan
        self.index = index
        self.pool = Pool()
        self.identities: dict[str, AccountKey] = {}

    def read(self) -> None:
        self.accounts_made()
        self.provider_identities()
        self.accounts_listed()
        self.own_accounts()
        self.requested_accounts()
        self.contacts()
        self.removals()
        for resource in self.plan.of_type(CONFIGURATION, HUB):
            self.estate.notification_accounts[self.plan.name, resource.address] = self.account_of(resource, None)

    def add(self, account: Account) -> None:
        known = self.estate.accounts.setdefault(account.key, account)
        known.name = known.name or account.name
        known.address = known.address or account.address
        known.own_of = known.own_of or account.own_of
        known.active = known.active and account.active

    def accounts_made(self) -> None:
        for resource in self.plan.of_type(ACCOUNT):
            if not resource.stays:
                continue
            account_id, name = resource.value("id"), resource.value("name")
            known_id = account_id if isinstance(account_id, str) and account_id else None
            status = resource.value("status")
            key: AccountKey = ("id", known_id) if known_id else ("made", self.index, resource.address)
            label = name if isinstance(name, str) else None
            active = status not in INACTIVE
            self.add(
                Account(key, self.plan.name, known_id, label, resource.address, origin="is made here", active=active)
            )
            if known_id is None:
                self.pool.add(resource, key)
            if active:
                self.estate.root_emails.append(
                    RootEmail(
                        self.plan.name,
                        resource.address,
                        known_id,
                        label,
                        resource.value("email"),
                        resource.shown("email"),
                        "email",
                        (resource.before or {}).get("email"),
                    )
                )

    def provider_identities(self) -> None:
        """Which account each provider block works in: by id where the plan tells, else by its credentials."""
        callers = self._caller_ids()
        by_credentials: dict[str, str] = {}
        credentials = {key: self._credentials(provider) for key, provider in self._aws_providers()}
        for key, provider in self._aws_providers():
            known = self._stated_account(provider) or callers.get(key)
            if known:
                self.identities[key] = ("id", known)
                by_credentials.setdefault(credentials[key], known)
        for key, provider in self._aws_providers():
            if key in self.identities:
                continue
            made = self._account_of_role(provider)
            if made is not None:
                self.identities[key] = made
            elif credentials[key] in by_credentials:
                self.identities[key] = ("id", by_credentials[credentials[key]])
            else:
                self.identities[key] = ("own", self.index, credentials[key])

    def _aws_providers(self) -> Iterator[tuple[str, Provider]]:
        return ((key, provider) for key, provider in self.plan.providers.items() if provider.is_aws)

    def _caller_ids(self) -> dict[str | None, str]:
        callers: dict[str | None, str] = {}
        for resource in self.plan.of_type("aws_caller_identity", mode="data"):
            account_id = resource.value("account_id")
            if isinstance(account_id, str):
                callers[self.plan.provider_of(resource)] = account_id
        return callers

    def _credentials(self, provider: Provider) -> str:
        settings = {name: provider.expressions[name] for name in _IDENTITY_SETTINGS if name in provider.expressions}
        return json.dumps(settings, sort_keys=True)

    def _role(self, provider: Provider) -> Any:
        """The expression of the role that the provider works with: the last of a chain."""
        for name in ("assume_role", "assume_role_with_web_identity"):
            blocks = provider.expressions.get(name)
            for block in reversed(blocks if isinstance(blocks, list) else [blocks]):
                if isinstance(block, Mapping) and "role_arn" in block:
                    return block["role_arn"]
        return None

    def _stated_account(self, provider: Provider) -> str | None:
        arn = self.plan.constant(self._role(provider))
        match = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):.*", arn) if isinstance(arn, str) else None
        if match:
            return match[1]
        allowed = self.plan.constant(provider.expressions.get("allowed_account_ids"))
        if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str):
            return allowed[0]
        return None

    def _account_of_role(self, provider: Provider) -> AccountKey | None:
        targets = Tracer(self.plan, ACCOUNT).trace((), None, self._role(provider), {})
        return self.pool.find(targets, ())

    def accounts_listed(self) -> None:
        for resource in self.plan.resources:
            if resource.type not in _LISTING_DATA or (resource.mode == "managed" and not resource.stays):
                continue
            if resource.mode == "data" and (resource.actions == ("read",) or resource.value("accounts") is UNKNOWN):
                self.estate.gaps.append(
                    Gap(
                        self.plan.name,
                        resource.address,
                        "is read only during apply, so the accounts it lists cannot be seen; remove its depends_on, or "
                        "what it depends on, so that Terraform reads it while planning",
                    )
                )
                continue
            self._list_accounts(resource)
        for names, mode, kind, name in self.plan.configured:
            if mode != "data" or kind not in _LISTING_DATA:
                continue
            block = self.plan.configured[names, mode, kind, name]
            optional = "count_expression" in block or "for_each_expression" in block
            repeated = any(names[:end] in self.plan.repeated_modules for end in range(1, len(names) + 1))
            if not optional and not repeated and not self._present(names, mode, kind, name):
                address = ".".join([*(f"module.{part}" for part in names), "data", kind, name])
                self.estate.gaps.append(
                    Gap(self.plan.name, address, "is in the configuration, but the plan has no values of it")
                )

    def _present(self, names: tuple[str, ...], mode: str, kind: str, name: str) -> bool:
        return any(item.configuration_key == (names, mode, kind, name) for item in self.plan.resources)

    def _list_accounts(self, resource: Resource) -> None:
        master_id = resource.value("master_account_id")
        if resource.value("accounts") is UNKNOWN:
            return
        rows: list[Any] = []
        lists = [resource.value(part) for part in ("accounts", "non_master_accounts")]
        if not any(isinstance(part, list) for part in lists):
            raise UnusablePlanError(self.plan.name, f"has no list of accounts in {resource.address}")
        for part in lists:
            rows += part if isinstance(part, list) else []
        place = resource.address if resource.mode == "managed" else None
        for row in rows:
            if not isinstance(row, Mapping) or not isinstance(row.get("id"), str) or not row["id"]:
                raise UnusablePlanError(self.plan.name, f"has an account without an id in {resource.address}")
            self._list_account(resource, place, row["id"], row.get("name"), row.get("email"), _status(row))
        listed = {row["id"] for row in rows}
        if isinstance(master_id, str) and master_id and master_id not in listed:
            name, email = resource.value("master_account_name"), resource.value("master_account_email")
            self._list_account(resource, place, master_id, name, email, "ACTIVE")

    def _list_account(
        self, resource: Resource, place: str | None, account_id: str, name: Any, email: Any, status: Any
    ) -> None:
        label = name if isinstance(name, str) else None
        active = status not in INACTIVE
        key = ("id", account_id)
        self.add(
            Account(key, self.plan.name, account_id, label, origin=f"is listed by {resource.address}", active=active)
        )
        if active:
            shown = "(sensitive value)" if resource.sensitive.get("accounts") is True else str(email)
            self.estate.root_emails.append(
                RootEmail(self.plan.name, place, account_id, label, email, shown, f"accounts of {resource.address}")
            )

    def own_accounts(self) -> None:
        """The default provider's account always, another's if the plan manages anything there."""
        managing = {
            key
            for resource in self.plan.resources
            if resource.mode == "managed"
            and resource.type.startswith("aws_")
            and (key := self.plan.provider_of(resource)) is not None
        }
        providers = dict(self._aws_providers())
        strays = sorted(managing - set(self.plan.providers))
        used = [key for key in providers if key == "aws" or key in managing] + strays or list(providers)[:1]
        for key in used:
            identity = self.identities.setdefault(key, ("own", self.index, f"missing provider {key}"))
            known_id = identity[1] if identity[0] == "id" else None
            self.add(
                Account(identity, self.plan.name, known_id, own_of=key, origin=f"is the account of provider {key}")
            )

    def requested_accounts(self) -> None:
        """Requests to Control Tower: Account Factory products and items of Account Factory for Terraform."""
        for resource in self.plan.of_type("aws_servicecatalog_provisioned_product", "aws_dynamodb_table_item"):
            if resource.type == "aws_dynamodb_table_item":
                requests = _aft_request(resource.value("item"), resource.value("table_name"))
            else:
                requests = self._factory_request(resource)
            for email, name in requests:
                shown = "(sensitive value)" if resource.sensitive else str(email)
                self.estate.root_emails.append(
                    RootEmail(self.plan.name, resource.address, None, name, email, shown, "AccountEmail")
                )

    def _factory_request(self, resource: Resource) -> list[tuple[Any, str | None]]:
        parameters = resource.value("provisioning_parameters")
        if not isinstance(parameters, list):
            is_factory = "account factory" in str(resource.value("product_name")).casefold()
            return [(parameters, None)] if is_factory else []
        values = {item.get("key"): item.get("value") for item in parameters if isinstance(item, Mapping)}
        unknown = resource.unknown.get("provisioning_parameters")
        if isinstance(unknown, list):
            for item, flags in zip(parameters, unknown, strict=False):
                if isinstance(flags, Mapping) and flags.get("value") is True and isinstance(item, Mapping):
                    values[item.get("key")] = UNKNOWN
        if "AccountEmail" not in values:
            return []
        name = values.get("AccountName")
        return [(values["AccountEmail"], name if isinstance(name, str) else None)]

    def contacts(self) -> None:
        tracer = Tracer(self.plan, ACCOUNT)
        waiting: list[tuple[str, Any, frozenset[Target]]] = []
        found: dict[str, AccountKey] = {}
        taken: dict[Any, set[AccountKey]] = defaultdict(set)
        kinds: list[tuple[Resource, Any]] = []
        for resource in self.plan.of_type(CONTACT):
            if not resource.stays:
                continue
            account_id, kind = resource.value("account_id"), resource.value("alternate_contact_type")
            kinds.append((resource, kind))
            if account_id is UNKNOWN:
                block = self.plan.configured.get(resource.configuration_key, {})
                expression = self.plan.expressions_of(resource).get("account_id")
                targets = tracer.trace(resource.module, resource.key, expression, block)
                key = self.pool.find(targets, hints_of(resource))
                if key is None and isinstance(kind, str):
                    waiting.append((resource.address, kind, targets))
            else:
                key = self.account_of(resource, account_id)
            if key is not None:
                found[resource.address] = key
                if isinstance(kind, str):
                    taken[kind].add(key)
        found |= self.pool.share_out(waiting, taken)
        for resource, kind in kinds:
            self.estate.contacts.append(Contact(self.plan.name, resource, found.get(resource.address), kind))

    def account_of(self, resource: Resource, account_id: Any) -> AccountKey | None:
        """The account of a resource with this `account_id`: the provider's own if there is none."""
        if isinstance(account_id, str) and account_id:
            return ("id", account_id)
        provider = self.plan.provider_of(resource)
        if provider in self.identities:
            return self.identities[provider]
        identities = set(self.identities.values())
        return identities.pop() if provider is None and len(identities) == 1 else None

    def removals(self) -> None:
        for resource in self.plan.of_type(CONTACT):
            if "delete" not in resource.actions or resource.before is None:
                continue
            before = resource.before
            self.estate.removals.append(
                Removal(
                    self.plan.name,
                    resource,
                    self.account_of(resource, before.get("account_id") or str(before.get("id")).rpartition("/")[0]),
                    before.get("alternate_contact_type"),
                )
            )


def _status(row: Mapping[str, Any]) -> Any:
    """Provider 6.x calls the status `state`."""
    return row.get("state") or row.get("status")


def _aft_request(item: Any, table: Any) -> list[tuple[Any, str | None]]:
    """E-mail and name in an item as github.com/aws-ia/terraform-aws-control_tower_account_factory writes it."""
    if item is UNKNOWN:
        return [(UNKNOWN, None)] if isinstance(table, str) and table.startswith("aft-request") else []
    try:
        parameters = json.loads(item)["control_tower_parameters"]["M"]
        email = parameters["AccountEmail"]["S"]
    except (TypeError, ValueError, KeyError, RecursionError):
        return []
    name = parameters.get("AccountName")
    return [(email, name.get("S") if isinstance(name, Mapping) and isinstance(name.get("S"), str) else None)]
