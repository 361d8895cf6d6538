"""The results of verify."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Remark:
    """One result: a `finding` to fix, something `unread` that may be wrong, or a `note`."""

    level: Literal["finding", "unread", "note"]
    kind: str
    subject: str
    reason: str
    fix: str = ""
    account_id: str | None = None


@dataclass
class Result:
    """All results."""

    remarks: list[Remark] = field(default_factory=list)
    accounts: int = 0
    contacts: int = 0
    domains: int = 0
    sent_again: list[dict[str, str]] = field(default_factory=list)

    def of(self, level: str) -> list[Remark]:
        """The remarks of one level."""
        return [remark for remark in self.remarks if remark.level == level]
