"""`make policy`: checkov and the pack alone, one verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from policies.contact_rules.evaluate import evaluate
from policies.contact_rules.plans.parsing import load
from scripts.policy import disagreements
from scripts.shared.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PLANS = ROOT / "tests" / "policies" / "plans"


def policy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.policy", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_both_judge_and_agree(tmp_path: Path) -> None:
    good, bad = str(PLANS / "listed_good" / "plan.json"), str(PLANS / "listed_bad" / "plan.json")
    config = ("--config", str(PLANS / "policy.toml"))
    passed = policy(tmp_path, *config, good)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    failed = policy(tmp_path, *config, "--json", bad)
    assert failed.returncode == 3, failed.stdout + failed.stderr
    assert not json.loads(failed.stdout)["passed"]


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    refused = policy(tmp_path, "plan.json")
    assert refused.returncode == 2
    assert "plan.json" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_disagreement_or_a_check_that_did_not_run_is_named() -> None:
    plan = PLANS / "own_good" / "plan.json"
    report = evaluate([(str(plan), load(plan))])
    agreeing = {verdict.check.id: verdict.passed for verdict in report.verdicts}
    assert disagreements(report, agreeing) == []
    agreeing["CKV_CONTACT_1"] = not agreeing["CKV_CONTACT_1"]
    del agreeing["CKV_CONTACT_2"]
    assert [line.split(":")[0] for line in disagreements(report, agreeing)] == ["CKV_CONTACT_1", "CKV_CONTACT_2"]
