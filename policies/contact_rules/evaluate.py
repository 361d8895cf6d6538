"""Judges plans by every rule. A rule that fails to run is a failed check, never a passed one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from . import estate as estates
from . import plan as plans_
from .catalogue import CHECKS, Check
from .configuration import Configuration
from .rules import RULES, Context, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


NOT_APPLICABLE: Final = "not applicable: no AWS provider or resource in this plan"


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check over all plans.

    `error`: why the rule could not be evaluated, which is a failure. `applicable`: False if no plan has AWS in it.
    """

    check: Check
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    error: str = ""
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
    notes: tuple[str, ...] = ()

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
    parsed = [plans_.parse(name, content) for name, content in plans]
    idle = [plan for plan in parsed if not plan.has_aws]
    estate = estates.build([plan for plan in parsed if plan not in idle])
    if len(idle) < len(parsed):
        verdicts = judge(estate, context, CHECKS)
    else:
        verdicts = tuple(Verdict(check, applicable=False) for check in CHECKS)
    return Report(
        plans=tuple(plan.name for plan in parsed),
        verdicts=tuple(_with_idle(verdict, idle) for verdict in verdicts),
        accounts=sum(1 for _ in estate.active_accounts()),
        contacts=len(estate.contacts),
        notes=tuple(
            f"{plan.name}: covers only a part of the configuration (-target or deferred changes)"
            for plan in parsed
            if not plan.complete
        ),
    )


def _with_idle(verdict: Verdict, idle: Sequence[plans_.Plan]) -> Verdict:
    notes = (Finding(verdict.check.id, plan.name, "not-applicable", NOT_APPLICABLE, level="note") for plan in idle)
    return replace(verdict, notes=(*notes, *verdict.notes))


def judge(estate: estates.Estate, context: Context, checks: Iterable[Check]) -> tuple[Verdict, ...]:
    """The verdict of each of these checks on an estate: of plans, or of what is live. Never raises."""
    order = {plan.name: index for index, plan in reversed(list(enumerate(estate.plans)))}
    return tuple(_verdict(check, estate, context, order) for check in checks)


def _verdict(check: Check, estate: estates.Estate, context: Context, order: Mapping[str, int]) -> Verdict:
    try:
        findings = sorted(
            RULES[check.id](estate, context),
            key=lambda item: (order[item.plan], item.account_id or "~", item.address or "", item.account, str(item)),
        )
    except Exception as error:  # whatever goes wrong in a rule must not look like a pass
        return Verdict(check, error=f"the rule could not be evaluated ({type(error).__name__}: {error})")
    return Verdict(
        check,
        findings=tuple(item for item in findings if item.level == "failure"),
        notes=tuple(item for item in findings if item.level == "note"),
    )
