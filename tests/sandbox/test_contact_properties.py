"""Any contact that botocore's model of AWS allows comes back as it went in; any other is refused."""

import re
import string
from typing import Any

import pytest
from botocore.session import get_session
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from scripts.sandbox import Sandbox
from tests.organizations import client as client_of

from .conftest import MEMBER, contact, refused

REQUEST: Any = get_session().get_service_model("account").shape_for("PutAlternateContactRequest")
SHAPES: dict[str, Any] = REQUEST.members
FREE = st.characters(exclude_categories=["Cs"])
VALID = {
    "Name": st.text(FREE, min_size=1, max_size=64),
    "Title": st.text(FREE, min_size=1, max_size=50),
    "EmailAddress": st.from_regex(
        r"\A[ \t]*[A-Za-z0-9_+=.#|!&-]{1,30}@[A-Za-z0-9_.-]{1,30}\.[A-Za-z0-9_]{1,10}[ \t\n]*\Z"
    ).filter(lambda address: len(address) <= 254),
    "PhoneNumber": st.text(string.digits + "+-() ", min_size=1, max_size=25),
}
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def management(aws: Sandbox) -> Any:
    """A client that sends what it is told to."""
    return client_of(aws, "account", parameter_validation=False)


@quick
@given(parts=st.fixed_dictionaries(VALID))
@example(parts={"Name": '${file("/etc/hostname")}', "Title": "%{if true}", "EmailAddress": "a|b&c@d.e"})
@example(parts={"Name": " 窓口\n\u2028\x00😀", "Title": "\\u0041", "PhoneNumber": "(+81) 3-0000-0000"})
def test_a_valid_contact_comes_back_exactly(management: Any, parts: dict[str, str]) -> None:
    sent = contact(**parts)
    management.put_alternate_contact(AccountId=MEMBER, **sent)
    got = management.get_alternate_contact(AccountId=MEMBER, AlternateContactType="SECURITY")
    assert got["AlternateContact"] == sent


@quick
@given(member=st.sampled_from(sorted(SHAPES)), value=st.text(FREE, max_size=300))
@example(member="EmailAddress", value="ａ@kaede.example")
@example(member="PhoneNumber", value="＋８１")
@example(member="PhoneNumber", value="٣")
@example(member="EmailAddress", value="a@kaede.example ,b@kaede.example")
@example(member="Title", value="x" * 51)
@example(member="AlternateContactType", value="security")
@example(member="AccountId", value="22222222222２")
@example(member="AccountId", value="\n")
def test_an_invalid_contact_is_refused(management: Any, member: str, value: str) -> None:
    metadata = SHAPES[member].metadata
    within = metadata.get("min", 0) <= len(value) <= metadata.get("max", len(value))
    matches = re.fullmatch(metadata.get("pattern", r"(?s).*"), value, re.ASCII)
    assume(not (within and matches and value in metadata.get("enum", [value])))
    name = member[0].lower() + member[1:]
    with refused("ValidationException", f"at '{name}' failed to satisfy constraint"):
        management.put_alternate_contact(**{"AccountId": MEMBER, **contact(), member: value})
