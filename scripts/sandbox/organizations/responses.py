"""Answers of AWS Organizations: who may ask what, then moto."""

from moto.organizations.exceptions import AWSOrganizationsNotInUseException
from moto.organizations.models import organizations_backends
from moto.organizations.responses import OrganizationsResponse

from .exceptions import AccessDeniedException
from .models import SeededOrganizationsBackend, organization_of

FOUNDING = {"CreateOrganization"}
FOR_EVERY_MEMBER = {"DescribeOrganization"}
READING = ("Describe", "List")


class SeededOrganizationsResponse(OrganizationsResponse):
    """moto's answers, given only to those whom AWS answers."""

    @property
    def organizations_backend(self) -> SeededOrganizationsBackend:
        action = self._get_action()
        organization = organization_of(self.current_account)
        if organization is None:
            if action in FOUNDING:
                backend: SeededOrganizationsBackend = organizations_backends[self.current_account][self.partition]
                return backend
            raise AWSOrganizationsNotInUseException
        if self.current_account == organization.account_id or action in FOR_EVERY_MEMBER:
            return organization
        if action.startswith(READING) and organization.is_delegated_administrator(self.current_account):
            return organization
        raise AccessDeniedException
