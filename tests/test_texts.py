"""Every code has its sentence in every language, of exactly its parameters."""

from __future__ import annotations

import gettext
import re
from string import Formatter
from typing import TYPE_CHECKING, Any, Final

import pytest

from policies.contact_rules import output
from policies.contact_rules.catalogue import BY_ID, CHECKS, CODES
from policies.contact_rules.check import Check, Described, Kind
from policies.contact_rules.findings import Finding, Message
from policies.contact_rules.texts import LANGUAGES, WORDS, Texts, texts
from scripts.audit import texts as audit
from scripts.audit.checks import AUDIT_CHECKS
from scripts.audit.remedies import CHECKS as AUDITED
from tests.policies.support import CASES, judge, plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIELDS: Final = frozenset(Finding.__dataclass_fields__)
ALL_CODES: Final[Mapping[str, str]] = {
    **CODES,
    **{code: sentence for check in AUDIT_CHECKS.values() for code, sentence in check.codes.items()},
}
SAID_ALIKE: Final = {"{subject}: {reason}", "{reason}"}
"""Texts of which nothing is to be translated."""


def names(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def kinds(checks: Mapping[str, Described]) -> Iterator[tuple[Described, str, Kind]]:
    return ((check, name, kind) for check in checks.values() for name, kind in check.kinds.items())


def every_text() -> set[str]:
    found = {*ALL_CODES.values(), *output.WORDS.values(), *audit.WORDS.values(), *audit.VERDICTS.values()}
    for checks in (BY_ID, AUDITED):
        for check, _, kind in kinds(checks):
            found |= {check.name, check.why, kind.title, kind.fix, kind.why, kind.lead}
    return found | {check.exception for check in CHECKS} - {""}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_text_is_translated_and_keeps_its_names(language: Any) -> None:
    said = audit.texts(language).translations
    for text in every_text() - {""}:
        translated = said.gettext(text)
        assert translated != text or text in SAID_ALIKE or not re.search("[a-z]{3}", text), text
        if text not in audit.WORDS.values():
            assert names(translated) <= names(text) | {"region"}, text
            assert names(text) - names(translated) <= {"country"}, text
    for name, words in {**WORDS, **audit.WORDS_OF_PARAMETERS}.items():
        for word in words:
            assert said.pgettext(name, word) != word, word


def test_a_code_has_one_meaning() -> None:
    """Wherever a code is defined, its sentence is the same."""
    for check in (*CHECKS, *AUDIT_CHECKS.values()):
        for code, sentence in check.codes.items():
            assert ALL_CODES[code] == sentence
            assert re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", code)


def findings() -> Iterator[Finding]:
    for case in CASES:
        for verdict in judge(plan(case)).verdicts:
            yield from (*verdict.findings, *verdict.notes)


def test_the_findings_on_the_plans_have_the_parameters_that_their_texts_use() -> None:
    seen: dict[str, frozenset[str]] = {}
    for finding in findings():
        kind = texts().kind(finding)
        used = names(CODES[finding.code]) | names(kind.fix)
        for name, snippet in kind.snippets.items():
            if name in names(kind.fix):
                tracked = Tracked(finding.parameters)
                snippet(Finding(**{**vars(finding), "parameters": tracked}))
                used |= tracked.asked
        given = frozenset(finding.parameters)
        needed = used - FIELDS - frozenset(kind.snippets)
        assert needed <= given, finding
        unused = given - used - {"region"}
        assert not unused or finding.code == "missing-contact", finding
        assert seen.setdefault(finding.code, given) == given, finding.code
        for detail in finding.details:
            own = frozenset(detail.parameters)
            assert names(CODES[detail.code]) - (FIELDS - own) == own, detail
    assert len(seen) > 20


class Tracked(dict[str, Any]):
    """Parameters that remember what was asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__(content)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_on_the_plans_is_said(language: Any) -> None:
    say = texts(language)
    for finding in findings():
        for text in (say.title(finding), say.sentence(finding), say.why(finding), say.fix(finding)):
            assert not re.search(r"\{\w+\}", text.replace("${var.", "")), text
            assert "None" not in text
        for copied, part in say.steps(finding):
            assert part.strip()
            assert copied or not part.startswith(" ")


def test_hcl_is_the_same_in_every_language() -> None:
    for finding in findings():
        english, japanese = (
            [part for copied, part in texts(language).steps(finding) if copied] for language in LANGUAGES
        )
        assert english == japanese


def test_what_a_catalogue_lacks_is_said_in_english() -> None:
    say = Texts("ja", gettext.NullTranslations(), BY_ID, CODES, WORDS)
    assert say.message(Message("mail-no-dot", {"domain": "corp"})) == "corp is not a domain: it has no dot"


def test_values_with_braces_are_text() -> None:
    found = Finding("CKV_CONTACT_1", "covered-elsewhere", "covered", {"reason": "{account_id} {0} {x.y}"})
    assert texts().reason(found).endswith("{account_id} {0} {x.y}")


def test_numbers_are_listed_in_the_language() -> None:
    for lengths, english, japanese in (
        ((9,), "9", "9"),
        ((7, 8), "7 or 8", "7 または 8"),
        ((7, 9, 10), "7, 9 or 10", "7, 9 または 10"),
        ((4, 5, 6), "4 to 6", "4〜6"),
    ):
        found = Message(
            "phone-length",
            {"country_code": "81", "region": "JP", "country": "Japan", "lengths": lengths, "digits": 3},
        )
        assert f"takes {english} digits" in texts("en").message(found)
        assert f"の後は {japanese} 桁" in texts("ja").message(found)


def test_a_check_is_one_file() -> None:
    for check in CHECKS:
        assert isinstance(check, Check)
        assert check.judge.__module__.endswith(f"checks.{check.id.lower()}")
