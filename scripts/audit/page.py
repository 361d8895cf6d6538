"""The audit as one self-contained HTML page in English and Japanese: `page.html.jinja` filled from the document."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup, escape

from policies.contact_rules.catalogue import BY_ID
from scripts.audit import texts

Row = Mapping[str, Any]

_CONTACTS: Final = ("security", "operations", "billing")
_STATES: Final = {
    **dict.fromkeys(_CONTACTS, ("set", "missing", "exempt", "unread")),
    "root_email": ("shared", "personal", "unsure", "unread"),
}
_SEVERITIES: Final = ("HIGH", "MEDIUM", "LOW", "NOTE")
_FIRST: Final = 10
"""Accounts that are shown to be fixed first: what fits a page and a morning."""
_OUS_SHOWN: Final = 24
_ROWS_OPEN: Final = 5
_ACCOUNTS_OPEN: Final = 200
_OLD_SECONDS: Final = 24 * 3600


@dataclass(frozen=True)
class Group:
    """The findings of one kind: what has to be done is said once, the accounts are listed below it."""

    slug: str
    check: str
    severity: str
    en: texts.Text
    ja: texts.Text
    findings: Sequence[Row]

    @cached_property
    def accounts(self) -> int:
        """How many accounts are concerned."""
        return len({item["account_id"] for item in self.findings})

    @cached_property
    def account_id(self) -> str | None:
        """The account, if it is a single one."""
        return self.findings[0]["account_id"] if self.accounts == 1 else None

    @cached_property
    def reason(self) -> str | None:
        """The reason, if it is the same for all."""
        reasons = {item["reason"] for item in self.findings}
        return next(iter(reasons)) if len(reasons) == 1 and len(self.findings) > 1 else None

    def says(self, finding: Row) -> bool:
        """Whether the title already says the reason."""
        return self.en.title.casefold() in finding["reason"].casefold()

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
    groups = _groups(findings)
    group_of = {id(item): group for group in groups for item in group.findings}
    counts = audit["counts"]
    active = counts["accounts"] - counts["not_active"]
    unread = {account["id"] for account in accounts if account["result"] == "unread"} | {
        item["account_id"] for item in findings if item["check"] == "AUDIT_UNREAD" and item["level"] == "failure"
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
        "verdict": {lang: texts.verdict(active, counts["failed"], len(unread), lang) for lang in texts.LANGUAGES},
        "unread": len(unread),
        "unread_failed": sum(account["result"] == "failed" for account in accounts if account["id"] in unread),
        "organization": organization,
        "management": organization.get("management_account_id"),
        "times": [_shown_time(_time(audit[key])) for key in ("started_at", "finished_at", "oldest_answer_at")],
        "age": {lang: texts.duration((finished - oldest).total_seconds(), lang) for lang in texts.LANGUAGES},
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
            check: {lang: f"{check}: {texts.text(check, '', lang).title}" for lang in texts.LANGUAGES}
            for check in sorted({group.check for group in groups})
        },
        "titles": {
            lang: f"{texts.WORDS['report'][place]} · {organization.get('id') or texts.WORDS['single'][place]}"
            for place, lang in enumerate(texts.LANGUAGES)
        },
        "states": _STATES,
    }


def _status(audit: Mapping[str, Any]) -> str:
    """`passed` only if the audit says so and nothing speaks against it."""
    counts = audit["counts"]
    if counts["failed"]:
        return "failed"
    if counts["unread"] or not audit["complete"]:
        return "unread"
    return "passed" if audit["passed"] else "failed"


def _severity(finding: Row) -> str:
    return "NOTE" if finding["level"] == "note" else str(finding["severity"])


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


def _groups(findings: Iterable[Row]) -> list[Group]:
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for item in findings:
        unsure = item["kind"] == "personal" and item["level"] == "note"
        found[_severity(item), item["check"], "unsure" if unsure else item["kind"]].append(item)
    groups = []
    for (severity, check, kind), items in found.items():
        slug = re.sub(r"[^a-z0-9]+", "-", f"{check}-{kind}-{severity}".lower())
        groups.append(Group(slug, check, severity, texts.text(check, kind, "en"), texts.text(check, kind, "ja"), items))
    return sorted(
        groups, key=lambda group: (_SEVERITIES.index(group.severity), -len(group.findings), group.check, group.slug)
    )


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
        "steps": _steps,
        "filled": texts.filled,
        "digest": _digest,
        "moment": lambda value: _shown_time(_time(value))[1] if value else "–",
        "number": lambda number: f"{number:,}",
        "japanese_page": lambda url: url.replace("docs.aws.amazon.com/", "docs.aws.amazon.com/ja_jp/"),
    }
    return environment


def _unbroken(japanese: str) -> str:
    """Japanese that is not broken between lines within 「E メール」 and 「2 件」."""
    return re.sub("(?<=[0-9E]) (?=[\u3041-\u30ff\u4e00-\u9fff])", "\xa0", japanese)


_WORDS: Final = {key: (english, _unbroken(japanese)) for key, (english, japanese) in texts.WORDS.items()}


def _both(english: str, japanese: str) -> Markup:
    """Text in both languages, of which the page shows one."""
    japanese = _unbroken(japanese)
    return Markup('<span lang="en">{}</span><span lang="ja">{}</span>').format(english, japanese)


@cache
def _word(key: str) -> Markup:
    return _both(*_WORDS[key])


@cache
def _mark(state: str, key: str = "") -> Markup:
    """A state by its shape, its colour and a word of WORDS, its own unless another is named."""
    return Markup('<span class="mark {}">{}</span>').format(state, _word(key or state))


@lru_cache(maxsize=1024)
def _reason(text: str) -> Markup:
    """A reason in both languages; in English alone, and marked so, if nobody translated it."""
    japanese = texts.in_japanese(text)
    if japanese is None:
        return Markup('<span class="only" lang="en">{}</span>').format(_shown(text))
    return Markup('<span lang="en">{}</span><span lang="ja">{}</span>').format(
        _shown(text), _shown(_unbroken(japanese))
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


def _steps(fix: str) -> list[tuple[str, str]]:
    """The paragraphs of a fix: `text`, or `code` to be copied."""
    steps: list[tuple[str, str]] = []
    for line in fix.splitlines():
        kind, content = ("code", line[2:]) if line.startswith("  ") else ("text", line)
        if kind == "code" and steps and steps[-1][0] == "code":
            steps[-1] = ("code", f"{steps[-1][1]}\n{content}")
        else:
            steps.append((kind, content))
    return steps


def _digest(content: str) -> str:
    """What the Content-Security-Policy calls an inline script or style (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
