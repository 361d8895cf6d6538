"""Can mail or a call arrive at all? Objections to addresses and phone numbers that nobody can have."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_RESERVED: Final = re.compile(
    r"(?:^|\.)(?:test|example|invalid|localhost|local|localdomain|internal|intranet|lan|home|corp|onion|alt|arpa"
    r"|example\.(?:com|net|org|jp|co\.jp|ne\.jp|or\.jp|edu))$"
)
"""RFC 2606, RFC 6761, RFC 6762, ICANN's reservation of `internal`, JPRS's reserved example names."""

_PLACEHOLDERS: Final = ("1234567890", "0123456789", "123456789", "12345678", "9876543210", "0987654321")
_FICTIONAL: Final = re.compile(r"(?:1?\d{3})?55501\d{2}")
"""555-0100 to 555-0199 are set aside for fiction (North American Numbering Plan Administrator)."""


@lru_cache(maxsize=65_536)
def mail_objection(email: str) -> str | None:
    """Why no mail can arrive at the address; None if it may."""
    text = unicodedata.normalize("NFKC", email).strip().casefold()
    local, _, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    if not local or not domain or re.search(r"\s", text) or len(text) > 254:
        return "is not an e-mail address"
    if _RESERVED.search(domain):
        return f"the domain {domain} is reserved: nobody can receive mail there"
    if "." not in domain:
        return f"{domain} is not a domain: it has no dot"
    if not re.fullmatch(r"(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{0,62}", domain):
        return f"{domain} is not a domain that mail can be sent to"
    return None


@lru_cache(maxsize=65_536)
def phone_objection(phone: str) -> str | None:
    """Why nobody can be called there from abroad; None if somebody may be."""
    text = unicodedata.normalize("NFKC", phone).strip()
    digits = re.sub(r"\D", "", text)
    if not digits:
        return "is not a phone number"
    if len(set(digits)) == 1 or (digits.endswith("0000000") and len(digits.rstrip("0")) <= 3):
        return "is a placeholder: it repeats one digit"
    national = digits.lstrip("0")
    if any(digits.endswith(placeholder) or national == placeholder.lstrip("0") for placeholder in _PLACEHOLDERS):
        return "is a placeholder: it counts up or down"
    if _FICTIONAL.fullmatch(digits):
        return "is a number set aside for fiction (555-01xx)"
    if not text.startswith("+"):
        return "has no country code; write it like +81 3 1234 5678"
    if not 7 <= len(digits) <= 15 or digits.startswith("0"):
        return "is not an international number: + and country code, 7 to 15 digits in all"
    return None
