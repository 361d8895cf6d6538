"""E-mail contacts of AWS User Notifications that are not activated."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

from scripts.shared.aws_errors import code_of, sentence
from scripts.shared.console import CommandError, progress
from scripts.shared.reader import Reader
from scripts.verify.remarks import Remark, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cdktf_app.contacts.assignments import Assignments
    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.organization import Account
    from policies.contact_rules.live import EmailContact, LiveAccount
    from scripts.shared.access import Access


def expected_addresses(directory: Directory, assignments: Assignments, account_id: str) -> dict[str, str]:
    """The addresses that contacts.yaml wants notifications of an account to go to, with the names of their channels."""
    if directory.notifications is None:
        return {}
    notifications = directory.notifications
    return {
        email.casefold(): name
        for subscription in assignments.subscriptions.get(account_id, ())
        for name in notifications.subscriptions[subscription].channels
        if (email := notifications.channels[name].email) is not None
    }


def judge_contacts(account: LiveAccount, wanted: Mapping[str, str]) -> Iterator[Remark]:
    """Why notifications of an account do not reach its e-mail contacts."""
    label = f"{account.name} {account.id}"
    for gap in account.unread:
        if gap.what in ("account", "notifications"):
            level: Literal["unread", "note"] = "note" if gap.code == "Suspended" else "unread"
            yield Remark(
                level,
                "unread",
                label,
                f"could not read the {gap.what} ({gap.code}): {sentence(gap.reason)}",
                "",
                account.id,
            )
    if account.notifications is None:
        return
    there = {contact.address.casefold() for contact in account.notifications.email_contacts}
    for contact in _inactive(account):
        yield Remark(
            "finding",
            "not-activated",
            contact.address,
            f"the e-mail contact {contact.name!r} of {label} is not activated, so AWS sends it nothing",
            "open the link in the mail that AWS sent; --resend sends another",
            account.id,
        )
    for address in wanted.keys() - there:
        yield Remark(
            "finding",
            "absent",
            address,
            f"{label} has no e-mail contact for the channel {wanted[address]!r}",
            "`make plan` and `make apply` create it",
            account.id,
        )


def _inactive(account: LiveAccount) -> list[EmailContact]:
    contacts = account.notifications.email_contacts if account.notifications else ()
    return [contact for contact in contacts if contact.status != "active"]


def check_contacts(
    result: Result, access: Access, accounts: list[Account], wanted: Callable[[str], Mapping[str, str]], *, resend: bool
) -> None:
    """Reads the e-mail contacts of the accounts, and sends activation codes again if asked."""
    with progress() as start, contextlib.closing(Reader(access, parts=("notifications",)).read(accounts)) as read:
        update = start("Reading e-mail contacts", len(accounts))
        for number, account in enumerate(read, start=1):
            update(number, account.name)
            result.accounts += 1
            if account.notifications:
                result.contacts += len(account.notifications.email_contacts)
            result.remarks += judge_contacts(account, wanted(account.id))
            for contact in _inactive(account) if resend else ():
                result.remarks += _send_again(result, access, account, contact)


def _send_again(result: Result, access: Access, account: LiveAccount, contact: EmailContact) -> Iterator[Remark]:
    try:
        access.client(account.id, "notificationscontacts").send_activation_code(arn=contact.arn)
    except (BotoCoreError, ClientError, CommandError) as error:
        answered = isinstance(error, ClientError)
        code = code_of(error) if answered else "could not reach AWS"
        reason = f"no new activation code was sent to it for account {account.id}: {code}"
        advice = "does the caller lack notifications-contacts:SendActivationCode?" if answered else ""
        yield Remark("unread", "not-sent", contact.address, reason, advice, account.id)
    else:
        result.sent_again.append({"address": contact.address, "account_id": account.id, "account": account.name})
