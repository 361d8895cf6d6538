"""Every way to make an account counts, and plans of every kind and age are read."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from policies.contact_rules.evaluate import NOT_APPLICABLE
from policies.contact_rules.plans.parsing import parse
from policies.contact_rules.plans.plan import UnusablePlanError
from tests.policies.support import changed, judge, objections, plan, planned

PRODUCT = "aws_servicecatalog_provisioned_product.vended"
AFT = "aws_dynamodb_table_item.account_request"


def retyped(case: str, old: str, new: str, **attributes: str) -> Any:
    """The case's plan in which resources of a type are of another, with other names of attributes."""
    content = json.loads(json.dumps(plan(case)).replace(old, new))
    for item in [change["change"] for change in content["resource_changes"] if change["type"] == new]:
        for part in ("after", "after_unknown", "before"):
            values = item.get(part) or {}
            for before, after in attributes.items():
                if before in values:
                    values[after] = values.pop(before)
    for item in planned(content["planned_values"]["root_module"]):
        if item["type"] == new:
            for before, after in attributes.items():
                if before in item["values"]:
                    item["values"][after] = item["values"].pop(before)
    return content


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("awscc_organizations_account", {"id": "account_id", "name": "account_name"}),
        ("controltower_aws_account", {"id": "account_id"}),
    ],
)
def test_accounts_of_other_providers_count(kind: str, attributes: dict[str, str]) -> None:
    content = retyped("reference_direct_bad", "aws_organizations_account", kind, **attributes)
    assert objections(judge(content), "CKV_CONTACT_1") == ["second"]
    assert "second" in objections(judge(content), "CKV_CONTACT_4")
    content = retyped("reference_direct_good", "aws_organizations_account", kind, **attributes)
    assert objections(judge(content), "CKV_CONTACT_1") == []
    content = retyped("root_personal_bad", "aws_organizations_account", kind, **attributes)
    assert judge(content).verdict("CKV_CONTACT_2").findings
    content = retyped("email_change_bad", "aws_organizations_account", kind, **attributes)
    del content["prior_state"]
    assert judge(content).verdict("CKV_CONTACT_5").findings


def test_contacts_of_other_providers_of_the_same_api_count() -> None:
    content = retyped("own_good", "aws_account_alternate_contact", "other_account_alternate_contact")
    assert objections(judge(content), "CKV_CONTACT_1") == []


def test_a_product_that_exists_has_the_account_of_its_outputs() -> None:
    content = plan("product_contact_bad")
    change = changed(content, PRODUCT)
    (item,) = (item for item in planned(content["planned_values"]["root_module"]) if item["address"] == PRODUCT)
    change["after_unknown"].pop("outputs", None)
    outputs = [{"description": "", "key": "AccountId", "value": "555555555501"}]
    change["after"]["outputs"] = item["values"]["outputs"] = outputs
    assert objections(judge(content), "CKV_CONTACT_1") == ["555555555501 vended"]
    for odd in (
        None,
        "x",
        [7],
        [{"key": "AccountId"}],
        [{"key": "AccountId", "value": 7}],
        [{"key": "x", "value": "1"}],
    ):
        change["after"]["outputs"] = item["values"]["outputs"] = odd
        assert objections(judge(content), "CKV_CONTACT_1") == ["vended"]


def test_an_account_that_is_requested_and_listed_is_one() -> None:
    request = plan("root_aft_good")
    listing = plan("listed_good")
    rows = listing["prior_state"]["values"]["root_module"]["resources"]
    accounts = next(item["values"] for item in rows if item["type"] == "aws_organizations_organization")["accounts"]
    accounts.append({**accounts[1], "id": "555555555501", "name": "vended", "email": "AWS-Root+vended@kaede.example"})
    for plans in ([request, listing], [listing, request]):
        found = objections(judge(*plans), "CKV_CONTACT_1")
        assert [item for item in found if "vended" in item or "555555555501" in item] == ["555555555501 vended"]


def test_a_product_that_goes_makes_no_account() -> None:
    content = plan("product_contact_bad")
    change = changed(content, PRODUCT)
    change |= {"actions": ["delete"], "before": change["after"], "after": None, "after_unknown": {}}
    module = content["planned_values"]["root_module"]
    module["resources"] = [item for item in module["resources"] if item["address"] != PRODUCT]
    assert objections(judge(content), "CKV_CONTACT_1") == []


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ({}, True),
        ({"outputs": [{"value": True}]}, True),
        ({"provisioning_parameters": [{"value": True}]}, False),
        ({"provisioning_parameters": [{}, {"key": False}]}, True),
        ({"provisioning_parameters": True}, False),
    ],
)
def test_a_product_is_sensitive_only_where_it_is(marks: Any, shown: bool) -> None:
    content = plan("root_account_factory_bad")
    changed(content, PRODUCT)["after_sensitive"] = marks
    (finding,) = judge(content).verdict("CKV_CONTACT_2").findings
    assert ("@" in finding.value) is shown


def deferred(content: Any, address: str) -> Any:
    """The plan that leaves an instance to a later one."""
    (row,) = (item for item in content["resource_changes"] if item["address"] == address)
    content["resource_changes"].remove(row)
    module = content["planned_values"]["root_module"]
    module["resources"] = [item for item in module.get("resources", []) if item["address"] != address]
    row = copy.deepcopy(row)
    row["change"]["after"] = None
    content["deferred_changes"] = [{"reason": "instance_count_unknown", "resource_change": row}]
    content["complete"] = False
    return content


def test_deferred_accounts_cannot_be_judged() -> None:
    content = deferred(plan("reference_direct_good"), "aws_organizations_account.single")
    report = judge(content)
    for check in ("CKV_CONTACT_1", "CKV_CONTACT_2", "CKV_CONTACT_4"):
        assert "aws_organizations_account.single" in objections(report, check)


def test_a_deferred_contact_counts_for_nobody() -> None:
    content = deferred(plan("own_good"), "aws_account_alternate_contact.own")
    assert objections(judge(content), "CKV_CONTACT_1") == ["111111111111"]
    content["deferred_changes"] = [{"reason": "x"}, {"resource_change": {"change": 7}}]
    assert objections(judge(content), "CKV_CONTACT_1") == ["111111111111"]


def test_an_instance_that_neither_is_nor_will_be_is_nothing() -> None:
    content = plan("own_bad")
    contact = plan("own_good")["resource_changes"][0]
    nothing: dict[str, Any] = {"actions": ["no-op"], "before": None, "after": None, "after_unknown": {}}
    content["resource_changes"].append({**contact, "change": nothing})
    assert objections(judge(content), "CKV_CONTACT_1") == ["111111111111"]
    for odd in ({"before": contact["change"]["after"]}, {"after_unknown": {"id": True}}):
        content["resource_changes"][-1] = {**contact, "change": {**nothing, **odd}}
        with pytest.raises(UnusablePlanError, match="does not say what becomes of"):
            judge(content)


def test_an_import_with_generated_configuration_has_no_block() -> None:
    content = plan("import_generated_good")
    assert not content["configuration"]["root_module"].get("resources")
    change = changed(content, "aws_account_alternate_contact.own")
    change["actions"] = ["update"]
    assert objections(judge(content), "CKV_CONTACT_1") == []


def test_values_that_differ_in_what_is_empty_do_not_contradict() -> None:
    """Terraform 0.12 wrote null in one place and left the attribute out in the other."""
    content = plan("own_good")
    changed(content, "aws_account_alternate_contact.own")["after"]["timeouts"] = None
    for item in planned(content["planned_values"]["root_module"]):
        item["values"].pop("timeouts", None)
    assert objections(judge(content), "CKV_CONTACT_1") == []


def test_a_plan_without_aws_passes_and_says_so() -> None:
    report = judge(plan("no_aws_good"))
    assert report.passed
    for verdict in report.verdicts:
        assert not verdict.applicable
        (note,) = verdict.notes
        assert note.level == "note"
    both = judge(plan("no_aws_good"), plan("own_bad"))
    assert objections(both, "CKV_CONTACT_1") == ["111111111111"]
    assert all(verdict.applicable for verdict in both.verdicts)
    assert NOT_APPLICABLE


@pytest.mark.parametrize("kind", ["aws_sns_topic", "awscc_sns_topic", "controltower_aws_account"])
def test_anything_of_aws_makes_a_plan_applicable(kind: str) -> None:
    content = plan("no_aws_good")
    assert not parse("plan.json", content).has_aws
    block = {"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x", "provider_config_key": "x"}
    changed_ = copy.deepcopy(content)
    changed_["format_version"] = "1.0"
    changed_["configuration"]["root_module"]["resources"].append(block)
    assert parse("plan.json", changed_).has_aws
    changed_ = copy.deepcopy(content)
    row = {**block, "change": {"actions": ["no-op"], "before": {}, "after": {}, "after_unknown": {}}}
    changed_["deferred_changes"] = [{"reason": "x", "resource_change": row}]
    assert parse("plan.json", changed_).has_aws


def test_an_empty_plan_that_configures_aws_fails() -> None:
    content = plan("own_bad")
    content["resource_changes"] = []
    content["planned_values"] = {"root_module": {}}
    content["configuration"]["root_module"] = {}
    assert objections(judge(content), "CKV_CONTACT_1") == ["111111111111"]


def test_two_contacts_with_the_same_references_count_for_one_account() -> None:
    content = plan("reference_local_good")
    assert objections(judge(content), "CKV_CONTACT_1") == []
    blocks = [
        block
        for block in content["configuration"]["root_module"]["resources"]
        if "account_id" in block.get("expressions", {})
    ]
    for block in blocks:
        block["expressions"]["account_id"] = {"references": ["local.ids"]}
        block.pop("for_each_expression", None)
    for row in content["resource_changes"]:
        if row["type"] == "aws_account_alternate_contact":
            row.pop("index", None)
    assert objections(judge(content), "CKV_CONTACT_1") == ["blue", "green"]


def test_a_request_without_an_item_cannot_be_judged() -> None:
    content = plan("root_aft_unknown_bad")
    del changed(content, AFT)["after_unknown"]
    assert objections(judge(content), "CKV_CONTACT_2") == [AFT]
