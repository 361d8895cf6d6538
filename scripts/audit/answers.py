"""AWS's answers, kept for the next run."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from policies.contact_rules.live import LiveAccount
from scripts.shared.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

_ANSWER: Final = TypeAdapter(LiveAccount)


class Answers:
    """A journal of the answers about each account that was read, so that no answer is asked for twice.

    Answers that were read for another organization or with other parts are not reused.

    Args:
        heading: for whom and what is read.
    """

    def __init__(self, path: Path, heading: Mapping[str, Any]) -> None:
        self._journal = Journal(path, json.dumps(heading, sort_keys=True))
        self._places: dict[str, int] = {}

    @property
    def path(self) -> Path:
        """The journal's file."""
        return self._journal.path

    def reusable(self, since: datetime) -> set[str]:
        """The ids of the accounts of which everything was read, not before `since`."""
        self._places = {}
        for place, line in self._journal.lines():
            answer = _answer(line)
            if answer is None:
                continue
            whole = all(item.code == "NotOffered" for item in answer.unread)
            if whole and datetime.fromisoformat(answer.read_at) >= since:
                self._places[answer.id] = place
            else:
                self._places.pop(answer.id, None)
        return set(self._places)

    def of(self, ids: Collection[str]) -> Iterator[LiveAccount]:
        """The last answers about these accounts, of those that `reusable` found."""
        for line in self._journal.at(place for account_id, place in self._places.items() if account_id in ids):
            if answer := _answer(line):
                yield answer

    def writing(self) -> AbstractContextManager[None]:
        """Opens the journal for `add`: after what is reused, or anew. Raises CommandError: another run has it open."""
        return self._journal.writing(anew=not self._places)

    def add(self, answer: LiveAccount) -> None:
        """Writes the answers about one account."""
        self._journal.add(json.dumps(asdict(answer), ensure_ascii=False))


def _answer(line: bytes) -> LiveAccount | None:
    try:
        return _ANSWER.validate_json(line)
    except ValidationError:
        return None
