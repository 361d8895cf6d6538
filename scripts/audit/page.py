"""The audit as one self-contained HTML page in English and Japanese: `page.html.jinja` filled from the document."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import jinja2
from markupsafe import Markup, escape

from policies.contact_rules.catalogue import BY_ID
from policies.contact_rules.findings import Finding, Message
from policies.contact_rules.live import UNREAD
from policies.contact_rules.texts import LANGUAGES
from scripts.audit import texts
from scripts.audit.checks import CHECKS

Row = Mapping[str, Any]

_CONTACTS: Final = ("security", "operations", "billing")
_STATES: Final = {
    **dict.fromkeys(_CONTACTS, ("set", "missing", "exempt", "unread")),
    "root_email": ("shared", "personal", "unsure", "unread"),
}
_SEVERITIES: Final = ("HIGH", "MEDIUM", "LOW", "UNREAD", "NOTE")
"""In the order of the page; what could not be read is none of the severities of a finding."""
_FIRST: Final = 10
"""Accounts that are shown to be fixed first: what fits a page and a morning."""
_OUS_SHOWN: Final = 24
_ROWS_OPEN: Final = 5
_ACCOUNTS_OPEN: Final = 200
_OLD_SECONDS: Final = 24 * 3600
_SAY: Final = tuple(map(texts.texts, LANGUAGES))
_OF_A_REASON: Final = ("code", "parameters", "details", "contact_type")
"""What the sentence of a finding is made of."""
_SAID_BY_TITLE: Final = frozenset({"missing-contact", "no-hub"})
"""Codes that say no more than the title of their kind."""


class Both(NamedTuple):
    """A text in both languages."""

    en: str
    ja: str


@dataclass(frozen=True)
class Group:
    """The findings of one kind: what has to be done is said once, the accounts are listed below it."""

    slug: str
    check: str
    severity: str
    findings: Sequence[Row]
    management: str | None

    @cached_property
    def accounts(self) -> int:
        """How many accounts are concerned."""
        return len({item["account_id"] for item in self.findings})

    @cached_property
    def title(self) -> Both:
        return Both(*(say.title(_found(self.findings[0])) for say in _SAY))

    @cached_property
    def why(self) -> Both:
        return Both(*(say.why(_found(self.findings[0])) for say in _SAY))

    def fix(self, account_id: str | None = None) -> Sequence[tuple[str, list[tuple[bool, str]]]]:
        """By language, the steps to take for this account, else for the only one, or for any: `ACCOUNT_ID` stands for
        its id then."""
        first = next((item for item in self.findings if item["account_id"] == account_id), self.findings[0])
        found = _found(first, self.management)
        if account_id is None and self.accounts > 1:
            found = replace(found, account_id=None, account_name=None, is_management=False)
        return [(say.language, list(say.steps(found))) for say in _SAY]

    @cached_property
    def same(self) -> Row | None:
        """A finding whose reason is the reason of all, if there are several."""
        first = self.findings[0]
        alike = all(item[part] == first[part] for item in self.findings for part in _OF_A_REASON)
        return first if alike and len(self.findings) > 1 else None

    @cached_property
    def size(self) -> int:
        return len(self.findings)

    @cached_property
    def has_values(self) -> bool:
        return any(item["value"] for item in self.findings)

    @cached_property
    def open(self) -> bool:
        return len(self.findings) <= _ROWS_OPEN

    @cached_property
    def mappings(self) -> list[str]:
        return sorted({mapping for item in self.findings for mapping in item["mappings"]})

    @cached_property
    def guidelines(self) -> list[str]:
        return sorted({item["guideline"] for item in self.findings if item["guideline"]})

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Where AWS and others say why."""
        return BY_ID[self.check].sources if self.check in BY_ID else ()


def _found(row: Row, management: str | None = None) -> Finding:
    """The finding of the rules that a row of the document tells of."""
    return Finding(
        row["check"],
        row["code"],
        row["kind"],
        _parameters(row["parameters"]),
        tuple(Message(detail["code"], _parameters(detail["parameters"])) for detail in row["details"]),
        row["level"],
        account_id=row["account_id"],
        account_name=row["account"] or None,
        contact_type=row["contact_type"],
        value=row["value"] or "",
        is_management=row["account_id"] is not None and row["account_id"] == management,
    )


def _parameters(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in parameters.items()}


def render(audit: Mapping[str, Any]) -> str:
    """The page: HTML without any reference to the outside, for a file that only its reader may read.

    `audit` is the audit document, version 1 (docs/audit.schema.json). Everything in it is taken as text, never as
    markup. Raises ValueError for another version.
    """
    if audit.get("version") != 1:
        raise ValueError(f"this page shows audit documents of version 1, not {audit.get('version')!r}")
    return _environment().get_template("page.html.jinja").render(_view(audit))


def _view(audit: Mapping[str, Any]) -> dict[str, Any]:
    findings = sorted(audit["findings"], key=lambda item: (item["ou_path"], item["account"] or "", str(item["value"])))
    by_account: dict[str | None, list[Row]] = defaultdict(list)
    for item in findings:
        by_account[item["account_id"]].append(item)
    accounts = sorted(audit["accounts"], key=lambda account: _urgency(account, by_account[account["id"]]))
    management = (audit["organization"] or {}).get("management_account_id") or _single(accounts)
    groups = _groups(findings, management)
    group_of = {id(item): group for group in groups for item in group.findings}
    counts = audit["counts"]
    active = counts["accounts"] - counts["not_active"]
    unread = {account["id"] for account in accounts if account["result"] == "unread"} | {
        item["account_id"] for item in findings if _severity(item) == "UNREAD"
    }
    coverage = sorted(audit["coverage"], key=lambda row: (-_gaps(row), row["ou_path"]))
    finished, oldest = _time(audit["finished_at"]), _time(audit["oldest_answer_at"])
    first = [
        (account, _todo(by_account[account["id"]], group_of))
        for account in accounts
        if account["result"] in ("failed", "unread") and _severities(by_account[account["id"]])
    ][:_FIRST]
    organization = audit["organization"] or {}
    return {
        "audit": audit,
        "counts": counts,
        "status": _status(audit),
        "verdict": Both(*(texts.verdict(active, counts["failed"], len(unread), lang) for lang in LANGUAGES)),
        "unread": len(unread),
        "unread_failed": sum(account["result"] == "failed" for account in accounts if account["id"] in unread),
        "organization": organization,
        "management": management,
        "times": [_shown_time(_time(audit[key])) for key in ("started_at", "finished_at", "oldest_answer_at")],
        "age": _age((finished - oldest).total_seconds()),
        "old": (finished - oldest).total_seconds() > _OLD_SECONDS,
        "total": _total(coverage),
        "coverage": coverage,
        "ous_shown": _OUS_SHOWN,
        "ous": sorted({item["ou_path"] for item in (*coverage, *accounts, *findings)}),
        "first": first,
        "failures": [group for group in groups if group.severity != "NOTE"],
        "notes": [group for group in groups if group.severity == "NOTE"],
        "accounts": accounts,
        "account_index": {account["id"]: index for index, account in enumerate(accounts)},
        "accounts_open": len(accounts) <= _ACCOUNTS_OPEN,
        "severities": [severity for severity in _SEVERITIES if any(group.severity == severity for group in groups)],
        "checks": {
            check: {say.language: f"{check}: {say.say(CHECKS[check].name)}" for say in _SAY}
            for check in sorted({group.check for group in groups})
        },
        "titles": {
            language: f"{report} · {organization.get('id') or single}"
            for language, report, single in zip(LANGUAGES, _WORDS["report"], _WORDS["single"], strict=True)
        },
        "states": _STATES,
    }


def _age(seconds: float) -> Both:
    template = texts.WORDS["old-at-end"]
    return Both(*(say.say(template, age=texts.duration(seconds, say.language)) for say in _SAY))


def _status(audit: Mapping[str, Any]) -> str:
    """`passed` only if the audit says so and nothing speaks against it."""
    counts = audit["counts"]
    if counts["failed"]:
        return "failed"
    if counts["unread"] or not audit["complete"]:
        return "unread"
    return "passed" if audit["passed"] else "failed"


def _severity(finding: Row) -> str:
    if finding["level"] == "note":
        return "NOTE"
    return "UNREAD" if finding["check"] == UNREAD else str(finding["severity"])


def _severities(findings: Iterable[Row]) -> Counter[str]:
    return Counter(_severity(item) for item in findings if item["level"] != "note")


def _urgency(account: Row, findings: Iterable[Row]) -> tuple[Any, ...]:
    """The worst first: by the number of severe findings, then by the number of all."""
    found = _severities(findings)
    amounts = tuple(-found[severity] for severity in _SEVERITIES)
    settled = ("failed", "unread", "passed", "not-active").index(account["result"])
    return settled >= 2, *amounts, settled, account["ou_path"], account["name"]


def _todo(findings: Iterable[Row], group_of: Mapping[int, Group]) -> list[tuple[Group, list[Row]]]:
    """An account's failures by what has to be done, the most severe first."""
    found: dict[str, tuple[Group, list[Row]]] = {}
    for item in findings:
        if item["level"] != "note":
            group = group_of[id(item)]
            found.setdefault(group.slug, (group, []))[1].append(item)
    return sorted(found.values(), key=lambda todo: (_SEVERITIES.index(todo[0].severity), todo[0].check))


def _groups(findings: Iterable[Row], management: str | None) -> list[Group]:
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for item in findings:
        found[_severity(item), item["check"], item["kind"]].append(item)
    groups = []
    for (severity, check, kind), items in found.items():
        slug = re.sub(r"[^a-z0-9]+", "-", f"{check}-{kind}-{severity}".lower())
        groups.append(Group(slug, check, severity, items, management))
    return sorted(
        groups, key=lambda group: (_SEVERITIES.index(group.severity), -len(group.findings), group.check, group.slug)
    )


def _single(accounts: Sequence[Row]) -> str | None:
    """The account outside an organization, which passes no id of its own to AWS either."""
    return accounts[0]["id"] if len(accounts) == 1 else None


def _gaps(row: Row) -> int:
    contacts = sum(row[kind]["missing"] + row[kind]["unread"] for kind in _CONTACTS)
    return int(contacts + row["root_email"]["personal"] + row["root_email"]["unread"])


def _total(coverage: Iterable[Row]) -> dict[str, Any]:
    rows = list(coverage)
    return {
        "accounts": sum(row["accounts"] for row in rows),
        **{
            kind: {state: sum(row[kind][state] for row in rows) for state in states} for kind, states in _STATES.items()
        },
    }


def _segments(amounts: Mapping[str, int], states: Sequence[str]) -> list[tuple[str, float, float]]:
    """State, start and width in per cent of a bar."""
    total = sum(amounts[state] for state in states)
    found, start = [], 0.0
    for state in states:
        if amounts[state]:
            width = 100 * amounts[state] / total
            found.append((state, round(start, 3), round(width, 3)))
            start += width
    return found


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _shown_time(moment: datetime) -> tuple[str, str]:
    """For machines, and for people of any language."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment.strftime("%Y-%m-%d %H:%M UTC")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": _word, "mark": _mark, "both": _both, "segments": _segments, "words": _WORDS}
    environment.filters |= {
        "shown": _shown,
        "ou": lambda path: _shown(path) if path else _word("root"),
        "reason": _reason,
        "prose": _prose,
        "digest": _digest,
        "moment": lambda value: _shown_time(_time(value))[1] if value else "–",
        "number": lambda number: f"{number:,}",
        "japanese_page": lambda url: url.replace("docs.aws.amazon.com/", "docs.aws.amazon.com/ja_jp/"),
    }
    environment.tests["said_by_title"] = lambda row: row["code"] in _SAID_BY_TITLE and not row["details"]
    return environment


def _unbroken(japanese: str) -> str:
    """Japanese that is not broken between lines within 「E メール」 and 「2 件」."""
    return re.sub("(?<=[0-9E]) (?=[\u3041-\u30ff\u4e00-\u9fff])", "\xa0", japanese)


_WORDS: Final = {
    key: Both(*(_unbroken(say.translations.gettext(word)) for say in _SAY)) for key, word in texts.WORDS.items()
}


def _both(english: str, japanese: str) -> Markup:
    """Text in both languages, of which the page shows one."""
    return Markup('<span lang="en">{}</span><span lang="ja">{}</span>').format(
        _prose(english), _prose(_unbroken(japanese))
    )


def _prose(text: str) -> Markup:
    """Text whose `commands` are marked as such."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # escaped before the marks


@cache
def _word(key: str) -> Markup:
    return _both(*_WORDS[key])


@cache
def _mark(state: str, key: str = "") -> Markup:
    """A state by its shape, its colour and a word of WORDS, its own unless another is named."""
    return Markup('<span class="mark {}">{}</span>').format(state, _word(key or state))


def _reason(row: Row) -> Markup:
    """The reason of a finding in both languages."""
    english, japanese = (say.reason(_found(row)) for say in _SAY)
    return Markup('<span lang="en">{}</span><span lang="ja">{}</span>').format(
        _shown(english), _shown(_unbroken(japanese))
    )


_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control and format characters, which can make text look like other text (Unicode Technical Report 36).
Zero-width joiners and tags stay: emoji and some scripts are written with them."""


@lru_cache(maxsize=1024)
def _shown(text: str | None) -> Markup:
    """Somebody else's text: isolated from the direction of ours, with what is invisible in it made visible."""
    named = _INVISIBLE.sub(lambda found: f'<span class="ctl">U+{ord(found[0]):04X}</span>', str(escape(text or "")))
    return Markup(f"<bdi>{named}</bdi>")  # escaped above


def _digest(content: str) -> str:
    """What the Content-Security-Policy calls an inline script or style (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
