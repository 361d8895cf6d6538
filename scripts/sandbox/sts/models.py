"""Which roles can be assumed by whom."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import STSBackend

from scripts.sandbox.organizations.models import organization_of

from .exceptions import AccessDenied

ORGANIZATION_ROLE = "OrganizationAccountAccessRole"
"""The role that Organizations makes in every account it creates, and never in the management account."""


@dataclass(frozen=True)
class Session:
    """What temporary credentials stand for."""

    account_id: str
    expires_at: datetime


@dataclass
class Access:
    """The credentials and roles of this sandbox."""

    base_account: str = "123456789012"
    roles: tuple[str, ...] = (ORGANIZATION_ROLE,)
    sessions: dict[str, Session] = field(default_factory=dict)


access = Access()


class TrustingSTSBackend(STSBackend):
    """moto's backend, which would hand out credentials for any role arn."""

    def assume_role(self, role_arn: str, **parameters: Any) -> Any:
        match = re.fullmatch(r"arn:aws[a-z-]*:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)", role_arn, re.ASCII)
        if not match or not self._may_assume(*match.groups()):
            _, caller, _ = self.get_caller_identity("", "us-east-1")
            raise AccessDenied(caller, role_arn)
        role = super().assume_role(role_arn=role_arn, **parameters)
        access.sessions[role.access_key_id] = Session(role.account_id, role.expiration)
        return role

    def _may_assume(self, account_id: str, role_name: str) -> bool:
        organization = organization_of(self.account_id)
        management = organization.account_id if organization else self.account_id
        if self.account_id not in (management, account_id):
            return False
        if organization and getattr(organization.member(account_id), "status", None) != "ACTIVE":
            return False
        if not organization and account_id != self.account_id:
            return False
        if role_name in access.roles and (role_name != ORGANIZATION_ROLE or account_id != management):
            return True
        return any(role.name == role_name for role in iam_backends[account_id][self.partition].roles.values())

    def get_caller_identity(self, access_key_id: str, region: str) -> tuple[str, str, str]:
        role = self.get_assumed_role_from_access_key(access_key_id)
        if role:
            return role.user_id, role.arn, role.account_id
        return "AIDAQ7SANDBOXEXAMPLE0", f"arn:{self.partition}:iam::{self.account_id}:user/sandbox", self.account_id
