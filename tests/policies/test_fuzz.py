"""Damaged plans: never a crash, and never a pass where the whole plan failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.contact_rules.plans.parsing import load
from policies.contact_rules.plans.plan import UnusablePlanError
from tests.policies.support import CASES, PLANS, expected, judge, plan

if TYPE_CHECKING:
    from policies.contact_rules.evaluate import Report

BAD = [case for case in CASES if case.endswith("_bad")]

MEANING = {"source", "alternate_contact_type", "aggregation_duration"}
"""Attributes in which another text is another configuration, not damage."""


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every key and item below a JSON value."""
    found: list[tuple[str | int, ...]] = []
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for key, child in children:
        found.append((*path, key))
        found += places(child, (*path, key))
    return found


def damage(content: Any, path: tuple[str | int, ...], how: str) -> None:
    """Deletes a key, or puts null, an odd type or a huge text in its place."""
    *parents, last = path
    target = content
    for part in parents:
        target = target[part]
    odd: dict[str, Any] = {"null": None, "list": [], "object": {}, "number": 7, "huge": "x" * 100_000, "flag": True}
    if how == "delete" and isinstance(target, dict):
        del target[last]
    else:
        target[last] = odd.get(how)


PLACES = {case: places(plan(case)) for case in BAD}
WAYS = ["delete", "null", "list", "object", "number", "huge", "flag"]


def verdicts(content: Any) -> Report | None:
    try:
        return judge(content)
    except UnusablePlanError:
        return None


@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damage_never_turns_a_failure_into_a_pass(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(BAD))
    path = data.draw(st.sampled_from(PLACES[case]))
    how = data.draw(st.sampled_from(WAYS))
    content = plan(case)
    if ("provider_config" in path and "expressions" in path) or (path[-1] in MEANING and how == "huge"):
        return
    damage(content, path, how)
    report = verdicts(content)
    if report is not None:
        failed = {check for check, objections in expected(case).items() if objections}
        assert failed & {verdict.check.id for verdict in report.verdicts if not verdict.passed}, (case, path, how)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(plan("listed_good"))), JSON))
def test_any_json_is_refused_or_judged(content: dict[str, Any]) -> None:
    report = verdicts({"format_version": "1.2", **content})
    assert report is None or not report.passed


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CASES), st.integers(min_value=0))
def test_a_truncated_file_is_refused(tmp_path_factory: pytest.TempPathFactory, case: str, cut: int) -> None:
    text = (PLANS / case / "plan.json").read_text(encoding="utf-8").rstrip()
    path = tmp_path_factory.mktemp("cut") / "plan.json"
    path.write_text(text[: cut % len(text)], encoding="utf-8")
    with pytest.raises(UnusablePlanError):
        load(path)


def test_deep_nesting_is_refused() -> None:
    content = plan("listed_good")
    module: Any = {}
    for _ in range(50_000):
        module = {"module_calls": {"a": {"module": module}}}
    content["configuration"]["root_module"] = module
    with pytest.raises(UnusablePlanError):
        judge(content)


def test_json_numbers_that_python_refuses_are_an_unusable_plan(tmp_path: Any) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"a": ' + "9" * 10_000 + "}", encoding="utf-8")
    with pytest.raises(UnusablePlanError):
        load(path)
    assert json.dumps(True)
