"""The review of the contacts: whether it is due, and recording it in contacts.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_app.contacts.yaml_editor import NotEditable, change_values, document
from scripts.shared.console import CommandError
from scripts.verify.remarks import Remark

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cdktf_app.contacts.directory import Directory

SOON: Final = 14
"""Days before the next review from which it is called for."""


def judge_review(directory: Directory, today: date) -> Remark:
    """Whether the review is overdue. A missing review section is only a note."""
    review, fix = directory.review, "review the contacts, then record it: --reviewed-by TEAM"
    if review is None:
        return Remark("note", "review", directory.file, "has no review section, so the last review is unknown", fix)
    text = f"last reviewed on {review.last_reviewed} by {review.reviewed_by}"
    days = (review.due - today).days
    if review.last_reviewed > today:
        reason = f"{text}: that day is in the future"
        return Remark("finding", "review", directory.file, reason, "correct review.last_reviewed")
    if days < 0:
        return Remark("finding", "review", directory.file, f"{text}: overdue since {review.due}, {-days} days", fix)
    soon = "; that is soon" if days <= SOON else ""
    return Remark("note", "review", directory.file, f"{text}; next by {review.due}, in {days} days{soon}")


def write_review(path: Path, day: date, team: str) -> None:
    """Writes the review into contacts.yaml, and changes nothing else in it.

    Raises:
        CommandError: the file cannot be changed without changing anything else, or it was changed meanwhile.
        InvalidInput: the file is not a valid contacts.yaml.
    """
    review = {"last_reviewed": str(day), "reviewed_by": team}
    try:
        change_values(path, "review", review)
    except NotEditable as reason:
        by_hand = document({"review": review}).rstrip()
        raise CommandError(f"{path} {reason}; run it again, or write it by hand:\n{by_hand}") from None
