"""Is an e-mail address a person's, or a mailbox that several people read?

AWS Well-Architected SEC01-BP02 and CIS AWS Foundations 1.1 ask for a group address. docs/policies/addresses.md says how
an address is judged; the files in data/ name their sources.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from zlib import crc32

from .findings import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Verdict = Literal["personal", "shared", "unsure", "invalid"]
About = Literal["domain", "local"]

LISTS_DIGEST: Final = "51d3efc520feaa79039df637ec9eecb17e7798092842bb48877cd2d2d5c442a7"
"""SHA-256 of the lists and tables in the order of their names: what signs this file signs them too."""

CODES: Final[Mapping[str, str]] = {
    "no-address": "is not an e-mail address",
    "free-mail-domain": "{domain} is a public or carrier mail service, not a company's",
    "outside-corporate-domains": "{domain} is not one of the corporate domains ({corporate_domains})",
    "account-id": "it carries the account id {account_id}",
    "staff-number": "{word} looks like a staff number",
    "personal-name": "“{first}” and “{second}” look like a person's name",
    "name-with-initial": "“{name}” with an initial looks like a person's name",
    "name-with-title": "“{name}” is a name, and “{title}” what that person is",
    "single-name": "“{name}” is a given or family name",
    "single-alike": "“{name}” has the letters of a name",
    "two-alike": "“{first}” and “{second}” have the letters of a person's name",
    "initials-and-name": "“{word}” looks like the name “{name}” with one or two initials",
    "names-run-together": "“{word}” looks like the names “{first}” and “{second}” run together",
    "form-initial-and-name": "“{word}” has the form of an initial and a name",
    "form-first-and-last": "“{name}” is a name, and “{word}” has the form of a first and a last name",
    "role-word": "“{word}” names a role or a system",
    "system-word": "“{word}” says which system it belongs to, and no name stands beside it",
    "unsure-name": "“{name}” may be a person's name",
    "unsure-name-or-word": "“{name}” may be a person's name, or the name of a thing",
    "unsure-one-word": "“{word}” does not say whether a person or a team reads it",
    "unsure-words": "no word of it says whether a person or a team reads it",
    "unsure-no-word": "it has no word in it",
    "unsure-only-tag": "nothing stands before the plus tag",
}
"""Predicates of an address, with their parameters in braces."""

_ABOUT_DOMAIN: Final = frozenset({"free-mail-domain", "outside-corporate-domains"})
_VERDICTS: Final[Mapping[str, Verdict]] = {
    "no-address": "invalid",
    "account-id": "shared",
    "role-word": "shared",
    "system-word": "shared",
    "unsure-name": "unsure",
    "unsure-name-or-word": "unsure",
    "unsure-one-word": "unsure",
    "unsure-words": "unsure",
    "unsure-no-word": "unsure",
    "unsure-only-tag": "unsure",
}
"""Of the codes that do not say `personal`."""

_DATA: Final = Path(__file__).parent / "data"
_ADDRESS = re.compile(r"[\w+=.#|!&%'*/?^`{}~$-]{1,64}@[\w.-]+")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_LONG_O = re.compile(r"oh(?![aeiouy])")
_LETTERS = re.compile(r"[a-z]+")
_ACCOUNT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")
_STAFF_NUMBER = re.compile(r"[a-z]{1,2}\d{5,9}")
_FOLDED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_RUNS: Final = 1 << 16
_FILTER: Final = 1 << 21
_SURE: Final = 3.0
_LIKELY: Final = 2.0
_POSSIBLE: Final = -1.0
"""How much the letters of a word speak for a name: as much as a list does, enough beside one, not too little."""


@dataclass(frozen=True)
class Judgement(Message):
    """What an address is, and why."""

    @property
    def verdict(self) -> Verdict:
        """What the address is."""
        return _VERDICTS.get(self.code, "personal")

    @property
    def about(self) -> About:
        """Whether the domain decided, whatever stands before the @, or what stands before the @."""
        return "domain" if self.code in _ABOUT_DOMAIN else "local"


def judge(email: str, corporate_domains: Collection[str] = ()) -> Judgement:
    """The judgement of one address: of its domain if that alone decides, else of what stands before the @.

    `shared`: a role, system or account mailbox. `personal`: free mail, a carrier's, outside `corporate_domains` (when
    there are any; their sub-domains are inside), or a local part that looks like a person. `unsure`: neither is clear.
    `invalid`: no e-mail address. Never raises.
    """
    local, _, domain = _normal(email).partition("@")
    if not domain:
        return Judgement("no-address")
    return _judge_domain(domain.strip("."), tuple(corporate_domains)) or _judge_local(local.partition("+")[0])


def judge_domain(email: str, corporate_domains: Collection[str] = ()) -> Judgement | None:
    """The judgement by the domain, None if the domain does not decide. Never raises."""
    _, _, domain = _normal(email).partition("@")
    return _judge_domain(domain.strip("."), tuple(corporate_domains)) if domain else None


def judge_local(email: str) -> Judgement:
    """The judgement by what stands before the @ and the plus tag, whatever the domain. Never raises."""
    local, at, _ = _normal(email).partition("@")
    return _judge_local(local.partition("+")[0]) if at else Judgement("no-address")


def _normal(email: str) -> str:
    """The address in lower case; empty if it is none."""
    text = unicodedata.normalize("NFKC", email).strip().casefold()
    return text if len(text) <= 254 and _ADDRESS.fullmatch(text) else ""


@lru_cache(maxsize=4_096)
def _judge_domain(domain: str, corporate_domains: tuple[str, ...]) -> Judgement | None:
    labels = domain.split(".")[-8:]
    parents = [".".join(labels[start:]) for start in range(len(labels))]
    mail = next((name for name in parents if name in _words().mail_domains), None)
    if mail:
        return Judgement("free-mail-domain", {"domain": mail})
    inside = {name.casefold().strip(".") for name in corporate_domains}
    if corporate_domains and inside.isdisjoint(parents):
        told = {"domain": domain, "corporate_domains": ", ".join(corporate_domains)}
        return Judgement("outside-corporate-domains", told)
    return None


@dataclass(frozen=True)
class _Token:
    """One word of an address.

    `kind` is a section of role_words.txt, or else
    `name`: in the lists of names and nothing else; `place`: a name, and a place, a company or a project, too;
    `ambiguous`: a name, and a word, too; `alike`: has the letters of a name; `people`: several names run together, as
    `told` says; `initial`: one letter; `word`: none of these; `mixed`: letters around a number.
    """

    text: str
    kind: str
    told: Judgement | None = None


_ROLES: Final = frozenset({"collective", "function", "title"})
_SYSTEMS: Final = frozenset({"environment", "particle"})
_NAMES: Final = frozenset({"name", "place", "ambiguous", "alike"})
_ALONE: Final = frozenset({"name", "place"})


@lru_cache(maxsize=65_536)
def _judge_local(base: str) -> Judgement:
    """The judgement of what stands before the @ and the plus tag; root emails of thousands of accounts share it."""
    account = _ACCOUNT_ID.search(base)
    if account:
        return Judgement("account-id", {"account_id": account[0]})
    if _STAFF_NUMBER.fullmatch(base):
        return Judgement("staff-number", {"word": base})
    tokens = _read(base)
    if not tokens:
        return Judgement("unsure-no-word" if any(map(str.isalnum, base)) else "unsure-only-tag")
    names = [token for token in tokens if token.kind in _NAMES]
    others = [token for token in tokens if token.kind in ("word", "mixed")]
    if any(token.kind in _ROLES or token.kind == "environment" for token in tokens):
        return _judge_beside_roles(base, tokens, names, others)
    return _judge_alone(base, [token for token in tokens if token.kind != "particle"] or tokens, names, others)


def _judge_beside_roles(base: str, tokens: list[_Token], names: list[_Token], others: list[_Token]) -> Judgement:
    """The judgement of words some of which are a role or a system; what comes first decides."""
    kinds = {token.kind for token in tokens}
    roles = [token for token in tokens if token.kind in _ROLES]
    sure = [token for token in names if token.kind == "name"]
    people = next((token.told for token in tokens if token.told), None)
    purpose = "function" in kinds or "collective" in kinds
    dotted = "-" not in base
    if len(names) >= 2 and (dotted or "collective" not in kinds):
        enough = 1 if dotted and "collective" not in kinds else 2
        if len(sure) >= enough or _are_given_and_family(names[0].text, names[1].text):
            return _two(names)
    if "collective" in kinds:
        return Judgement("role-word", {"word": roles[0].text})
    if sure and "initial" in kinds and (dotted or not purpose):
        return Judgement("name-with-initial", {"name": sure[0].text})
    if people and not others:
        return Judgement("unsure-name", {"name": people.parameters["word"]}) if purpose else people
    titled = [
        token
        for token in names
        if (token.kind in ("name", "alike") and (_is_listed(token.text) or "environment" not in kinds))
        or (token.kind == "place" and dotted)
    ]
    if roles and not purpose and titled:
        return Judgement("name-with-title", {"name": titled[0].text, "title": roles[0].text})
    if sure or (roles and names and not purpose):
        return Judgement("unsure-name", {"name": names[0].text})
    if roles:
        return Judgement("role-word", {"word": roles[0].text})
    if any(_may_be_name(token.text) for token in others) or "alike" in kinds:
        return Judgement("unsure-words")
    system = next(token for token in tokens if token.kind in _SYSTEMS)
    return Judgement("system-word", {"word": system.text})


def _judge_alone(base: str, tokens: list[_Token], names: list[_Token], others: list[_Token]) -> Judgement:
    """The judgement of words none of which is a role or a system."""
    first, last = tokens[0], tokens[-1]
    dotted = "-" not in base
    listed = [token for token in names if _is_listed(token.text)]
    sure = any(token.kind == "name" for token in names)
    plain = all(_may_be_name(token.text) for token in others)
    if len(tokens) == 1:
        return first.told or _judge_word(first)
    if len(names) >= 2 and ((listed and (dotted or sure)) or _are_given_and_family(names[0].text, names[1].text)):
        return _two(names)
    for token in tokens:
        if token.told and not others:
            if names and not dotted and not listed:
                return Judgement("unsure-words")
            return _two([token, *names]) if names else token.told
    if names and not others and (names[0].kind in _ALONE or dotted or last.kind == "initial"):
        return Judgement("name-with-initial", {"name": names[0].text}) if len(names) == 1 else _two(names)
    strong = [token for token in names if (dotted and token.kind in _ALONE) or (plain and token.text in _words().given)]
    if len(names) == len(others) == 1 and (strong or (dotted and plain)):
        return Judgement("form-first-and-last", {"name": names[0].text, "word": base})
    if len(tokens) == 2 and others and plain:
        initial = "initial" in (first.kind, last.kind)
        if initial and (dotted or last.kind == "initial") and len(others[0].text) > 2:
            return Judgement("form-initial-and-name", {"word": base})
        if not initial and dotted and _likeness(first.text) + _likeness(last.text) > 1:
            return Judgement("two-alike", {"first": first.text, "second": last.text})
    return Judgement("unsure-words")


def _judge_word(token: _Token) -> Judgement:
    """The judgement of a word that stands alone and is no role."""
    if token.kind == "name":
        known = _is_listed(token.text) or _is_filed(token.text)
        return Judgement("single-name" if known else "single-alike", {"name": token.text})
    if token.kind in _NAMES:
        return Judgement("unsure-name-or-word", {"name": token.text})
    return Judgement("unsure-one-word", {"word": token.text})


def _two(names: list[_Token]) -> Judgement:
    return Judgement("personal-name", {"first": names[0].text, "second": names[1].text})


def _are_given_and_family(first: str, second: str) -> bool:
    """Whether one of two words is a given name, and the other a family name."""
    words = _words()
    first, second = _shortened(first), _shortened(second)
    return (first in words.given and second in words.family) or (first in words.family and second in words.given)


def _read(base: str) -> list[_Token]:
    """The words of a local part. Two that are one role word together (on-call) are read as that.

    Two names with a dot between that are a role word together (ke.toan) are read as one word that may be either.
    """
    decomposed = unicodedata.normalize("NFKD", base.translate(_FOLDED))
    base = "".join(character for character in decomposed if not unicodedata.combining(character))
    kinds = _words().kinds
    tokens: list[_Token] = []
    for piece in _SEPARATORS.split(base):
        letters = [piece] if piece in kinds else _LETTERS.findall(piece)
        for text in letters:
            token = _token(text)
            before = tokens[-1] if tokens else token
            pair = before.text + text
            if tokens and pair in kinds and min(len(before.text), len(text)) > 1:
                either = "-" not in base and {before.kind, token.kind} <= _NAMES
                tokens[-1] = _Token(pair, "ambiguous" if either else kinds[pair])
            elif len(letters) == 1 or token.kind in _ROLES or token.kind in _SYSTEMS:
                tokens.append(token)
            else:
                tokens.append(_Token(piece, "mixed"))
    rest = [token for token in tokens if not _is_both(token)]
    if "-" not in base and rest and all(token.kind in ("initial", "name") or _is_listed(token.text) for token in rest):
        return [_Token(token.text, "ambiguous") if _is_both(token) else token for token in tokens]
    return tokens


def _is_both(token: _Token) -> bool:
    """Whether a role word is a name, too: Jenkins, Price, Bill."""
    return (token.kind in _ROLES or token.kind in _SYSTEMS) and _is_listed(token.text)


@lru_cache(maxsize=65_536)
def _token(text: str) -> _Token:
    words = _words()
    bare = text.removeprefix("al") if len(text) > 5 else text
    kind = words.kinds.get(text) or words.kinds.get(bare)
    if kind:
        return _Token(text, kind)
    if len(text) == 1:
        return _Token(text, "initial")
    if _is_listed(text):
        return _Token(text, "ambiguous" if text in words.common else "place" if text in words.things else "name")
    parts = {words.kinds[part if part in words.kinds else part[:-1]] for part in _parts(text, words.kinds)}
    for kind in ("collective", "function", "title", "environment"):
        if kind in parts and "particle" not in parts:
            return _Token(text, kind)
    if text in words.common or text in words.things:
        return _Token(text, "word")
    if _is_filed(text):
        return _Token(text, "name" if _likeness(text) > 0 else "alike")
    stem = words.stems.get(text[:6])
    if stem:
        return _Token(text, stem)
    likeness = _likeness(text)
    if likeness > _SURE:
        return _Token(text, "name")
    told = _run_together(text)
    if told:
        return _Token(text, "people", told)
    return _Token(text, "alike" if likeness > _LIKELY else "word")


def _may_be_name(text: str) -> bool:
    """Whether a word that is in no list may be a name all the same."""
    words = _words()
    return text.isalpha() and text not in words.common and text not in words.things and _likeness(text) > _POSSIBLE


def _run_together(word: str) -> Judgement | None:
    """What an unbroken word hides: a name with one or two initials, or two names."""
    for front, back in ((1, 0), (0, 1), (2, 0), (0, 2), (1, 1)):
        name = word[front : len(word) - back]
        if _goes_with(name, word[:front] + word[len(word) - back :], split=front == back):
            return Judgement("initials-and-name", {"word": word, "name": name})
    for cut in range(3, len(word) - 2):
        first, second = word[:cut], word[cut:]
        if _are_given_and_family(first, second) or (len(word) > 7 and _weight(first) + _weight(second) > 3):
            return Judgement("names-run-together", {"word": word, "first": first, "second": second})
    return None


def _goes_with(name: str, initials: str, *, split: bool) -> bool:
    """Whether the rest of a word, less its initials, is a name for sure enough."""
    if len(initials) > 1:
        return _is_listed(name) and (
            len(name) > 5 or (len(name) > 2 and not split and not set("aeiou") & set(initials))
        )
    return len(name) > 3 and (_is_listed(name) or (len(name) > 4 and _weight(name) > 1) or _likeness(name) > _SURE)


def _weight(text: str) -> int:
    """How much a part of a word speaks for a name, from 0 to 3: a list more than letters, length more than little."""
    if _is_listed(text):
        return 3 if len(text) > 4 else 2
    if _likeness(text) > 0 and len(text) > 3:
        return 2 if len(text) > 4 and _is_filed(text) else 1
    return 0


def _parts(token: str, vocabulary: Collection[str]) -> tuple[str, ...]:
    """The words of three letters or more (two for the first and the last) that make up the token; empty if they do not.

    An s may link two words, as in German, Dutch and the Nordic languages.
    """
    best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - 16), end):
            head = best[start]
            word = token[start:end]
            if (
                head is not None
                and (len(word) > 2 or start == 0 or end == len(token))
                and (word in vocabulary or (len(word) > 5 and word[-1] == "s" and word[:-1] in vocabulary))
            ):
                best[end] = (*head, word)
                break
    return best[len(token)] or ()


@lru_cache(maxsize=65_536)
def _is_listed(text: str) -> bool:
    words = _words()
    short = _shortened(text)
    return text in words.given or text in words.family or short in words.given or short in words.family


def _shortened(token: str) -> str:
    """Romanized Japanese without long vowels: ohno, oono and ono are one name."""
    return _LONG_O.sub("o", token).replace("ou", "o").replace("oo", "o").replace("uu", "u")


def _is_known(text: str) -> bool:
    """Whether it is a name of the public lists, or has all the letters of one."""
    return _likeness(text) > _SURE or _is_filed(text)


def _is_filed(text: str) -> bool:
    """Whether it is among the names of the filter; of words that are not, two in a hundred pass, too."""
    known = _words().known
    return all(known[place >> 3] >> (place & 7) & 1 for place in _places(text))


def _places(text: str) -> list[int]:
    """The seven bits of the filter that stand for a name."""
    digest = hashlib.blake2b(text.encode(), digest_size=28).digest()
    return [int.from_bytes(digest[at : at + 4], "big") % _FILTER for at in range(0, 28, 4)]


@lru_cache(maxsize=65_536)
def _likeness(text: str) -> float:
    """How much the letters speak for a name (above 0) or a word (below): the logarithm of the odds."""
    letters = _words().letters
    return sum(letters[run] for run in _runs(text)) / 32


def _runs(text: str) -> list[int]:
    """The places in the table for every run of two to five letters, with ^ before and $ behind the word."""
    marked = f"^{text}$".encode()
    return [
        crc32(marked[start : start + length]) % _RUNS
        for length in (2, 3, 4, 5)
        for start in range(len(marked) - length + 1)
    ]


@dataclass(frozen=True)
class _Words:
    kinds: Mapping[str, str]
    stems: Mapping[str, str]
    given: frozenset[str]
    family: frozenset[str]
    common: frozenset[str]
    things: frozenset[str]
    mail_domains: frozenset[str]
    known: bytes
    letters: memoryview


@cache
def _words() -> _Words:
    lists = _read_lists()
    sections = _sections(lists["role_words.txt"])
    ambiguous = _sections(lists["common_words.txt"])
    kinds = {word: kind for kind, text in sections.items() for word in sorted(_listed(text))}
    return _Words(
        kinds=kinds,
        stems={word[:6]: kind for word, kind in kinds.items() if len(word) > 6 and kind in _ROLES},
        given=_listed(lists["given_names.txt"]),
        family=_listed(lists["family_names.txt"]),
        common=_listed(ambiguous["word"]),
        things=_listed(ambiguous["thing"]),
        mail_domains=_listed(lists["free_mail_domains.txt"]) | _listed(lists["carrier_domains.txt"]),
        known=_decoded(lists["known_names.txt"]),
        letters=memoryview(_decoded(lists["letters.txt"])).cast("b"),
    )


def _read_lists() -> dict[str, str]:
    raw = {path.name: path.read_bytes() for path in sorted(_DATA.glob("*.txt"))}
    digest = _digest(raw.values())
    if digest != LISTS_DIGEST:
        raise ValueError(f"the word lists in {_DATA.name}/ are not the ones of this version ({digest})")
    return {name: content.decode("utf-8") for name, content in raw.items()}


def _digest(contents: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(content.replace(b"\r\n", b"\n") for content in contents)).hexdigest()


def _listed(text: str) -> frozenset[str]:
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _sections(text: str) -> dict[str, str]:
    """The parts of a list under their headings in brackets."""
    return dict(re.findall(r"(?m)^\[(\w+)\]\n([^\[]*)", text))


def _decoded(text: str) -> bytes:
    return base64.b64decode("".join(line for line in text.splitlines() if not line.startswith("#")))
