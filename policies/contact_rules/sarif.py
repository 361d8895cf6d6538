"""The one writer of SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for verdicts on plans and audits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .check import Severity

_LEVELS: Final[Mapping[Severity, str]] = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note"}


@dataclass(frozen=True)
class Rule:
    """A check, as code scanning shows it."""

    id: str
    name: str
    help: str
    severity: Severity
    tags: Sequence[str]


@dataclass(frozen=True)
class Result:
    """One failure. `file` and `line` are where it is shown, `logical` names the resource or account."""

    rule: str
    severity: Severity
    message: str
    file: str
    line: int = 1
    logical: str | None = None
    properties: Mapping[str, Any] | None = None
    fingerprint: str | None = None
    """Says that it is the same failure as in another run."""


def document(rules: Sequence[Rule], results: Iterable[Result], notes: Sequence[str] = ()) -> str:
    """The JSON text. `notes` tell how the run went."""
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    described = [
        {
            "id": rule.id,
            "name": rule.id,
            "shortDescription": {"text": rule.name},
            "help": {"text": rule.help},
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
            "properties": {"tags": ["security", *rule.tags]},
        }
        for rule in rules
    ]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "aws-contact-baseline", "rules": described}},
        "results": [_result(result, indexes[result.rule]) for result in results],
        "columnKind": "unicodeCodePoints",
    }
    if notes:
        notifications = [{"level": "note", "message": {"text": note}} for note in notes]
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notifications}]
    content = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _result(result: Result, index: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(result.file.replace("\\", "/"))},
            "region": {"startLine": result.line},
        }
    }
    if result.logical:
        location["logicalLocations"] = [{"fullyQualifiedName": result.logical, "kind": "resource"}]
    described: dict[str, Any] = {
        "ruleId": result.rule,
        "ruleIndex": index,
        "level": _LEVELS[result.severity],
        "message": {"text": result.message},
        "locations": [location],
    }
    if result.properties:
        described["properties"] = dict(result.properties)
    if result.fingerprint:
        described["partialFingerprints"] = {"finding/v1": result.fingerprint}
    return described
