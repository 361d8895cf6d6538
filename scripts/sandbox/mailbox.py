"""The mails AWS would have sent: activation codes of e-mail contacts, one-time codes of root email changes."""

import secrets
import string
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Mail:
    """One mail. `reference` is what the code is for: the arn of an e-mail contact, or an account id."""

    to: str
    subject: str
    account_id: str
    reference: str
    code: str


_mails: list[Mail] = []


def deliver(mail: Mail) -> None:
    """Put a mail into the mailbox."""
    _mails.append(mail)


def mails() -> list[dict[str, Any]]:
    """Return all mails, oldest first."""
    return [asdict(mail) for mail in _mails]


def empty() -> None:
    """Delete all mails."""
    _mails.clear()


def code(length: int) -> str:
    """Return a fresh code of `length` lower-case letters and digits."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))
