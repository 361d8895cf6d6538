"""The problems of an input file, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_LENGTH = 60


@dataclass(frozen=True)
class Problem:
    """One thing wrong at one place. `line` and `column` count from 1; `value` is the text found there."""

    file: str
    message: str
    line: int | None = None
    column: int | None = None
    value: str | None = None

    def __str__(self) -> str:
        """`contacts.yaml:12:9: 'value': message`, with nothing in it that a terminal would obey."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {f'{shown(self.value)}: ' if self.value is not None else ''}{self.message}"


class InvalidInput(Exception):
    """An input cannot be used. `problems` has all problems, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line or 0, p.column or 0, p.message))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(value: str) -> str:
    """`value` in quotes, control and direction characters as escapes, shortened to 60 characters."""
    return repr(value if len(value) <= _SHOWN_LENGTH else value[: _SHOWN_LENGTH - 1] + "…")
