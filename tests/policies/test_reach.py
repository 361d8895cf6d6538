"""Addresses and phone numbers that nobody can be reached at, and that no number in use is taken for one."""

from __future__ import annotations

import random
from functools import cache

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.contact_rules import reach
from policies.contact_rules.findings import Message
from policies.contact_rules.reach import mail_objection, phone_objection
from policies.contact_rules.texts import texts
from tools import phone_table

PLACEHOLDERS = {"phone-counting", "phone-repeated", "phone-fiction"}


def said(objection: Message | None) -> str | None:
    return texts().message(objection) if objection else None


def code(objection: Message | None) -> str | None:
    return objection.code if objection else None


@pytest.mark.parametrize(
    "phone",
    [
        *("+81 3 1234 5670", "+44 20 7946 0110", "+1 206 555 2100", "+44 808 157 0110", "+800 2255 2884"),
        *("(+81) 3-4567-8901", " +81-3-4567-8901", "+39 06 698 12345", "+250 06 123 456", "+47 55 55 01 23"),
        *("+7 800 555 35 35", "+61 2 5550 1110", "+44\t20 7946\n0110", "+44 (20) 7946-0110"),
    ],
)
def test_a_number_that_can_be_called(phone: str) -> None:
    assert phone_objection(phone) is None


@pytest.mark.parametrize(
    ("phone", "wanted"),
    [
        ("", "phone-not-a-number"),
        ("n/a", "phone-not-a-number"),
        ("+ ()-", "phone-not-a-number"),
        ("+44 20 7946 0110 ext. 12", "phone-characters"),
        ("+44 20 7946 0110;12", "phone-characters"),
        ("+４４ 20 7946 0110", "phone-characters"),
        ("+44\u00a020 7946 0110", "phone-characters"),
        ("０３-1234-5670", "phone-characters"),
        ("+44 20 7946 0110          ", "phone-too-long"),
        ("0000000000", "phone-repeated"),
        ("+1 000 000 0000", "phone-repeated"),
        ("+1111111111", "phone-repeated"),
        ("+81 1234567890", "phone-counting"),
        ("+81 3 1234 5678", "phone-counting"),
        ("12345678", "phone-counting"),
        ("0012345678900", "phone-no-country-code"),
        ("0123456789", "phone-counting"),
        ("00123456789", "phone-counting"),
        ("555-0123", "phone-fiction"),
        ("206-555-0123", "phone-fiction"),
        ("1 206 555 0123", "phone-fiction"),
        ("+1 206 555 0123", "phone-fiction"),
        ("03-1234-5670", "phone-no-country-code"),
        ("44 20 7946 0110", "phone-no-country-code"),
        ("0044 20 7946 0110", "phone-no-country-code"),
        ("20 +44 7946 0110", "phone-no-country-code"),
        ("+999 1234567", "phone-unknown-country-code"),
        ("+0312345670", "phone-unknown-country-code"),
        ("+21", "phone-unknown-country-code"),
        ("+12", "phone-length"),
        ("+81", "phone-length"),
        ("+44 12345", "phone-length"),
        ("+44 20 7946 0110 0110", "phone-length"),
        ("+1 206 555 210", "phone-length"),
        ("+1234567890123456780", "phone-length"),
        ("+44 (0)20 7946 0110", "phone-trunk-prefix"),
        ("+44 0 20 7946 011", "phone-trunk-prefix"),
        ("+81 03 4567 8901", "phone-trunk-prefix"),
        ("+36 06 1 234 5670", "phone-trunk-prefix"),
        ("+7 8 495 765 43 21", "phone-trunk-prefix"),
        ("+1 1 206 555 2100", "phone-trunk-prefix"),
        ("+44 0123 4567", "phone-trunk-prefix"),
    ],
)
def test_a_number_that_nobody_can_call(phone: str, wanted: str) -> None:
    assert code(phone_objection(phone)) == wanted


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("n/a", "is not a phone number"),
        (
            "+44 12345",
            "+44 (United Kingdom and others) takes 7, 9 or 10 digits after the country code, and this has 5",
        ),
        ("+49 1", "+49 (Germany) takes 4 to 15 digits after the country code, and this has 1"),
        ("+81 3", "+81 (Japan) takes 9 or 10 digits after the country code, and this has 1"),
        ("+33 1", "+33 (France) takes 9 digits after the country code, and this has 1"),
        ("+800 1", "+800 (an international service) takes 8 digits after the country code, and this has 1"),
        ("+999 1234567", "begins with +999, which is no country code; write it like +44 20 7946 0110"),
        (
            "+44 (0)20 7946 0110",
            "has 0 after the country code +44 (United Kingdom and others); 0 is dialled before a number only inside "
            "the country: leave it out",
        ),
        (
            "+44 20 7946 0110 ext\u00a012",
            "has e t x U+00A0; AWS accepts digits, spaces and ( ) + - only, and no extension",
        ),
        ("+44 20 7946 0110\x00", "has U+0000; AWS accepts digits, spaces and ( ) + - only, and no extension"),
        ("+44 20 7946 0110          ", "is 26 characters long; AWS accepts at most 25"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(phone: str, sentence: str) -> None:
    assert said(phone_objection(phone)) == sentence


def test_an_objection_is_data_that_a_program_can_use() -> None:
    objection = phone_objection("+44 12345")
    assert objection == Message(
        "phone-length",
        {
            "country_code": "44",
            "region": "GB",
            "country": "United Kingdom and others",
            "lengths": (7, 9, 10),
            "digits": 5,
        },
    )
    assert mail_objection("a@example.com") == Message("mail-reserved-domain", {"domain": "example.com"})
    assert len({objection, phone_objection("+44 12345")}) == 1


@pytest.mark.parametrize(
    "mail", ["a@corp-of-nobody.com", "a@xn--p1ai.xn--p1ai", "a@corp-of-nobody.com.", " A@Corp-Of-Nobody.com "]
)
def test_an_address_that_mail_can_reach(mail: str) -> None:
    assert mail_objection(mail) is None


@pytest.mark.parametrize(
    ("mail", "sentence"),
    [
        ("a", "is not an e-mail address"),
        ("a@", "is not an e-mail address"),
        ("a b@c.com", "is not an e-mail address"),
        ("@b", "is not an e-mail address"),
        ("@b.com", "is not an e-mail address"),
        ("a@" + "b." * 200 + "com", "is not an e-mail address"),
        ("a@b.test", "the domain b.test is reserved: nobody can receive mail there"),
        ("a@b.internal", "the domain b.internal is reserved: nobody can receive mail there"),
        ("a@example.com", "the domain example.com is reserved: nobody can receive mail there"),
        ("a@corp-of-nobody", "corp-of-nobody is not a domain: it has no dot"),
        ("a@b..com", "b..com is not a domain that mail can be sent to"),
        ("a@-.1", "-.1 is not a domain that mail can be sent to"),
    ],
)
def test_an_address_that_no_mail_can_reach(mail: str, sentence: str) -> None:
    assert said(mail_objection(mail)) == sentence


@cache
def examples() -> frozenset[str]:
    """Every example number of every region and type that the package phonenumbers has, as in +442079460110."""
    found = [phonenumbers.example_number_for_non_geo_entity(c) for c in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS]
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in phonenumbers.PhoneNumberType.values():
            found.append(phonenumbers.example_number_for_type(region, kind))
    return frozenset(phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164) for n in found if n)


def test_no_example_number_of_any_region_is_refused_except_as_a_placeholder() -> None:
    assert len(examples()) > 1000
    refused = {number: code(phone_objection(number)) for number in examples() if phone_objection(number)}
    counting = {number for number, reason in refused.items() if reason == "phone-counting"}
    assert {number: reason for number, reason in refused.items() if number not in counting} == {
        "+12015550123": "phone-fiction",
        "+13101234": "phone-length",  # a number for all of Canada, dialled without an area code, and not from abroad
    }
    assert all(number.endswith(("12345678", "123456789", "1234567890")) for number in counting)


def test_numbers_are_judged_as_the_package_does() -> None:
    """A number that is in use is never refused, one of an impossible length or country never passes."""
    chance = random.Random("phones")
    tried = valid = 0
    for example in sorted(examples()):
        for _ in range(12):
            kept = chance.randrange(2, len(example) + 1)
            grown = example[:kept] + "".join(chance.choices("0123456789", k=chance.randrange(0, 18 - kept)))
            number = grown if chance.random() < 0.5 else example[:-3] + f"{chance.randrange(1000):03}"
            reason = code(phone_objection(number))
            try:
                parsed = phonenumbers.parse(number)
            except phonenumbers.NumberParseException:
                assert reason is not None, number
                continue
            tried += 1
            possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
            if not possible:
                assert reason is not None, number
            elif phonenumbers.is_valid_number(parsed):
                as_written = f"+{parsed.country_code}{phonenumbers.national_significant_number(parsed)}" == number
                valid += as_written
                assert not as_written or reason in {None, *PLACEHOLDERS}, number
    assert tried > 10_000
    assert valid > 3_000


@given(st.text(max_size=40))
def test_any_text_is_judged(text: str) -> None:
    assert said(phone_objection(text)) != ""
    assert said(mail_objection(text)) != ""


@given(st.text("+0123456789() -", max_size=25))
def test_an_objection_does_not_hold_the_number(text: str) -> None:
    objection = phone_objection(text)
    shown = "".join(str(value) for value in objection.parameters.values()) if objection else ""
    digits = "".join(character for character in text if character.isdigit())
    assert len(digits) < 8 or digits not in shown


def test_the_table_is_what_the_tool_writes() -> None:
    assert phone_table.TABLE.read_text(encoding="utf-8") == phone_table.table(), "run python -m tools.phone_table"


def test_a_changed_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "TABLE_DIGEST", "0" * 64)
    with pytest.raises(ValueError, match="not the ones of this version"):
        reach._countries.__wrapped__()
