"""The changes and the notes for a reviewer, on a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from cdktf_app.contacts.sections import CONTACT_TYPES
from scripts.shared.console import ExitCode, out

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cdktf_app.contacts.assignments import Assignments
    from cdktf_app.contacts.directory import Directory
    from scripts.plan.changes import Change

# More than a screenful says less: beyond it the table counts, and build/changes.json has every line.
ROWS_SHOWN = 200
NAMES_SHOWN = 10
CHANGES = "changes.json"


def show_changes(changes: list[Change], build: Path) -> None:
    if not changes:
        out.print("No change: AWS matches contacts.yaml.")
        return
    counted = ", ".join(
        f"{number} to {action}" for action, number in sorted(Counter(c.action for c in changes).items())
    )
    table = Table(title=counted, title_justify="left", title_style="bold")
    for heading in ("account", "what", "", "old → new value"):
        table.add_column(heading, overflow="fold")
    style = {"add": "green", "import": "cyan", "change": "yellow"}
    previous = ""
    for change in changes[:ROWS_SHOWN]:
        label = "" if change.account_id == previous else f"{escape(change.account)}\n[dim]{change.account_id}[/]"
        previous = change.account_id
        action = f"[{style.get(change.action, 'red')}]{change.action}[/]"
        table.add_row(label, escape(change.subject), action, escape(change.describe()))
    out.print(table)
    if len(changes) > ROWS_SHOWN:
        out.print(f"… and {len(changes) - ROWS_SHOWN} more, all of them in {build / CHANGES}", markup=False)


def reviewer_notes(directory: Directory, assignments: Assignments, today: date) -> list[str]:
    """Notes for a reviewer: explicit nones, accounts left out, the review date."""
    notes = [f"warning: {problem}" for problem in directory.warnings]
    without: dict[str, list[str]] = {}
    for account_id in assignments.managed:
        for kind in CONTACT_TYPES:
            answer = assignments.contacts[account_id][kind]
            if answer.contact is None:
                why = (
                    f"explicitly none ({answer.origin})"
                    if answer.explicitly_none
                    else "none; contacts.yaml defines no contact"
                )
                name = assignments.organization.by_id[account_id].name
                without.setdefault(f"{kind.upper()} contact: {why}", []).append(f"{name} {account_id}")
    for what, accounts in without.items():
        more = f" and {len(accounts) - NAMES_SHOWN} more" if len(accounts) > NAMES_SHOWN else ""
        notes.append(f"{what}: {', '.join(accounts[:NAMES_SHOWN])}{more}")
    notes += [f"left out: {entry.account.name} {entry.account.id} {entry.reason}" for entry in assignments.left_out]
    if directory.review is not None:
        review = directory.review
        due = (review.due - today).days
        when = f"next by {review.due}, in {due} days" if due >= 0 else f"overdue since {review.due}, {-due} days"
        notes.append(f"contacts last reviewed on {review.last_reviewed} by {review.reviewed_by}; {when}")
    return notes


def last_line(code: ExitCode, contacts: Path) -> str:
    return {
        ExitCode.OK: "[green]Nothing to do.[/]",
        ExitCode.FAILED: "[red]Not planned.[/]",
        ExitCode.POLICY_FAILED: "[red]Failed the policies.[/] Correct"
        f" {escape(str(contacts))} or what they name, then plan again.",
        ExitCode.CHANGES_PENDING: "[yellow]Changes pending.[/] `make apply` applies exactly these.",
        ExitCode.BAD_INPUT: "",
    }[code]
