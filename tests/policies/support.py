"""What the tests of the policies share: the cases, how they are judged, and how a plan is changed by hand."""

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
from policies.contact_rules.plans.parsing import load
from policies.contact_rules.texts import texts

if TYPE_CHECKING:
    from policies.contact_rules.configuration import Configuration

ROOT = Path(__file__).resolve().parents[2]
PLANS = Path(__file__).parent / "plans"
POLICY_FILE = PLANS / "policy.toml"
CASES = sorted(path.parent.name for path in PLANS.glob("*/main.tf"))
TODAY = date(2026, 11, 21)
OWN = "aws_account_alternate_contact.own"


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
    """What a check objects to: the account, else the resource, else the code; sorted.

    The id of an account that Terraform made is the sandbox's invention and left out.
    """
    verdict = report.verdict(check_id)
    assert not verdict.error
    found = sorted(texts().subject(item) or item.code for item in verdict.findings)
    return [re.sub(r"^(?!(\d)\1{8})\d{12} ", "", item) for item in found]


def expected(case: str) -> dict[str, list[str]]:
    """What the checks must object to in a case."""
    content: dict[str, list[str]] = json.loads((PLANS / case / "expected.json").read_text(encoding="utf-8"))
    return content


def planned(module: Any) -> list[Any]:
    """The resources in a module of planned_values, and in those below it."""
    inner = [item for child in module.get("child_modules", ()) for item in planned(child)]
    return [*module.get("resources", ()), *inner]


def with_value(case: str, attribute: str, value: Any) -> Any:
    """The case's plan with another value wherever resources have that attribute."""
    content = plan(case)
    changes = [item["change"] for item in content["resource_changes"]]
    types = {
        item["type"]
        for item, change in zip(content["resource_changes"], changes, strict=True)
        if attribute in {**change["after"], **change["after_unknown"]}
    }
    assert types
    for item, change in zip(content["resource_changes"], changes, strict=True):
        if item["type"] in types:
            change["after"][attribute] = value
            change["after_unknown"].pop(attribute, None)
    for item in planned(content["planned_values"]["root_module"]):
        if item["type"] in types:
            item.setdefault("values", {})[attribute] = value
    return content


def edited(case: str, address: str, **values: Any) -> Any:
    """The case's plan with other values of one resource after apply; `...` is known only after apply."""
    content = plan(case)
    (change,) = (item["change"] for item in content["resource_changes"] if item["address"] == address)
    (item,) = (item for item in planned(content["planned_values"]["root_module"]) if item["address"] == address)
    for name, value in values.items():
        if value is ...:
            change["after"].pop(name, None)
            item["values"].pop(name, None)
            change["after_unknown"][name] = True
        else:
            change["after"][name] = item["values"][name] = value
            change["after_unknown"].pop(name, None)
    return content


def changed(content: Any, address: str) -> Any:
    """The change of one resource in a plan."""
    return next(item["change"] for item in content["resource_changes"] if item["address"] == address)


def deleted(case: str, address: str) -> Any:
    """The case's plan, in which a resource that it would make exists and is deleted."""
    content = plan(case)
    change = changed(content, address)
    change |= {"actions": ["delete"], "before": change["after"], "after": None, "after_unknown": {}}
    modules = [content["planned_values"]["root_module"]]
    while modules:
        module = modules.pop()
        module["resources"] = [item for item in module.get("resources", []) if item["address"] != address]
        modules += module.get("child_modules", [])
    return content


def listed(content: Any) -> Any:
    """The values of the organization's data source in a plan."""
    resources = content["prior_state"]["values"]["root_module"]["resources"]
    return next(item["values"] for item in resources if item["type"] == "aws_organizations_organization")
