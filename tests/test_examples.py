"""Every example that a message or a document gives is one that its own check takes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_origin

import pytest
from pydantic import TypeAdapter, ValidationError

from cdktf_app.contacts import fields
from policies.contact_rules.reach import mail_objection, phone_objection

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("docs", "modules", "examples", "policies", "cdktf_app", "scripts")
KINDS = (".md", ".py", ".tf", ".yaml", ".yml", ".json", ".toml", ".jinja")
PHONE = re.compile(r"\+\d[\d ()-]{6,}\d(?![\d ()-]*…)")
MAIL = re.compile(r"(?<![\w.+*-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?![\w-]*[({*])")
MEANT_AS_OTHERS = {
    "taro.y@gmail.com": "the flaw in the flawed example",
    "aws-security@your-company.com": "the good example of the check that refuses reserved domains",
    "no-reply@verify.signin.aws": "AWS's own, whose mails are read",
}
TYPES = {name: kind for name, kind in vars(fields).items() if get_origin(kind) is Annotated}


@cache
def texts() -> dict[str, str]:
    """The documents, and the sources that hold the messages, by path."""
    paths = [*ROOT.glob("*.md"), *ROOT.glob("*.yml"), *(ROOT / ".").glob(".*.yaml")]
    paths += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}


def found(pattern: re.Pattern[str]) -> set[tuple[str, str]]:
    return {(path, example) for path, text in texts().items() for example in pattern.findall(text)}


def refused(name: str, value: Any) -> str:
    """What the check of a kind of field says to a value; empty if it takes it."""
    try:
        TypeAdapter(TYPES[name]).validate_python(value)
    except ValidationError as error:
        return str(error.errors()[0]["msg"])
    return ""


def test_every_example_of_a_phone_number_can_be_called() -> None:
    examples = found(PHONE)
    assert {path.split("/")[0] for path, _ in examples} >= {"README.md", *FOLDERS}
    assert [item for item in examples if phone_objection(item[1]) or refused("Phone", item[1])] == []


def test_every_example_of_an_address_is_one_and_is_nobodys() -> None:
    examples = found(MAIL)
    assert {path.split("/")[0] for path, _ in examples} >= {"README.md", *FOLDERS}
    assert [item for item in examples if refused("Email", item[1])] == []
    others = {mail for _, mail in examples if getattr(mail_objection(mail), "code", "") != "mail-reserved-domain"}
    assert others == MEANT_AS_OTHERS.keys()


@pytest.mark.parametrize("name", TYPES)
def test_the_examples_of_the_schema_are_taken(name: str) -> None:
    for example in TypeAdapter(TYPES[name]).json_schema().get("examples", ()):
        assert refused(name, example) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("Email", value) for value in ("x", "@example.com", "a@b", "a@b/c.com", "A <a@example.com>")),
        *(("Phone", value) for value in ("", "03.1234", "x", "＋４４ ２０ ７９４６ ０１１０")),
        *(("Region", value) for value in ("Tokyo", "US-EAST-1", "us-east-1a")),
        *(("Domain", value) for value in ("x", "@example.com")),
        ("RoleArn", "x"),
        ("RoleName", "arn:aws:iam::111111111111:role/NAME"),
        ("AddressPattern", "x"),
        ("ChannelArn", "x"),
        ("NameInAws", "a b"),
        ("EventSource", "x"),
        ("EventType", "a:b"),
        ("EventPattern", "x"),
        ("EventPattern", "[]"),
    ],
)
def test_what_a_message_says_to_write_is_taken(name: str, value: str) -> None:
    message = refused(name, value)
    said = re.match(r".*(?:such as|as|its region|the role's name|write) (.+?)(?: \(\*.*)?$", message)
    assert said, message
    for example in said[1].split(" or "):
        kind = "Domain" if "the full domain" in message or "has a domain" in message else name
        assert refused(kind, example.strip("'")) == "", message
