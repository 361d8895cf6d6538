"""The accounts that a Terraform plan makes, requests, lists and works in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..findings import Message
from ..model import (
    UNKNOWN,
    Account,
    Gap,
    Model,
    RootEmail,
)
from .plan import UnusablePlanError, is_aws_type, shown_value
from .providers import Workplaces
from .references import Pool, hints_of, split_reference

if TYPE_CHECKING:
    from ..model import AccountKey
    from .plan import Plan, Resource
    from .providers import Hidden
    from .values import Leaf

ACCOUNT: Final = "aws_organizations_account"
INACTIVE: Final = ("SUSPENDED", "PENDING_CLOSURE", "CLOSED")
"""Statuses in which AWS accepts no alternate contact
(https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html)."""

PRODUCT: Final = "aws_servicecatalog_provisioned_product"
"""Account Factory of AWS Control Tower
(https://docs.aws.amazon.com/controltower/latest/userguide/provision-as-end-user.html)."""
AFT_ITEM: Final = "aws_dynamodb_table_item"
"""What github.com/aws-ia/terraform-aws-control_tower_account_factory writes to request an account."""


@dataclass(frozen=True)
class Maker:
    """The attributes of a resource type that makes an AWS account, as its provider calls them."""

    id: str
    name: str
    email: str
    status: str = "status"


MAKERS: Final = {
    ACCOUNT: Maker("id", "name", "email"),
    "awscc_organizations_account": Maker("account_id", "account_name", "email"),
    "controltower_aws_account": Maker("account_id", "name", "email"),
}
"""Resource types that make an account from an e-mail address of their own. `controltower_aws_account` is
registry.terraform.io/providers/idealo/controltower."""

_LISTING_DATA = (
    "aws_organizations_organization",
    "aws_organizations_organizational_unit_child_accounts",
    "aws_organizations_organizational_unit_descendant_accounts",
    "aws_organizations_accounts",
)

CODES: Final = {
    "seen-in-list": "{address} lists the account",
    "seen-as-own": "it is the account of provider {provider}",
    "seen-by-contact": "it has the contact {address}",
    "deferred": "Terraform defers it to a later plan, so this plan does not show the accounts it holds",
    "read-during-apply": "Terraform reads it only during apply, so the plan does not show the accounts it lists",
    "without-values": "is in the configuration, but the plan has no values of it",
    "hidden-by-version": "the plan does not show which account provider {provider} works in: Terraform before 1.1 does "
    "not record which provider block a module uses",
    "hidden-by-depth": "the plan does not show which account provider {provider} works in: it does not record which "
    "provider a module uses if a module above it neither uses nor requires one; add required_providers there",
    "hidden-without-block": "the plan does not show which account provider {provider} works in: no block configures it",
    "hidden-by-credentials": "the plan does not show which account provider {provider} works in: the same credentials "
    "led to several accounts",
    "hidden-by-dynamic-block": "the plan does not show which account provider {provider} works in: {references} holds "
    'a role that no visible expression uses, and a plan leaves out `dynamic "assume_role"` blocks',
    "hidden-by-reference": "the plan does not show which account provider {provider} works in: a plan keeps only the "
    "reference {references} of its {setting}, so it may work in an account of its own",
    "hidden-by-function": "the plan does not show which account provider {provider} works in: a plan does not keep the "
    "value of its {setting}, so it may work in an account of its own",
}
"""What a plan says, or hides, of an account."""


class AccountReader:
    """Reads the accounts of one plan into the model, and tells the account of what the plan manages."""

    def __init__(self, model: Model, by_email: dict[str, AccountKey], plan: Plan, index: int) -> None:
        """`by_email`: root user email in lower case → account; AWS gives an address to one account only."""
        self.model = model
        self.by_email = by_email
        self.plan = plan
        self.index = index
        self.pool = Pool()
        self.made: list[tuple[Resource, AccountKey]] = []
        self.management: set[str] = set()
        self.workplaces: Workplaces

    def read(self) -> None:
        """Every account that the plan makes, lists or works in."""
        for resource in self.plan.deferred:
            if resource.type in (*MAKERS, *_LISTING_DATA, PRODUCT, AFT_ITEM):
                self._gap(resource.address, "deferred")
        self._read_made()
        self._read_listed()
        self.workplaces = Workplaces(self.plan, self.index, self._made_behind, self.management)
        self._read_own()

    def _add(self, account: Account, email: Any = None) -> None:
        known = self.model.accounts.setdefault(account.key, account)
        if isinstance(email, str) and email:
            self.by_email.setdefault(email.strip().casefold(), account.key)
        if known is account:
            return
        known.name = known.name or account.name
        known.address = known.address or account.address
        known.reference = known.reference or account.reference
        known.own_of = known.own_of or account.own_of
        known.active = known.active and account.active
        known.is_management = known.is_management or account.is_management

    def _gap(self, address: str, code: str) -> None:
        self.model.gaps.append(Gap(self.plan.name, address, Message(code)))

    def _read_made(self) -> None:
        for resource in self.plan.of_type(*MAKERS):
            if not resource.stays:
                continue
            maker = MAKERS[resource.type]
            account_id, name, email = (resource.value(part) for part in (maker.id, maker.name, maker.email))
            known_id = account_id if isinstance(account_id, str) and account_id else None
            key: AccountKey = ("id", known_id) if known_id else ("made", self.index, resource.address)
            label = name if isinstance(name, str) else None
            active = resource.value(maker.status) not in INACTIVE
            self._add(
                Account(
                    key,
                    self.plan.name,
                    known_id,
                    label,
                    resource.address,
                    f"{resource.address}.{maker.id}",
                    active=active,
                ),
                email,
            )
            self.made.append((resource, key))
            if known_id is None:
                self.pool.add(resource, key)
            if active:
                self.model.root_emails.append(
                    RootEmail(
                        self.plan.name,
                        resource.address,
                        known_id,
                        label,
                        resource.text(maker.email),
                        "made",
                        maker.email,
                        is_new=(resource.before or {}).get(maker.email) is None,
                    )
                )

    def _made_behind(self, leaf: Leaf) -> AccountKey | None:
        """The account that this plan makes whose id the reference leads to."""
        parts = split_reference(leaf.reference)
        kind = next((name for name, _ in parts if name in MAKERS), None)
        if kind is None:
            return None
        if leaf.attribute not in ("", MAKERS[kind].id):
            return None
        if leaf.resource is not None:
            matches = {key for resource, key in self.made if resource is leaf.resource}
        else:
            name = parts[[name for name, _ in parts].index(kind) + 1][0]
            matches = {
                key
                for resource, key in self.made
                if resource.type == kind and resource.name == name and set(hints_of(resource)) & set(leaf.keys)
            }
        return matches.pop() if len(matches) == 1 else None

    def _read_listed(self) -> None:
        listing = (*self.plan.of_type(*_LISTING_DATA), *self.plan.of_type(*_LISTING_DATA, mode="data"))
        for resource in listing:
            if resource.mode == "managed" and not resource.stays:
                continue
            if resource.mode == "data" and (resource.actions == ("read",) or resource.value("accounts") is UNKNOWN):
                self._gap(resource.address, "read-during-apply")
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
                self._gap(address, "without-values")

    def _present(self, names: tuple[str, ...], mode: str, kind: str, name: str) -> bool:
        items = (*self.plan.resources, *self.plan.deferred)
        return any(item.configuration_key == (names, mode, kind, name) for item in items)

    def _list_accounts(self, resource: Resource) -> None:
        master_id = resource.value("master_account_id")
        if isinstance(master_id, str) and master_id:
            self.management.add(master_id)
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
        account = Account(
            ("id", account_id),
            self.plan.name,
            account_id,
            label,
            origin=Message("seen-in-list", {"address": resource.address}),
            active=active,
            is_management=account_id == resource.value("master_account_id"),
        )
        self._add(account, email)
        if active:
            sensitive = resource.sensitive.get("accounts") is True
            self.model.root_emails.append(
                RootEmail(
                    self.plan.name,
                    place,
                    account_id,
                    label,
                    shown_value(email, sensitive),
                    "listed",
                    f"accounts of {resource.address}",
                )
            )

    def _read_own(self) -> None:
        """The default provider's account always, another's if the plan manages anything there."""
        managing = {
            key
            for kind in self.plan.managed_types
            if is_aws_type(kind)
            for block in {item.configuration_key for item in self.plan.of_type(kind)}
            if (key := self.plan.configured.get(block, {}).get("provider_config_key")) is not None
        }
        blocks = [key for key, provider in self.plan.providers.items() if provider.is_aws]
        default = [
            key
            for key in blocks
            if self.plan.providers[key].alias is None
            and not self.plan.providers[key].module
            and self.plan.providers[key].name != "awscc"
        ]
        used = [key for key in blocks if key in default or key in managing]
        used += sorted(managing - set(self.plan.providers))
        for key in used or blocks[:1]:
            workplace = self.workplaces.of_key(key)
            account = workplace.account
            known_id = account[1] if account[0] == "id" else None
            self._add(
                Account(
                    account,
                    self.plan.name,
                    known_id,
                    own_of=key,
                    origin=Message("seen-as-own", {"provider": key}) if known_id else None,
                    hidden=_hidden(workplace.hidden, key) if workplace.hidden else None,
                    is_management=known_id in self.management,
                )
            )

    def read_requested(self) -> None:
        """Requests to Control Tower: Account Factory products and items of Account Factory for Terraform."""
        for resource in self.plan.of_type(PRODUCT, AFT_ITEM):
            if not resource.stays:
                continue
            if resource.type == AFT_ITEM:
                requests = _aft_request(resource.value("item"), resource.value("table_name"))
                path = "item"
            else:
                requests = self._factory_request(resource)
                path = "provisioning_parameters"
            for email, name in requests:
                self._request(resource, email, name, shown=not _is_sensitive(resource.sensitive.get(path)))

    def _request(self, resource: Resource, email: Any, name: str | None, *, shown: bool) -> None:
        address = email.strip().casefold() if isinstance(email, str) else ""
        known_id = _output(resource, "AccountId")
        key = ("id", known_id) if known_id else self.by_email.get(address)
        key = key or ("made", self.index, resource.address)
        reference = ""
        if resource.type == PRODUCT:
            reference = f'one([for o in {resource.address}.outputs : o.value if o.key == "AccountId"])'
            self.pool.add(resource, key)
        known_id = key[1] if key[0] == "id" else None
        self._add(
            Account(key, self.plan.name, known_id, name, resource.address, reference),
            email,
        )
        self.model.root_emails.append(
            RootEmail(
                self.plan.name,
                resource.address,
                known_id,
                name,
                shown_value(email, not shown),
                "requested",
                "AccountEmail",
            )
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

    def account_of(self, resource: Resource, account_id: Any) -> AccountKey | None:
        """The account of a resource with this `account_id`: the provider's own if there is none."""
        if isinstance(account_id, str) and account_id:
            return ("id", account_id)
        workplace = self.workplaces.of(resource)
        return None if workplace is None or workplace.several else workplace.account


def _hidden(hidden: Hidden, provider: str) -> Message:
    """Why the plan does not show which account a provider works in."""
    parameters: dict[str, str | tuple[str | int, ...]] = {"provider": provider}
    code = _HIDDEN_BY.get(hidden.setting)
    if code is None:
        code = "hidden-by-reference" if hidden.references else "hidden-by-function"
        parameters["setting"] = hidden.setting
    if hidden.references:
        parameters["references"] = hidden.references
    return Message(code, parameters)


_HIDDEN_BY: Final = {
    "terraform_version": "hidden-by-version",
    "depth": "hidden-by-depth",
    "providers": "hidden-without-block",
    "credentials": "hidden-by-credentials",
    "dynamic": "hidden-by-dynamic-block",
}


def _is_sensitive(marks: Any) -> bool:
    """Whether anything in the marks that a plan has for a value is sensitive."""
    if isinstance(marks, Mapping | list):
        return any(map(_is_sensitive, marks.values() if isinstance(marks, Mapping) else marks))
    return marks is True


def _output(product: Resource, name: str) -> str | None:
    """An output of a provisioned product that exists; None if it has none of that name yet."""
    outputs = product.value("outputs")
    for item in outputs if isinstance(outputs, list) else ():
        if isinstance(item, Mapping) and item.get("key") == name and isinstance(item.get("value"), str):
            return str(item["value"]) or None
    return None


def _status(row: Mapping[str, Any]) -> Any:
    """Provider 6.x calls the status `state`."""
    return row.get("state") or row.get("status")


def _aft_request(item: Any, table: Any) -> list[tuple[Any, str | None]]:
    """E-mail and name in an item as github.com/aws-ia/terraform-aws-control_tower_account_factory writes it."""
    if item is UNKNOWN or item is None:
        return [(UNKNOWN, None)] if isinstance(table, str) and table.startswith("aft-request") else []
    try:
        parameters = json.loads(item)["control_tower_parameters"]["M"]
        email = parameters["AccountEmail"]["S"]
    except (TypeError, ValueError, KeyError, RecursionError):
        return []
    name = parameters.get("AccountName")
    return [(email, name.get("S") if isinstance(name, Mapping) and isinstance(name.get("S"), str) else None)]
