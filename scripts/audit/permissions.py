"""The least IAM policies for an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdktf_app.contacts import fields

if TYPE_CHECKING:
    from collections.abc import Collection

    from cdktf_app.contacts.directory import Directory


def iam_policies(parts: Collection[str], directory: Directory | None) -> dict[str, Any]:
    """The least IAM policies, by whose they are: `caller`, which is who reads the organization (the management account,
    or a delegated administrator) or the single account; `member`, the role that is assumed in every member account;
    `management`, the role for the management account's own contacts, where the caller is a delegated administrator.

    sts:GetCallerIdentity needs no permission
    (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
    """
    own = ["account:GetAlternateContact"]
    if "primary-contact" in parts:
        own.append("account:GetContactInformation")
    member = [
        "account:ListRegions",
        "notifications-contacts:ListEmailContacts",
        "notifications:ListChannels",
        "notifications:ListEventRules",
        "notifications:ListNotificationConfigurations",
        "notifications:ListNotificationHubs",
    ]
    if "notifications" in parts:
        own += member
    if directory is not None and directory.account is not None:
        return {"caller": _policy(own)}
    settings = directory.organization if directory else None
    role_name = settings.authentication.member_role_name if settings else "OrganizationAccountAccessRole"
    partition = fields.partition(directory.home_region) if directory else "aws"
    roles = [f"arn:{partition}:iam::*:role/{role_name}"] if "notifications" in parts else []
    policies = {"caller": _policy([*own, "organizations:DescribeOrganization", "organizations:ListAccounts"], roles)}
    if "notifications" in parts:
        policies["member"] = _policy(member)
    if settings and settings.authentication.management_role_arn:
        policies["management"] = _policy(own)
    return policies


def _policy(actions: Collection[str], roles: Collection[str] = ()) -> dict[str, Any]:
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}]
    if roles:
        statements.append({"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": sorted(roles)})
    return {"Version": "2012-10-17", "Statement": statements}
