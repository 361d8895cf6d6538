"""What the audit says, in English and Japanese: the sentences of its findings, and the words of its page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from policies.contact_rules import texts as of_pack
from policies.contact_rules.catalogue import CODES
from policies.contact_rules.texts import Texts
from scripts.audit.checks import AUDIT_CHECKS
from scripts.audit.remedies import CHECKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.contact_rules.texts import Language

DOMAIN: Final = "audit"
LOCALE: Final = Path(__file__).parent / "locale"
WORDS_OF_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "part": (
        "SECURITY contact",
        "OPERATIONS contact",
        "BILLING contact",
        "primary contact",
        "root user email",
        "notifications",
        "account",
    ),
    "setting": ("aggregation", "channels", "events", "regions"),
}
"""Parameters whose values are words that are translated, too: name → every value."""


@cache
def texts(language: Language) -> Texts:
    """What is said of the findings of an audit in this language."""
    pack = of_pack.texts(language)
    translations = of_pack.translations(DOMAIN, LOCALE, language)
    translations.add_fallback(pack.translations)
    codes = {code: sentence for check in AUDIT_CHECKS.values() for code, sentence in check.codes.items()}
    return Texts(language, translations, CHECKS, {**CODES, **codes}, {**pack.words, **WORDS_OF_PARAMETERS})


WORDS: Final[Mapping[str, str]] = {
    "report": "AWS contact audit",
    "language": "Language",
    "skip": "Skip to the findings",
    "passed": "Passed",
    "failed": "Failed",
    "unread": "Could not be read",
    "not-active": "Not active",
    "incomplete": "Not complete",
    "also-failed": "{number} of these failed, too",
    "unread-counts": "What could not be read is unknown. It does not count as passed.",
    "read": "Read",
    "oldest": "Oldest answer",
    "old-at-end": "{age} old when the report was made",
    "cached": "some answers are not from this run",
    "organization": "Organization",
    "single": "A single account",
    "management": "management account",
    "compared": "Compared with",
    "skipped": "Skipped",
    "not-compared": "Not compared with any contacts.yaml",
    "accounts": "Accounts",
    "account": "Account",
    "ou": "Organizational unit",
    "ou-short": "OU",
    "root": "(root)",
    "all-ous": "Whole organization",
    "coverage": "Coverage",
    "coverage-lead": "Accounts by organizational unit, most gaps first.",
    "more-ous": "{number} more organizational units",
    "security": "Security",
    "operations": "Operations",
    "billing": "Billing",
    "root_email": "Root user email",
    "set": "set",
    "missing": "missing",
    "exempt": "exempt",
    "not-read": "unread",
    "set-shared": "set, shared",
    "missing-personal": "missing, personal",
    "shared": "shared",
    "personal": "personal",
    "unsure": "unsure",
    "first": "Fix these first",
    "first-lead": "The accounts with the most severe findings, then with the most of them.",
    "nothing-to-fix": "Nothing to fix.",
    "findings": "Findings",
    "findings-lead": "Grouped by what has to be done. Every account concerned is listed under its finding.",
    "no-findings": "No findings.",
    "notes": "Notes",
    "notes-lead": "Worth knowing; they fail nothing.",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "note": "Note",
    "severity": "Severity",
    "check": "Check",
    "result": "Result",
    "why": "Why it matters",
    "fix": "How to fix it",
    "value": "Value",
    "seen": "What was found",
    "mappings": "Controls",
    "guideline": "Guideline",
    "sources": "AWS documentation",
    "no-account": "(no single account)",
    "accounts-lead": "Every account that was looked at, the ones to fix first on top.",
    "read-at": "Read at",
    "calls": "How it was read",
    "operation": "Operation",
    "count": "Calls",
    "throttled": "Throttled",
    "seconds": "Seconds",
    "rate": "Per second",
    "personal-data": "This report holds contact data: keep it as confidential as the accounts it describes.",
    "filter": "Filter",
    "search": "Search",
    "search-hint": "name, id, address, reason …",
    "any": "all",
    "clear": "Clear",
    "copy": "Copy",
    "copy-all": "Copy for the accounts shown",
    "copied": "Copied",
    "copy-link": "Copy link",
    "shown": "{shown} of {all}",
    "shown-findings": "findings",
    "shown-accounts": "accounts",
    "one-account": "account",
    "none-match": "Nothing matches the filter.",
    "filtered": "Filtered",
    "sort": "Sort by",
}
"""The page's own words."""


_UNITS: Final = (
    (86_400, "{number} day", "{number} days"),
    (3_600, "{number} hour", "{number} hours"),
    (60, "{number} minute", "{number} minutes"),
    (1, "{number} second", "{number} seconds"),
)
_ACCOUNTS: Final = ("{number} account", "{number} accounts")
NUMBERED: Final = (_ACCOUNTS, *((singular, plural) for _, singular, plural in _UNITS))
"""Texts with a number: singular and plural."""
VERDICTS: Final = {
    "nothing": "No account could be judged.",
    "failed-unread": "{failed} of {accounts} failed, {unread} could not be read completely.",
    "failed": "{failed} of {accounts} failed.",
    "unread": "{unread} of {accounts} could not be read completely.",
    "passed": "{accounts} passed.",
}


def verdict(active: int, failed: int, unread: int, language: Language) -> str:
    """One line on the whole audit: numbers of accounts, first those that failed, then those not read completely."""
    say = texts(language)
    parts = [name for name, number in (("failed", failed), ("unread", unread)) if number]
    template = VERDICTS[("-".join(parts) or "passed") if active else "nothing"]
    accounts = say.count(*_ACCOUNTS, active)
    return say.say(template, failed=f"{failed:,}", unread=f"{unread:,}", accounts=accounts)


def duration(seconds: float, language: Language) -> str:
    """A length of time in its largest unit, in whole numbers: `7 minutes`."""
    size, singular, plural = next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])
    return texts(language).count(singular, plural, max(0, int(seconds // size)))
