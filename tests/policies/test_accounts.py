"""Which accounts and contacts a plan speaks of, in plans that were changed by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.contact_rules.plans.plan import UnusablePlanError
from tests.policies.support import OWN, changed, deleted, edited, judge, listed, objections, plan

SINGLE = "aws_organizations_account.single"
VENDED = "aws_servicecatalog_provisioned_product.vended"
REQUEST = "aws_dynamodb_table_item.account_request"


def providers(content: Any) -> Any:
    return content["configuration"]["provider_config"]


def role(arn: Any) -> dict[str, Any]:
    return {"role_arn": {"constant_value": arn}}


@pytest.mark.parametrize("name", [..., 7, None])
def test_an_account_without_a_name_is_called_by_its_resource(name: Any) -> None:
    report = judge(edited("reference_direct_bad", "aws_organizations_account.second", name=name))
    assert objections(report, "CKV_CONTACT_1") == ["account made by aws_organizations_account.second"]


def test_a_suspended_account_that_is_managed_is_not_judged() -> None:
    report = judge(edited("root_personal_bad", SINGLE, status="SUSPENDED"))
    assert report.verdict("CKV_CONTACT_2").passed
    assert "single" not in str(report.verdict("CKV_CONTACT_1").findings)


@pytest.mark.parametrize("value", [None, "", 7])
def test_a_caller_identity_without_an_id_names_no_account(value: Any) -> None:
    content = plan("own_by_id_good")
    (data,) = content["prior_state"]["values"]["root_module"]["resources"]
    data["values"]["account_id"] = value
    del content["configuration"]["root_module"]["resources"][0]
    content["resource_changes"] = []
    content["planned_values"] = {"root_module": {}}
    assert objections(judge(content), "CKV_CONTACT_1") == ["own account of provider aws (its id is not in the plan)"]


@pytest.mark.parametrize("arn", ["payments", None, 7, ["arn:aws:iam::333333333302:role/x"], "arn:aws:iam::3:role/x"])
def test_a_role_that_names_no_account_is_an_account_of_its_own(arn: Any) -> None:
    content = plan("role_alias_bad")
    providers(content)["aws.payments"]["expressions"]["assume_role"] = [role(arn)]
    assert objections(judge(content), "CKV_CONTACT_1") == [
        "own account of provider aws.payments (its id is not in the plan)"
    ]


@pytest.mark.parametrize("allowed", [["333333333302", "222222222201"], ["x"], [True], [], "333333333302"])
def test_allowed_accounts_that_do_not_name_one(allowed: Any) -> None:
    content = plan("role_alias_bad")
    expressions = providers(content)["aws.payments"]["expressions"]
    expressions["assume_role"] = [role("payments")]
    expressions["allowed_account_ids"] = {"constant_value": allowed}
    (told,) = objections(judge(content), "CKV_CONTACT_1")
    assert told.startswith("own account of provider aws.payments")
    expressions["allowed_account_ids"] = {"constant_value": ["333333333302"]}
    assert objections(judge(content), "CKV_CONTACT_1") == ["333333333302"]


def test_the_last_role_of_a_chain_counts() -> None:
    content = plan("role_alias_bad")
    expressions = providers(content)["aws.payments"]["expressions"]
    hub, target = role("arn:aws:iam::111111111111:role/hub"), role("arn:aws:iam::333333333302:role/x")
    expressions["assume_role"] = [hub, target]
    assert objections(judge(content), "CKV_CONTACT_1") == ["333333333302"]
    expressions["assume_role"] = [hub, {"role_arn": {"references": ["local.role"]}}]
    assert objections(judge(content), "CKV_CONTACT_1") == [
        "own account of provider aws.payments (its id is not in the plan)"
    ]
    expressions["assume_role"] = [hub, "odd"]
    assert objections(judge(content), "CKV_CONTACT_1") == [
        "own account of provider aws.payments (its id is not in the plan)"
    ]


def test_a_role_out_of_a_local_is_not_taken_for_that_of_the_only_new_account() -> None:
    content = plan("role_of_new_account_good")
    providers(content)["aws.payments"]["expressions"]["assume_role"] = [{"role_arn": {"references": ["local.role"]}}]
    assert "single" in objections(judge(content), "CKV_CONTACT_1")


def test_equal_settings_in_two_modules_may_be_two_accounts() -> None:
    """Expressions of modules hold their variables' names, not what they stand for."""
    content = plan("role_alias_bad")
    for key, account in (("aws", "111111111111"), ("aws.payments", "333333333302")):
        providers(content)[key]["expressions"] = {
            "profile": {"references": ["var.profile"]},
            "allowed_account_ids": {"constant_value": [account]},
        }
    assert objections(judge(content), "CKV_CONTACT_1") == ["333333333302"]


def test_a_data_source_that_the_plan_has_no_values_of_is_a_gap() -> None:
    content = plan("listed_good")
    resources = content["prior_state"]["values"]["root_module"]["resources"]
    resources[:] = [item for item in resources if item["type"] != "aws_organizations_organization"]
    for check in ("CKV_CONTACT_1", "CKV_CONTACT_2", "CKV_CONTACT_4"):
        assert "data.aws_organizations_organization.this" in objections(judge(content), check)


@pytest.mark.parametrize("rows", [["odd"], [{"id": 7}], [{"id": ""}], [{}], None, "odd"])
def test_a_list_without_ids_is_refused(rows: Any) -> None:
    content = plan("listed_good")
    listed(content).pop("non_master_accounts")
    listed(content)["accounts"] = rows
    with pytest.raises(UnusablePlanError, match=r"data\.aws_organizations_organization\.this"):
        judge(content)


def test_one_of_the_two_lists_is_enough() -> None:
    content = plan("listed_bad")
    listed(content).pop("accounts")
    assert objections(judge(content), "CKV_CONTACT_1") == ["333333333302 payments-prod"]


def test_a_management_account_that_is_not_in_the_list_counts_too() -> None:
    content = plan("root_personal_listed_bad")
    everybody = objections(judge(content), "CKV_CONTACT_2")
    assert "111111111111 kaede-management" in everybody
    values = listed(content)
    values["accounts"] = values.pop("non_master_accounts")
    assert objections(judge(content), "CKV_CONTACT_2") == everybody
    values["master_account_id"] = 7
    assert objections(judge(content), "CKV_CONTACT_2") == [one for one in everybody if not one.startswith("1111")]


def test_a_management_account_in_the_list_is_judged_by_its_row() -> None:
    content = plan("listed_good")
    listed(content)["master_account_email"] = None
    assert judge(content).verdict("CKV_CONTACT_2").passed


@pytest.mark.parametrize("value", [None, ""])
def test_no_management_account_is_none(value: Any) -> None:
    content = plan("listed_good")
    listed(content)["master_account_id"] = value
    assert judge(content).passed


def test_names_and_addresses_of_listed_accounts() -> None:
    content = plan("listed_bad")
    for row in listed(content)["accounts"] + listed(content)["non_master_accounts"]:
        row["name"] = 7
    assert objections(judge(content), "CKV_CONTACT_1") == ["333333333302"]
    content = plan("root_personal_listed_bad")
    for item in content["prior_state"]["values"]["root_module"]["resources"]:
        if item["type"] == "aws_organizations_organization":
            item["sensitive_values"] = {"accounts": True}
    assert {item.value for item in judge(content).verdict("CKV_CONTACT_2").findings} == {"(sensitive value)"}


def test_a_personal_address_in_a_managed_organization_stands_on_it() -> None:
    text = json.dumps(plan("organization_resource_bad")).replace("aws-root+log-archive", "hanako.yamada")
    (finding,) = judge(json.loads(text)).verdict("CKV_CONTACT_2").findings
    assert finding.address == "aws_organizations_organization.this"
    (finding,) = judge(plan("organization_resource_bad")).verdict("CKV_CONTACT_1").findings
    assert finding.address is None


def test_only_aws_resources_work_in_aws_accounts() -> None:
    content = plan("role_alias_read_good")
    del providers(content)["terraform"]
    assert objections(judge(content), "CKV_CONTACT_1") == []


def test_an_own_account_is_called_by_its_provider_in_every_plan() -> None:
    report = judge(plan("own_good"), plan("own_unknown_bad"))
    assert objections(report, "CKV_CONTACT_1") == ["own account of provider aws (its id is not in the plan)"]


def test_a_request_for_an_account_that_goes_is_not_judged() -> None:
    assert judge(deleted("root_account_factory_bad", VENDED)).verdict("CKV_CONTACT_2").passed


def test_a_request_whose_parameters_are_unknown_cannot_be_judged() -> None:
    report = judge(edited("root_account_factory_bad", VENDED, provisioning_parameters=...))
    assert objections(report, "CKV_CONTACT_2") == [VENDED]
    assert judge(edited("product_good", VENDED, provisioning_parameters=...)).verdict("CKV_CONTACT_2").passed


def test_odd_parameters_of_a_request_are_passed_over() -> None:
    person = {"key": "AccountEmail", "value": "hanako.yamada@kaede.example"}
    content = edited("root_account_factory_bad", VENDED, provisioning_parameters=["odd", person])
    assert objections(judge(content), "CKV_CONTACT_2") == [VENDED]
    for flags in (None, [None, None], [{"value": True}, True], [{"value": True}, {"value": False}]):
        changed(content, VENDED)["after_unknown"]["provisioning_parameters"] = flags
        assert [item.kind for item in judge(content).verdict("CKV_CONTACT_2").findings] == ["personal-requested"]
    content = edited(
        "root_account_factory_bad", VENDED, provisioning_parameters=[{"key": "AccountName", "value": 7}, person]
    )
    assert objections(judge(content), "CKV_CONTACT_2") == [VENDED]


@pytest.mark.parametrize("name", [None, "vended", {}, {"S": 7}, {"S": ["vended"]}])
def test_a_request_of_account_factory_for_terraform_without_a_name(name: Any) -> None:
    request = {"control_tower_parameters": {"M": {"AccountEmail": {"S": "a@icloud.com"}, "AccountName": name}}}
    content = edited("root_aft_bad", REQUEST, item=json.dumps(request))
    assert objections(judge(content), "CKV_CONTACT_2") == [REQUEST]


@pytest.mark.parametrize("item", ["{", "[]", "7", '{"control_tower_parameters": {"M": {}}}'])
def test_other_items_of_tables_are_no_requests(item: Any) -> None:
    assert judge(edited("root_aft_bad", REQUEST, item=item)).verdict("CKV_CONTACT_2").passed


def test_an_unknown_item_of_a_table_without_a_name_is_no_request() -> None:
    content = edited("root_aft_unknown_bad", REQUEST, table_name=7)
    assert judge(content).verdict("CKV_CONTACT_2").passed


@pytest.mark.parametrize("kind", [["SECURITY"], {"a": 1}, 7, None])
def test_a_type_that_is_no_text_covers_nothing(kind: Any) -> None:
    for case, address in (("own_good", OWN), ("reference_direct_good", "aws_account_alternate_contact.single")):
        assert judge(edited(case, address, alternate_contact_type=kind)).verdict("CKV_CONTACT_1").findings
    content = edited("reference_local_shared_good", "aws_account_alternate_contact.first", alternate_contact_type=kind)
    assert objections(judge(content), "CKV_CONTACT_1")


def test_the_own_account_of_an_imported_contact() -> None:
    """Terraform imports the caller's own contact by its type alone, and keeps that as id."""
    content = plan("removal_own_bad")
    change = changed(content, OWN)
    change["before"]["id"] = "SECURITY"
    del content["prior_state"]
    assert objections(judge(content), "CKV_CONTACT_6") == ["111111111111"]


def test_a_contact_of_a_provider_that_is_not_there_counts_for_nobody() -> None:
    content = plan("role_alias_good")
    for block in content["configuration"]["root_module"]["resources"]:
        if block["name"] == "payments":
            block["provider_config_key"] = "aws.absent"
    with pytest.raises(
        UnusablePlanError, match=r"does not have the provider of aws_account_alternate_contact\.payments"
    ):
        judge(content)
    content["format_version"] = "1.0"
    assert "333333333302" in objections(judge(content), "CKV_CONTACT_1")
