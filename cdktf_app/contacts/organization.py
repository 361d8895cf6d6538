"""The accounts of an organization and their OUs, as `make inventory` or a person writes them."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from cdktf_app.contacts import fields
from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.contacts.source import Location, read_json
from cdktf_app.contacts.validation import CheckedModel, did_you_mean, validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Status = Literal["ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "PENDING_ACTIVATION", "CLOSED"]
NonEmpty = Annotated[str, StringConstraints(min_length=1)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Account(_Record):
    """An AWS account, as AWS Organizations lists it."""

    id: fields.AccountId
    """12 digits."""
    name: NonEmpty
    """Its name, which other accounts may have as well."""
    email: NonEmpty
    """The root user's email."""
    status: Status
    """Its state in AWS Organizations. Only ACTIVE accounts can have contacts set."""
    ou_path: str = ""
    """The names of its OUs from the root, joined by /. "" is the root. See `fields.split_path`."""
    tags: dict[str, str] = {}
    """Its tags in AWS Organizations."""


class OrganizationDetails(_Record):
    """What identifies an organization."""

    id: NonEmpty
    """Such as o-kaede00001."""
    management_account_id: fields.AccountId
    """12 digits."""


class Organization(CheckedModel, _Record):
    """An organization and its accounts, sorted by id."""

    organization: OrganizationDetails
    """What identifies it."""
    accounts: tuple[Account, ...]
    """All of its accounts, the management account among them."""

    @classmethod
    def contradictions(cls, tree: Any) -> Iterator[tuple[Location, str]]:
        """Accounts listed twice, and a management account that is not among the accounts."""
        accounts = tree.get("accounts") if isinstance(tree, dict) else None
        if not isinstance(accounts, list | tuple):
            return
        ids: dict[str, int] = {}
        for index, account in enumerate(accounts):
            number = account.get("id") if isinstance(account, dict) else getattr(account, "id", None)
            if isinstance(number, str) and ids.setdefault(number, index) != index:
                yield ("accounts", index, "id"), "is listed twice; remove one of the two"
        details = tree.get("organization")
        management = details.get("management_account_id") if isinstance(details, dict) else None
        if isinstance(management, str) and management not in ids:
            yield ("organization", "management_account_id"), "is not among the accounts; list it there too"

    def model_post_init(self, context: Any, /) -> None:
        """Sorts the accounts."""
        object.__setattr__(self, "accounts", tuple(sorted(self.accounts, key=lambda account: account.id)))

    @property
    def id(self) -> str:
        """Such as o-kaede00001."""
        return self.organization.id

    @property
    def management_account_id(self) -> str:
        """The id of the management account."""
        return self.organization.management_account_id

    @cached_property
    def by_id(self) -> dict[str, Account]:
        """The accounts by their ids."""
        return {account.id: account for account in self.accounts}

    @cached_property
    def by_name(self) -> dict[str, list[Account]]:
        """The accounts by their names, which several may share."""
        named: dict[str, list[Account]] = {}
        for account in self.accounts:
            named.setdefault(account.name, []).append(account)
        return named

    @cached_property
    def organizational_units(self) -> frozenset[str]:
        """The paths of all OUs that hold an account, directly or in an OU below."""
        paths: set[str] = set()
        for path in {account.ou_path for account in self.accounts}:
            names = fields.split_path(path)
            paths.update(fields.join_path(names[:depth]) for depth in range(1, len(names) + 1))
        return frozenset(paths)


def accounts_named(organization: Organization, names: Iterable[str], option: str) -> list[Account]:
    """The accounts that a command-line option selects by ids or names.

    Raises InvalidInput: with every name that is no account's, or several accounts'.
    """
    accounts, problems = [], []
    for name in names:
        found = [organization.by_id[name]] if name in organization.by_id else organization.by_name.get(name, [])
        if len(found) > 1:
            listed = ", ".join(account.id for account in found)
            message = f"is the name of {len(found)} accounts; write one of their ids: {listed}"
            problems.append(Problem(option, message, value=name))
        elif not found:
            known = organization.by_id if name.isdigit() else organization.by_name
            message = f"is not an account of the inventory{did_you_mean(name, known)}"
            problems.append(Problem(option, message, value=name))
        accounts += found
    if problems:
        raise InvalidInput(problems)
    return accounts


def load_inventory(path: Path) -> Organization:
    """The organization in an inventory file. Raises InvalidInput with everything that is wrong with the file."""
    return validated(read_json(path), Organization)


def dump_inventory(organization: Organization) -> str:
    """The text of an inventory file: the same accounts make the same bytes."""
    document = organization.model_dump()
    for account in document["accounts"]:
        account["tags"] = dict(sorted(account["tags"].items()))
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
