"""Can mail or a call arrive at all? Objections to addresses and phone numbers that nobody can have."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from .findings import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

PHONE_LENGTH: Final = 25
"""Characters that AWS accepts at most: Account Management Reference, AlternateContact, PhoneNumber."""
TABLE_DIGEST: Final = "ae1458fc1650dd1142e31efd03047b2df5533c54565b2c854774f286f90e1e0a"
"""SHA-256 of data/phones.tsv, so that a signature of this file covers the table, too."""

_TABLE: Final = Path(__file__).parent / "data" / "phones.tsv"
_EXAMPLE: Final = "+44 20 7946 0110"
"""Ofcom keeps 020 7946 0000 to 0999 for drama."""

_RESERVED: Final = re.compile(
    r"(?:^|\.)(?:test|example|invalid|localhost|local|localdomain|internal|intranet|lan|home|corp|onion|alt|arpa"
    r"|example\.(?:com|net|org|jp|co\.jp|ne\.jp|or\.jp|edu))$"
)
"""RFC 2606, RFC 6761, RFC 6762, ICANN's reservation of `internal`, JPRS's reserved example names."""

_NOT_ACCEPTED: Final = re.compile(r"[^ \t\n\v\f\r0-9()+-]")
"""What AWS's `[\\s0-9()+-]+` leaves out; its classes are ASCII."""
_PLACEHOLDERS: Final = ("1234567890", "0123456789", "123456789", "12345678", "9876543210", "0987654321")
_FICTIONAL: Final = re.compile(r"(?:\+1|1)?(?:\d{3})?55501\d{2}")
"""555-0100 to 555-0199 are set aside for fiction (North American Numbering Plan Administrator)."""

CODES: Final = {
    "mail-not-an-address": "is not an e-mail address",
    "mail-reserved-domain": "the domain {domain} is reserved: nobody can receive mail there",
    "mail-no-dot": "{domain} is not a domain: it has no dot",
    "mail-bad-domain": "{domain} is not a domain that mail can be sent to",
    "phone-missing": "has no phone number",
    "phone-not-a-number": "is not a phone number",
    "phone-characters": "has {characters}; AWS accepts digits, spaces and ( ) + - only, and no extension",
    "phone-too-long": "is {length} characters long; AWS accepts at most {limit}",
    "phone-repeated": "is a placeholder: it repeats one digit",
    "phone-counting": "is a placeholder: it counts up or down",
    "phone-fiction": "is a number set aside for fiction (555-01xx)",
    "phone-no-country-code": "has no country code; write it like {example}",
    "phone-unknown-country-code": "begins with +{digits}, which is no country code; write it like {example}",
    "phone-trunk-prefix": "has {trunk} after the country code +{country_code} ({country}); {trunk} is dialled before a "
    "number only inside the country: leave it out",
    "phone-length": "+{country_code} ({country}) takes {lengths} digits after the country code, and this has {digits}",
}
"""Predicates of an address or number. For a country its `region` is said, too (ISO 3166-1, `001` for an international
service)."""


@lru_cache(maxsize=65_536)
def mail_objection(email: str) -> Message | None:
    """Why no mail can arrive at the address; None if it may."""
    text = unicodedata.normalize("NFKC", email).strip().casefold()
    local, _, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    if not local or not domain or re.search(r"\s", text) or len(text) > 254:
        return Message("mail-not-an-address")
    if _RESERVED.search(domain):
        return Message("mail-reserved-domain", {"domain": domain})
    if "." not in domain:
        return Message("mail-no-dot", {"domain": domain})
    if not re.fullmatch(r"(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{0,62}", domain):
        return Message("mail-bad-domain", {"domain": domain})
    return None


@lru_cache(maxsize=65_536)
def phone_objection(phone: str) -> Message | None:
    """Why nobody can be called there from abroad; None if somebody may be.

    No objection holds a part of the number but its country code.

    Raises:
        ValueError: the table of country codes is not the one of this version.
    """
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", phone))
    if not digits:
        return Message("phone-not-a-number")
    if odd := sorted(set(_NOT_ACCEPTED.findall(phone))):
        return Message("phone-characters", {"characters": " ".join(map(_shown, odd))})
    if len(phone) > PHONE_LENGTH:
        return Message("phone-too-long", {"length": len(phone), "limit": PHONE_LENGTH})
    if len(set(digits)) == 1 or (digits.endswith("0000000") and len(digits.rstrip("0")) <= 3):
        return Message("phone-repeated")
    national = digits.lstrip("0")
    if any(digits.endswith(placeholder) or national == placeholder.lstrip("0") for placeholder in _PLACEHOLDERS):
        return Message("phone-counting")
    international = phone.lstrip(" \t\n\v\f\r(").startswith("+")
    if _FICTIONAL.fullmatch(f"+{digits}" if international else digits):
        return Message("phone-fiction")
    if not international:
        return Message("phone-no-country-code", {"example": _EXAMPLE})
    return _country_objection(digits)


def _country_objection(digits: str) -> Message | None:
    countries = _countries()
    code = next((digits[:end] for end in (1, 2, 3) if digits[:end] in countries), None)
    if code is None:
        return Message("phone-unknown-country-code", {"digits": digits[:3], "example": _EXAMPLE})
    country, national = countries[code], digits[len(code) :]
    known: dict[str, str] = {"country_code": code, "region": country.region, "country": country.name}
    rest = national.removeprefix(country.trunk)
    possible = len(national) in country.lengths
    if rest != national and (rest[:1] not in country.kept if possible else len(rest) in country.lengths):
        return Message("phone-trunk-prefix", {**known, "trunk": country.trunk})
    if not possible:
        return Message("phone-length", {**known, "lengths": country.lengths, "digits": len(national)})
    return None


class _Country(NamedTuple):
    lengths: tuple[int, ...]
    trunk: str
    kept: str
    """Digits before which `trunk` is the beginning of a number."""
    region: str
    name: str


@cache
def _countries() -> Mapping[str, _Country]:
    """By country calling code, the rows of data/phones.tsv, whose header says what they hold and where it is from."""
    content = _TABLE.read_bytes().replace(b"\r\n", b"\n")
    digest = hashlib.sha256(content).hexdigest()
    if digest != TABLE_DIGEST:
        raise ValueError(f"the country codes in data/{_TABLE.name} are not the ones of this version ({digest})")
    countries = {}
    for line in content.decode("utf-8").splitlines():
        if not line.startswith("#"):
            code, lengths, trunk, kept, region, name = line.split("\t")
            countries[code] = _Country(_numbers(lengths), trunk.strip("-"), kept.strip("-"), region, name)
    return countries


def _numbers(ranges: str) -> tuple[int, ...]:
    """7, 9 and 10 for `7,9-10`."""
    ends = [part.split("-") for part in ranges.split(",")]
    return tuple(number for end in ends for number in range(int(end[0]), int(end[-1]) + 1))


def _shown(character: str) -> str:
    return character if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"
