"""A report as text for people, JSON and SARIF for machines, Markdown for a pull request's summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from . import sarif as sarif_writer
from .catalogue import CHECKS
from .evaluate import NOT_APPLICABLE
from .texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .evaluate import Report, Verdict
    from .findings import Finding, Message, Parameters
    from .texts import Language, Texts

WORDS: Final = {
    "passed": "PASSED",
    "failed": "FAILED",
    "note": "note: {sentence}",
    "fix": "fix:",
    "why": "why: {why}",
    "exception": "to except it: {exception}",
    "page": "more: {page}",
    "sum": "{passed} checks passed, {failed} failed; plans: {plans}, accounts: {accounts}, alternate contacts: "
    "{contacts}",
    "table": "| check | | result |",
    "cell-passed": "passed",
    "cell-failed": "**failed** ({count})",
    "not-evaluated": "not evaluated",
}
"""What a report says beside the findings."""


def text(report: Report, language: Language = "en") -> str:
    """For a terminal or a log: a line per check, under a failed one every finding, each kind of fix once."""
    say = texts(language)
    lines = [line for verdict in report.verdicts for line in _text_of(report, verdict, say)]
    failed = sum(not verdict.passed for verdict in report.verdicts)
    lines += [say.say(WORDS["note"], sentence=say.message(note)) for note in report.notes]
    lines.append(
        say.say(
            WORDS["sum"],
            passed=len(report.verdicts) - failed,
            failed=failed,
            plans=len(report.plans),
            accounts=report.accounts,
            contacts=report.contacts,
        )
    )
    return "\n".join(lines) + "\n"


def _text_of(report: Report, verdict: Verdict, say: Texts) -> Iterator[str]:
    check = verdict.check
    yield f"{say.say(WORDS['passed' if verdict.passed else 'failed'])}  {check.id}  {say.say(check.name)}"
    if verdict.error:
        yield f"  {say.message(verdict.error)}"
    shown: set[str] = set()
    for finding in (*verdict.findings, *verdict.notes):
        sentence = say.sentence(finding)
        line = f"- {sentence}" if finding.level == "failure" else say.say(WORDS["note"], sentence=sentence)
        place = [finding.source] if len(report.plans) > 1 else []
        if finding.address and finding.address != say.subject(finding):
            place.append(finding.address)
        yield f"  {line}" + (f"  [{', '.join(place)}]" if place else "")
        if finding.kind not in shown and (fix := say.fix(finding)):
            shown.add(finding.kind)
            yield f"    {say.say(WORDS['fix'])}"
            yield from (f"      {line}" for line in fix.splitlines())
    if not verdict.passed:
        yield f"  {say.say(WORDS['why'], why=say.say(check.why))}"
        yield f"  {say.say(WORDS['exception'], exception=say.say(check.exception))}"
        yield f"  {say.say(WORDS['page'], page=check.guideline(report.pages))}"


def as_json(report: Report, language: Language = "en") -> str:
    """The report as one JSON object, stable order. Only sentences are in the language."""
    say = texts(language)
    return json.dumps(
        {
            "passed": report.passed,
            "plans": list(report.plans),
            "accounts": report.accounts,
            "contacts": report.contacts,
            "notes": [say.message(note) for note in report.notes],
            "checks": [
                {
                    "id": verdict.check.id,
                    "name": say.say(verdict.check.name),
                    "severity": verdict.check.severity,
                    "guideline": verdict.check.guideline(report.pages),
                    "result": "passed" if verdict.passed else "failed",
                    "applicable": verdict.applicable,
                    "error": say.message(verdict.error) if verdict.error else None,
                    "findings": [_finding(item, verdict, say) for item in verdict.findings],
                    "notes": [_finding(item, verdict, say) for item in verdict.notes],
                }
                for verdict in report.verdicts
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _finding(finding: Finding, verdict: Verdict, say: Texts) -> dict[str, Any]:
    named = finding.account_id or finding.account_name or finding.account
    return {
        "code": finding.code,
        "parameters": parameters_of(finding.parameters),
        "details": [_message(detail) for detail in finding.details],
        "kind": finding.kind,
        "level": finding.level,
        "severity": verdict.check.severity,
        "plan": finding.source,
        "address": finding.address,
        "account_id": finding.account_id,
        "account": say.subject(finding) if named else None,
        "contact_type": finding.contact_type,
        "value": finding.value or None,
        "reason": say.reason(finding),
        "fix": say.fix(finding) or None,
    }


def _message(message: Message) -> dict[str, Any]:
    return {"code": message.code, "parameters": parameters_of(message.parameters)}


def parameters_of(parameters: Parameters) -> dict[str, Any]:
    """Parameters as JSON has them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}


def sarif(report: Report, language: Language = "en") -> str:
    """SARIF 2.1.0: failures only, on the plan file and resource."""
    say = texts(language)
    rules = [
        sarif_writer.Rule(
            check.id,
            say.say(check.name),
            "\n\n".join(
                [
                    say.say(check.why),
                    say.say(WORDS["exception"], exception=say.say(check.exception)),
                    say.say(WORDS["page"], page=check.guideline(report.pages)),
                ]
            ),
            check.severity,
            check.mappings,
        )
        for check in CHECKS
    ]
    results = [result for verdict in report.verdicts for result in _sarif_results(report, verdict, say)]
    idle = not all(verdict.applicable for verdict in report.verdicts)
    return sarif_writer.document(rules, results, [say.message(NOT_APPLICABLE)] if idle else [])


def _sarif_results(report: Report, verdict: Verdict, say: Texts) -> Iterator[sarif_writer.Result]:
    check = verdict.check
    if verdict.error:
        yield sarif_writer.Result(
            check.id, check.severity, say.message(verdict.error), report.plans[0], properties=_message(verdict.error)
        )
    for finding in verdict.findings:
        yield sarif_writer.Result(
            check.id,
            check.severity,
            "\n\n".join(part for part in (say.sentence(finding), say.fix(finding)) if part),
            finding.source,
            logical=finding.address,
            properties=sarif_properties(finding),
        )


def sarif_properties(finding: Finding) -> dict[str, Any]:
    """What a result of SARIF says for programs."""
    return {
        "code": finding.code,
        "parameters": parameters_of(finding.parameters),
        "details": [_message(detail) for detail in finding.details],
    }


def markdown(report: Report, language: Language = "en") -> str:
    """For the summary of a pull request: a table of checks, then what failed."""
    say = texts(language)
    lines = [say.say(WORDS["table"]), "|---|---|---|"]
    for verdict in report.verdicts:
        outcome = say.say(WORDS["cell-passed"])
        if not verdict.passed:
            count = len(verdict.findings) or say.say(WORDS["not-evaluated"])
            outcome = say.say(WORDS["cell-failed"], count=count)
        outcome = outcome if verdict.applicable else say.message(NOT_APPLICABLE)
        lines.append(f"| {verdict.check.id} | {say.say(verdict.check.name)} | {outcome} |")
    for verdict in report.verdicts:
        if not verdict.passed:
            lines += _markdown_of(verdict, say)
    return "\n".join(lines) + "\n"


def _markdown_of(verdict: Verdict, say: Texts) -> Iterator[str]:
    yield from ("", f"### {verdict.check.id}", "", _plain(say.say(verdict.check.why)), "")
    if verdict.error:
        yield f"- {_plain(say.message(verdict.error))}"
    fixes: dict[str, Finding] = {}
    for finding in verdict.findings:
        place = f" (`{_plain(finding.address)}`)" if finding.address else ""
        yield f"- {_plain(say.sentence(finding))}{place}"
        fixes.setdefault(finding.kind, finding)
    for finding in fixes.values():
        for copied, part in say.steps(finding):
            yield from ("", "```hcl", part.replace("```", "'''"), "```") if copied else ("", _plain(part))


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
