"""The checks in a stock checkov: the verdicts of the rules alone, on the right resources, never a silent pass."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from policies.contact_rules.catalogue import CHECKS
from policies.contact_rules.configuration import ENVIRONMENT_VARIABLE
from tests.policies.support import CASES, PLANS, POLICY_FILE, ROOT
from tools.parity import IDS, PACK, Checkov, damaged_plans, disagreements, results

if TYPE_CHECKING:
    from pathlib import Path

SCAN = ("--framework", "terraform_plan", "--check", IDS)


def report(checkov: Checkov, *arguments: str, pack: Path = PACK, cwd: Path = ROOT, **environment: str) -> Any:
    """The JSON report of a run with the checks of this pack."""
    options = ("--external-checks-dir", str(pack), "--output", "json")
    done = checkov.run(*arguments, *options, cwd=cwd, **environment)
    assert "Cannot load external check" not in done.err, done.err
    assert done.out, done.err
    return json.loads(done.out)


def test_same_verdicts_as_the_rules_alone_on_every_plan(checkov: Checkov) -> None:
    """`python -m tools.parity` does it with other Terraform versions, frameworks and checkov releases."""
    plans = [(PLANS / case / "plan.json", False) for case in CASES]
    assert list(disagreements(checkov, plans)) == []


def test_same_verdicts_as_the_rules_alone_on_damaged_plans(checkov: Checkov, tmp_path: Path) -> None:
    assert list(disagreements(checkov, [(path, True) for path in damaged_plans(tmp_path, 24)])) == []


def test_same_verdicts_as_the_rules_alone_on_networkx() -> None:
    checkov = Checkov(framework="NETWORKX")
    plans = [(PLANS / case / "plan.json", False) for case in CASES[::6]]
    assert list(disagreements(checkov, plans)) == []
    checkov.close()


def test_from_the_command_line() -> None:
    command = [sys.executable, "-m", "checkov.main", "-f", str(PLANS / "listed_good" / "plan.json"), *SCAN]
    command += ["--external-checks-dir", str(PACK), "--skip-download", "--output", "json"]
    environment = {**os.environ, ENVIRONMENT_VARIABLE: str(POLICY_FILE)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {check for _, check, _ in results(json.loads(done.stdout))} == {check.id for check in CHECKS}


def test_a_result_stands_on_the_resource_at_fault_and_once_on_a_provider(checkov: Checkov) -> None:
    by_key = results(json.loads(checkov.judge(PLANS / "reference_each_key_bad" / "plan.json").out))
    assert by_key["/plan.json", "CKV_CONTACT_1", 'aws_organizations_account.several["green"]'] == "FAILED"
    assert by_key["/plan.json", "CKV_CONTACT_1", 'aws_organizations_account.several["blue"]'] == "PASSED"
    assert by_key["/plan.json", "CKV_CONTACT_1", "aws.default"] == "PASSED"
    aliased = results(json.loads(checkov.judge(PLANS / "role_alias_bad" / "plan.json").out))
    assert [resource for _, check, resource in aliased if check == "CKV_CONTACT_1"] == ["aws.default"]
    assert aliased["/plan.json", "CKV_CONTACT_1", "aws.default"] == "FAILED"


def test_details_say_who_what_and_how(checkov: Checkov) -> None:
    found = report(checkov, "-f", str(PLANS / "listed_bad" / "plan.json"), *SCAN)
    record = next(item for item in found["results"]["failed_checks"] if item["check_id"] == "CKV_CONTACT_1")
    details = "\n".join(record["details"])
    assert "333333333302 payments-prod" in details
    assert 'alternate_contact_type = "SECURITY"' in details
    assert record["guideline"] == "docs/policies/CKV_CONTACT_1.md"


def test_the_pages_may_be_elsewhere(checkov: Checkov, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('guidelines = "https://git.example.com/pack/docs/policies/"\n', encoding="utf-8")
    found = report(checkov, "-f", str(PLANS / "listed_bad" / "plan.json"), *SCAN, CONTACT_POLICY_FILE=str(policy))
    guidelines = {item["check_id"]: item["guideline"] for item in found["results"]["failed_checks"]}
    assert guidelines["CKV_CONTACT_1"] == "https://git.example.com/pack/docs/policies/CKV_CONTACT_1.md"


def test_several_plans_are_judged_together_beside_the_built_in_checks(checkov: Checkov) -> None:
    files = [str(PLANS / case / "plan.json") for case in ("own_bad", "listed_good")]
    whole = report(checkov, "-f", *files, "--framework", "terraform_plan")
    found = results(whole)
    assert found["/own_bad/plan.json", "CKV_CONTACT_1", "aws.default"] == "PASSED"
    assert found["/listed_good/plan.json", "CKV_CONTACT_1", "aws.default"] == "PASSED"
    checks = {item["check_id"] for item in whole["results"]["failed_checks"]}
    assert any(check.startswith("CKV_AWS") for check in checks)


def test_checkov_can_skip_a_check(checkov: Checkov) -> None:
    path = str(PLANS / "listed_bad" / "plan.json")
    found = results(report(checkov, "-f", path, "--framework", "terraform_plan", "--skip-check", "CKV_CONTACT_1"))
    assert "CKV_CONTACT_1" not in {check for _, check, _ in found}
    assert "CKV_CONTACT_4" in {check for _, check, _ in found}


def test_what_cannot_be_evaluated_is_failed_with_the_reason(checkov: Checkov, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    rules = tmp_path / "policies" / "contact_rules" / "checks" / "ckv_contact_2.py"
    source = rules.read_text(encoding="utf-8")
    marker = '    """Root user emails that are personal, or that cannot be judged; each once."""\n'
    assert marker in source
    rules.write_text(source.replace(marker, marker + '    raise RuntimeError("on purpose")\n'), encoding="utf-8")
    arguments = ("-f", str(PLANS / "listed_good" / "plan.json"), *SCAN)
    found = report(checkov, *arguments, pack=tmp_path / "policies")
    assert results(found)["/plan.json", "CKV_CONTACT_2", "aws.default"] == "FAILED"
    record = next(item for item in found["results"]["failed_checks"] if item["check_id"] == "CKV_CONTACT_2")
    assert "on purpose" in record["details"][0]


def test_bad_configuration_fails_every_check(checkov: Checkov, tmp_path: Path) -> None:
    broken = tmp_path / "policy.toml"
    broken.write_text("strikt = true\n", encoding="utf-8")
    arguments = ("-f", str(PLANS / "listed_good" / "plan.json"), *SCAN)
    found = report(checkov, *arguments, CONTACT_POLICY_FILE=str(broken))
    assert set(results(found).values()) == {"FAILED"}
    assert "did you mean strict?" in found["results"]["failed_checks"][0]["details"][0]


def test_a_static_scan_judges_what_is_written_out_and_nothing_else(checkov: Checkov, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
variable "email" {}

resource "aws_organizations_account" "literal" {
  name  = "literal"
  email = "hanako.yamada@kaede.example"
}

resource "aws_organizations_account" "variable" {
  name  = "variable"
  email = var.email
}

resource "aws_account_alternate_contact" "literal" {
  alternate_contact_type = "SECURITY"
  name                   = "Security"
  title                  = "Team"
  email_address          = "aws-security@example.com"
  phone_number           = "+1 555-0100"
}
""",
        encoding="utf-8",
    )
    found = results(report(checkov, "-d", str(tmp_path), "--framework", "terraform", "--check", IDS))
    assert found == {
        ("/main.tf", "CKV_CONTACT_2", "aws_organizations_account.literal"): "FAILED",
        ("/main.tf", "CKV_CONTACT_3", "aws_account_alternate_contact.literal"): "PASSED",
        ("/main.tf", "CKV_CONTACT_7", "aws_account_alternate_contact.literal"): "FAILED",
    }


def test_skip_comments_in_the_configuration(checkov: Checkov, tmp_path: Path) -> None:
    shutil.copytree(PLANS / "shared" / "sns", tmp_path / "shared" / "sns")
    source = (PLANS / "contact_personal_bad" / "main.tf").read_text(encoding="utf-8")
    block = 'resource "aws_account_alternate_contact" "billing" {\n'
    (tmp_path / "main.tf").write_text(source.replace(block, f"{block}  #checkov:skip=CKV_CONTACT_3:a sole trader\n"))
    enriched = (*SCAN, "--repo-root-for-plan-enrichment", str(tmp_path))
    whole = report(checkov, "-f", str(PLANS / "contact_personal_bad" / "plan.json"), *enriched)
    (skipped,) = whole["results"]["skipped_checks"]
    assert skipped["resource"] == "aws_account_alternate_contact.billing"
    assert skipped["check_result"]["suppress_comment"] == "a sole trader"
    assert skipped["file_path"].endswith("main.tf")
    failed = {item["resource"] for item in whole["results"]["failed_checks"] if item["check_id"] == "CKV_CONTACT_3"}
    assert failed == {"aws_account_alternate_contact.own", "aws_account_alternate_contact.operations"}

    source = (PLANS / "own_bad" / "main.tf").read_text(encoding="utf-8")
    block = 'provider "aws" {\n'
    (tmp_path / "main.tf").write_text(source.replace(block, f"{block}  #checkov:skip=CKV_CONTACT_1:elsewhere\n"))
    whole = report(checkov, "-f", str(PLANS / "own_bad" / "plan.json"), *enriched)
    assert [item["resource"] for item in whole["results"]["skipped_checks"]] == ["aws.default"]
    assert "CKV_CONTACT_1" not in {item["check_id"] for item in whole["results"]["failed_checks"]}
