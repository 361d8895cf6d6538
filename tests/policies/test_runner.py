"""`python -m policies`: exit codes, outputs, and that a bare Python is enough."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policies.__main__ import main
from policies.contact_rules import evaluate
from policies.contact_rules.catalogue import CHECKS
from policies.contact_rules.output import markdown
from policies.contact_rules.plans.parsing import load
from policies.contact_rules.plans.plan import UnusablePlanError
from tests.policies.support import PLANS, POLICY_FILE, ROOT, judge, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.contact_rules.findings import Finding

GOOD = str(PLANS / "listed_good" / "plan.json")
BAD = str(PLANS / "listed_bad" / "plan.json")
CONFIG = ["--config", str(POLICY_FILE)]


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([GOOD, *CONFIG]) == 0
    assert main([BAD, *CONFIG]) == 1
    assert main([BAD, GOOD, *CONFIG]) == 0
    assert main([str(PLANS / "absent.json"), *CONFIG]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_text_names_what_failed_and_how_to_mend_it(capsys: pytest.CaptureFixture[str]) -> None:
    main([BAD, *CONFIG])
    text = capsys.readouterr().out
    assert "FAILED  CKV_CONTACT_1  Ensure every AWS account has a SECURITY alternate contact" in text
    assert "333333333302 payments-prod: has no SECURITY alternate contact" in text
    assert 'resource "aws_account_alternate_contact" "security" {' in text
    assert "docs/policies/CKV_CONTACT_1.md" in text


def test_a_bare_python_is_enough(tmp_path: Path) -> None:
    command = [sys.executable, "-S", "-s", "-m", "policies", BAD, *CONFIG, "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert [check["id"] for check in json.loads(done.stdout)["checks"]] == [check.id for check in CHECKS]


def test_a_python_that_is_too_old_is_named() -> None:
    older = "import runpy, sys; sys.version_info = (3, 10, 13); runpy.run_path('policies', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", older, BAD], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Python 3.11 or later is needed")


def test_sarif_has_the_failures(tmp_path: Path) -> None:
    target = tmp_path / "out.sarif"
    main([BAD, *CONFIG, "--sarif", str(target)])
    run = json.loads(target.read_text(encoding="utf-8"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [check.id for check in CHECKS]
    assert {result["ruleId"] for result in run["results"]} >= {"CKV_CONTACT_1"}
    assert all("333333333302" in r["message"]["text"] for r in run["results"] if r["ruleId"] == "CKV_CONTACT_1")


def test_programs_read_codes_and_parameters(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "out.sarif"
    main([BAD, *CONFIG, "--format", "json", "--language", "ja", "--sarif", str(target)])
    checks = {check["id"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    (finding,) = checks["CKV_CONTACT_1"]["findings"]
    assert {key: finding[key] for key in ("code", "kind", "level", "severity", "contact_type", "account_id")} == {
        "code": "missing-contact",
        "kind": "missing-security",
        "level": "failure",
        "severity": "HIGH",
        "contact_type": "SECURITY",
        "account_id": "333333333302",
    }
    assert finding["parameters"] == {"reference": '"333333333302"', "provider": ""}
    listed = {"code": "seen-in-list", "parameters": {"address": "data.aws_organizations_organization.this"}}
    assert finding["details"] == [listed]
    assert finding["reason"].startswith("セキュリティの代替の連絡先がありません")
    results = json.loads(target.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [result["properties"] for result in results if result["ruleId"] == "CKV_CONTACT_1"] == [
        {key: finding[key] for key in ("code", "parameters", "details")}
    ]


def test_the_pages_are_where_the_configuration_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('guidelines = "https://git.example.com/pack"\n', encoding="utf-8")
    main([BAD, "--config", str(policy)])
    text = capsys.readouterr().out
    assert "more: https://git.example.com/pack/CKV_CONTACT_1.md" in text
    assert "why: AWS reports leaked keys" in text
    assert "to except it: If another configuration manages the contact" in text


def test_markdown_is_not_fooled_by_hostile_names() -> None:
    content = json.loads(json.dumps(plan("listed_bad")).replace("payments-prod", "<b>x</b> | `y` [z](http://w)"))
    text = re.sub(r"```hcl.*?```", "", markdown(judge(content)), flags=re.DOTALL)
    assert "<b>" not in text
    assert r"\[z\](http://w)" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("{", "is not whole JSON"),
        ("[]", "not a plan object"),
        ("PK\x03\x04", "binary plan"),
        ('{"a":1}\n{"b":2}', "log of `terraform plan -json`"),
        ("{}", "no format_version"),
        ('{"format_version": "1.2", "values": {}}', "no planned_values"),
        ('{"format_version": "9.0"}', "formats 0.x and 1.x"),
        ('{"format_version": "1.2", "errored": true}', "plan that failed"),
        ("[" * 100_000, "is not"),
    ],
)
def test_unusable_plans_say_why(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(content, encoding="utf-8")
    assert main([str(path), *CONFIG]) == 2
    assert message in capsys.readouterr().err


def test_plans_written_by_powershell_are_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(Path(GOOD).read_text(encoding="utf-8"), encoding="utf-16")
    assert load(path)["format_version"]


def test_a_plan_that_was_cut_is_refused() -> None:
    content = plan("reference_direct_bad")
    del content["resource_changes"][-1]
    with pytest.raises(UnusablePlanError, match="contradicts itself"):
        judge(content)


def test_a_plan_of_a_part_is_noted() -> None:
    assert judge(plan("own_good")).notes == ()
    (note,) = judge(plan("own_good"), plan("target_good")).notes
    assert (note.code, note.parameters) == ("partial-plan", {"plan": "plan1.json"})


def test_no_plan_is_no_pass() -> None:
    with pytest.raises(ValueError, match="no plan to judge"):
        judge()


def test_a_rule_that_raises_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Finding]:
        raise RuntimeError("broken on purpose")

    checks = tuple(replace(check, judge=broken) if check.id == "CKV_CONTACT_7" else check for check in CHECKS)
    monkeypatch.setattr(evaluate, "CHECKS", checks)
    report = judge(plan("listed_good"))
    assert not report.passed
    error = report.verdict("CKV_CONTACT_7").error
    assert error is not None
    assert error.parameters == {"error": "RuntimeError: broken on purpose"}
    assert report.verdict("CKV_CONTACT_1").passed
