"""Which account a provider works in: two are never taken for one, one never for two."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from policies.contact_rules.plans.parsing import parse
from policies.contact_rules.plans.plan import UnusablePlanError
from policies.contact_rules.plans.providers import Workplaces
from policies.contact_rules.texts import texts
from tests.policies.support import changed, judge, listed, objections, plan, planned

LOG, PAYMENTS = "222222222201", "333333333302"
UNKNOWN_LOG, UNKNOWN_PAYMENTS = (
    f"own account of provider aws.{alias} (its id is not in the plan)" for alias in ("log", "payments")
)


def role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"


def expressions(content: Any, key: str) -> Any:
    return content["configuration"]["provider_config"][key]["expressions"]


def assumes(content: Any, key: str, *references: str, **settings: Any) -> None:
    """Lets a provider assume a role that the configuration builds from these references."""
    expressions(content, key)["assume_role"] = [{"role_arn": {"references": list(references)}, **settings}]


def two_roles(**variables: Any) -> Any:
    """A plan with a contact in `aws.log`, none in `aws.payments`, and root variables."""
    content = plan("role_literal_dropped_bad")
    content["variables"] = {name: {"value": value} for name, value in variables.items()}
    return content


def missing(content: Any) -> list[str]:
    return objections(judge(content), "CKV_CONTACT_1")


@pytest.mark.parametrize(
    ("references", "variables"),
    [
        (["var.role"], {"role": role(LOG)}),
        (["var.roles.log", "var.roles"], {"roles": {"log": role(LOG)}}),
        (['var.roles["log"]', "var.roles"], {"roles": {"log": role(LOG)}}),
        (["var.roles[1]", "var.roles"], {"roles": ["x", role(LOG)]}),
        (["var.account"], {"account": LOG}),
        (["var.account"], {"account": int(LOG)}),
        (["var.account", "var.role"], {"account": LOG, "role": "Operator"}),
        (["var.partition", "var.account", "var.role"], {"partition": "aws", "account": LOG, "role": "x"}),
    ],
)
def test_a_value_that_settles_the_account(references: list[str], variables: dict[str, Any]) -> None:
    content = two_roles(**variables)
    assumes(content, "aws.log", *references)
    assumes(content, "aws.payments", *references)
    assert missing(content) == []
    assumes(content, "aws.payments", *references, session_name={"constant_value": "x"})
    assert missing(content) == []


@pytest.mark.parametrize(
    ("references", "variables"),
    [
        ([], {}),
        (["var.role"], {}),
        (["var.role"], {"role": "Operator"}),
        (["var.role"], {"role": ""}),
        (["var.role"], {"role": None}),
        (["var.role"], {"role": [role(LOG)]}),
        (["var.role"], {"role": f"arn:aws:s3:::{LOG}"}),
        (["var.account"], {"account": LOG + "0"}),
        (["var.account", "local.role"], {"account": LOG}),
        (["local.role"], {}),
        (["var.account", "var.other"], {"account": LOG, "other": PAYMENTS}),
        (["var.first", "var.second"], {"first": role(LOG), "second": "x"}),
        (["var.production", "var.role"], {"production": True, "role": role(LOG)}),
        (["var.roles[each.key]", "var.roles"], {"roles": {"log": role(LOG)}}),
        (["var.roles.absent", "var.roles"], {"roles": {"log": role(LOG)}}),
        (["terraform.workspace"], {}),
        (["a..b"], {}),
        (["aws_iam_role.absent"], {}),
        (["module.nothing.arn", "module.nothing"], {}),
        (["var.roles[5]", "var.roles"], {"roles": [role(LOG)]}),
        (["var.roles.x", "var.roles"], {"roles": [role(LOG)]}),
        (["var.letters[0]", "var.letters", "var.account"], {"letters": "x", "account": LOG}),
        (["var.odd", "var.account"], {"odd": 7, "account": LOG}),
        (["var"], {"role": role(LOG)}),
        (["module.roles.arn", "module.roles"], {}),
        (["aws_iam_role.absent.arn", "aws_iam_role.absent"], {}),
        (["data.aws_iam_role.absent.arn", "data.aws_iam_role.absent"], {}),
    ],
)
def test_what_does_not_settle_the_account(references: list[str], variables: dict[str, Any]) -> None:
    content = two_roles(**variables)
    assumes(content, "aws.log", *references)
    assumes(content, "aws.payments", *references)
    assert missing(content) == [UNKNOWN_PAYMENTS]


def test_the_finding_names_what_hides_the_account_and_the_fix_settles_it() -> None:
    content = two_roles(role="Operator")
    (finding,) = judge(content).verdict("CKV_CONTACT_1").findings
    (hidden,) = finding.details
    assert hidden.code == "hidden-by-reference"
    assert hidden.parameters == {
        "provider": "aws.payments",
        "setting": "assume_role.role_arn",
        "references": ("var.role",),
    }
    assert 'alias               = "payments"\n    allowed_account_ids = ["…"]' in texts().fix(finding)
    for alias in ("log", "payments"):
        expressions(content, f"aws.{alias}")["allowed_account_ids"] = {"constant_value": [LOG]}
    assert missing(content) == []


def test_an_empty_expression_is_a_function_call() -> None:
    content = two_roles()
    for alias in ("log", "payments"):
        expressions(content, f"aws.{alias}")["assume_role"] = [{"role_arn": {}}]
    (finding,) = judge(content).verdict("CKV_CONTACT_1").findings
    (hidden,) = finding.details
    assert (hidden.code, hidden.parameters["setting"]) == ("hidden-by-function", "assume_role.role_arn")


def test_a_default_stands_for_a_variable_that_is_not_given() -> None:
    content = two_roles()
    content["configuration"]["root_module"]["variables"] = {"role": {"default": role(LOG)}}
    assert missing(content) == []


def test_a_data_source_that_was_read_tells_the_role() -> None:
    content = two_roles()
    data = {"address": "data.aws_iam_role.x", "mode": "data", "type": "aws_iam_role", "name": "x"}
    content["prior_state"] = {"values": {"root_module": {"resources": [{**data, "values": {"arn": role(LOG)}}]}}}
    for alias in ("log", "payments"):
        assumes(content, f"aws.{alias}", "data.aws_iam_role.x.arn", "data.aws_iam_role.x")
    assert missing(content) == []
    for alias in ("log", "payments"):
        assumes(content, f"aws.{alias}", "data.aws_iam_role.x.name", "data.aws_iam_role.x")
    assert missing(content) == [UNKNOWN_PAYMENTS]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"profile": {"constant_value": "log"}}, {"profile": {"constant_value": "log"}}, True),
        ({"profile": {"constant_value": "log"}}, {"profile": {"constant_value": "payments"}}, False),
        ({"profile": {"references": ["var.name"]}}, {"profile": {"references": ["var.name"]}}, False),
        ({"access_key": {"references": ["var.key"]}}, {"access_key": {"references": ["var.key"]}}, True),
        ({"access_key": {"references": ["var.name"]}}, {"access_key": {"references": ["var.name"]}}, False),
        ({"access_key": {"constant_value": "a"}}, {"access_key": {"constant_value": "b"}}, False),
        (
            {"access_key": {"constant_value": "a"}, "token": {"constant_value": "1"}},
            {"access_key": {"constant_value": "a"}, "token": {"constant_value": "2"}},
            True,
        ),
        ({"profile": {"constant_value": ""}}, {}, True),
        ({}, {"profile": {"constant_value": ""}}, True),
        ({"access_key": {}}, {"access_key": {}}, False),
        ({"access_key": {"references": ["var.key", "var.key2"]}}, {"access_key": {"references": ["var.key"]}}, False),
        ({"profile": "odd"}, {"profile": "odd"}, False),
        (
            {"profile": {"constant_value": "a"}, "shared_config_files": {"constant_value": ["x"]}},
            {"profile": {"constant_value": "a"}, "shared_config_files": {"constant_value": ["y"]}},
            False,
        ),
        (
            {"assume_role": [{"role_arn": {"constant_value": "odd"}}]},
            {"assume_role": [{"role_arn": {"constant_value": "odd"}}]},
            True,
        ),
    ],
)
def test_credentials_that_are_written_out_alike(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    content = two_roles(name="kaede", key="AKIAIOSFODNN7EXAMPLE", key2="AKIAIOSFODNN7EXAMPLE")
    for alias, settings in (("log", one), ("payments", other)):
        content["configuration"]["provider_config"][f"aws.{alias}"]["expressions"] = settings
    assert missing(content) == ([] if same else [UNKNOWN_PAYMENTS])


def test_what_the_environment_gives_is_one_account() -> None:
    content = two_roles()
    for alias in ("log", "payments"):
        content["configuration"]["provider_config"][f"aws.{alias}"]["expressions"] = {}
    assert missing(content) == []


def with_caller(content: Any, key: str, *accounts: str) -> None:
    """Adds `aws_caller_identity`, read through a provider."""
    for number, account in enumerate(accounts):
        name = f"{key.rpartition('.')[2]}{number}"
        data = {"mode": "data", "type": "aws_caller_identity", "name": name, "provider_config_key": key}
        address = f"data.aws_caller_identity.{name}"
        content["configuration"]["root_module"].setdefault("resources", []).append({**data, "address": address})
        state = content.setdefault("prior_state", {}).setdefault("values", {}).setdefault("root_module", {})
        state.setdefault("resources", []).append({**data, "address": address, "values": {"account_id": account}})


def test_a_caller_identity_tells_the_account() -> None:
    content = two_roles()
    with_caller(content, "aws.log", LOG)
    with_caller(content, "aws.payments", LOG)
    assert missing(content) == []
    content = two_roles()
    with_caller(content, "aws.log", LOG)
    with_caller(content, "aws.payments", PAYMENTS)
    assert missing(content) == [PAYMENTS]
    content = two_roles()
    with_caller(content, "aws.payments", LOG, PAYMENTS)
    assert missing(content) == [UNKNOWN_PAYMENTS]


def test_credentials_that_led_to_several_accounts_tell_none() -> None:
    content = two_roles()
    providers = content["configuration"]["provider_config"]
    for alias in ("log", "payments"):
        providers[f"aws.{alias}"]["expressions"] = {"profile": {"constant_value": "x"}}
    with_caller(content, "aws.log", LOG)
    assert missing(content) == []
    providers["aws.third"] = {**providers["aws.log"], "alias": "third"}
    with_caller(content, "aws.third", PAYMENTS)
    (finding,) = judge(content).verdict("CKV_CONTACT_1").findings
    assert texts().subject(finding) == UNKNOWN_PAYMENTS
    assert [detail.code for detail in finding.details] == ["hidden-by-credentials"]


def test_evidence_that_contradicts_itself_tells_nothing() -> None:
    content = two_roles()
    for alias, account in (("log", LOG), ("payments", PAYMENTS)):
        expressions(content, f"aws.{alias}")["assume_role"] = [{"role_arn": {"constant_value": role(account)}}]
    with_caller(content, "aws.payments", LOG)
    assert missing(content) == [UNKNOWN_PAYMENTS]


def test_allowed_accounts_out_of_a_variable() -> None:
    allowed = {"allowed_account_ids": {"references": ["var.account"]}}
    for value in (LOG, [LOG]):
        content = two_roles(account=value)
        for alias in ("log", "payments"):
            hidden = {"profile": {"references": ["var.name"]}}
            content["configuration"]["provider_config"][f"aws.{alias}"]["expressions"] = {**allowed, **hidden}
        assert missing(content) == []
        for alias in ("log", "payments"):
            expressions(content, f"aws.{alias}")["profile"] = {"constant_value": alias}
        assert missing(content) == [UNKNOWN_PAYMENTS]
    odd: list[Any] = [[LOG, PAYMENTS], [], {"a": LOG}]
    for value in odd:
        content = two_roles(account=value)
        for alias in ("log", "payments"):
            expressions(content, f"aws.{alias}").update(allowed)
        assert missing(content) == [UNKNOWN_PAYMENTS]


def test_arns_of_what_exists_tell_the_account() -> None:
    content = plan("role_known_by_arns_good")
    assert missing(content) == []
    for item in content["resource_changes"]:
        if item["address"] == "aws_sns_topic.payments_tokyo":
            item["change"]["before"]["arn"] = "arn:aws:sns:ap-northeast-1:222222222201:payments"
    assert missing(content) == [LOG]
    rows = content["resource_changes"] + content["configuration"]["root_module"]["resources"]
    for item in rows + content["prior_state"]["values"]["root_module"]["resources"]:
        if item["address"] == "aws_sns_topic.payments_tokyo":
            item |= {"type": "aws_ram_resource_share", "address": "aws_ram_resource_share.payments_tokyo"}
    assert missing(content) == ["own account of provider aws.payments_tokyo (its id is not in the plan)"]


def test_a_module_that_is_called_twice_works_in_two_accounts() -> None:
    content = plan("module_provider_bad")
    calls = content["configuration"]["root_module"]["module_calls"]
    assert missing(content) == [PAYMENTS]
    calls["payments"]["expressions"]["role"] = {"constant_value": role(LOG)}
    assert missing(content) == []
    calls["payments"]["expressions"]["role"] = {"references": ["var.role"]}
    assert missing(content) == []
    content["variables"]["role"]["value"] = role(PAYMENTS)
    assert missing(content) == [PAYMENTS]
    calls["payments"]["expressions"]["role"] = {"references": ["local.role"]}
    assert missing(content) == ["own account of provider module.payments:aws (its id is not in the plan)"]
    del calls["payments"]["expressions"]["role"]
    calls["payments"]["module"]["variables"]["role"] = {"default": role(LOG)}
    assert missing(content) == []


def test_an_output_that_calls_a_function_settles_nothing() -> None:
    content = two_roles(account=LOG)
    output: dict[str, Any] = {"outputs": {"name": {"expression": {}}}}
    content["configuration"]["root_module"]["module_calls"]["roles"] = {"module": output}
    for alias in ("log", "payments"):
        assumes(content, f"aws.{alias}", "var.account", "module.roles.name", "module.roles")
    assert missing(content) == [UNKNOWN_PAYMENTS]


def test_a_module_output_tells_the_role() -> None:
    content = two_roles()
    output = {"outputs": {"arns": {"expression": {"constant_value": {"log": role(LOG)}}}}}
    content["configuration"]["root_module"]["module_calls"]["roles"] = {"module": output}
    for alias in ("log", "payments"):
        assumes(content, f"aws.{alias}", 'module.roles.arns["log"]', "module.roles.arns", "module.roles")
    assert missing(content) == []


def test_a_key_of_a_module_chooses_among_new_accounts() -> None:
    content = plan("role_of_new_account_good")
    module = content["configuration"]["root_module"]
    address = next(item["address"] for item in module["resources"] if item["type"] == "aws_organizations_account")
    name = address.rpartition(".")[2]
    expression = {"references": [f"{address}.id", address]}
    module["module_calls"] = {"accounts": {"module": {"outputs": {"id": {"expression": expression}}}}}
    key = next(key for key in content["configuration"]["provider_config"] if key != "aws")
    assert missing(content) == []
    assumes(content, key, f"{address}.name", address)
    assert name in " ".join(missing(content))


def opentofu(content: Any) -> None:
    assumes(content, "aws.log", "each.value.role", "each.value")


def test_a_provider_for_each_account_covers_none() -> None:
    """OpenTofu 1.9: the instances of `for_each` in a provider block share one key in the plan."""
    content = two_roles()
    opentofu(content)
    assert missing(content) == [UNKNOWN_LOG, UNKNOWN_PAYMENTS]


def judge_own(content: Any) -> Any:
    """The finding on an account that has no contact at all, of a plan with a contact of another account."""
    own = copy.deepcopy(content)
    for row in (*own["resource_changes"], *planned(own["planned_values"]["root_module"])):
        for values in (row.get("values"), (row.get("change") or {}).get("after")):
            if values and "alternate_contact_type" in values:
                values["alternate_contact_type"] = "BILLING"
    return next(item for item in judge(own).verdict("CKV_CONTACT_1").findings if item.account is not None)


def test_a_provider_passed_through_two_modules_that_do_not_require_it_is_unknown() -> None:
    """Terraform writes the same key for the third module down, whether its provider is passed or inherited."""
    content = plan("inherited_provider_good")
    module, key = content["configuration"]["root_module"], "module.first.module.outer.module.inner:aws"
    inner = module["module_calls"]["outer"]["module"]["module_calls"]["inner"]["module"]
    module["module_calls"] = {"first": {"module": {"module_calls": module["module_calls"]}}}
    for block in inner["resources"]:
        block["provider_config_key"] = key
    providers = content["configuration"]["provider_config"]
    providers[key] = {**providers.pop("module.outer.module.inner:aws"), "module_address": key.rpartition(":")[0]}
    for row in (*content["resource_changes"], *planned(content["planned_values"]["root_module"])):
        row["address"] = f"module.first.{row['address']}"
        if "module_address" in row:
            row["module_address"] = f"module.first.{row['module_address']}"
    assert missing(content) == []
    settings = {"assume_role": [{"role_arn": {"constant_value": role(PAYMENTS)}}]}
    providers["aws.payments"] = {"name": "aws", "alias": "payments", "expressions": settings}
    assert missing(content) == ["111111111111"]
    (finding,) = judge(content).verdict("CKV_CONTACT_1").findings
    assert "terraform {  # module.first.module.outer" in texts().fix(finding)
    assert "does not record which provider" in texts().reason(judge_own(content))
    data = {"mode": "data", "type": "aws_caller_identity", "name": "x", "provider_config_key": key}
    inner["resources"].append({**data, "address": "data.aws_caller_identity.x"})
    address = "module.first.module.outer.module.inner.data.aws_caller_identity.x"
    state = content.setdefault("prior_state", {}).setdefault("values", {}).setdefault("root_module", {})
    values = {"account_id": "111111111111"}
    state.setdefault("resources", []).append({**data, "address": address, "values": values})
    assert missing(content) == []


def without_entry(content: Any, version: str) -> Any:
    """The plan as Terraform wrote it when modules inherited a provider without an entry in the plan."""
    content["format_version"] = version
    inner = content["configuration"]["root_module"]["module_calls"]["outer"]["module"]["module_calls"]["inner"]
    for block in inner["module"]["resources"]:
        block["provider_config_key"] = "outer.inner:aws" if version == "0.1" else "module.outer.module.inner:aws"
    providers = content["configuration"]["provider_config"]
    for key in [key for key in providers if ":" in key]:
        del providers[key]
    return content


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0"])
def test_a_module_inherits_the_default_provider(version: str) -> None:
    assert missing(without_entry(plan("inherited_provider_good"), version)) == []


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0"])
def test_before_1_1_a_plan_does_not_tell_passed_from_inherited(version: str) -> None:
    content = without_entry(plan("inherited_provider_good"), version)
    settings = {"assume_role": [{"role_arn": {"constant_value": role(PAYMENTS)}}]}
    providers = content["configuration"]["provider_config"]
    providers["aws.payments"] = {"name": "aws", "alias": "payments", "expressions": settings}
    found = judge(content).verdict("CKV_CONTACT_1").findings
    if version == "1.0":
        assert found == ()
    else:
        assert [item.account_id for item in found] == ["111111111111"]
        assert {"contacts-of-unknown-account", "hidden-by-version"} < {detail.code for detail in found[0].details}
        assert 'required_version = ">= 1.1"' in texts().fix(found[0])


def test_a_current_plan_has_an_empty_entry_for_what_a_module_inherits() -> None:
    content = plan("inherited_provider_good")
    entry = content["configuration"]["provider_config"]["module.outer.module.inner:aws"]
    assert "expressions" not in entry
    assert missing(content) == []


def test_what_a_module_inherits_is_the_role_of_the_root() -> None:
    content = plan("inherited_provider_good")
    expressions(content, "aws")["allowed_account_ids"] = {"constant_value": [PAYMENTS]}
    expressions(content, "aws")["assume_role"] = [{"role_arn": {"constant_value": role(PAYMENTS)}}]
    assert missing(content) == []


def test_an_empty_entry_of_an_old_plan_is_no_block() -> None:
    content = without_entry(plan("inherited_provider_good"), "0.2")
    providers = content["configuration"]["provider_config"]
    entry = {"name": "aws", "module_address": "module.outer.module.inner", "version_constraint": ">= 3.0"}
    providers["module.outer.module.inner:aws"] = entry
    assert missing(content) == []
    settings = {"assume_role": [{"role_arn": {"constant_value": role(PAYMENTS)}}]}
    providers["aws.payments"] = {"name": "aws", "alias": "payments", "expressions": settings}
    with_topic(content, "outer")
    assert missing(content) == ["111111111111"]


def with_topic(content: Any, *modules: str) -> None:
    """Adds a block of AWS to a module of the configuration."""
    module = content["configuration"]["root_module"]
    for name in modules:
        module = module["module_calls"][name]["module"]
    block = {"address": "aws_sns_topic.x", "mode": "managed", "type": "aws_sns_topic", "name": "x"}
    module.setdefault("resources", []).append({**block, "provider_config_key": "aws"})


def test_a_module_inherits_the_nearest_block() -> None:
    content = without_entry(plan("inherited_provider_good"), "1.0")
    providers = content["configuration"]["provider_config"]
    settings = {"assume_role": [{"role_arn": {"constant_value": role(PAYMENTS)}}]}
    providers["module.outer:aws"] = {"name": "aws", "expressions": settings}
    assert missing(content) == ["111111111111"]
    block = providers.pop("module.outer:aws")
    for key, other in (("module.other:aws", block), ("module.outer:awscc", {**block, "name": "awscc"})):
        providers[key] = other
        assert missing(content) == []


def test_without_a_block_the_environment_decides() -> None:
    content = without_entry(plan("inherited_provider_good"), "1.0")
    providers = content["configuration"]["provider_config"]
    del providers["aws"]
    assert missing(content) == []
    providers["module.outer:aws"] = {"name": "aws", "module_address": "module.outer"}
    assert missing(content) == []
    providers["aws.tokyo"] = {"name": "aws", "alias": "tokyo", "expressions": {"region": {"constant_value": "x"}}}
    with_caller(content, "aws.tokyo", LOG)
    assert judge(content).accounts == 1
    with_topic(content)
    content["configuration"]["root_module"]["resources"][-1]["provider_config_key"] = "aws.tokyo"
    assert missing(content) == []
    providers["aws.tokyo"]["expressions"]["profile"] = {"constant_value": "x"}
    assert judge(content).accounts == 1 + len(missing(content))


def test_modules_that_refer_to_each_other_settle_nothing() -> None:
    content = two_roles()
    circle = {"expressions": {"in": {"references": ["module.circle.out"]}}}
    outputs = {"out": {"expression": {"references": ["var.in"]}}}
    content["configuration"]["root_module"]["module_calls"]["circle"] = {**circle, "module": {"outputs": outputs}}
    for alias in ("log", "payments"):
        assumes(content, f"aws.{alias}", "module.circle.out", "module.circle")
    assert missing(content) == [UNKNOWN_PAYMENTS]


def test_only_providers_of_aws_work_in_an_account() -> None:
    content = plan("removal_own_bad")
    settings = {"profile": {"constant_value": "x"}}
    content["configuration"]["provider_config"]["google"] = {"name": "google", "expressions": settings}
    assert objections(judge(content), "CKV_CONTACT_6") == ["111111111111"]


def test_a_web_identity_is_a_role_too() -> None:
    content = two_roles()
    for alias, account in (("log", LOG), ("payments", PAYMENTS)):
        web = [{"role_arn": {"constant_value": role(account)}}]
        content["configuration"]["provider_config"][f"aws.{alias}"]["expressions"] = {
            "assume_role": [],
            "assume_role_with_web_identity": web,
        }
    assert missing(content) == [PAYMENTS]


@pytest.mark.parametrize("topic", [False, True])
def test_an_alias_that_no_block_configures_is_unknown(topic: bool) -> None:
    content = plan("inherited_provider_good")
    if topic:
        with_topic(content, "outer")
    settings = {"region": {"constant_value": "us-east-1"}}
    content["configuration"]["provider_config"]["aws.x"] = {"name": "aws", "alias": "x", "expressions": settings}
    inner = content["configuration"]["root_module"]["module_calls"]["outer"]["module"]["module_calls"]["inner"]
    providers = content["configuration"]["provider_config"]
    entry = providers.pop("module.outer.module.inner:aws")
    for block in inner["module"]["resources"]:
        block["provider_config_key"] = "module.outer.module.inner:aws.x"
    providers["module.outer.module.inner:aws.x"] = {**entry, "alias": "x"}
    assert missing(content) == ["111111111111"]


def test_a_role_that_nothing_uses_is_suspected_only_of_what_looks_like_the_environment() -> None:
    content = plan("role_dynamic_bad")
    assert missing(content) == [UNKNOWN_PAYMENTS]
    with_caller(content, "aws.payments", "111111111111")
    assert missing(content) == []
    content = plan("role_dynamic_bad")
    content["variables"]["role"]["value"] = {"all": [role(PAYMENTS)]}
    assert missing(content) == [UNKNOWN_PAYMENTS]
    content["variables"]["role"]["value"] = "x"
    content["configuration"]["root_module"].pop("variables")
    assert missing(content) == []
    content = plan("role_dynamic_bad")
    content["configuration"]["root_module"]["outputs"] = {"role": {"expression": {"references": ["var.role"]}}}
    assert missing(content) == []
    content = plan("role_dynamic_bad")
    providers = content["configuration"]["provider_config"]
    settings = {"assume_role": [{"role_arn": {"references": ["local.role"]}}]}
    providers["aws.other"] = {"name": "aws", "alias": "other", "expressions": settings}
    assert missing(content) == []


def test_the_management_account_is_known_by_what_is_managed() -> None:
    content = plan("organization_own_good")
    assert missing(content) == []
    managed = changed(content, "aws_organizations_organization.this")
    for values in (managed["before"], managed["after"], *(item["values"] for item in _organizations(content))):
        values["master_account_id"] = None
        values["non_master_accounts"] = []
        values["accounts"] = [row for row in values["accounts"] if row["id"] != "111111111111"]
    assert missing(content) == []


def _organizations(content: Any) -> list[Any]:
    found = planned(content["planned_values"]["root_module"])
    found += content.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", [])
    return [item for item in found if item["type"] == "aws_organizations_organization"]


def test_own_contacts_count_for_no_listed_account_and_the_finding_says_so() -> None:
    content = plan("listed_own_unknown_bad")
    (finding,) = judge(content).verdict("CKV_CONTACT_1").findings
    detail = finding.details[-1]
    assert detail.code == "contacts-of-unknown-account"
    assert detail.parameters == {"contacts": ("aws_account_alternate_contact.own",), "providers": ("aws",)}
    assert 'allowed_account_ids = ["111111111111"]' in texts().fix(finding)
    assert "account_id  " not in texts().fix(finding)
    with_caller(content, "aws", "111111111111")
    assert missing(content) == []
    content = plan("listed_own_unknown_bad")
    rows = listed(content)["accounts"]
    rows.append({**rows[1], "id": "555555555501", "name": "new"})
    report = judge(content)
    member = next(item for item in report.verdict("CKV_CONTACT_1").findings if item.account_id == "555555555501")
    assert 'account_id             = "555555555501"' in texts().fix(member)


def test_at_most_three_contacts_are_named() -> None:
    content = plan("listed_own_unknown_bad")
    for number in range(3):
        for part, rows in (
            ("resource_changes", content["resource_changes"]),
            ("planned", content["planned_values"]["root_module"]["resources"]),
            ("configured", content["configuration"]["root_module"]["resources"]),
        ):
            own = next(item for item in rows if item["address"] == "aws_account_alternate_contact.own")
            copy = json.loads(json.dumps(own))
            copy |= {"address": f"aws_account_alternate_contact.own{number}", "name": f"own{number}"}
            assert part
            rows.append(copy)
    (finding,) = judge(content).verdict("CKV_CONTACT_1").findings
    names = ("own", "own0", "own1")
    contacts = (*(f"aws_account_alternate_contact.{name}" for name in names), "…")
    assert finding.details[-1].parameters["contacts"] == contacts


def test_a_new_account_is_never_the_one_that_a_provider_works_in() -> None:
    content = plan("reference_direct_bad")
    expressions(content, "aws").pop("allowed_account_ids")
    (finding,) = judge(content).verdict("CKV_CONTACT_1").findings
    assert finding.details == ()


def test_awscc_shares_the_account_of_equal_credentials() -> None:
    content = two_roles()
    for alias in ("log", "payments"):
        content["configuration"]["provider_config"][f"aws.{alias}"] |= {
            "name": "aws",
            "full_name": "registry.terraform.io/hashicorp/aws",
            "expressions": {"assume_role": {"constant_value": {"role_arn": role(LOG), "session_name": alias}}},
        }
    assert missing(content) == []
    expressions(content, "aws.payments")["assume_role"]["constant_value"]["role_arn"] = role(PAYMENTS)
    assert missing(content) == [PAYMENTS]
    for alias in ("log", "payments"):
        expressions(content, f"aws.{alias}")["assume_role"] = {"references": ["var.role"]}
    assert missing(content) == [UNKNOWN_PAYMENTS]


def places(**blocks: Any) -> Workplaces:
    """The accounts of a plan with these provider blocks, `aws_x` standing for `aws.x`."""
    content = plan("own_bad")
    content["format_version"] = "1.0"
    content["configuration"]["provider_config"] = {
        key.replace("_", "."): {"name": "aws", "alias": key.partition("_")[2] or None, "expressions": settings}
        for key, settings in blocks.items()
    }
    content["configuration"]["root_module"] = {}
    content["resource_changes"], content["planned_values"] = [], {}
    content["variables"] = {"role": {"value": role(LOG)}}
    return Workplaces(parse("plan.json", content), 0, lambda _: None, ())


REGION = {"region": {"constant_value": "eu-west-1"}}


def test_keys_without_a_block_work_with_the_environment() -> None:
    found = places()
    assert found.of_key("aws").account == found.of_key("module.a:aws").account
    found = places(aws_x={"allowed_account_ids": {"constant_value": [LOG]}, "profile": {"constant_value": "x"}})
    assert found.of_key("aws").account != ("id", LOG)
    found = places(aws_x={"allowed_account_ids": {"constant_value": [LOG]}})
    assert found.of_key("aws").account == found.of_key("module.a:aws").account == ("id", LOG)
    assert found.of_key("aws.y").account != ("id", LOG)


def test_a_block_that_may_hide_a_role_is_not_the_environment() -> None:
    found = places(aws_x=REGION)
    assert found.of_key("aws.x").hidden
    assert found.of_key("aws").account != found.of_key("aws.x").account
    assert found.of_key("aws").hidden is None
    assert places(aws={}, aws_x=REGION).of_key("aws").hidden is None


def test_a_variable_without_a_value_may_still_hold_the_role_of_its_default() -> None:
    content = plan("role_dynamic_bad")
    content["variables"]["role"]["value"] = None
    assert missing(content) == [UNKNOWN_PAYMENTS]
    content["configuration"]["root_module"]["variables"] = 7
    with pytest.raises(UnusablePlanError, match="variables of the configuration"):
        missing(content)
