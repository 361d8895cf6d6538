"""contacts.yaml: who AWS can reach for every account, and how Terraform applies it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, PrivateAttr

from cdktf_app.contacts import fields
from cdktf_app.contacts.contradictions import contradictions, doubts
from cdktf_app.contacts.problems import Problem
from cdktf_app.contacts.sections import (
    AccountSettings,
    Contacts,
    LocalBackend,
    Mail,
    Notifications,
    OrganizationSettings,
    Review,
    S3Backend,
    Section,
    one_of,
)
from cdktf_app.contacts.source import Location, Source, read_yaml
from cdktf_app.contacts.validation import CheckedModel, validated

if TYPE_CHECKING:
    from collections.abc import Iterator


class Directory(Section, CheckedModel):
    """Who AWS can reach, for every account: contacts.yaml of aws-contact-baseline."""

    model_config = one_of(("organization",), ("account",))

    organization: OrganizationSettings | None = None
    """The organization. Either this or account."""
    account: AccountSettings | None = None
    """The only account, for those without an organization."""
    mail: Mail = Mail()
    """Which addresses are the company's own."""
    contacts: Contacts
    """Who the alternate contacts are."""
    review: Review | None = None
    """The last review of the contacts."""
    notifications: Notifications | None = None
    """AWS User Notifications."""
    backend: Annotated[LocalBackend | S3Backend, Field(discriminator="type")] = LocalBackend()
    """Where Terraform keeps its state. Default: in the folder state, beside this file."""

    _source: Source | None = PrivateAttr(default=None)

    @classmethod
    def contradictions(cls, tree: Any) -> Iterator[tuple[Location, str]]:
        """Organization and account together, undefined channels, roles of other accounts, and the like."""
        return contradictions(tree)

    @property
    def file(self) -> str:
        """The name of the file it was read from, for messages."""
        return self._source.file if self._source else "contacts.yaml"

    @property
    def folder(self) -> Path:
        """The folder that `backend.path` is relative to: the file's, or the current one."""
        return Path(self._source.file).resolve().parent if self._source else Path.cwd()

    @property
    def home_region(self) -> str:
        """The AWS Region that Terraform uses."""
        settings = self.organization or self.account
        assert settings is not None
        return settings.home_region

    @property
    def main_account(self) -> str:
        """The id of the account that the alternate contacts are set from: the single one, that of role_arn, or the
        management account."""
        if self.account is not None:
            return self.account.id
        assert self.organization is not None
        role_arn = self.organization.authentication.role_arn
        return fields.role_account(role_arn) if role_arn else self.organization.management_account

    def roles(self, account: str) -> list[str]:
        """The ARNs of the roles to assume, one after the other, to work in an account."""
        if self.account is not None:
            return [self.account.authentication.role_arn] if self.account.authentication.role_arn else []
        assert self.organization is not None
        authentication = self.organization.authentication
        if account == self.organization.management_account and authentication.management_role_arn:
            return [authentication.management_role_arn]
        first = [authentication.role_arn] if authentication.role_arn else []
        if account == self.main_account:
            return first
        partition = fields.partition(self.home_region)
        return [*first, f"arn:{partition}:iam::{account}:role/{authentication.member_role_name}"]

    @property
    def warnings(self) -> list[Problem]:
        """Settings that are valid, but probably unintended."""
        found = [self.problem(location, message) for location, message in doubts(self)]
        return sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0))

    def problem(self, location: Location, message: str, *, key: bool = False, value: str | None = None) -> Problem:
        """`message` at a place in the file, if there is a file."""
        if self._source:
            return self._source.problem(location, message, key=key, value=value)
        return Problem(self.file, f"{'.'.join(map(str, location))} {message}", value=value)


def load_directory(path: Path) -> Directory:
    """The contents of a contacts.yaml. Raises InvalidInput with everything that is wrong with the file."""
    return parse_directory(read_yaml(path))


def parse_directory(source: Source) -> Directory:
    """The contents of a contacts.yaml that was read. Raises InvalidInput with everything that is wrong with it."""
    directory = validated(source, Directory)
    directory._source = source
    return directory
