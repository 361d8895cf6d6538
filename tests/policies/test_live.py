"""The rules judge what is live as they judge a plan; what could not be read is neither passed nor missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from policies.contact_rules import live
from policies.contact_rules.check import Context
from policies.contact_rules.configuration import Configuration, CoveredElsewhere
from policies.contact_rules.findings import Message
from policies.contact_rules.live import (
    EmailContact,
    EventRule,
    Judgement,
    LiveAccount,
    LiveNotifications,
    NotificationConfiguration,
    Unread,
    judge,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

DENIED = Message("access-denied", {"operation": "GetAlternateContact"})
GONE = Unread("account", "Suspended", Message("account-inactive", {"status": "SUSPENDED"}))
CONTEXT = Context(Configuration(), date(2026, 11, 22))
CONTACT = {"name": "Team", "title": "Team", "email": "aws-security@kaede.co.jp", "phone": "+81 3 4567 8901"}
SOUND = LiveAccount(
    "222222222201",
    "log-archive",
    "2026-11-22T01:00:00Z",
    root_email="aws-root+log-archive@kaede.co.jp",
    contacts=dict.fromkeys(("SECURITY", "OPERATIONS", "BILLING"), CONTACT),
    primary_contact={"PhoneNumber": "+81 3 4567 8901"},
    notifications=LiveNotifications(),
)


def failures(judgement: Judgement) -> list[tuple[str, str]]:
    return [(item.check_id, item.kind) for item in judgement.findings if item.level == "failure"]


def test_a_sound_account_passes() -> None:
    judgement = judge(SOUND, CONTEXT)
    assert (judgement.result, judgement.findings, judgement.root_email) == ("passed", (), "shared")


@pytest.mark.parametrize("kind", ["SECURITY", "OPERATIONS", "BILLING"])
def test_a_contact_that_is_missing_and_one_that_could_not_be_read(kind: str) -> None:
    check = "CKV_CONTACT_1" if kind == "SECURITY" else "CKV_CONTACT_4"
    missing = judge(replace(SOUND, contacts={**SOUND.contacts, kind: None}), CONTEXT)
    assert (missing.result, failures(missing), missing.contacts[kind]) == (
        "failed",
        [(check, f"missing-{kind.lower()}")],
        "missing",
    )
    others = {key: contact for key, contact in SOUND.contacts.items() if key != kind}
    gap = Unread(f"{kind} contact", "AccessDeniedException", DENIED)
    unread = judge(replace(SOUND, contacts=others, unread=(gap,)), CONTEXT)
    assert (unread.result, failures(unread), unread.contacts[kind]) == (
        "unread", [("AUDIT_UNREAD", f"{kind} contact")], "unread",
    )  # fmt: skip


def test_the_management_account_is_told_apart_where_other_steps_are_to_be_taken() -> None:
    account = replace(SOUND, root_email="taro.yamada@kaede.co.jp", contacts={**SOUND.contacts, "SECURITY": None})
    for is_management, kind in ((True, "personal-management"), (False, "personal-existing")):
        found = judge(account, CONTEXT, is_management=is_management).findings
        assert [item.kind for item in found] == ["missing-security", kind]
        assert {item.is_management for item in found} == {is_management}


def test_what_is_wrong_with_a_contact_says_nothing_of_the_root_email() -> None:
    contacts = {**SOUND.contacts, "BILLING": {**CONTACT, "email": "taro.yamada@kaede.co.jp"}}
    judgement = judge(replace(SOUND, contacts=contacts), CONTEXT)
    (finding,) = judgement.findings
    assert (finding.code, finding.contact_type, judgement.root_email) == ("personal-name", "BILLING", "shared")
    doubtful = judge(replace(SOUND, root_email="zephyr@kaede.co.jp"), CONTEXT)
    assert (doubtful.root_email, doubtful.result) == ("unsure", "passed")


def test_what_was_not_asked_for_is_not_judged() -> None:
    judgement = judge(LiveAccount(SOUND.id, SOUND.name, SOUND.read_at), CONTEXT)
    assert (judgement.findings, judgement.root_email, set(judgement.contacts.values())) == ((), "unread", {"unread"})


def test_a_contact_that_an_exception_covers_is_not_missing() -> None:
    elsewhere = (CoveredElsewhere(SOUND.id, "none wanted", ("BILLING",)),)
    context = Context(Configuration(covered_elsewhere=elsewhere), CONTEXT.today)
    without = {**SOUND.contacts, "BILLING": None, "OPERATIONS": None}
    judgement = judge(replace(SOUND, contacts=without), context)
    assert judgement.contacts == {"SECURITY": "set", "OPERATIONS": "missing", "BILLING": "exempt"}


def test_what_was_read_is_enough_to_fail() -> None:
    gap = Unread("notifications", "AccessDenied", DENIED)
    personal = replace(SOUND, root_email="taro.yamada@gmail.com", notifications=None, unread=(gap,))
    judgement = judge(personal, CONTEXT)
    assert (judgement.result, judgement.root_email) == ("failed", "personal")
    assert ("AUDIT_UNREAD", "notifications") in failures(judgement)


def test_a_suspended_account_is_neither_passed_nor_at_fault() -> None:
    suspended = LiveAccount("7" * 12, "old", "2026-11-22T01:00:00Z", unread=(GONE,))
    judgement = judge(suspended, CONTEXT)
    assert (judgement.result, failures(judgement), judgement.root_email) == ("not-active", [], "unread")
    assert [item.level for item in judgement.findings] == ["note"]
    denied = judge(replace(suspended, unread=(Unread("account", "AccessDenied", DENIED),)), CONTEXT)
    assert denied.result == "unread"


def test_a_rule_that_raises_fails_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Iterator[Any]:
        raise RuntimeError("broken")
        yield

    checks = [replace(check, judge=broken) if check.id == "CKV_CONTACT_2" else check for check in live.CHECKS_OF_LIVE]
    monkeypatch.setattr(live, "CHECKS_OF_LIVE", tuple(checks))
    judgement = judge(SOUND, CONTEXT)
    assert (judgement.result, failures(judgement)) == ("failed", [("CKV_CONTACT_2", "error")])


@pytest.mark.parametrize("phone", ["000-0000-0000", "03-4567-8901", "", None])
def test_the_primary_contact_must_be_reachable_by_phone(phone: str | None) -> None:
    contact = {} if phone is None else {"PhoneNumber": phone}
    assert failures(judge(replace(SOUND, primary_contact=contact), CONTEXT)) == [("CKV_CONTACT_7", "primary-phone")]


def test_an_e_mail_contact_must_have_an_address_that_can_exist() -> None:
    contacts = (EmailContact("arn", "team", "team@example.com", "active"),)
    judgement = judge(replace(SOUND, notifications=LiveNotifications(email_contacts=contacts)), CONTEXT)
    assert failures(judgement) == [("CKV_CONTACT_7", "mail")]


def signs_in(regions: tuple[str, ...], **changes: Any) -> LiveAccount:
    rule = EventRule("arn/rule/1", "aws.signin", "AWS Console Sign In via CloudTrail", "", regions)
    parts: dict[str, Any] = {"aggregation": "NONE", "rules": (rule,), "channels": ("arn:channel",), **changes}
    configuration = NotificationConfiguration("arn", "sign-in", "", **parts)
    enabled = ("ap-northeast-1", "eu-west-1", "us-east-1")
    live = LiveNotifications(("us-east-1",), (configuration,), (), enabled)
    return replace(SOUND, notifications=live)


def test_a_sign_in_rule_covers_every_enabled_region() -> None:
    assert judge(signs_in(("ap-northeast-1", "eu-west-1", "us-east-1")), CONTEXT).result == "passed"
    judgement = judge(signs_in(("us-east-1",)), CONTEXT)
    (finding,) = judgement.findings
    assert (finding.check_id, finding.kind) == ("CKV_CONTACT_8", "regions")
    assert finding.parameters == {"regions": ("ap-northeast-1", "eu-west-1")}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"aggregation": "LONG"}, "aggregated"), ({"channels": ()}, "channel"), ({"rules": ()}, "rule")],
)
def test_notifications_that_do_not_arrive(changes: dict[str, Any], kind: str) -> None:
    every = ("ap-northeast-1", "eu-west-1", "us-east-1")
    assert failures(judge(signs_in(every, **changes), CONTEXT)) == [("CKV_CONTACT_8", kind)]
