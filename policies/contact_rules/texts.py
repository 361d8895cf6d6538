"""The sentences of findings, made of code and parameters: the last step before somebody reads them.

English is written where a code is defined; other languages are catalogues of GNU gettext in locale/, which
`python -m tools.messages` keeps.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from .catalogue import BY_ID, CODES
from .check import Kind
from .findings import Message
from .model import CONTACT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .check import Described
    from .findings import Finding

Language = Literal["en", "ja"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "ja")
LOCALE: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "contact_rules"

NO_TYPE: Final = "alternate"
WORDS: Final[Mapping[str, tuple[str, ...]]] = {"contact_type": (*CONTACT_TYPES, NO_TYPE)}
WITH_DETAIL: Final = "{reason}; {detail}"
ABOUT: Final = "{subject}: {reason}"
ONE_OF: Final = "{others} or {last}"
FROM_TO: Final = "{first} to {last}"


@dataclass(frozen=True)
class Texts:
    """What is said in one language."""

    language: Language
    translations: gettext.NullTranslations
    checks: Mapping[str, Described]
    codes: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    """Parameters whose values are words that are translated, too: name → every value."""

    def kind(self, finding: Finding) -> Kind:
        """What findings of this kind are called and how they are mended."""
        check = self.checks[finding.check_id]
        return check.kinds.get(finding.kind) or Kind(check.name)

    def title(self, finding: Finding) -> str:
        """What is wrong, in a few words: the same for all findings of a kind."""
        return self.say(self.kind(finding).title)

    def why(self, finding: Finding) -> str:
        """Why it matters."""
        return self.say(self.kind(finding).why or self.checks[finding.check_id].why)

    def reason(self, finding: Finding) -> str:
        """What is wrong with this account or resource: a clause without a full stop."""
        return self.say(self.kind(finding).lead, finding, reason=self.clause(finding))

    def clause(self, finding: Finding) -> str:
        """The reason for somebody who knows what it is about."""
        said = self.message(Message(finding.code, finding.parameters), finding)
        for detail in finding.details:
            said = self.say(WITH_DETAIL, reason=said, detail=self.message(detail, finding))
        return said

    def sentence(self, finding: Finding) -> str:
        """The reason after the account or resource, and the value, that it is about."""
        subject = ": ".join(part for part in (self.subject(finding), finding.value) if part)
        reason = self.reason(finding)
        return self.say(ABOUT, subject=subject, reason=reason) if subject else reason

    def subject(self, finding: Finding) -> str:
        """What a report calls the account, else the resource; empty if it is about neither."""
        if finding.account_id or finding.account_name:
            return " ".join(part for part in (finding.account_id, finding.account_name) if part)
        return self.message(finding.account) if finding.account else finding.address or ""

    def fix(self, finding: Finding) -> str:
        """What to do. Lines that begin with two spaces are to be copied."""
        return "\n".join(_indented(text) if copied else text for copied, text in self.steps(finding))

    def steps(self, finding: Finding) -> Iterator[tuple[bool, str]]:
        """The paragraphs of the fix: whether one is to be copied, and its text."""
        kind = self.kind(finding)
        made = {name: snippet(finding) for name, snippet in kind.snippets.items() if f"{{{name}}}" in kind.fix}
        alone = {f"{{{name}}}": text for name, text in made.items()}
        for line in self.translations.gettext(kind.fix).splitlines() if kind.fix else ():
            yield line in alone, alone[line] if line in alone else line.format_map(_Values(self, finding, made))

    def message(self, message: Message, about: Finding | None = None) -> str:
        """A message as a clause; what it has no parameter for is a field of the finding that it belongs to."""
        return self.say(self.codes[message.code], about, **message.parameters)

    def say(self, template: str, about: Finding | None = None, **values: Any) -> str:
        """An English text in this language, with values in the place of the names in braces."""
        if not template:
            return ""
        return self.translations.gettext(template).format_map(_Values(self, about, values))

    def count(self, singular: str, plural: str, number: int) -> str:
        """A number with its noun: `{number} account`."""
        return self.translations.ngettext(singular, plural, number).format(number=f"{number:,}")


class _Values(Mapping[str, str]):
    """Values as they are shown, by name: given ones, then parameters, then fields of a finding."""

    def __init__(self, texts: Texts, about: Finding | None, given: Mapping[str, Any]) -> None:
        self.texts = texts
        self.about = about
        self.given = given

    def __getitem__(self, name: str) -> str:
        if name in self.given:
            value = self.given[name]
        elif self.about is not None and name in self.about.parameters:
            value = self.about.parameters[name]
        else:
            value = getattr(self.about, name)
        if name in self.texts.words:
            return self.texts.translations.pgettext(name, value or NO_TYPE)
        if isinstance(value, tuple):
            numbers = [item for item in value if isinstance(item, int)]
            return self._one_of(numbers) if numbers else ", ".join(map(str, value))
        return str(value)

    def _one_of(self, numbers: list[int]) -> str:
        """`7, 9 or 10`; `4 to 15` where none between is missing."""
        *others, last = numbers
        if not others:
            return str(last)
        if len(numbers) > 2 and last - numbers[0] == len(numbers) - 1:
            return self.texts.translations.gettext(FROM_TO).format(first=numbers[0], last=last)
        return self.texts.translations.gettext(ONE_OF).format(others=", ".join(map(str, others)), last=last)

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def _indented(lines: str) -> str:
    return "\n".join(f"  {line}" for line in lines.splitlines())


@cache
def texts(language: Language = "en") -> Texts:
    """What the checks of the catalogue say in this language. What a catalogue lacks is said in English."""
    return Texts(language, translations(DOMAIN, LOCALE, language), BY_ID, CODES, WORDS)


def translations(domain: str, folder: Path, language: Language) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one for English."""
    return gettext.translation(domain, folder, [language], fallback=True)
