"""What the tests of the policies share: the cases, and how they are judged."""

from __future__ import annotations

import copy
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.contact_rules import configuration as configurations
from policies.contact_rules.evaluate import Report, evaluate
from policies.contact_rules.plan import load

if TYPE_CHECKING:
    from policies.contact_rules.configuration import Configuration

ROOT = Path(__file__).resolve().parents[2]
PLANS = Path(__file__).parent / "plans"
POLICY_FILE = PLANS / "policy.yaml"
CASES = sorted(path.parent.name for path in PLANS.glob("*/main.tf"))
TODAY = date(2026, 11, 21)


@cache
def policy() -> Configuration:
    """The configuration that the cases are judged with."""
    return configurations.load(POLICY_FILE)


@cache
def _plan(case: str) -> Any:
    return load(PLANS / case / "plan.json")


def plan(case: str) -> Any:
    """A copy of the case's plan, free to change."""
    return copy.deepcopy(_plan(case))


def judge(*contents: Any, configuration: Configuration | None = None) -> Report:
    """The report on plan objects that are judged together."""
    named = [(f"plan{index}.json", content) for index, content in enumerate(contents)]
    return evaluate(named, configuration or policy(), TODAY)


def objections(report: Report, check_id: str) -> list[str]:
    """What a check objects to: the account, else the resource, else the reason; sorted.

    The id of an account that Terraform made is the sandbox's invention and left out.
    """
    verdict = report.verdict(check_id)
    assert not verdict.error
    found = sorted(item.account or item.address or item.reason for item in verdict.findings)
    return [re.sub(r"^(?!(\d)\1{8})\d{12} ", "", item) for item in found]


def expected(case: str) -> dict[str, list[str]]:
    """What the checks must object to in a case."""
    content: dict[str, list[str]] = json.loads((PLANS / case / "expected.json").read_text(encoding="utf-8"))
    return content
