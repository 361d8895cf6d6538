"""Judges plans by every check. A rule that fails to run is a failed check, never a passed one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from .catalogue import CHECKS
from .check import PAGES, Context
from .configuration import Configuration
from .findings import Finding, Message
from .plans.building import build
from .plans.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .check import Check
    from .model import Model
    from .plans.plan import Plan

NOT_APPLICABLE: Final = Message("not-applicable")


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check over all plans.

    `error`: why the rule could not be evaluated, which is a failure. `applicable`: False if no plan has AWS in it.
    """

    check: Check
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    error: Message | None = None
    applicable: bool = True

    @property
    def passed(self) -> bool:
        return not self.findings and not self.error


@dataclass(frozen=True)
class Report:
    """The verdicts of every check, in the order of their numbers."""

    plans: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    accounts: int = 0
    contacts: int = 0
    notes: tuple[Message, ...] = ()
    pages: str = PAGES
    """The folder or URL that has the pages of the checks."""

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)

    def verdict(self, check_id: str) -> Verdict:
        """The verdict of one check. Raises KeyError for an unknown id."""
        return {verdict.check.id: verdict for verdict in self.verdicts}[check_id]


def evaluate(
    plans: Sequence[tuple[str, Mapping[str, Any]]],
    configuration: Configuration | None = None,
    today: date | None = None,
) -> Report:
    """The verdicts on plans that are judged together: a contact in one covers its account in all.

    `plans` are pairs of a name (usually the path) and the JSON object. `today` decides which acceptances have expired.
    Raises UnusablePlanError if one of them is not a plan that can be judged, ValueError if there is none.
    """
    if not plans:
        raise ValueError("there is no plan to judge")
    context = Context(configuration or Configuration(), today or date.today())
    parsed = [parse(name, content) for name, content in plans]
    idle = [plan for plan in parsed if not plan.has_aws]
    model = build([plan for plan in parsed if plan not in idle])
    if len(idle) < len(parsed):
        verdicts = judge(model, context, CHECKS)
    else:
        verdicts = tuple(Verdict(check, applicable=False) for check in CHECKS)
    return Report(
        pages=context.configuration.guidelines or PAGES,
        plans=tuple(plan.name for plan in parsed),
        verdicts=tuple(_with_idle(verdict, idle) for verdict in verdicts),
        accounts=sum(1 for _ in model.active_accounts()),
        contacts=len(model.contacts),
        notes=tuple(Message("partial-plan", {"plan": plan.name}) for plan in parsed if not plan.complete),
    )


def _with_idle(verdict: Verdict, idle: Sequence[Plan]) -> Verdict:
    notes = (Finding(verdict.check.id, NOT_APPLICABLE.code, "", level="note", source=plan.name) for plan in idle)
    return replace(verdict, notes=(*notes, *verdict.notes))


def judge(model: Model, context: Context, checks: Iterable[Check]) -> tuple[Verdict, ...]:
    """The verdict of each of these checks on a model, wherever it is from. Never raises."""
    order = {source: index for index, source in reversed(list(enumerate(model.sources)))}
    return tuple(_verdict(check, model, context, order) for check in checks)


def _verdict(check: Check, model: Model, context: Context, order: Mapping[str, int]) -> Verdict:
    try:
        findings = sorted(check.judge(model, context), key=lambda finding: (order[finding.source], *_place(finding)))
    except Exception as error:  # whatever goes wrong in a rule must not look like a pass
        return Verdict(check, error=Message("rule-error", {"error": f"{type(error).__name__}: {error}"}))
    return Verdict(
        check,
        findings=tuple(item for item in findings if item.level == "failure"),
        notes=tuple(item for item in findings if item.level == "note"),
    )


def _place(finding: Finding) -> tuple[str, ...]:
    """What findings of one source are sorted by."""
    own = str(finding.account.parameters) if finding.account else ""
    return (
        finding.account_id or "~",
        finding.address or "",
        own,
        finding.contact_type or "",
        finding.value,
        finding.code,
        str(finding.parameters),
    )
