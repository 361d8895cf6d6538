"""SARIF that code scanning takes: GitHub refuses a file that does not fit the schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from policies.contact_rules.output import sarif
from tests.policies.support import CASES, PLANS, ROOT, judge, plan
from tools.parity import PACK, Checkov

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((ROOT / "tests/policies/data/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))


VALIDATOR = Draft4Validator(SCHEMA, format_checker=FormatChecker())


def complaints(content: Any) -> list[str]:
    found = VALIDATOR.iter_errors(content)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


@pytest.mark.parametrize("case", CASES)
def test_of_the_pack_by_itself(case: str) -> None:
    assert complaints(json.loads(sarif(judge(plan(case))))) == []


def test_of_checkov_with_the_checks(checkov: Checkov, tmp_path: Path) -> None:
    plans = [str(PLANS / case / "plan.json") for case in ("own_bad", "listed_bad", "reference_each_key_bad")]
    options = ("--framework", "terraform_plan", "--external-checks-dir", str(PACK), "--output", "sarif")
    done = checkov.run("-f", *plans, *options, "--output-file-path", str(tmp_path))
    content = json.loads((tmp_path / "results_sarif.sarif").read_text(encoding="utf-8"))
    assert complaints(content) == [], done.err
    ours = [result for result in content["runs"][0]["results"] if result["ruleId"] == "CKV_CONTACT_1"]
    assert any("payments-prod: has no SECURITY alternate contact" in result["message"]["text"] for result in ours)
