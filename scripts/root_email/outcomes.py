"""The progress of each change, from the journal of earlier runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import ValidationError

from cdktf_app.contacts.problems import InvalidInput, Problem
from scripts.root_email.planning import Change, ChangePlan, Record

if TYPE_CHECKING:
    from scripts.shared.journal import Journal


JOURNAL_FILE: Final = "root-email.journal.jsonl"
VALIDITY: Final = timedelta(hours=24)
"""How long a code can be used after it was sent (Account Management Reference Guide, Update the root user email)."""

Happened = Literal["started", "start-failed", "accepted", "accept-failed"]


class Event(Record):
    """One line of the journal. Never holds a code."""

    at: datetime
    account_id: str
    new: str
    event: Happened
    reason: str = ""


State = Literal["planned", "started", "accepted", "failed"]


@dataclass
class Outcome:
    """The progress of one change: `planned` → `started` → `accepted`, or `failed` and why, and what to do."""

    change: Change
    state: State = "planned"
    started_at: datetime | None = None
    reason: str = ""
    last: Happened | None = None

    def take(self, event: Event) -> None:
        """Goes one step on."""
        if event.event == "started":
            self.state, self.started_at = "started", event.at
        else:
            self.state = "accepted" if event.event == "accepted" else "failed"
        self.reason, self.last = event.reason, event.event

    def expired(self, now: datetime) -> bool:
        """Whether the code that was sent cannot be used any more."""
        return self.started_at is not None and now - self.started_at >= VALIDITY

    def as_json(self) -> dict[str, Any]:
        """What --json shows."""
        started_at = self.started_at and self.started_at.isoformat()
        return {**self.change.model_dump(), "state": self.state, "started_at": started_at, "reason": self.reason}


def outcomes_of(plan: ChangePlan, journal: Journal) -> list[Outcome]:
    """The progress of each planned change. Changes to other addresses than the planned ones do not count.

    Raises InvalidInput: a line of the journal is not an event.
    """
    outcomes = {(change.account_id, change.new.casefold()): Outcome(change) for change in plan.changes}
    for number, (_, line) in enumerate(journal.lines(), start=1):
        try:
            event = Event.model_validate_json(line)
        except ValidationError:
            message = "is not a line of the journal; remove itto process its account again"
            raise InvalidInput([Problem(str(journal.path), message, number)]) from None
        if outcome := outcomes.get((event.account_id, event.new.casefold())):
            outcome.take(event)
    return list(outcomes.values())
