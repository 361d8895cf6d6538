"""A wrong value is refused before AWS is called, and the message names it and says what to write instead."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.modules.conftest import REQUIRED_PROVIDERS, Terraform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scripts.sandbox import Sandbox

CONTACT = {
    "name": "Security Operations",
    "title": "Security team",
    "email": "aws-security@example.com",
    "phone": "+44 20 7946 0110",
}
CHANNELS = {"security": {"email": "aws-security@example.com"}}


class Wrong(NamedTuple):
    module: str
    inputs: Mapping[str, Any]
    said: tuple[str, ...]
    by_precondition: bool = False


def _contact(field: str, value: str | None, said: str) -> dict[str, Wrong]:
    bad = {**CONTACT, field: value}
    shown = f"{field} = {json.dumps(value, ensure_ascii=False)}"
    label = f"{field}-{value and value[:12]}"
    return {
        f"own-{label}": Wrong(
            "alternate-contacts", {"contacts": {"security": bad}}, (f"contacts.security.{shown}", said), True
        ),
        f"other-{label}": Wrong(
            "alternate-contacts",
            {"accounts": {"222222222222": {"security": CONTACT, "billing": bad}}},
            (f'accounts["222222222222"].billing.{shown}', said),
            True,
        ),
    }


def _subscription(said: tuple[str, ...], **inputs: Any) -> Wrong:
    wrong = {"channels": ["security"], **inputs}
    return Wrong(
        "user-notifications",
        {"hub_regions": ["us-east-1"], "email_channels": CHANNELS, "subscriptions": {"mine": wrong}},
        ("mine", *said),
    )


def _notifications(said: tuple[str, ...], **inputs: Any) -> Wrong:
    return Wrong("user-notifications", {"hub_regions": ["us-east-1"], **inputs}, said)


PATTERN_OF = {"source": "aws.health", "event_type": "AWS Health Event"}

WRONG: dict[str, Wrong] = {
    **_contact("name", "", "1 to 64 bytes"),
    **_contact("name", " Security", "without space at either end"),
    **_contact("name", "a" * 65, "1 to 64 bytes"),
    **_contact("name", "情報セキュリティ運用チーム窓口担当者です。夜間", "3 for a Japanese character"),
    **_contact("title", "a" * 51, "1 to 50 bytes"),
    **_contact("title", "情報セキュリティ運用チーム窓口担当", "3 for a Japanese character"),
    **_contact("email", "aws-security", "AWS accepts one address"),
    **_contact("email", "a@example.com, b@example.com", "AWS accepts one address"),
    **_contact("email", "担当@example.com", "ASCII"),
    **_contact("email", "a" * 243 + "@example.com", "at most 254"),
    **_contact("phone", "０３-1234-5678", "0-9 ( ) + - and space"),
    **_contact("phone", "+44 20 7946 0110 0110 0110", "1 to 25"),
    **_contact("phone", "", "1 to 25"),
    "account-id": Wrong(
        "alternate-contacts",
        {"accounts": {"12345678901": {"security": CONTACT}}},
        ('accounts["12345678901"]', "12 digits"),
    ),
    "misspelt-type": Wrong(
        "alternate-contacts",
        {"accounts": {"222222222222": {"securty": CONTACT}}},
        ('accounts["222222222222"]', "security, operations and billing"),
    ),
    "hubs": _notifications(("at most 3",), hub_regions=["us-east-1", "us-east-2", "us-west-1", "us-west-2"]),
    "hub-region": _notifications(('["Tokyo"]', "ap-northeast-1"), hub_regions=["Tokyo"]),
    "channel-name": _notifications(('email_channels["a b"]', "1 to 64"), email_channels={"a b": CHANNELS["security"]}),
    "channel-address": _notifications(('["a"].email = "x"', "6 to 254"), email_channels={"a": {"email": "x"}}),
    "channel-address-twice": _notifications(
        ("a and b are both aws-security@example.com",),
        email_channels={"a": CHANNELS["security"], "b": {"email": "AWS-security@example.com"}},
    ),
    "channel-arn": _notifications(
        ('channel_arns["sns"] = "arn:aws:sns', "chatbot"), channel_arns={"sns": "arn:aws:sns:us-east-1:111111111111:x"}
    ),
    "subscription-name": _notifications(
        ('subscriptions["a b"]', "1 to 64"), subscriptions={"a b": {"preset": "abuse", "channels": ["security"]}}
    ),
    "no-channel": _subscription(("name at least one channel", "nothing is delivered"), preset="abuse", channels=[]),
    "preset": _subscription(('preset = "console-signin"', "console-sign-in"), preset="console-signin"),
    "preset-and-source": _subscription(("either preset, or source",), preset="abuse", source="aws.health"),
    "nothing-to-send": _subscription(("either preset, or source",)),
    "source": _subscription(('source = "my.app"', "aws.cloudwatch"), source="my.app", event_type="Order"),
    "event-type": _subscription(('event_type = "a:b"', "detail-type"), source="aws.health", event_type="a:b"),
    "pattern-not-json": _subscription(("event_pattern", "JSON object"), **PATTERN_OF, event_pattern="{detail: 1}"),
    "pattern-list": _subscription(("event_pattern", "JSON object"), **PATTERN_OF, event_pattern="[]"),
    "regions": _subscription(('["all","us-east-1"]', '["all"] alone'), preset="abuse", regions=["all", "us-east-1"]),
    "aggregation": _subscription(('aggregation = "5m"', "NONE", "SHORT"), preset="abuse", aggregation="5m"),
    "description": _subscription(("256 characters on one line",), preset="abuse", description="a\nb"),
    "subscriptions": _notifications(
        ("51 subscriptions", "at most 50"),
        subscriptions={f"s{n}": {"preset": "abuse", "channels": ["security"]} for n in range(51)},
    ),
}


def diagnostics(
    folder: Path, environment: dict[str, str], modules: Path, calls: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> list[Any]:
    """What Terraform says to modules that are called with these inputs: all of them in one plan."""
    blocks = {call: {"source": str(modules / module), **values} for call, (module, values) in calls.items()}
    (folder / "main.tf").write_text(REQUIRED_PROVIDERS)
    (folder / "calls.tf.json").write_text(json.dumps({"module": blocks}))
    terraform = Terraform(folder, environment)
    terraform.expect("init", "-input=false")
    events = map(json.loads, terraform.run("plan", "-json", "-input=false").stdout.splitlines())
    return [event["diagnostic"] for event in events if event["type"] == "diagnostic"]


@pytest.fixture(scope="module")
def messages(
    tmp_path_factory: pytest.TempPathFactory, cli_environment: dict[str, str], sandbox: Sandbox, modules: Path
) -> dict[str, list[str]]:
    """What Terraform says to each wrong input.

    One run for the variables, and one for the preconditions: Terraform evaluates those only where all variables are
    right.
    """
    found: dict[str, list[str]] = {name: [] for name in WRONG}
    for by_precondition in (False, True):
        calls = {
            f"wrong-{number}": (wrong.module, wrong.inputs)
            for number, wrong in enumerate(WRONG.values())
            if wrong.by_precondition is by_precondition
        }
        folder, environment = tmp_path_factory.mktemp("wrong"), {**cli_environment, **sandbox.environment}
        for diagnostic in diagnostics(folder, environment, modules, calls):
            call = re.search(r"wrong-(\d+)", diagnostic["snippet"]["context"])
            # Terraform says which variable of which call is wrong, but not in which call a precondition failed.
            for number, (name, wrong) in enumerate(WRONG.items()):
                named = wrong.by_precondition and wrong.said[0] in diagnostic["detail"]
                if (str(number) == call[1]) if call else named:
                    found[name].append(diagnostic["detail"])
    return found


@pytest.mark.parametrize("name", WRONG)
def test_the_message_names_the_value_and_the_cure(name: str, messages: dict[str, list[str]]) -> None:
    assert len(messages[name]) == 1, messages[name]
    for said in WRONG[name].said:
        assert said in messages[name][0]


def test_the_examples_in_the_messages_are_taken(
    messages: dict[str, list[str]], tmp_path: Path, cli_environment: dict[str, str], sandbox: Sandbox, modules: Path
) -> None:
    inputs = {}
    for name, wrong in WRONG.items():
        said = re.search(r"for example (\".+?\"|\[.+?\]|jsonencode\(.+\))(?:, or .+)?\.(?:\n|$)", messages[name][0])
        if said:
            example = json.dumps(f"${{{said[1]}}}") if said[1].startswith("jsonencode") else said[1]
            shown = re.search(r'= ("[^"]*"|\[.+?\]|null): ', messages[name][0]) or re.match(
                r'\w+\[("[^"]*")\]: ', messages[name][0]
            )
            refused = shown[1] if shown else json.dumps(wrong.inputs["subscriptions"]["mine"]["event_pattern"])
            text = json.dumps(wrong.inputs, ensure_ascii=False, separators=(",", ":"))
            assert refused in text, messages[name][0]
            rest = {"email_channels": CHANNELS} if wrong.module == "user-notifications" else {}
            inputs[name] = (wrong.module, {**rest, **json.loads(text.replace(refused, example))})
    assert len(inputs) > 25
    calls = {f"right-{number}": call for number, call in enumerate(inputs.values())}
    found = diagnostics(tmp_path, {**cli_environment, **sandbox.environment}, modules, calls)
    assert [item["detail"] for item in found] == []
