"""Gives the rules of `contact_rules` the shape of checkov checks.

A result stands on the resource at fault if checkov shows that resource to checks, on one provider block of the plan
otherwise. Whatever goes wrong is FAILED with the reason: checkov turns an exception into UNKNOWN and passes.
This folder has no __init__.py: checkov would run its files as checks.
"""
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.provider.base_check import BaseProviderCheck
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from checkov.terraform.checks.resource.registry import resource_registry
from contact_rules import configuration as configurations
from contact_rules.catalogue import BY_ID
from contact_rules.check import PAGES, Context
from contact_rules.evaluate import evaluate
from contact_rules.literal import judge_literal
from contact_rules.plans.parsing import load
from contact_rules.plans.plan import UnusablePlanError
from contact_rules.texts import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from contact_rules.findings import Finding

_ADDRESS = "__address__"


_resource_checks: dict[str, _ResourceCheck] = {}


def _with_details_in_messages(create: Callable[[Any], list[dict[str, Any]]]) -> Callable[[Any], list[dict[str, Any]]]:
    """checkov writes details as SARIF attachments that are no text but a file, and GitHub refuses the whole upload."""

    def results(sarif: Any) -> list[dict[str, Any]]:
        found = create(sarif)
        for result in found:
            if str(result.get("ruleId")) in BY_ID:
                details = [str(item.get("description")) for item in result.pop("attachments", ())]
                result["message"]["text"] = "\n\n".join([result["message"]["text"], *details])
        return found

    return results


with contextlib.suppress(ImportError, AttributeError):  # the checks matter more than this
    from checkov.common.output.sarif import Sarif

    Sarif._create_results = _with_details_in_messages(Sarif._create_results)


class ContactCheck:
    """Registers a check of the catalogue with checkov: on every provider block and on the resource types it names."""

    def __init__(self, check_id: str) -> None:
        self.provider = _ProviderCheck(check_id)
        self.resource = _ResourceCheck(check_id)
        _resource_checks[check_id] = self.resource


class _ProviderCheck(BaseProviderCheck):  # type: ignore[misc]
    def __init__(self, check_id: str) -> None:
        check = BY_ID[check_id]
        super().__init__(
            name=check.name,
            id=check.id,
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_provider=["*"],
            guideline=check.guideline(),
        )

    def scan_entity_conf(self, conf: dict[str, Any], entity_type: str) -> CheckResult:
        try:
            outcome = _outcome(self)
            if outcome is None:
                return CheckResult.UNKNOWN
            _drop_idle_resource_checks()
            if not outcome.is_host(entity_type, conf):
                return CheckResult.UNKNOWN
            return _result(self, outcome, None)
        except Exception as error:
            return _failed(self, f"the check could not be evaluated ({type(error).__name__}: {error})")

    def scan_provider_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Not called: scan_entity_conf is."""
        return CheckResult.FAILED


class _ResourceCheck(BaseResourceCheck):  # type: ignore[misc]
    def __init__(self, check_id: str) -> None:
        check = BY_ID[check_id]
        super().__init__(
            name=check.name,
            id=check.id,
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=list(check.entities),
            guideline=check.guideline(),
        )

    def scan_entity_conf(self, conf: dict[str, Any], entity_type: str) -> CheckResult:
        try:
            outcome = _outcome(self)
            if outcome is None:
                return _literal_result(self, conf, entity_type)
            address = conf.get(_ADDRESS)
            if not isinstance(address, str):
                return _failed(self, "checkov did not say which resource this is")
            return _result(self, outcome, address)
        except Exception as error:
            return _failed(self, f"the check could not be evaluated ({type(error).__name__}: {error})")

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Not called: scan_entity_conf is."""
        return CheckResult.FAILED


@dataclass
class _Outcome:
    """What the rules said of one plan file, by check and by the address that checkov shows (None: the provider)."""

    host: tuple[str, str] | None = None
    errors: dict[str, str] = field(default_factory=dict)
    unusable: str = ""
    pages: str = PAGES
    findings: dict[str, dict[str | None, list[Finding]]] = field(default_factory=lambda: defaultdict(dict))

    def is_host(self, provider: str, conf: Mapping[str, Any]) -> bool:
        if self.host is None:
            return True
        alias = conf.get("alias")
        return (provider, alias[0] if isinstance(alias, list) and alias else "default") == self.host


def _result(check: Any, outcome: _Outcome, address: str | None) -> CheckResult:
    check.guideline = BY_ID[check.id].guideline(outcome.pages)
    if address is None and (outcome.unusable or check.id in outcome.errors):
        return _failed(check, outcome.unusable or outcome.errors[check.id])
    if outcome.unusable:
        return CheckResult.UNKNOWN
    found = outcome.findings[check.id].get(address, [])
    failures = [item for item in found if item.level == "failure"]
    check.details = [_detail(item) for item in failures or found]
    return CheckResult.FAILED if failures else CheckResult.PASSED


def _detail(finding: Finding) -> str:
    say = texts()
    note = "note: " if finding.level == "note" else ""
    fix = say.fix(finding)
    return f"{note}{say.sentence(finding)}" + (f"\nfix:\n{fix}" if fix else "")


def _failed(check: Any, reason: str) -> CheckResult:
    check.details = [reason]
    return CheckResult.FAILED


def _literal_result(check: Any, conf: Mapping[str, Any], entity_type: str) -> CheckResult:
    """The verdict on a resource of a static scan: on what is written out, UNKNOWN on what is not."""
    values = {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in conf.items()}
    context = Context(configurations.load(configurations.find_file(Path.cwd())), date.today())
    findings = judge_literal(check.id, entity_type, values, context)
    if findings is None:
        return CheckResult.UNKNOWN
    check.details = [_detail(item) for item in findings]
    return CheckResult.FAILED if any(item.level == "failure" for item in findings) else CheckResult.PASSED


class _Run:
    """The plans of one checkov run, judged together once. checkov hands every check the same graph during a run."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self.paths = sorted({path for path in _vertex_paths(graph) if path.endswith(".json")})
        self.by_scanned_name: dict[str, _Outcome] = {}
        self.outcomes: dict[str, _Outcome] | None = None
        self.root = ""
        self.dropped = False

    def outcome(self, scanned_name: str) -> _Outcome:
        if scanned_name not in self.by_scanned_name:
            self.by_scanned_name[scanned_name] = self._find(scanned_name)
        return self.by_scanned_name[scanned_name]

    def _find(self, scanned_name: str) -> _Outcome:
        if self.outcomes is None:
            self.outcomes = _judge(self.paths)
        tail = scanned_name
        while tail.startswith("/.."):
            tail = tail[3:]
        path = self.root + tail
        if path not in self.outcomes:
            matches = [path for path in self.paths if path.replace("\\", "/").endswith(tail)]
            if not matches:
                return _Outcome(unusable=f"the plan file {scanned_name} could not be found again")
            path = min(matches, key=len)
            self.root = path[: -len(tail)]
        return self.outcomes[path]


_current: _Run | None = None


def _outcome(check: Any) -> _Outcome | None:
    """What the rules said of the plan that checkov is at; None in a static scan."""
    global _current
    scanned_name = check.entity_path.split(":")[0]
    if not scanned_name.endswith(".json"):
        return None
    if _current is None or _current.graph is not check.graph:
        _current = _Run(check.graph)
    return _current.outcome(scanned_name)


def _drop_idle_resource_checks() -> None:
    """Leaves registered for resources only the checks that object to one in this run.

    Every result costs checkov 0.3 ms, and what passes is said once, on the provider. checkov comes to the providers of
    a plan first; where it does not, the checks simply stay.
    """
    if _current is None or _current.outcomes is None or _current.dropped:
        return
    _current.dropped = True
    for check_id, check in _resource_checks.items():
        needed = any(set(outcome.findings.get(check_id, {})) - {None} for outcome in _current.outcomes.values())
        needed = needed or any(outcome.unusable for outcome in _current.outcomes.values())
        for entity in check.supported_resources:
            registered = resource_registry.checks[entity]
            if check in registered and not needed:
                registered.remove(check)
            elif needed and check not in registered:
                registered.append(check)


def _vertex_paths(graph: Any) -> Iterator[str]:
    """Files of all blocks in checkov's graph, networkx or rustworkx."""
    rows = graph.nodes() if hasattr(graph, "node_indices") else (row[1] for row in graph.nodes(data=True))
    for row in rows:
        attributes = row[1] if isinstance(row, tuple) else row
        path = attributes.get("file_path_")
        if isinstance(path, str):
            yield path


def _judge(paths: list[str]) -> dict[str, _Outcome]:
    contents: dict[str, Mapping[str, Any]] = {}
    try:
        configuration = configurations.load(configurations.find_file(Path.cwd()))
        for path in paths:
            contents[path] = load(Path(path))
        report = evaluate(list(contents.items()), configuration)
    except (UnusablePlanError, configurations.ConfigurationError) as error:
        return {path: _Outcome(unusable=str(error), host=_host(contents.get(path))) for path in paths}
    outcomes = {path: _Outcome(host=_host(content), pages=report.pages) for path, content in contents.items()}
    shown = {path: _shown_addresses(content) for path, content in contents.items()}
    for verdict in report.verdicts:
        check = verdict.check
        for finding in (*verdict.findings, *verdict.notes):
            kind = shown[finding.source].get(finding.address or "")
            address = finding.address if kind in check.entities else None
            outcomes[finding.source].findings[check.id].setdefault(address, []).append(finding)
        if verdict.error:
            for outcome in outcomes.values():
                outcome.errors[check.id] = texts().message(verdict.error)
    return outcomes


def _host(content: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Name and alias of the provider block that carries what stands on no resource; the first `aws` one, if any."""
    try:
        blocks = [
            (str(block["name"]), str(block.get("alias", "default")))
            for key, block in (content or {})["configuration"]["provider_config"].items()
            if not key.startswith("module.")
        ]
    except (KeyError, TypeError, AttributeError):
        return None
    return next((block for block in blocks if block[0] == "aws"), blocks[0] if blocks else None)


def _shown_addresses(content: Mapping[str, Any]) -> dict[str, str]:
    """Address → type of the resources that checkov shows to checks: those that exist after apply."""
    shown: dict[str, str] = {}
    stack = [content["planned_values"].get("root_module") or {}]
    while stack:
        module = stack.pop()
        for resource in module.get("resources") or ():
            if resource.get("mode") == "managed":
                shown[resource["address"]] = resource["type"]
        stack += module.get("child_modules") or ()
    return shown
