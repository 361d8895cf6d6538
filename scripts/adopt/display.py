"""The result on a terminal and as JSON."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from cdktf_app.contacts.sections import CONTACT_TYPES
from cdktf_app.imports import FILE as IMPORTS
from cdktf_app.imports import IN_AWS
from scripts.shared.console import err, out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cdktf_app.contacts.organization import Organization
    from scripts.adopt.contacts import AdoptedContacts, LeftOut
    from scripts.adopt.notifications import AdoptedNotifications

NAMES_SHOWN = 10


def unread_text(unread: list[LeftOut], csv_file: Path | None) -> str:
    names = [f"  {what}" for what in _summed(unread)]
    remedy = (
        "add the rows, or run it again with --leave-out-unread to keep these contacts as they are"
        if csv_file is not None
        else "fix the cause (or use --contacts-only if only notifications are affected), or run it again with"
        " --leave-out-unread to leave these as they are"
    )
    return "\n".join(["Something could not be read, so nothing was written:", *names, remedy])


def _summed(items: Iterable[LeftOut]) -> list[str]:
    """One line for each reason, with the accounts it is about."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in items:
        grouped[item.what, item.reason].append(f"{item.account.name} {item.account.id}")
    return [
        f"{what}: {reason}: {', '.join(names[:NAMES_SHOWN])}"
        + (f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else "")
        for (what, reason), names in grouped.items()
    ]


def as_result(
    contacts: Path,
    organization: Organization,
    managed: list[str],
    adopted: AdoptedContacts,
    notifications: AdoptedNotifications,
    left_out: list[LeftOut],
    csv_file: Path | None,
) -> dict[str, Any]:
    """What was found and written, without contact data."""
    section = adopted.section
    units, accounts = section.get("organizational_units", {}), section.get("accounts", {})
    places = [section.get("defaults", {}), *units.values(), *accounts.values()]
    subscriptions = (notifications.section or {}).get("subscriptions", {})
    return {
        "contacts": str(contacts),
        "imports": None if csv_file is not None else str(contacts.parent / IMPORTS),
        "accounts": len(managed),
        "accounts_not_managed": len(organization.accounts) - len(managed),
        "found": [
            *(
                {
                    "what": f"{IN_AWS[kind]} contact",
                    "accounts": sum(kind in kinds for kinds in adopted.live.values()),
                    "entries": sum(kind in place for place in places),
                }
                for kind in CONTACT_TYPES
            ),
            *(
                {
                    "what": f"notification configuration {name}",
                    "accounts": sum(name in imports.subscriptions for imports in notifications.imports.values()),
                    "entries": 1,
                }
                for name in subscriptions
            ),
        ],
        "contacts_written": adopted.assigned,
        "entries": adopted.places,
        "organizational_unit_entries": len(units),
        "account_entries": len(accounts),
        "one_entry_per_account": {"contacts": adopted.one_each, "entries": len(adopted.live)},
        "left_out": [
            {"account_id": item.account.id, "account": item.account.name, "what": item.what, "reason": item.reason}
            for item in left_out
        ],
    }


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def show(result: Mapping[str, Any], left_out: list[LeftOut]) -> None:
    table = Table(title=f"Read: {_counted(result['accounts'], 'account')}", title_justify="left", title_style="bold")
    table.add_column("what they have")
    table.add_column("in accounts", justify="right")
    table.add_column("in the file", justify="right")
    for row in result["found"]:
        times = "once" if row["entries"] == 1 else f"{row['entries']} times"
        table.add_row(escape(row["what"]), str(row["accounts"]), times)
    out.print(table)
    each = result["one_entry_per_account"]
    percent = f" ({result['contacts_written'] / each['contacts']:.0%})" if each["contacts"] else ""
    text = f"{_counted(result['contacts_written'], 'contact')} in {_entries(result['entries'])}"
    otherwise = f"{_counted(each['contacts'], 'contact')} in {_entries(each['entries'])}"
    line = f"{result['contacts']}: {text}; one entry per account would be {otherwise}{percent}."
    out.print(line, markup=False, soft_wrap=True)
    for line in _summed(left_out):
        err.print(f"left out: {line}", markup=False, style="yellow", soft_wrap=True)
    if rest := result["accounts_not_managed"]:
        err.print(f"{_counted(rest, 'account')} not managed: not ACTIVE, or out of reach.", soft_wrap=True)
    then = (
        "shows imports and no change"
        if result["imports"]
        else "shows these contacts as added: PutAlternateContact replaces the existing ones"
    )
    out.print(f"Next: `make plan` {then}; then `make apply`.", soft_wrap=True)
