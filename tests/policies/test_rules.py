"""What the rules say of plans that were changed by hand, where no configuration makes Terraform write such a plan."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from policies.contact_rules.check import Context
from policies.contact_rules.configuration import Accepted, Configuration, CoveredElsewhere
from policies.contact_rules.literal import judge_literal
from policies.contact_rules.model import SENSITIVE, UNKNOWN, Value
from policies.contact_rules.texts import texts
from tests.policies.support import OWN, TODAY, changed, deleted, edited, judge, plan, with_value

if TYPE_CHECKING:
    from policies.contact_rules.evaluate import Verdict

PERSON = "hanako.yamada@kaede.example"
FAR = date(2099, 1, 1)
PAST = date(2020, 1, 1)


def accept(pattern: str, expires: date = FAR) -> tuple[Accepted, ...]:
    return (Accepted(pattern, "reason", expires),)


def verdict(case: str, check: str, *others: Any, replace: tuple[str, str] | None = None, **settings: Any) -> Verdict:
    """The verdict on a case, with one text in it replaced everywhere."""
    text = json.dumps(plan(case), separators=(",", ":"))
    if replace:
        assert replace[0] in text
        text = text.replace(*replace)
    return judge(json.loads(text), *others, configuration=Configuration(**settings)).verdict(check)


def test_an_acceptance_of_the_address_is_for_that_person() -> None:
    case, check = "root_personal_bad", "CKV_CONTACT_2"
    assert verdict(case, check, accepted=accept(PERSON)).passed
    assert not verdict(case, check, accepted=accept("*@kaede.example")).passed
    late = verdict(case, check, accepted=accept(PERSON, PAST)).findings[0]
    (detail,) = late.details
    assert (detail.code, detail.parameters) == ("acceptance-expired", {"expires": "2020-01-01"})
    assert verdict(case, check, root_email_patterns=(PERSON,)).passed


def test_an_acceptance_of_a_domain_is_for_what_is_wrong_with_the_domain() -> None:
    whole = accept("*@kaede.example")
    assert verdict("own_good", "CKV_CONTACT_7", accepted=whole).passed
    late = verdict("own_good", "CKV_CONTACT_7", accepted=accept("*@kaede.example", PAST))
    assert [item.code for item in late.findings[0].details] == ["acceptance-expired"]
    assert not verdict("own_good", "CKV_CONTACT_3", corporate_domains=("corp.example",)).passed
    assert verdict("own_good", "CKV_CONTACT_3", corporate_domains=("corp.example",), accepted=whole).passed
    gmail = accept("*@gmail.com")
    case, check = "root_personal_bad", "CKV_CONTACT_2"
    assert not verdict(case, check, replace=(PERSON, "hanako.yamada@gmail.com"), accepted=gmail).passed
    assert verdict(case, check, replace=(PERSON, "aws-root@gmail.com"), accepted=gmail).passed


def test_strict_fails_on_doubt_alone() -> None:
    assert not verdict("contact_unknown_bad", "CKV_CONTACT_3", strict=True).passed
    assert verdict("own_good", "CKV_CONTACT_3", strict=True).passed
    assert not verdict("contact_doubtful_good", "CKV_CONTACT_3", strict=True).passed


def test_what_is_covered_elsewhere_is_so_for_its_types() -> None:
    elsewhere = (CoveredElsewhere("111111111111", "reason", ("SECURITY",)),)
    assert verdict("own_bad", "CKV_CONTACT_1", covered_elsewhere=elsewhere).passed
    assert not verdict("own_bad", "CKV_CONTACT_4", covered_elsewhere=elsewhere).passed
    assert verdict("removal_own_bad", "CKV_CONTACT_6", covered_elsewhere=elsewhere).passed


def test_a_free_mail_address_is_nobodys_shared_mailbox() -> None:
    replace = ("aws-security@kaede.example", "security@gmail.com")
    assert not verdict("own_good", "CKV_CONTACT_3", replace=replace).passed


def test_any_new_root_email_replaces_the_account() -> None:
    assert not verdict("email_change_bad", "CKV_CONTACT_5", replace=("aws-root+single@", "aws-root+new@")).passed


def test_the_contact_of_a_suspended_account_may_go() -> None:
    suspended = plan("listed_good")
    for item in suspended["prior_state"]["values"]["root_module"]["resources"]:
        for account in item["values"].get("accounts", []) + item["values"].get("non_master_accounts", []):
            if account["id"] == "333333333302":
                account["status"] = "SUSPENDED"
    assert verdict("removal_bad", "CKV_CONTACT_6", replace=("SECURITY", "OPERATIONS")).passed
    assert not verdict("removal_bad", "CKV_CONTACT_6").passed
    assert verdict("removal_bad", "CKV_CONTACT_6", suspended).passed


def test_sign_in_rules_cover_the_regions_of_providers_and_hubs() -> None:
    assert verdict("notifications_good", "CKV_CONTACT_8", replace=("eu-central-1", "us-east-1")).passed
    other = ('{"constant_value":"us-east-1"}', '{"constant_value":"sa-east-1"}')
    assert not verdict("notifications_good", "CKV_CONTACT_8", replace=other).passed


ACCOUNT, CONTACT, PRODUCT = (
    "aws_organizations_account",
    "aws_account_alternate_contact",
    "aws_servicecatalog_provisioned_product",
)
SOMEBODY = "hanako.yamada@corp-of-nobody.com"
PARAMETERS = [{"key": ["Other"], "value": [SOMEBODY]}, {"key": ["AccountEmail"], "value": [SOMEBODY]}, "odd"]


@pytest.mark.parametrize(
    ("check", "entity", "values", "kinds"),
    [
        ("CKV_CONTACT_2", ACCOUNT, {"email": SOMEBODY}, ["personal-new"]),
        ("CKV_CONTACT_2", ACCOUNT, {"email": "${var.email}@corp-of-nobody.com"}, None),
        ("CKV_CONTACT_2", ACCOUNT, {"email": "var.email"}, None),
        ("CKV_CONTACT_2", ACCOUNT, {"email": 7}, None),
        ("CKV_CONTACT_2", PRODUCT, {"provisioning_parameters": PARAMETERS}, ["personal-requested"]),
        ("CKV_CONTACT_2", PRODUCT, {"provisioning_parameters": PARAMETERS[0]}, None),
        ("CKV_CONTACT_2", ACCOUNT, {"email": "hanako.yamada"}, None),
        ("CKV_CONTACT_2", PRODUCT, {"provisioning_parameters": PARAMETERS[1]}, ["personal-requested"]),
        (
            "CKV_CONTACT_2",
            PRODUCT,
            {"provisioning_parameters": {"key": "AccountEmail", "value": SOMEBODY}},
            ["personal-requested"],
        ),
        ("CKV_CONTACT_2", CONTACT, {"email": SOMEBODY}, None),
        ("CKV_CONTACT_2", CONTACT, {"provisioning_parameters": PARAMETERS}, None),
        ("CKV_CONTACT_3", CONTACT, {"email_address": SOMEBODY}, ["personal"]),
        ("CKV_CONTACT_3", CONTACT, {"phone_number": "1"}, None),
        ("CKV_CONTACT_7", CONTACT, {"email_address": "a@b.test", "phone_number": "var.p"}, ["mail"]),
        ("CKV_CONTACT_7", CONTACT, {"email_address": "var.e", "phone_number": "0000000"}, ["phone"]),
        ("CKV_CONTACT_7", CONTACT, {"email_address": "var.e", "phone_number": "var.p"}, None),
        ("CKV_CONTACT_7", CONTACT, {"email_address": "var.e", "phone_number": ""}, None),
        ("CKV_CONTACT_1", CONTACT, {"email_address": SOMEBODY}, None),
    ],
)
def test_a_block_of_a_static_scan(check: str, entity: str, values: dict[str, Any], kinds: list[str] | None) -> None:
    found = judge_literal(check, entity, values, Context(Configuration(), TODAY))
    assert (None if found is None else [item.kind for item in found]) == kinds


@pytest.mark.parametrize(("kind", "said"), [("SECURITY", "SECURITY"), (["SECURITY"], None), (None, None)])
def test_a_block_of_a_static_scan_says_which_contact_it_is(kind: Any, said: str | None) -> None:
    values = {"email_address": SOMEBODY, "alternate_contact_type": kind}
    (finding,) = judge_literal("CKV_CONTACT_3", CONTACT, values, Context(Configuration(), TODAY)) or []
    assert finding.contact_type == said


def test_the_type_of_a_contact_may_be_unknown() -> None:
    found = judge(edited("own_good", OWN, alternate_contact_type=..., phone_number="1")).verdict("CKV_CONTACT_7")
    assert {item.contact_type for item in found.findings if item.address == OWN} == {None}


@pytest.mark.parametrize(
    ("case", "attribute", "value", "check", "kind"),
    [
        *(("root_personal_bad", "email", value, "CKV_CONTACT_2", "absent") for value in (None, "", 7)),
        *(("own_good", "email_address", value, "CKV_CONTACT_3", "unjudged") for value in (None, "", 7)),
        *(("own_good", "email_address", value, "CKV_CONTACT_7", "unjudged") for value in (None, "", 7)),
        *(("own_good", "phone_number", value, "CKV_CONTACT_7", "unjudged") for value in (None, "", 7)),
        *(("notifications_good", "regions", value, "CKV_CONTACT_8", "unjudged") for value in (None, "all", 7)),
        ("notifications_good", "regions", [7], "CKV_CONTACT_8", "regions"),
        ("notifications_good", "source", 7, "CKV_CONTACT_8", "regions"),
        ("notifications_good", "source", None, "CKV_CONTACT_8", "aggregated"),
        ("notifications_good", "aggregation_duration", None, "CKV_CONTACT_8", "aggregated"),
        ("notifications_good", "notification_configuration_arn", "arn:elsewhere", "CKV_CONTACT_8", "channel"),
        ("notifications_existing_good", "regions", ["us-east-1"], "CKV_CONTACT_8", "regions"),
        ("notifications_good", "source", "aws.health", "CKV_CONTACT_1", "missing-security"),
        ("own_good", "alternate_contact_type", 7, "CKV_CONTACT_1", "missing-security"),
    ],
)
def test_a_value_of_another_kind(case: str, attribute: str, value: Any, check: str, kind: str) -> None:
    found = judge(with_value(case, attribute, value)).verdict(check)
    assert not found.error
    assert kind in {item.kind for item in found.findings}


def test_a_contact_that_counts_for_no_account_is_noted() -> None:
    (note,) = judge(edited("own_good", OWN, account_id=...)).verdict("CKV_CONTACT_1").notes
    assert note.code == "contact-of-unknown-account"
    (note,) = judge(edited("own_good", OWN, alternate_contact_type=...)).verdict("CKV_CONTACT_1").notes
    assert note.code == "contact-of-unknown-type"
    report = judge(edited("own_good", OWN, account_id=..., email_address="a@b.test", phone_number="1"))
    assert not report.verdict("CKV_CONTACT_3").error
    assert [item.account for item in report.verdict("CKV_CONTACT_7").findings] == [None, None]


def test_an_exact_acceptance_covers_person_and_domain() -> None:
    replace = (PERSON, "hanako.yamada@gmail.com")
    accepted = accept("hanako.yamada@gmail.com")
    assert verdict("root_personal_bad", "CKV_CONTACT_2", replace=replace, accepted=accepted).passed


@pytest.mark.parametrize(
    ("check", "attribute", "code"),
    [
        ("CKV_CONTACT_3", "email_address", "email"),
        ("CKV_CONTACT_7", "email_address", "mail"),
        ("CKV_CONTACT_7", "phone_number", "phone"),
    ],
)
def test_what_is_missing_and_what_is_unknown_are_told_apart(check: str, attribute: str, code: str) -> None:
    for value, what in ((..., "unknown"), (None, "absent")):
        found = judge(edited("own_good", OWN, **{attribute: value})).verdict(check).findings
        assert f"{code}-{what}" in {item.code for item in found}


def test_a_plan_without_an_active_account_fails() -> None:
    listing = json.loads(json.dumps(plan("listed_good")).replace('"ACTIVE"', '"SUSPENDED"'))
    (finding,) = judge(listing).verdict("CKV_CONTACT_1").findings
    assert (finding.code, finding.source) == ("no-account", "plan0.json")


def test_a_plan_without_aws_beside_it_is_not_blamed_for_that() -> None:
    listing = json.loads(json.dumps(plan("listed_good")).replace('"ACTIVE"', '"SUSPENDED"'))
    (finding,) = judge(plan("no_aws_good"), listing).verdict("CKV_CONTACT_1").findings
    assert finding.source == "plan1.json"


def test_a_value_is_shown_if_there_is_one_and_it_is_no_secret() -> None:
    assert Value("a@b").shown == "a@b"
    assert Value("a@b", sensitive=True).shown == SENSITIVE
    assert {Value(content, sensitive=True).shown for content in ("", None, UNKNOWN)} == {""}


def test_a_doubtful_root_email_is_noted() -> None:
    replace = (PERSON, "zephyr@corp-of-nobody.com")
    found = verdict("root_personal_bad", "CKV_CONTACT_2", replace=replace)
    assert [(item.kind, item.level) for item in (*found.findings, *found.notes)] == [("unsure", "note")]
    strict = verdict("root_personal_bad", "CKV_CONTACT_2", replace=replace, strict=True)
    assert [(item.kind, item.details[0].code) for item in strict.findings] == [("unsure", "strict")]


def test_a_removal_is_covered_by_the_id_of_an_account_that_no_plan_lists() -> None:
    elsewhere = Configuration(covered_elsewhere=(CoveredElsewhere("333333333302", "reason"),))
    found = judge(plan("removal_bad"), configuration=elsewhere).verdict("CKV_CONTACT_6")
    assert found.passed
    assert [item.code for item in found.notes] == ["contact-removed"]


SINGLE = "aws_organizations_account.single"


def test_the_replaced_account_is_named_as_far_as_known() -> None:
    content = plan("email_change_bad")
    before = changed(content, SINGLE)["before"]
    changed(content, SINGLE)["after_sensitive"] = {"email": True}
    finding = judge(content).verdict("CKV_CONTACT_5").findings[0]
    assert before["email"] not in texts().sentence(finding) + texts().fix(finding)
    assert (finding.account_id, finding.account_name) == (before["id"], "single")
    del content["prior_state"]
    before |= {"id": 7, "name": None}
    finding = judge(content).verdict("CKV_CONTACT_5").findings[0]
    assert (finding.account_id, texts().subject(finding)) == (None, SINGLE)


def test_a_root_email_that_is_listed_and_managed_is_judged_on_the_resource() -> None:
    managed = plan("email_change_good")
    change = changed(managed, SINGLE)
    text = json.dumps(managed).replace(change["after"]["email"], PERSON)
    account = change["after"]["id"]
    listing = json.loads(json.dumps(plan("root_personal_listed_bad")).replace("333333333302", account))
    for plans in ((json.loads(text), listing), (listing, json.loads(text))):
        found = [item for item in judge(*plans).verdict("CKV_CONTACT_2").findings if item.account_id == account]
        assert [item.address for item in found] == [SINGLE]


def test_a_removal_names_the_account() -> None:
    (finding,) = judge(plan("removal_bad"), plan("listed_bad")).verdict("CKV_CONTACT_6").findings
    assert texts().subject(finding) == "333333333302 payments-prod"
    (finding,) = judge(plan("removal_bad")).verdict("CKV_CONTACT_6").findings
    assert texts().subject(finding) == "333333333302"


def test_the_contact_of_a_suspended_account_needs_no_successor() -> None:
    listing = json.loads(json.dumps(plan("listed_bad")).replace('"ACTIVE"', '"SUSPENDED"'))
    assert not judge(plan("removal_bad"), plan("listed_bad")).verdict("CKV_CONTACT_6").passed
    assert judge(plan("removal_bad"), listing).verdict("CKV_CONTACT_6").passed


@pytest.mark.parametrize("pattern", ["333333333302", "payments-*"])
def test_a_removal_may_be_covered_elsewhere_by_id_and_name(pattern: str) -> None:
    elsewhere = Configuration(covered_elsewhere=(CoveredElsewhere(pattern, "reason"),))
    report = judge(plan("removal_bad"), plan("listed_bad"), configuration=elsewhere)
    assert report.verdict("CKV_CONTACT_6").passed
    assert report.verdict("CKV_CONTACT_6").notes[0].kind == "covered"


def test_regions_that_are_missing_and_those_that_are_unknown_are_told_apart() -> None:
    rule = "aws_notifications_event_rule.sign_in"
    for value, code in ((..., "regions-unknown"), (None, "regions-absent")):
        found = judge(edited("notifications_good", rule, regions=value)).verdict("CKV_CONTACT_8").findings
        assert [item.code for item in found] == [code]


def test_regions_that_are_no_text_cover_nothing() -> None:
    found = judge(with_value("notifications_good", "regions", [["us-east-1"]])).verdict("CKV_CONTACT_8")
    assert not found.error
    assert "regions" in {item.kind for item in found.findings}


def test_a_configuration_without_a_name_is_called_so() -> None:
    content = with_value("notifications_no_rule_bad", "name", None)
    (finding,) = judge(content).verdict("CKV_CONTACT_8").findings
    assert finding.parameters == {"name": finding.address}


def through_locals(*names: str) -> Any:
    """Notifications whose event rules and channels of these names refer to a local."""
    content = plan("notifications_good")
    for block in content["configuration"]["root_module"]["resources"]:
        if block["name"] in names and "notification_configuration_arn" in block["expressions"]:
            block["expressions"]["notification_configuration_arn"] = {"references": ["local.arn"]}
    return content


@pytest.mark.parametrize("names", [("health", "sign_in"), ("health",)])
def test_rules_and_channels_through_a_local_are_shared_out(names: tuple[str, ...]) -> None:
    assert judge(through_locals(*names)).verdict("CKV_CONTACT_8").passed


def test_a_rule_that_goes_is_none() -> None:
    report = judge(deleted("notifications_good", "aws_notifications_event_rule.sign_in"))
    assert [item.kind for item in report.verdict("CKV_CONTACT_8").findings] == ["rule"]
    report = judge(deleted("notifications_good", "aws_notifications_notification_hub.this"))
    assert [item.kind for item in report.verdict("CKV_CONTACT_8").findings] == ["hub"]


def test_regions_in_use_are_those_of_aws() -> None:
    content = plan("notifications_good")
    google = {"name": "google", "full_name": "registry.terraform.io/hashicorp/google"}
    providers = content["configuration"]["provider_config"]
    providers["google"] = {**google, "expressions": {"region": {"constant_value": "asia-east1"}}}
    assert judge(content).verdict("CKV_CONTACT_8").passed
    for region in (7, None, ["us-west-2"]):
        providers["aws"]["expressions"]["region"] = {"constant_value": region}
        assert judge(content).verdict("CKV_CONTACT_8").passed
    hub = "aws_notifications_notification_hub.this"
    assert judge(edited("notifications_good", hub, notification_hub_region=...)).verdict("CKV_CONTACT_8").passed


def test_notifications_of_an_account_that_the_plan_does_not_tell() -> None:
    """A plan of a part holds what its configuration no longer has, and so not with which provider."""
    content = plan("role_alias_good") | {"complete": False}
    kind = "aws_notifications_notification_configuration"
    left = {"address": f"{kind}.left", "mode": "managed", "type": kind, "name": "left", "values": {"name": "left"}}
    content["prior_state"] = {"values": {"root_module": {"resources": [left]}}}
    found = judge(content).verdict("CKV_CONTACT_8")
    assert not found.error
    assert {texts().subject(item) for item in found.findings} == {"", f"{kind}.left"}
