"""Is a contact's address one that several people read? What CKV_CONTACT_2 and CKV_CONTACT_3 share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import address as addresses
from .findings import Message

if TYPE_CHECKING:
    from .check import Context
    from .findings import Level, Parameters

CODES: Final = {
    **addresses.CODES,
    "acceptance-expired": "its acceptance expired on {expires}",
    "strict": "`strict` is set, so doubt fails",
}


@dataclass(frozen=True)
class Objection:
    """What is wrong with a mailbox."""

    code: str
    kind: str
    """`personal`, or `unsure` where neither is clear."""
    parameters: Parameters
    level: Level
    details: tuple[Message, ...] = ()


def objection(email: str, context: Context) -> Objection | None:
    """How a mailbox must be reported; None if several people read it, or if it is accepted."""
    configuration = context.configuration
    judgement = addresses.judge(email, configuration.corporate_domains)
    if judgement.verdict == "shared":
        return None
    domain_only = judgement.about == "domain"
    if configuration.acceptance(email, context.today, domain_only=domain_only) is not None:
        local = addresses.judge_local(email)
        if local.verdict == "personal" and not configuration.acceptance(email, context.today, domain_only=False):
            return _objection(local, "failure", ())
        return None
    details = expired(email, context)
    if judgement.verdict != "unsure":
        return _objection(judgement, "failure", details)
    if configuration.strict:
        return _objection(judgement, "failure", (Message("strict"), *details))
    return _objection(judgement, "note", details)


def _objection(judgement: addresses.Judgement, level: Level, details: tuple[Message, ...]) -> Objection:
    kind = "unsure" if judgement.verdict == "unsure" else "personal"
    return Objection(judgement.code, kind, judgement.parameters, level, details)


def expired(email: str, context: Context) -> tuple[Message, ...]:
    """Says that an exception for the address is over, if one is."""
    entry = context.configuration.expired_acceptance(email, context.today)
    return (Message("acceptance-expired", {"expires": entry.expires.isoformat()}),) if entry else ()
