"""A report as text for people, JSON and SARIF for machines, Markdown for a pull request's summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .catalogue import CHECKS
from .evaluate import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .evaluate import Report, Verdict
    from .rules import Finding

_SARIF_LEVELS = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note"}


def text(report: Report) -> str:
    """For a terminal or a log: a line per check, under a failed one every finding, each kind of fix once."""
    lines = [line for verdict in report.verdicts for line in _text_of(verdict, many=len(report.plans) > 1)]
    failed = sum(not verdict.passed for verdict in report.verdicts)
    lines += [f"note: {note}" for note in report.notes]
    lines.append(
        f"{len(report.verdicts) - failed} checks passed, {failed} failed; {_count(len(report.plans), 'plan')}, "
        f"{_count(report.accounts, 'account')}, {_count(report.contacts, 'alternate contact')}"
    )
    return "\n".join(lines) + "\n"


def _text_of(verdict: Verdict, *, many: bool) -> Iterator[str]:
    yield f"{'PASSED' if verdict.passed else 'FAILED'}  {verdict.check.id}  {verdict.check.name}"
    if verdict.error:
        yield f"  {verdict.error}"
    fixes: set[tuple[str, bool]] = set()
    for finding in (*verdict.findings, *verdict.notes):
        mark = "-" if finding.level == "failure" else "note:"
        place = [finding.plan] if many else []
        if finding.address:
            place.append(finding.address)
        yield f"  {mark} {finding}" + (f"  [{', '.join(place)}]" if place else "")
        key = (finding.kind, finding.level == "failure")
        if finding.fix and key not in fixes:
            fixes.add(key)
            yield "    fix:"
            yield from (f"      {line}" for line in finding.fix.splitlines())
    if not verdict.passed:
        yield f"  why and how to except: {verdict.check.guideline}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def as_json(report: Report) -> str:
    """The report as one JSON object, stable order."""
    return json.dumps(
        {
            "passed": report.passed,
            "plans": list(report.plans),
            "accounts": report.accounts,
            "contacts": report.contacts,
            "notes": list(report.notes),
            "checks": [
                {
                    "id": verdict.check.id,
                    "name": verdict.check.name,
                    "severity": verdict.check.severity,
                    "guideline": verdict.check.guideline,
                    "result": "passed" if verdict.passed else "failed",
                    "applicable": verdict.applicable,
                    "error": verdict.error or None,
                    "findings": [_finding(item) for item in verdict.findings],
                    "notes": [_finding(item) for item in verdict.notes],
                }
                for verdict in report.verdicts
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "plan": finding.plan,
        "address": finding.address,
        "account_id": finding.account_id,
        "account": finding.account or None,
        "value": finding.value or None,
        "reason": finding.reason,
        "fix": finding.fix or None,
    }


def sarif(report: Report) -> str:
    """SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): failures only, on the plan file and resource."""
    rules = [
        {
            "id": check.id,
            "name": check.id,
            "shortDescription": {"text": check.name},
            "fullDescription": {"text": check.why},
            "help": {"text": f"{check.why}\n\nPage: {check.guideline}"},
            "defaultConfiguration": {"level": _SARIF_LEVELS[check.severity]},
            "properties": {"tags": ["security", *check.mappings]},
        }
        for check in CHECKS
    ]
    results = [result for verdict in report.verdicts for result in _sarif_results(report, verdict)]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "aws-contact-baseline", "rules": rules}},
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    if not all(verdict.applicable for verdict in report.verdicts):
        note = {"level": "note", "message": {"text": NOT_APPLICABLE}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [note]}]
    return json.dumps(
        {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]},
        ensure_ascii=False,
        indent=2,
    )


def _sarif_results(report: Report, verdict: Verdict) -> Iterator[dict[str, Any]]:
    level = _SARIF_LEVELS[verdict.check.severity]
    common = {"ruleId": verdict.check.id, "ruleIndex": CHECKS.index(verdict.check), "level": level}
    if verdict.error:
        yield {**common, "message": {"text": verdict.error}, "locations": [_location(report.plans[0], None)]}
    for finding in verdict.findings:
        message = f"{finding}\n\n{finding.fix}" if finding.fix else str(finding)
        yield {**common, "message": {"text": message}, "locations": [_location(finding.plan, finding.address)]}


def _location(plan: str, address: str | None) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(plan.replace("\\", "/"))},
            "region": {"startLine": 1},
        }
    }
    if address:
        location["logicalLocations"] = [{"fullyQualifiedName": address, "kind": "resource"}]
    return location


def markdown(report: Report) -> str:
    """For the summary of a pull request: a table of checks, then what failed."""
    lines = ["| check | | result |", "|---|---|---|"]
    for verdict in report.verdicts:
        outcome = "passed" if verdict.passed else f"**failed** ({len(verdict.findings) or 'not evaluated'})"
        outcome = outcome if verdict.applicable else NOT_APPLICABLE
        lines.append(f"| {verdict.check.id} | {verdict.check.name} | {outcome} |")
    for verdict in report.verdicts:
        if verdict.passed:
            continue
        lines += ["", f"### {verdict.check.id}", ""]
        if verdict.error:
            lines.append(f"- {_plain(verdict.error)}")
        for finding in verdict.findings:
            place = f" (`{_plain(finding.address)}`)" if finding.address else ""
            lines.append(f"- {_plain(str(finding))}{place}")
        fixes = dict.fromkeys(finding.kind for finding in verdict.findings if finding.fix)
        for kind in fixes:
            fix = next(finding.fix for finding in verdict.findings if finding.kind == kind and finding.fix)
            lines += ["", "```hcl", fix.replace("```", "'''"), "```"]
    return "\n".join(lines) + "\n"


def _plain(value: str) -> str:
    """Text of a plan as text of a Markdown line: no markup, no line breaks."""
    cleaned = " ".join(value.split())
    for character in "\\`*_[]<>|#":
        cleaned = (
            cleaned.replace(character, "\\" + character)
            if character not in "<>"
            else cleaned.replace(character, "&lt;" if character == "<" else "&gt;")
        )
    return cleaned
