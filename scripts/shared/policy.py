"""The policies' configuration in contacts.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.contact_rules.configuration import Accepted, Configuration, CoveredElsewhere

if TYPE_CHECKING:
    from cdktf_app.contacts.assignments import Assignments
    from cdktf_app.contacts.directory import Directory


def policy_configuration(directory: Directory, assignments: Assignments | None = None) -> Configuration:
    """The policies' configuration in contacts.yaml: the mail section, and explicit nones.

    An explicit `none` allows a missing BILLING or OPERATIONS contact, never a missing SECURITY contact.
    """
    declined = (
        []
        if assignments is None
        else [
            CoveredElsewhere(account_id, f"{directory.file}: {answer.origin}: none", (kind.upper(),))
            for account_id in assignments.managed
            for kind, answer in assignments.contacts[account_id].items()
            if answer.explicitly_none and kind != "security"
        ]
    )
    return Configuration(
        corporate_domains=directory.mail.corporate_domains,
        root_email_patterns=directory.mail.root_email_patterns,
        accepted=tuple(
            Accepted(entry.address or entry.pattern or "", entry.reason, entry.expires)
            for entry in directory.mail.accepted
        ),
        covered_elsewhere=tuple(declined),
        source=directory.file,
    )
