"""The changes on a terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from scripts.shared.console import ExitCode, out, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.root_email.outcomes import Outcome, State
    from scripts.root_email.planning import ChangePlan
    from scripts.root_email.terraform_lines import Occurrence


def last_line(states: Mapping[State, int], total: int) -> str:
    counted = f"{states['accepted']} of {total} done"
    if states["failed"]:
        return f"[red]{counted}, {states['failed']} failed.[/] Fix the errors in the table, then run it again."
    if states["planned"]:
        return f"[yellow]{counted}, {states['planned']} not started.[/] Next: `make root-email ARGS=start`."
    if states["started"]:
        return (
            f"[yellow]{counted}, {states['started']} waiting for their codes.[/] Next: `make root-email ARGS=accept`."
        )
    return f"[green]{counted}.[/] AWS may take up to four hours to show the new address everywhere."


_STYLES = {"accepted": "green", "started": "yellow", "planned": "yellow", "failed": "red"}
_LABELS = {"accepted": "done", "started": "pending: code mailed", "planned": "pending: not started", "failed": "failed"}


def show(outcomes: list[Outcome], *, why: bool) -> None:
    if not outcomes:
        return
    table = Table()
    for heading in ("account", "from", "to", *(("why",) if why else ("state", "reason"))):
        table.add_column(heading, overflow="fold")
    for outcome in outcomes:
        change = outcome.change
        label = f"{escape(change.account)}\n[dim]{change.account_id}[/]"
        state = f"[{_STYLES[outcome.state]}]{_LABELS[outcome.state]}[/]"
        last = [escape(change.why)] if why else [state, escape(outcome.reason)]
        table.add_row(label, escape(change.old), escape(change.new), *last)
    out.print(table)


def print_result(
    code: ExitCode, outcomes: list[Outcome], made: ChangePlan, found: list[Occurrence], stopped: str = ""
) -> None:
    print_json(
        {
            "exit_code": int(code),
            "stop_reason": stopped,
            "accounts": [outcome.as_json() for outcome in outcomes],
            "left_out": [entry.model_dump() for entry in made.left_out],
            "terraform_lines": [vars(occurrence) for occurrence in found],
        }
    )
