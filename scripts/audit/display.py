"""The audit on a terminal."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rich.markup import escape
from rich.table import Table

from policies.contact_rules.live import UNREAD
from scripts.shared.console import out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.audit.findings import Audit, Finding

RESUME: Final = "make audit ARGS=--resume"
_EXAMPLES: Final = 3


def duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def show(audit: Audit, remarks: Sequence[str]) -> None:
    """The audit on a terminal: a line for each kind of finding, the most severe first; the verdict is the last line."""
    groups: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in audit.findings:
        groups[_urgency(finding), finding.check, finding.kind].append(finding)
    if groups:
        worst = {row.id: row.findings for row in audit.accounts}
        table = Table("", "what", "accounts", "to fix first", title_justify="left")
        style = {"HIGH": "red", "MEDIUM": "yellow", "LOW": "cyan", "unread": "magenta", "note": "dim"}
        for (urgency, check, _), found in groups.items():
            first = sorted(found, key=lambda item: (-worst.get(item.account_id or "", 0), item.account_id or ""))
            names = list(dict.fromkeys(f"{item.account} {item.account_id}" for item in first if item.account_id))
            more = f" and {len(names) - _EXAMPLES:,} more" if len(names) > _EXAMPLES else ""
            table.add_row(
                f"[{style[urgency]}]{urgency}[/]",
                f"{escape(found[0].title)}\n[dim]{check}[/]",
                str(len(names) or "–"),
                escape(", ".join(names[:_EXAMPLES]) + more if names else found[0].reason),
            )
        out.print(table)
    for remark in remarks:
        out.print(remark, markup=False, soft_wrap=True)
    if not audit.complete:
        out.print(f"Whatever could not be read does not pass. Read it again: {RESUME}", markup=False, soft_wrap=True)
    out.print(audit.verdict, markup=False, soft_wrap=True, style="green" if audit.passed else "red")


def _urgency(finding: Finding) -> str:
    if finding.level == "note":
        return "note"
    return "unread" if finding.check == UNREAD else finding.severity


def age_of_answers(audit: Audit) -> str | None:
    """How old the oldest answer is, if answers of an earlier run were reused."""
    if audit.oldest_answer_at >= audit.started_at:
        return None
    moments = [datetime.fromisoformat(text) for text in (audit.oldest_answer_at, audit.finished_at)]
    return f"Oldest answer of AWS: {audit.oldest_answer_at}, {duration((moments[1] - moments[0]).total_seconds())} old"
