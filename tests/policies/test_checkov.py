"""The checks in a stock checkov: the verdicts of the rules alone, on the right resources, never a silent pass."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from policies.contact_rules.catalogue import CHECKS
from policies.contact_rules.configuration import ENVIRONMENT_VARIABLE
from tests.policies.support import CASES, PLANS, POLICY_FILE, ROOT, judge, plan
from tests.policies.test_fuzz import BAD, PLACES, WAYS, damage, verdicts

if TYPE_CHECKING:
    from pathlib import Path

IDS = ",".join(check.id for check in CHECKS)
LAUNCHER = "from checkov.main import Checkov; import sys; sys.exit(Checkov().run(banner=''))"
RUN_SEPARATELY = """
import gc, json, os, sys
from checkov.main import Checkov

gc.disable()
for arguments in json.load(sys.stdin):
    # checkov keeps the plans of the first run, so each run gets a process; forking saves importing checkov again.
    child = os.fork()
    if child == 0:
        try:
            Checkov(argv=arguments).run(banner="")
            sys.stdout.flush()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    print("\\x1e", flush=True)
"""


def checkov(*arguments: str, policies: Path | None = None, cwd: Path = ROOT, **environment: str) -> Any:
    """The JSON report of a checkov run with our checks."""
    folder = policies or ROOT / "policies"
    command = [sys.executable, "-c", LAUNCHER, "--external-checks-dir", str(folder), "--skip-download"]
    done = subprocess.run(
        [*command, "--output", "json", *arguments],
        cwd=cwd,
        env={**os.environ, ENVIRONMENT_VARIABLE: str(POLICY_FILE), "LOG_LEVEL": "ERROR", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Cannot load external check" not in done.stderr, done.stderr
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def results(report: Any) -> dict[tuple[str, str, str], str]:
    """(file, check, resource) → result."""
    found: dict[tuple[str, str, str], str] = {}
    for part in report if isinstance(report, list) else [report]:
        for group in part.get("results", {}).values():
            for record in group if isinstance(group, list) else ():
                if isinstance(record, dict) and record["check_id"].startswith("CKV_CONTACT"):
                    key = (record["file_path"], record["check_id"], record["resource"])
                    assert key not in found, f"twice: {key}"
                    found[key] = record["check_result"]["result"]
    return found


@cache
def separately(framework: str, step: int = 1) -> dict[str, dict[tuple[str, str, str], str]]:
    """Results of every case (or every second, third, …), each judged in a run of its own."""
    cases = CASES[::step]
    outputs = run_separately([PLANS / case / "plan.json" for case in cases], framework)
    return {case: results(json.loads(output)) for case, output in zip(cases, outputs, strict=True)}


def run_separately(plans: list[Path], framework: str) -> list[str]:
    """What checkov prints of each plan, judged alone."""
    options = ["--framework", "terraform_plan", "--skip-download", "--output", "json", "--check", IDS]
    options += ["--external-checks-dir", str(ROOT / "policies")]
    done = subprocess.run(
        [sys.executable, "-c", RUN_SEPARATELY],
        input=json.dumps([["-f", str(path), *options] for path in plans]),
        cwd=ROOT,
        env={**os.environ, ENVIRONMENT_VARIABLE: str(POLICY_FILE), "CHECKOV_GRAPH_FRAMEWORK": framework},
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = done.stdout.split("\x1e")
    assert len(outputs) == len(plans) + 1, done.stderr[-2000:]
    return outputs[:-1]


def test_same_verdicts_as_the_rules_alone_on_damaged_plans(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    paths = []
    for number in range(24):
        case = chance.choice(BAD)
        content = plan(case)
        damage(content, chance.choice(PLACES[case]), chance.choice(WAYS))
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(content), encoding="utf-8")
    for path, output in zip(paths, run_separately(paths, "RUSTWORKX"), strict=True):
        found = results(json.loads(output)) if output.strip() else {}
        report = verdicts(json.loads(path.read_text(encoding="utf-8")))
        if report is None:
            assert "PASSED" not in found.values(), path
        elif found:
            failed = {check for (_, check, _), result in found.items() if result == "FAILED"}
            assert failed == {verdict.check.id for verdict in report.verdicts if not verdict.passed}, path


@pytest.mark.parametrize(("framework", "step"), [("RUSTWORKX", 1), ("NETWORKX", 6)])
def test_same_verdicts_as_the_rules_alone_on_every_plan(framework: str, step: int) -> None:
    for case, found in separately(framework, step).items():
        failed = {check for (_, check, _), result in found.items() if result == "FAILED"}
        hosted = {check for (_, check, _) in found}
        report = judge(plan(case))
        assert failed == {verdict.check.id for verdict in report.verdicts if not verdict.passed}, case
        assert hosted == {check.id for check in CHECKS}, case


def test_a_result_stands_on_the_resource_at_fault_and_once_on_a_provider() -> None:
    found = separately("RUSTWORKX", 1)
    by_key = found["reference_each_key_bad"]
    assert by_key["/plan.json", "CKV_CONTACT_1", 'aws_organizations_account.several["green"]'] == "FAILED"
    assert by_key["/plan.json", "CKV_CONTACT_1", 'aws_organizations_account.several["blue"]'] == "PASSED"
    assert by_key["/plan.json", "CKV_CONTACT_1", "aws.default"] == "PASSED"
    aliases = [resource for _, check, resource in found["role_alias_bad"] if check == "CKV_CONTACT_1"]
    assert aliases == ["aws.default"]
    assert found["role_alias_bad"]["/plan.json", "CKV_CONTACT_1", "aws.default"] == "FAILED"


def test_details_say_who_what_and_how() -> None:
    report = checkov("-f", str(PLANS / "listed_bad" / "plan.json"), "--framework", "terraform_plan", "--check", IDS)
    record = next(item for item in report["results"]["failed_checks"] if item["check_id"] == "CKV_CONTACT_1")
    details = "\n".join(record["details"])
    assert "333333333302 payments-prod" in details
    assert 'alternate_contact_type = "SECURITY"' in details
    assert record["guideline"] == "docs/policies/CKV_CONTACT_1.md"


def test_several_plans_are_judged_together_beside_the_built_in_checks() -> None:
    files = [str(PLANS / case / "plan.json") for case in ("own_bad", "listed_good")]
    report = checkov("-f", *files, "--framework", "terraform_plan")
    found = results(report)
    assert found["/own_bad/plan.json", "CKV_CONTACT_1", "aws.default"] == "PASSED"
    assert found["/listed_good/plan.json", "CKV_CONTACT_1", "aws.default"] == "PASSED"
    checks = {item["check_id"] for item in report["results"]["failed_checks"]}
    assert any(check.startswith("CKV_AWS") for check in checks)


def test_checkov_can_skip_a_check() -> None:
    path = str(PLANS / "listed_bad" / "plan.json")
    found = results(checkov("-f", path, "--framework", "terraform_plan", "--skip-check", "CKV_CONTACT_1"))
    assert "CKV_CONTACT_1" not in {check for _, check, _ in found}
    assert "CKV_CONTACT_4" in {check for _, check, _ in found}


def test_what_cannot_be_evaluated_is_failed_with_the_reason(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    rules = tmp_path / "policies" / "contact_rules" / "rules.py"
    source = rules.read_text(encoding="utf-8")
    marker = '    """CKV_CONTACT_2: no root user email is a person\'s."""\n'
    assert marker in source
    rules.write_text(source.replace(marker, marker + '    raise RuntimeError("on purpose")\n'), encoding="utf-8")
    arguments = ("-f", str(PLANS / "listed_good" / "plan.json"), "--framework", "terraform_plan", "--check", IDS)
    report = checkov(*arguments, policies=tmp_path / "policies")
    assert results(report)["/plan.json", "CKV_CONTACT_2", "aws.default"] == "FAILED"
    record = next(item for item in report["results"]["failed_checks"] if item["check_id"] == "CKV_CONTACT_2")
    assert "on purpose" in record["details"][0]


def test_bad_configuration_fails_every_check(tmp_path: Path) -> None:
    broken = tmp_path / "policy.yaml"
    broken.write_text("strikt: true\n", encoding="utf-8")
    arguments = ("-f", str(PLANS / "listed_good" / "plan.json"), "--framework", "terraform_plan", "--check", IDS)
    report = checkov(*arguments, policies=None, cwd=ROOT, **{ENVIRONMENT_VARIABLE: str(broken)})
    assert set(results(report).values()) == {"FAILED"}
    assert "did you mean strict?" in report["results"]["failed_checks"][0]["details"][0]


def test_a_static_scan_judges_what_is_written_out_and_nothing_else(tmp_path: Path) -> None:
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
    found = results(checkov("-d", str(tmp_path), "--framework", "terraform", "--check", IDS))
    assert found == {
        ("/main.tf", "CKV_CONTACT_2", "aws_organizations_account.literal"): "FAILED",
        ("/main.tf", "CKV_CONTACT_3", "aws_account_alternate_contact.literal"): "PASSED",
        ("/main.tf", "CKV_CONTACT_7", "aws_account_alternate_contact.literal"): "FAILED",
    }
