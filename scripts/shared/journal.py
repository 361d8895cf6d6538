"""Journals: files in which a command records each completed step, so that a stopped run can continue."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scripts.shared.console import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Journal:
    """Lines in a private file, each on the disk before `add` returns; one writer at a time.

    A line that was torn off (the process or the machine stopped while it was written) does not count.

    Args:
        path: the file. It may hold contact data: only its owner can read it.
        heading: the first line. Lines under another heading do not count. "": no heading.
    """

    def __init__(self, path: Path, heading: str = "") -> None:
        self.path = path
        self._heading = f"{heading}\n".encode() if heading else b""
        self._handle: int | None = None

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line with its place in the file (a byte offset, for `at`), the oldest first; none without a file."""
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            if self._heading and file.readline() != self._heading:
                return
            place = len(self._heading)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                yield place, line
                place += len(line)

    def at(self, places: Iterable[int]) -> Iterator[bytes]:
        """The lines at places that `lines` gave."""
        with self.path.open("rb") as file:
            for place in places:
                file.seek(place)
                yield file.readline()

    @contextmanager
    def writing(self, *, anew: bool = False) -> Iterator[None]:
        """Opens the journal for `add`, after its last whole line or `anew`.

        Raises CommandError: another run has it open.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CommandError(f"{self.path}: another run is using it; wait until it ends") from None
            os.fchmod(handle, 0o600)
            end = 0 if anew else max((place + len(line) for place, line in self.lines()), default=0)
            os.ftruncate(handle, end)
            if not end:
                os.write(handle, self._heading)
            self._handle = handle
            yield
        finally:
            self._handle = None
            os.close(handle)

    def add(self, line: str) -> None:
        """Appends one line of JSON, and returns when it is on the disk. Only within `writing`."""
        assert self._handle is not None
        os.write(self._handle, f"{line}\n".encode())
        os.fsync(self._handle)
