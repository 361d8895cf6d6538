"""The verdicts on plans made by real Terraform (remake_plans.py), one clause of a check each."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from policies.contact_rules.catalogue import CHECKS
from policies.contact_rules.configuration import Configuration, CoveredElsewhere
from policies.contact_rules.plans.parsing import load
from policies.contact_rules.texts import texts
from tests.policies.support import CASES, PLANS, expected, judge, objections, plan
from tools import mutation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("case", CASES)
def test_verdict(case: str) -> None:
    report = judge(plan(case))
    assert {check: objections(report, check) for check in expected(case)} == expected(case)


def test_every_check_has_plans_that_pass_and_plans_that_fail() -> None:
    for check in CHECKS:
        wanted = [expected(case)[check.id] for case in CASES if check.id in expected(case)]
        assert any(wanted), check.id
        assert not all(wanted), check.id


def test_names_of_cases_tell_the_verdict() -> None:
    for case in CASES:
        assert any(expected(case).values()) == case.endswith("_bad") or "billing" in case, case


@pytest.mark.parametrize("case", CASES)
def test_plans_hold_nothing_of_the_machine_they_were_made_on(case: str) -> None:
    text = (PLANS / case / "plan.json").read_text(encoding="utf-8")
    assert not re.search(r"/(tmp|opt|home|root|work|Users)/|127\.0\.0\.1|localhost", text)


def test_findings_say_account_value_reason_and_fix() -> None:
    report = judge(plan("root_personal_listed_bad"))
    finding = next(item for item in report.verdict("CKV_CONTACT_2").findings if item.account_id == "111111111111")
    assert (finding.account_id, finding.account_name) == ("111111111111", "kaede-management")
    assert finding.value == "t-yamada@kaede.example"
    assert "yamada" in texts().reason(finding)
    assert finding.kind == "personal-management"
    assert "console" in texts().fix(finding)
    assert "start-primary-email-update" not in texts().fix(finding)
    missing = judge(plan("listed_bad")).verdict("CKV_CONTACT_1").findings[0]
    assert 'account_id             = "333333333302"' in texts().fix(missing)


def test_findings_stand_on_the_resource_at_fault() -> None:
    verdict = judge(plan("reference_each_key_bad")).verdict("CKV_CONTACT_1")
    assert [item.address for item in verdict.findings] == ['aws_organizations_account.several["green"]']


def test_contacts_of_one_plan_cover_the_accounts_of_another() -> None:
    own = plan("own_bad")
    assert objections(judge(own), "CKV_CONTACT_1") == ["111111111111"]
    assert objections(judge(own, plan("listed_good")), "CKV_CONTACT_1") == []
    assert objections(judge(plan("listed_good"), own), "CKV_CONTACT_1") == []


def test_accounts_covered_elsewhere_are_noted() -> None:
    for account in ("333333333302", "payments-*"):
        elsewhere = (CoveredElsewhere(account, "the payments team's own repository"),)
        report = judge(plan("listed_bad"), configuration=Configuration(covered_elsewhere=elsewhere))
        verdict = report.verdict("CKV_CONTACT_1")
        assert verdict.passed
        assert verdict.notes[0].parameters == {"reason": "the payments team's own repository"}
    report = judge(
        plan("own_unknown_bad"), configuration=Configuration(covered_elsewhere=(CoveredElsewhere("own", "x"),))
    )
    assert report.verdict("CKV_CONTACT_1").passed


def test_covered_elsewhere_can_be_limited_to_types() -> None:
    elsewhere = (CoveredElsewhere("111111111111", "no operations team", ("OPERATIONS",)),)
    report = judge(plan("own_good"), configuration=Configuration(covered_elsewhere=elsewhere))
    assert [item.contact_type for item in report.verdict("CKV_CONTACT_4").findings] == ["BILLING"]


def test_strict_turns_doubt_into_failure() -> None:
    content = plan("own_good")
    text = json.dumps(content).replace("aws-security@kaede.example", "zephyr@corp-of-nobody.com")
    assert judge(json.loads(text)).verdict("CKV_CONTACT_3").passed
    assert judge(json.loads(text)).verdict("CKV_CONTACT_3").notes
    assert not judge(json.loads(text), configuration=Configuration(strict=True)).verdict("CKV_CONTACT_3").passed


def test_sensitive_addresses_are_not_spelled_out() -> None:
    content = plan("root_plus_tag_bad")
    change = content["resource_changes"][0]["change"]
    change["after_sensitive"] = {"email": True}
    finding = judge(content).verdict("CKV_CONTACT_2").findings[0]
    assert finding.value == "(sensitive value)"


def test_the_order_of_findings_does_not_depend_on_the_order_of_the_plan() -> None:
    content = plan("unreachable_bad")
    first = judge(content).verdict("CKV_CONTACT_7").findings
    content["resource_changes"].reverse()
    assert judge(content).verdict("CKV_CONTACT_7").findings == first


@pytest.mark.parametrize("path", sorted(PLANS.glob("*/plan-terraform-*.json")), ids=lambda path: path.stem)
def test_plans_of_other_terraform_versions(path: Path) -> None:
    case = path.parent.name
    report = judge(load(path))
    assert {check: objections(report, check) for check in expected(case)} == expected(case)


def test_plans_of_opentofu() -> None:
    """OpenTofu writes the same format with the names of its own registry."""
    for case in CASES:
        text = json.dumps(plan(case)).replace("registry.terraform.io/", "registry.opentofu.org/")
        report = judge(json.loads(text))
        assert {check: objections(report, check) for check in expected(case)} == expected(case), case


def test_a_provider_under_another_local_name_is_aws() -> None:
    content = plan("own_bad")
    providers = content["configuration"]["provider_config"]
    providers["amazon"] = {**providers.pop("aws"), "name": "amazon"}
    call = content["configuration"]["root_module"]["module_calls"]["topic"]["module"]
    call["resources"][0]["provider_config_key"] = "amazon"
    assert objections(judge(content), "CKV_CONTACT_1") == ["111111111111"]


def test_findings_read_as_recorded() -> None:
    """Code, parameters and place of every finding; to record them anew, see tools/mutation.py."""
    wanted = json.loads(mutation.FINDINGS.read_text(encoding="utf-8"))
    assert {case: mutation.recorded(judge(plan(case))) for case in CASES} == wanted


def test_a_removed_clause_is_noticed() -> None:
    """A sample of `python -m tools.mutation`, which tries them all."""
    tried = [(mutant, tree) for mutant, tree in mutation.changes(("missing.py",)) if mutant.function == "findings_of"]
    assert tried
    assert [str(mutant) for mutant in mutation.survivors(tried) if mutant.name not in mutation.EQUIVALENT] == []
