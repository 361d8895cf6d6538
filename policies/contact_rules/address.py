"""Is an e-mail address a person's, or a mailbox that several people read?

AWS Well-Architected SEC01-BP02 and CIS AWS Foundations 1.1 ask for a group address; the word lists name their sources.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

Verdict = Literal["personal", "shared", "unsure", "invalid"]

LISTS_DIGEST: Final = "37fca81ef9105fe006f2a7d98af944e189725503225280702538f949ce04cf54"
"""SHA-256 of the word lists in the order of their names: what signs this file signs them too."""

_DATA: Final = Path(__file__).parent / "data"
_ADDRESS = re.compile(r"[\w+=.#|!&%'*/?^`{}~$-]{1,64}@[\w.-]+")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_ALPHANUMERIC = re.compile(r"[a-z]+|[0-9]+")
_ACCOUNT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")
_STAFF_NUMBER = re.compile(r"[a-z]{1,2}\d{5,9}")


@dataclass(frozen=True)
class Judgement:
    """What an address is, and why."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class _Words:
    function: frozenset[str]
    qualifier: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]
    common: frozenset[str]
    mail_domains: frozenset[str]


def judge(email: str, corporate_domains: Collection[str] = ()) -> Judgement:
    """The judgement of one address.

    `shared`: a role, system or account mailbox. `personal`: free mail, a carrier's, outside `corporate_domains` (when
    there are any; their sub-domains are inside), or a local part that looks like a person. `unsure`: neither is clear.
    `invalid`: no e-mail address. Never raises.
    """
    return _judge(email, tuple(corporate_domains))


@lru_cache(maxsize=65_536)
def _judge(email: str, corporate_domains: tuple[str, ...]) -> Judgement:
    text = unicodedata.normalize("NFKC", email).strip().casefold()
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        return Judgement("invalid", "is not an e-mail address")
    local, _, domain = text.partition("@")
    domain = domain.strip(".")
    mail = next((name for name in _parents(domain) if name in _words().mail_domains), None)
    if mail:
        return Judgement("personal", f"{mail} is a public or carrier mail service, not a company's")
    if corporate_domains and not any(name in _folded(corporate_domains) for name in _parents(domain)):
        return Judgement("personal", f"{domain} is not one of the corporate domains ({', '.join(corporate_domains)})")
    return _judge_local(local.partition("+")[0])


@cache
def _folded(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(domain.casefold().strip(".") for domain in domains)


def _parents(domain: str) -> list[str]:
    labels = domain.split(".")[-8:]
    return [".".join(labels[start:]) for start in range(len(labels))]


@lru_cache(maxsize=65_536)
def _judge_local(base: str) -> Judgement:
    """The judgement of what stands before the @ and the plus tag; root emails of thousands of accounts share it."""
    words = _words()
    whole = base.replace(".", "").replace("_", "").replace("-", "")
    if not whole:
        return Judgement("unsure", "nothing stands before the plus tag")
    account = _ACCOUNT_ID.search(base)
    if account:
        return Judgement("shared", f"it carries the account id {account[0]}")
    if _STAFF_NUMBER.fullmatch(base):
        return Judgement("personal", f"{base} looks like a staff number")

    tokens = [part for piece in _SEPARATORS.split(base) for part in _ALPHANUMERIC.findall(piece)]
    letters = [token for token in tokens if token.isalpha()]
    if not letters:
        return Judgement("unsure", "it has no word in it")
    functions = [token for token in letters if _is_function(token, words)]
    known = [token for token in letters if _is_made_of(token, words.function | words.qualifier)]
    rest = [token for token in letters if token not in known]
    people = [token for token in rest if _is_name(token, words)]

    if not rest:
        role = (functions or known)[0]
        return Judgement("shared", f"“{role}” names a role or a system")
    if functions:
        if len(people) >= 2:
            return Judgement("personal", f"“{people[0]}” and “{people[1]}” look like a person's name")
        return Judgement("shared", f"“{functions[0]}” names a role")
    if len(people) >= 2:
        return Judgement("personal", f"“{people[0]}” and “{people[1]}” look like a person's name")
    if people and all(len(token) == 1 or token in people for token in rest):
        if len(rest) > 1:
            return Judgement("personal", f"“{people[0]}” with an initial looks like a person's name")
        if not known:
            return Judgement("personal", f"“{people[0]}” is a given or family name")
        return Judgement("unsure", f"“{people[0]}” may be a person's name")
    words_only = [token for token in rest if len(token) > 1]
    if len(words_only) == 1 and len(rest) == 2 and len(words_only[0]) > 2 and not known and "-" not in base:
        return Judgement("personal", f"“{base}” has the form of an initial and a name")
    if len(words_only) == 1 and (names := _run_together(words_only[0], words)):
        return Judgement("personal", f"“{words_only[0]}” looks like {names}")
    if people and len(words_only) == 2 and ("-" not in base or _is_given(people[0], words)):
        return Judgement("personal", f"“{people[0]}” is a name, and “{base}” has the form of a first and a last name")
    if len(letters) == 1:
        return Judgement("unsure", f"“{letters[0]}” does not say whether a person or a team reads it")
    return Judgement("unsure", "no word of it says whether a person or a team reads it")


def _run_together(word: str, words: _Words) -> str:
    """What an unbroken word hides: an initial and a family name, or two names. Empty if neither."""
    if word in words.common:
        return ""
    if len(word) >= 6 and _is_family(word[1:], words):
        return f"an initial and the family name “{word[1:]}”"
    if len(word) >= 6 and _is_family(word[:-1], words):
        return f"the family name “{word[:-1]}” and an initial"
    for cut in range(3, len(word) - 2):
        first, second = word[:cut], word[cut:]
        if (_is_given(first, words) and _is_family(second, words)) or (
            _is_family(first, words) and _is_given(second, words)
        ):
            return f"the names “{first}” and “{second}” run together"
    return ""


def _is_function(token: str, words: _Words) -> bool:
    if token in words.function:
        return True
    parts = _parts(token, words.function | words.qualifier)
    return any(part in words.function for part in parts)


def _is_made_of(token: str, vocabulary: frozenset[str]) -> bool:
    return token in vocabulary or bool(_parts(token, vocabulary))


def _parts(token: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """The words of three letters or more (two for the last of several) that make up the token; empty if they do not."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - 16), end):
            head = best[start]
            word = token[start:end]
            if head is not None and word in vocabulary:
                best[end] = (*head, word)
                break
    parts = best[len(token)] or ()
    return parts if parts and max(map(len, parts)) >= 3 else ()


def _is_name(token: str, words: _Words) -> bool:
    return token not in words.common and (_is_given(token, words) or _is_family(token, words))


def _is_given(token: str, words: _Words) -> bool:
    return token in words.given or _shortened(token) in words.given


def _is_family(token: str, words: _Words) -> bool:
    return token in words.family or _shortened(token) in words.family


def _shortened(token: str) -> str:
    """Romanized Japanese without long vowels: ohno, oono and ono are one name."""
    return re.sub(r"oh(?![aeiouy])", "o", token).replace("ou", "o").replace("oo", "o").replace("uu", "u")


@cache
def _words() -> _Words:
    lists = _read_lists()
    function, _, qualifier = lists["role_words.txt"].partition("\n[qualifier]\n")
    return _Words(
        function=_listed(function.replace("\n[function]\n", "\n")),
        qualifier=_listed(qualifier),
        given=_listed(lists["given_names.txt"]),
        family=_listed(lists["family_names.txt"]),
        common=_listed(lists["common_words.txt"]),
        mail_domains=_listed(lists["free_mail_domains.txt"]) | _listed(lists["carrier_domains.txt"]),
    )


def _read_lists() -> dict[str, str]:
    raw = {path.name: path.read_bytes() for path in sorted(_DATA.glob("*.txt"))}
    digest = hashlib.sha256(b"".join(content.replace(b"\r\n", b"\n") for content in raw.values())).hexdigest()
    if digest != LISTS_DIGEST:
        raise ValueError(f"the word lists in {_DATA.name}/ are not the ones of this version ({digest})")
    return {name: content.decode("utf-8") for name, content in raw.items()}


def _listed(text: str) -> frozenset[str]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
