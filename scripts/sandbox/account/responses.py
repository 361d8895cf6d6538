"""Answers of AWS Account Management."""

from typing import Any

from moto.core.responses import ActionResult
from moto.sts.models import sts_backends

from scripts.sandbox.organizations.models import ACCOUNT_MANAGEMENT, organization_of
from scripts.sandbox.service import ModelledResponse, ValidationException
from scripts.sandbox.validation import Violation

from .exceptions import AccessDeniedException, ConflictException, ResourceNotFoundException
from .models import AccountManagementBackend, account_management

STANDALONE_ONLY = "The management account can only be managed using the standalone context from the management account."
"""AWS's own words when the management account passes its own id."""


class AccountResponse(ModelledResponse):
    """One request to AWS Account Management."""

    def __init__(self) -> None:
        super().__init__(service_name="account")

    def _denied(self, reason: str = "") -> AccessDeniedException:
        backend = sts_backends[self.current_account][self.partition]
        _, caller, _ = backend.get_caller_identity(self.access_key, self.region)
        return AccessDeniedException(caller, self._get_action(), reason)

    def _member(self) -> Any:
        """Return the member account that AccountId names, if the caller may manage it from the outside.

        Rules: "To use this parameter, the caller must be an identity in the organization's management account or
        a delegated administrator account, and the specified account ID must be a member account in the same
        organization. The organization must have all features enabled, and trusted access enabled"
        (Account Management API Reference, AccountId).
        """
        organization = organization_of(self.current_account)
        if organization is None or not organization.trusts(ACCOUNT_MANAGEMENT):
            raise self._denied()
        manages = self.current_account == organization.account_id or organization.is_delegated_administrator(
            self.current_account, ACCOUNT_MANAGEMENT
        )
        if not manages:
            raise self._denied()
        if self.params["AccountId"] == organization.account_id:
            raise self._denied(STANDALONE_ONLY)
        member = organization.member(self.params["AccountId"])
        if member is None or member.status != "ACTIVE":
            raise self._denied()
        return member

    @property
    def backend(self) -> AccountManagementBackend:
        """What is kept for the account in question: AccountId's, or the caller's own."""
        account_id = self._member().id if self.params.get("AccountId") else self.current_account
        return account_management(account_id)

    def get_alternate_contact(self) -> ActionResult:
        return self.answer(
            {"AlternateContact": self.backend.get_alternate_contact(self.params["AlternateContactType"])}
        )

    def put_alternate_contact(self) -> ActionResult:
        self.backend.put_alternate_contact({key: self.params[key] for key in self.params if key != "AccountId"})
        return self.answer()

    def delete_alternate_contact(self) -> ActionResult:
        self.backend.delete_alternate_contact(self.params["AlternateContactType"])
        return self.answer()

    def get_contact_information(self) -> ActionResult:
        return self.answer({"ContactInformation": self.backend.contact_information})

    def put_contact_information(self) -> ActionResult:
        self.backend.contact_information = self.params["ContactInformation"]
        return self.answer()

    def get_primary_email(self) -> ActionResult:
        return self.answer({"PrimaryEmail": self._member().email})

    def start_primary_email_update(self) -> ActionResult:
        member, email = self._member(), self.params["PrimaryEmail"]
        if "@" not in email:
            raise ValidationException([Violation("primaryEmail", "Member must be a well-formed email address")])
        organization = organization_of(self.current_account)
        if organization and any(account.email.lower() == email.lower() for account in organization.accounts):
            raise ConflictException("The email address is already in use by an AWS account.")
        return self.answer({"Status": account_management(member.id).start_primary_email_update(email)})

    def accept_primary_email_update(self) -> ActionResult:
        member = self._member()
        update = account_management(member.id)
        status = update.accept_primary_email_update(self.params["PrimaryEmail"], self.params["Otp"], member)
        return self.answer({"Status": status})

    def get_primary_email_update_status(self) -> ActionResult:
        update = self.backend.primary_email_update
        if update is None:
            raise ResourceNotFoundException("No primary email update found.")
        return self.answer({"Status": update.status, "UpdatedAt": update.updated_at})

    def get_account_information(self) -> ActionResult:
        organization = organization_of(self.current_account)
        account = self._member() if self.params.get("AccountId") else None
        if account is None and organization:
            account = organization.member(self.current_account)
        if account is None:
            return self.answer({"AccountId": self.current_account, "AccountState": "ACTIVE"})
        return self.answer(
            {
                "AccountId": account.id,
                "AccountName": account.name,
                "AccountCreatedDate": account.create_time,
                "AccountState": account.status,
            }
        )

    def put_account_name(self) -> ActionResult:
        organization = organization_of(self.current_account)
        if self.params.get("AccountId"):
            self._member().name = self.params["AccountName"]
        elif organization:
            organization.get_account_by_id(self.current_account).name = self.params["AccountName"]
        return self.answer()

    def list_regions(self) -> ActionResult:
        wanted = self.params.get("RegionOptStatusContains")
        return self.answer(
            {
                "Regions": [
                    {"RegionName": name, "RegionOptStatus": status}
                    for name, status in sorted(self.backend.regions().items())
                    if not wanted or status in wanted
                ]
            }
        )

    def get_region_opt_status(self) -> ActionResult:
        name = self.params["RegionName"]
        status = self.backend.regions().get(name)
        if status is None:
            raise ValidationException([Violation("regionName", "Member must be an AWS Region", name)])
        return self.answer({"RegionName": name, "RegionOptStatus": status})

    def enable_region(self) -> ActionResult:
        self.backend.opt_region(self.params["RegionName"], True)
        return self.answer()

    def disable_region(self) -> ActionResult:
        self.backend.opt_region(self.params["RegionName"], False)
        return self.answer()
