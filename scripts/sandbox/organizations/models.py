"""The organization of an inventory inside moto's backend, quick enough for 10,000 accounts."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from moto.organizations.exceptions import AccountNotFoundException, InvalidInputException
from moto.organizations.models import (
    FakeAccount,
    FakeDelegatedAdministrator,
    FakeOrganizationalUnit,
    FakeServiceAccess,
    OrganizationsBackend,
    organizations_backends,
)

from cdktf_app.contacts.fields import split_path

ACCOUNT_MANAGEMENT = "account.amazonaws.com"
PAGE_SIZE = 20
"""The most that ListAccounts and ListAccountsForParent return at once (Organizations API Reference)."""

FakeServiceAccess.TRUSTED_SERVICES.append("notifications.amazonaws.com")
FakeDelegatedAdministrator.SUPPORTED_SERVICES += [ACCOUNT_MANAGEMENT, "notifications.amazonaws.com"]


class SeededAccount(FakeAccount):
    """An account of the inventory. Unlike moto's it takes its id from there and makes no IAM role."""

    def __init__(self, organization: Any, entry: Mapping[str, Any], parent_id: str) -> None:
        self.type = "ACCOUNT"
        self.region = organization.region
        self.organization_id = organization.id
        self.master_account_id = organization.master_account_id
        self.create_account_status_id = f"car-{entry['id']}"
        self.id = entry["id"]
        self.name = entry["name"]
        self.email = entry["email"]
        self.create_time = datetime(2020, 1, 1)  # naive UTC, as moto counts
        self.status = entry["status"]
        self.state = entry["status"]
        self.joined_method = "CREATED"
        self.parent_id = parent_id
        self.attached_policies: list[Any] = []
        self.tags = dict(entry.get("tags") or {})


class SeededOrganizationsBackend(OrganizationsBackend):
    """moto's backend with the accounts of an inventory."""

    def _reset(self) -> None:
        super()._reset()
        self._index: dict[str, FakeAccount] = {}

    def seed(self, organization_id: str, accounts: Iterable[Mapping[str, Any]]) -> None:
        """Make this account the management account of an organization with `accounts`.

        Ids of the root and of organizational units are derived from the organization's id and their paths, so
        that every sandbox of one inventory has the same.
        """
        self.create_organization(region="us-east-1", FeatureSet="ALL")
        assert self.org is not None
        root = self.ou[0]
        self.org.id = root.organization_id = organization_id
        self.org.root_id = root.id = f"r-{_digest(organization_id)[:4]}"
        units: dict[tuple[str, ...], str] = {(): root.id}
        self.accounts.clear()
        for entry in accounts:
            parent = self._organizational_unit(tuple(split_path(entry["ou_path"])), units)
            self.accounts.append(SeededAccount(self.org, entry, parent))
            if entry["id"] == self.account_id:
                self.org.master_account_email = entry["email"]
            else:
                organizations_backends.master_accounts[entry["id"]] = (self.account_id, self.partition)
        self.enable_aws_service_access(ServicePrincipal=ACCOUNT_MANAGEMENT)

    def _organizational_unit(self, path: tuple[str, ...], units: dict[tuple[str, ...], str]) -> str:
        if path not in units:
            parent = self._organizational_unit(path[:-1], units)
            unit = FakeOrganizationalUnit(self.org, Name=path[-1], ParentId=parent)
            unit.id = f"ou-{self.ou[0].id[2:]}-{_digest(self.org.id, *path)[:8]}"
            self.ou.append(unit)
            units[path] = unit.id
        return units[path]

    def member(self, account_id: str) -> FakeAccount | None:
        """Return the account of that id, the management account included; None if it is not in the organization."""
        if len(self._index) != len(self.accounts):
            self._index = {account.id: account for account in self.accounts}
        return self._index.get(account_id)

    def trusts(self, service: str) -> bool:
        """Return whether trusted access is enabled for a service principal."""
        return any(enabled["ServicePrincipal"] == service for enabled in self.services)

    def is_delegated_administrator(self, account_id: str, service: str | None = None) -> bool:
        """Return whether an account is delegated administrator for `service`, or for any if None."""
        return any(
            admin.account.id == account_id and (service is None or service in admin.services) for admin in self.admins
        )

    def get_account_by_id(self, account_id: str) -> FakeAccount:
        account = self.member(account_id)
        if account is None:
            raise AccountNotFoundException
        return account

    def list_accounts(
        self, max_results: int | None = None, next_token: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        page, token = _page(self.accounts, max_results, next_token)
        return [account.describe() for account in page], token

    def list_accounts_for_parent(
        self, parent_id: str, max_results: int | None = None, next_token: str | None = None
    ) -> tuple[list[FakeAccount], str | None]:
        self.validate_parent_id(parent_id)
        children = [account for account in self.accounts if account.parent_id == parent_id]
        return _page(children, max_results, next_token)

    def _get_resource_for_tagging(self, resource_id: str) -> Any:
        return self.member(resource_id) or super()._get_resource_for_tagging(resource_id)


def organization_of(account_id: str) -> SeededOrganizationsBackend | None:
    """Return the organization an account belongs to, as its management account sees it; None if to none."""
    management, partition = organizations_backends.master_accounts.get(account_id, (account_id, "aws"))
    backend: SeededOrganizationsBackend = organizations_backends[management][partition]
    return backend if backend.org else None


def _page(items: list[Any], max_results: int | None, next_token: str | None) -> tuple[list[Any], str | None]:
    size = PAGE_SIZE if max_results is None else max_results
    token = "0" if next_token is None else next_token
    start = int(token) if token.isdecimal() else -1
    if not 1 <= size <= PAGE_SIZE or not 0 <= start <= len(items):
        raise InvalidInputException("You specified an invalid value.")
    end = start + size
    return items[start:end], str(end) if end < len(items) else None


def _digest(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()
