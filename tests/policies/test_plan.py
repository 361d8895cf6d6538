"""Plans are read strictly: what has not the documented shape, or contradicts itself, is refused with the place."""

from __future__ import annotations

from typing import Any

import pytest

from policies.contact_rules.plans.parsing import module_path, parse
from policies.contact_rules.plans.plan import UnusablePlanError
from tests.policies.support import OWN, changed, judge, objections, plan

PAYMENTS = "aws_account_alternate_contact.payments"
SINGLE = "aws_organizations_account.single"


def refused(content: Any, match: str) -> None:
    with pytest.raises(UnusablePlanError, match=match):
        parse("plan.json", content)


def resources(content: Any) -> Any:
    return content["planned_values"]["root_module"]["resources"]


@pytest.mark.parametrize("value", [0, "", None, [], {}])
def test_a_plan_that_does_not_say_whether_it_failed(value: Any) -> None:
    refused(plan("own_good") | {"errored": value}, "`errored`")
    parse("plan.json", plan("own_good") | {"errored": False})


def test_a_configuration_without_a_root_module() -> None:
    refused(plan("own_good") | {"configuration": {}}, "without a root module")


@pytest.mark.parametrize(
    ("part", "value", "match"),
    [
        ("resource_changes", {}, "dict instead of a list in resource_changes$"),
        ("resource_changes", [7], "int instead of an object in resource_changes"),
        ("planned_values", [], "list instead of an object in planned_values"),
        ("prior_state", {"values": {"root_module": {"resources": [7]}}}, "a resource of prior_state"),
        ("prior_state", {"values": {"root_module": {"child_modules": [7]}}}, "a module of prior_state"),
        ("prior_state", {"values": {"root_module": {"resources": [{"address": 7}]}}}, "the address of a resource"),
        ("variables", [], "list instead of an object in variables"),
    ],
)
def test_parts_of_another_kind(part: str, value: Any, match: str) -> None:
    refused(plan("own_good") | {part: value}, match)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"actions": None}, "does not say what happens to"),
        ({"actions": []}, "does not say what happens to"),
        ({"actions": "create"}, "str instead of a list in actions of aws_account"),
        ({"actions": ["burn"]}, "unknown action for .*burn"),
        ({"actions": [["create"]]}, "unknown action"),
        ({"actions": ["delete", "create"], "before": None}, "what .* was before its deletion"),
        ({"actions": ["delete"], "before": 7}, "what .* was before its deletion"),
        ({"after": None}, "does not say what becomes of"),
        ({"after": None, "after_unknown": {}}, "does not say what becomes of"),
        ({"after": 7}, "int instead of an object in after of"),
        ({"before": 7}, "int instead of an object in before of"),
        ({"after_unknown": [7]}, "list instead of an object in after_unknown"),
        ({"replace_paths": {}}, "dict instead of a list in replace_paths"),
    ],
)
def test_changes_of_another_kind(values: dict[str, Any], match: str) -> None:
    content = plan("own_good")
    changed(content, OWN).update(values)
    refused(content, match)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"address": ""}, "the address of a resource change"),
        ({"mode": None}, "null instead of a name in mode of"),
        ({"type": "aws_sns_topic"}, "address that does not fit its type and name"),
        ({"name": "other"}, "address that does not fit its type and name"),
        ({"index": True}, "instance key that is neither text nor number"),
        ({"index": [1]}, "instance key that is neither text nor number"),
        ({"module_address": "odd"}, "module address that cannot be read: odd"),
        ({"change": None}, "does not say what happens to"),
    ],
)
def test_resources_of_another_kind(values: dict[str, Any], match: str) -> None:
    content = plan("own_good")
    next(item for item in content["resource_changes"] if item["address"] == OWN).update(values)
    refused(content, match)


@pytest.mark.parametrize("value", [None, False, True])
def test_flags_may_be_said_of_everything(value: Any) -> None:
    content = plan("contact_personal_bad")
    changed(content, OWN)["after_unknown"] = value
    changed(content, OWN)["after_sensitive"] = value
    assert judge(content).verdict("CKV_CONTACT_3") == judge(plan("contact_personal_bad")).verdict("CKV_CONTACT_3")
    content = plan("root_personal_listed_bad")
    for item in content["prior_state"]["values"]["root_module"]["resources"]:
        item["sensitive_values"] = value
    assert judge(content).verdict("CKV_CONTACT_2") == judge(plan("root_personal_listed_bad")).verdict("CKV_CONTACT_2")


@pytest.mark.parametrize("paths", [[[]], ["email"], [7], [["email", 0], []]])
def test_paths_that_replace(paths: Any) -> None:
    content = plan("email_change_bad")
    changed(content, SINGLE)["replace_paths"] = paths
    read = parse("plan.json", content)
    (single,) = (item for item in read.resources if item.address == SINGLE)
    assert single.replace_paths == (("email",) if ["email", 0] in paths else ())


def test_planned_values_and_changes_agree() -> None:
    content = plan("own_good")
    resources(content)[0]["values"]["name"] = "another"
    refused(content, f"contradicts itself about {OWN}: planned_values")
    content = plan("own_good")
    new = {"address": "aws_account_alternate_contact.new", "mode": "managed", "type": "aws_account_alternate_contact"}
    resources(content).append(new)
    refused(content, r"contradicts itself about aws_account_alternate_contact\.new")
    content = plan("own_good")
    resources(content).append({**new, "address": "aws_sns_topic.new", "type": "aws_sns_topic"})
    parse("plan.json", content)
    content = plan("own_good")
    resources(content).append({"address": "data.aws_sns_topic.new", "mode": "data", "values": {}})
    parse("plan.json", content)
    content = plan("removal_bad")
    resources(content).append({**new, "address": PAYMENTS, "values": {}})
    refused(content, f"contradicts itself about {PAYMENTS}")


def test_prior_state_and_changes_agree() -> None:
    content = plan("removal_bad")
    changed(content, PAYMENTS)["before"]["account_id"] = "222222222201"
    refused(content, f"contradicts itself about {PAYMENTS}: prior_state")
    nothing: list[Any] = [None, "", {}, []]
    for empty in nothing:
        content = plan("removal_bad")
        changed(content, PAYMENTS)["before"]["timeouts"] = empty
        parse("plan.json", content)
    content = plan("removal_own_bad")
    other = {"address": "module.topic.aws_sns_topic.this", "mode": "managed", "type": "aws_sns_topic", "name": "this"}
    content["prior_state"]["values"]["root_module"]["resources"].append({**other, "values": {"name": "was"}})
    parse("plan.json", content)


def test_a_data_source_that_is_read_again_may_be_in_the_state() -> None:
    content = plan("listed_unread_bad")
    kind = "aws_organizations_organization"
    old = {
        "address": f"data.{kind}.this",
        "mode": "data",
        "type": kind,
        "name": "this",
        "values": {"accounts": [{"id": "222222222201"}]},
    }
    content["prior_state"] = {"values": {"root_module": {"resources": [old]}}}
    assert f"data.{kind}.this" in objections(judge(content), "CKV_CONTACT_1")


def test_nested_values_agree_but_for_what_is_empty() -> None:
    content = plan("organization_resource_bad")
    rows = changed(content, "aws_organizations_organization.this")["before"]["accounts"]
    rows[0]["note"] = ""
    parse("plan.json", content)
    rows[0]["note"] = "x"
    refused(content, "prior_state and resource_changes differ")
    content = plan("notifications_removed_good")
    address = "aws_notifications_event_rule.sign_in"
    changed(content, address)["before"]["regions"] = ["us-east-1", "eu-west-1"]
    refused(content, "prior_state and resource_changes differ")


def test_what_a_complete_plan_leaves_out() -> None:
    content = plan("removal_bad") | {"complete": True, "applyable": True}
    content["resource_changes"] = [item for item in content["resource_changes"] if item["address"] != PAYMENTS]
    refused(content, f"does not say what becomes of {PAYMENTS}")
    for partly in ({"complete": False}, {"applyable": False}):
        assert judge(content | partly).verdict("CKV_CONTACT_6").passed
    content["prior_state"]["values"]["root_module"]["resources"] = [
        {"address": "data.aws_partition.x", "mode": "data", "type": "aws_partition", "name": "x", "values": {}}
    ]
    changed(content, OWN)["before"] = changed(content, OWN)["after"]
    parse("plan.json", content)


def test_a_refresh_only_plan_leaves_everything_out() -> None:
    content = plan("refresh_only_good") | {"complete": True, "applyable": True}
    assert judge(content | {"resource_drift": [{}]}).verdict("CKV_CONTACT_1").passed
    assert judge(content | {"output_changes": {"x": {}}}).verdict("CKV_CONTACT_1").passed
    refused(content, "does not say what becomes of")


def test_what_is_made_has_a_block() -> None:
    content = plan("own_good")
    content["configuration"]["root_module"]["resources"] = []
    refused(content, f"{OWN} has no block in its configuration")
    content = plan("no_aws_good")
    content["configuration"]["root_module"]["resources"] = []
    parse("plan.json", content)
    content = plan("no_change_good")
    content["configuration"]["root_module"]["resources"] = []
    parse("plan.json", content)


@pytest.mark.parametrize("moved", [None, 7, [OWN]])
def test_where_a_resource_was_before(moved: Any) -> None:
    content = plan("own_good")
    content["resource_changes"][0]["previous_address"] = moved
    assert judge(content).verdict("CKV_CONTACT_1").passed


def test_an_address_in_the_state_fits_type_and_name() -> None:
    content = plan("listed_good")
    content["prior_state"]["values"]["root_module"]["resources"][0]["name"] = "other"
    refused(content, "address that does not fit its type and name")
    content = plan("listed_good")
    content["prior_state"]["values"]["root_module"]["resources"][0]["mode"] = "managed"
    with pytest.raises(UnusablePlanError):
        parse("plan.json", content)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (None, ()),
        ("module.a", (("a", None),)),
        ('module.a["x.y"].module.b[3]', (("a", "x.y"), ("b", 3))),
        (r'module.a["\"]"]', (("a", '"]'),)),
    ],
)
def test_module_addresses(address: Any, path: Any) -> None:
    assert module_path("plan.json", address) == path


@pytest.mark.parametrize("address", ["", 7, "a", "module", "module.a[x]", "module.a..b"])
def test_what_is_no_module_address(address: Any) -> None:
    with pytest.raises(UnusablePlanError):
        module_path("plan.json", address)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"name": "google"}, "calls provider aws by another name, google"),
        ({"name": None}, "name of provider aws"),
        ({"alias": 7}, "alias of provider aws"),
        ({"alias": ""}, "alias of provider aws"),
        ({"expressions": []}, "expressions of provider aws"),
    ],
)
def test_providers_of_another_kind(values: dict[str, Any], match: str) -> None:
    content = plan("own_good")
    content["configuration"]["provider_config"]["aws"].update(values)
    refused(content, match)


@pytest.mark.parametrize("full_name", [None, 7, "registry.example/other/aws"])
def test_a_provider_named_aws_is_aws(full_name: Any) -> None:
    content = plan("own_bad")
    content["configuration"]["provider_config"]["aws"]["full_name"] = full_name
    assert parse("plan.json", content).providers["aws"].is_aws


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"address": None}, "the address of a configured resource"),
        ({"expressions": []}, f"expressions of {OWN}"),
        ({"provider_config_key": None}, f"the provider of {OWN}"),
    ],
)
def test_blocks_of_another_kind(values: dict[str, Any], match: str) -> None:
    content = plan("own_good")
    content["configuration"]["root_module"]["resources"][0].update(values)
    refused(content, match)


def test_only_aws_blocks_need_their_provider() -> None:
    content = plan("no_aws_good")
    del content["configuration"]["root_module"]["resources"][0]["provider_config_key"]
    parse("plan.json", content)


@pytest.mark.parametrize("how", ["for_each_expression", "count_expression"])
def test_a_module_in_a_repeated_module_is_repeated(how: str) -> None:
    content = plan("own_good")
    call = content["configuration"]["root_module"]["module_calls"]["topic"]
    assert parse("plan.json", content).repeated_modules == set()
    call["module"]["module_calls"] = {"inner": {"module": {}}}
    assert parse("plan.json", content).repeated_modules == set()
    call[how] = {"constant_value": 1}
    assert parse("plan.json", content).repeated_modules == {("topic",), ("topic", "inner")}
