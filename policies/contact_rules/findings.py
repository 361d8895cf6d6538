"""What a rule found, as data. Sentences are made of it last, by `texts`; nobody reads a sentence to learn a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Parameters = Mapping[str, str | int | tuple[str | int, ...]]
Level = Literal["failure", "note"]


@dataclass(frozen=True)
class Message:
    """A fact that can be said in every language: `code` never changes its meaning, `parameters` are what it is about.

    `catalogue.CODES` has the English sentence of every code.
    """

    code: str
    parameters: Parameters = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Finding:
    """One thing a rule objects to (`failure`) or wants seen (`note`)."""

    check_id: str
    code: str
    """What is wrong. Stable: other programs may rely on it."""
    kind: str
    """What has to be done: findings of one check and kind have the same title and remedy, `Check.kinds[kind]`."""
    parameters: Parameters = field(default_factory=dict, hash=False)
    details: tuple[Message, ...] = ()
    """What else has to be known: where the account was seen, that an exception expired."""
    level: Level = "failure"
    source: str = ""
    """Where it was found: the name of the plan."""
    address: str | None = None
    """The resource at fault; None where something is missing."""
    account_id: str | None = None
    account_name: str | None = None
    account: Message | None = None
    """How the account is told from others where it has neither id nor name."""
    is_management: bool = False
    """True for the organization's management account: AWS takes other steps there."""
    contact_type: str | None = None
    """SECURITY, OPERATIONS or BILLING where it is about one alternate contact."""
    value: str = ""
    """The address, phone number or setting at fault, as it may be shown."""
