"""Removes one clause after another from the rules and sees whether a test would notice.

`python -m tests.policies.mutation [FILE…]` (default: rules.py notifications.py reach.py) prints what nothing noticed.
`--write` records the findings on all cases anew, in plans/findings.json: read the difference before you keep it.
"""

from __future__ import annotations

import ast
import copy
import importlib
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.policies.support import CASES, PLANS, POLICY_FILE, ROOT, TODAY, expected

if TYPE_CHECKING:
    from collections.abc import Iterator

FINDINGS = PLANS / "findings.json"
FILES = ("rules.py", "notifications.py", "reach.py")


@dataclass(frozen=True)
class Mutant:
    """A changed source, and what was changed where."""

    source: str
    line: int
    what: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every `if` taken always and never, every operand of `and` and `or` left out."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.If | ast.IfExp):
            text = ast.unparse(node.test)
            for value in (True, False):
                yield _changed(tree, number, node.lineno, f"if {text} → {value}", "test", ast.Constant(value))
        elif isinstance(node, ast.BoolOp):
            for index, operand in enumerate(node.values):
                rest = [value for position, value in enumerate(node.values) if position != index]
                yield _changed(tree, number, node.lineno, f"without {ast.unparse(operand)}", "values", rest)


def _changed(tree: ast.Module, number: int, line: int, what: str, attribute: str, value: Any) -> Mutant:
    changed = copy.deepcopy(tree)
    target = next(node for index, node in enumerate(ast.walk(changed)) if index == number)
    setattr(target, attribute, value)
    return Mutant(ast.unparse(ast.fix_missing_locations(changed)), line, what)


def noticed(folder: Path) -> bool:
    """Whether the verdicts on the cases, or the probes, differ with the rules in this folder."""
    for name in [name for name in sys.modules if name.split(".")[0] == "contact_rules"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        return not _as_expected()
    except Exception:
        return True
    finally:
        sys.path.remove(str(folder))


def _as_expected() -> bool:
    evaluation = importlib.import_module("contact_rules.evaluate")
    configurations = importlib.import_module("contact_rules.configuration")
    reach = importlib.import_module("contact_rules.reach")
    policy = configurations.load(POLICY_FILE)
    reports = {}
    for case in CASES:
        content = json.loads((PLANS / case / "plan.json").read_text(encoding="utf-8"))
        report = reports[case] = evaluation.evaluate([("plan.json", content)], policy, TODAY)
        for check, wanted in expected(case).items():
            verdict = report.verdict(check)
            found = sorted(item.account or item.address or item.reason for item in verdict.findings)
            if (
                verdict.error
                or len(found) != len(wanted)
                or [f for f in found if f[:3] in ("111", "222", "333")]
                != [w for w in wanted if w[:3] in ("111", "222", "333")]
            ):
                return False
    rules = importlib.import_module("contact_rules.rules")
    return (
        _findings_are_whole(reports)
        and _reach_probes(reach)
        and _exception_probes(evaluation, configurations)
        and _literal_probes(rules, configurations)
        and _damage_probes(evaluation, policy)
    )


def _findings_are_whole(reports: dict[str, Any]) -> bool:
    snapshot = {case: recorded(report) for case, report in reports.items()}
    if "--write" in sys.argv:
        FINDINGS.write_text(json.dumps(snapshot, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        sys.argv.remove("--write")
    return bool(snapshot == json.loads(FINDINGS.read_text(encoding="utf-8")))


def recorded(report: Any) -> list[list[str]]:
    """The findings and notes of a report as they are kept in findings.json."""
    return [
        [item.check_id, item.kind, item.level, item.address or "", item.account_id or "", str(item), item.fix]
        for verdict in report.verdicts
        for item in (*verdict.findings, *verdict.notes)
    ]


REACHABLE = ("+81 3 1234 5670", "+44 20 7946 0110", "+1 206 555 2100")
UNREACHABLE = ("", "n/a", "0000000000", "+1 000 000 0000", "+81 1234567890", "12345678", "555-0123", "+1 206 555 0123",
               "03-1234-5670", "+12", "+0312345670", "+1234567890123456789")  # fmt: skip
MAIL = ("a@corp-of-nobody.com", "a@xn--p1ai.xn--p1ai")
LONG = "a@" + "b." * 200 + "com"
BAD_DOMAINS = ("@b", "@b.com", "a@b", "a@b.test", "a@b.internal", "a@b..com", "a@-.1", "a@example.com")
NO_MAIL = ("a", "a@", "a b@c.com", *BAD_DOMAINS)


def _reach_probes(reach: Any) -> bool:
    return (
        all(reach.phone_objection(phone) is None for phone in REACHABLE)
        and all(reach.phone_objection(phone) for phone in UNREACHABLE)
        and all(reach.mail_objection(mail) is None for mail in MAIL)
        and all(reach.mail_objection(mail) for mail in (*NO_MAIL, LONG))
    )


def _exception_probes(evaluation: Any, configurations: Any) -> bool:
    def verdict(case: str, check: str, **settings: Any) -> Any:
        content = json.loads((PLANS / case / "plan.json").read_text(encoding="utf-8"))
        report = evaluation.evaluate([("plan.json", content)], configurations.Configuration(**settings), TODAY)
        return report.verdict(check)

    def accept(pattern: str, year: int = 2099) -> Any:
        return (configurations.Accepted(pattern, "reason", date(year, 1, 1)),)

    elsewhere = (configurations.CoveredElsewhere("111111111111", "reason", ("SECURITY",)),)
    person = "hanako.yamada@kaede.example"
    return (
        verdict("root_personal_bad", "CKV_CONTACT_2", accepted=accept(person)).passed
        and not verdict("root_personal_bad", "CKV_CONTACT_2", accepted=accept("*@kaede.example")).passed
        and "expired" in verdict("root_personal_bad", "CKV_CONTACT_2", accepted=accept(person, 2020)).findings[0].reason
        and verdict("root_personal_bad", "CKV_CONTACT_2", root_email_patterns=(person,)).passed
        and verdict("own_good", "CKV_CONTACT_7", accepted=accept("*@kaede.example")).passed
        and "expired"
        in verdict("own_good", "CKV_CONTACT_7", accepted=accept("*@kaede.example", 2020)).findings[0].reason
        and not verdict("own_good", "CKV_CONTACT_3", corporate_domains=("corp.example",)).passed
        and verdict(
            "own_good", "CKV_CONTACT_3", corporate_domains=("corp.example",), accepted=accept("*@kaede.example")
        ).passed
        and not verdict("contact_unknown_bad", "CKV_CONTACT_3", strict=True).passed
        and verdict("own_good", "CKV_CONTACT_3", strict=True).passed
        and not verdict("contact_doubtful_good", "CKV_CONTACT_3", strict=True).passed
        and _text_probes(evaluation, configurations)
        and verdict("own_bad", "CKV_CONTACT_1", covered_elsewhere=elsewhere).passed
        and not verdict("own_bad", "CKV_CONTACT_4", covered_elsewhere=elsewhere).passed
        and verdict("removal_own_bad", "CKV_CONTACT_6", covered_elsewhere=elsewhere).passed
    )


SAO_PAULO = '{"constant_value":"sa-east-1"}'


def _text_probes(evaluation: Any, configurations: Any) -> bool:
    """Verdicts on cases in which one text was replaced everywhere."""

    def passed(case: str, check: str, old: str, new: str, *others: Any, **settings: Any) -> bool:
        text = (PLANS / case / "plan.json").read_text(encoding="utf-8")
        assert old in text, (case, old)
        plans = [("plan.json", json.loads(text.replace(old, new))), *others]
        verdict = evaluation.evaluate(plans, configurations.Configuration(**settings), TODAY).verdict(check)
        return bool(verdict.passed)

    listed = (PLANS / "listed_good" / "plan.json").read_text(encoding="utf-8")
    suspended = json.loads(listed)
    for item in suspended["prior_state"]["values"]["root_module"]["resources"]:
        for account in item["values"].get("accounts", []) + item["values"].get("non_master_accounts", []):
            if account["id"] == "333333333302":
                account["status"] = "SUSPENDED"
    accepted = (configurations.Accepted("*@gmail.com", "reason", date(2099, 1, 1)),)
    person, domain = "hanako.yamada@kaede.example", "aws-security@kaede.example"
    return (
        not passed("root_personal_bad", "CKV_CONTACT_2", person, "hanako.yamada@gmail.com", accepted=accepted)
        and passed("root_personal_bad", "CKV_CONTACT_2", person, "aws-root@gmail.com", accepted=accepted)
        and not passed("own_good", "CKV_CONTACT_3", domain, "security@gmail.com")
        and not passed("email_change_bad", "CKV_CONTACT_5", "aws-root+single@", "aws-root+new@")
        and passed("removal_bad", "CKV_CONTACT_6", "SECURITY", "OPERATIONS")
        and not passed("removal_bad", "CKV_CONTACT_6", "SECURITY", "SECURITY")
        and passed("removal_bad", "CKV_CONTACT_6", "SECURITY", "SECURITY", ("listed.json", suspended))
        and passed("notifications_good", "CKV_CONTACT_8", "eu-central-1", "us-east-1")
        and not passed("notifications_good", "CKV_CONTACT_8", '{"constant_value":"us-east-1"}', SAO_PAULO)
    )


def _literal_probes(rules: Any, configurations: Any) -> bool:
    context = rules.Context(configurations.Configuration(), TODAY)

    def kinds(check: str, entity: str, **values: Any) -> list[str] | None:
        found = rules.judge_literal(check, entity, values, context)
        return None if found is None else [item.kind for item in found]

    account, contact = "aws_organizations_account", "aws_account_alternate_contact"
    product, person = "aws_servicecatalog_provisioned_product", "hanako.yamada@corp-of-nobody.com"
    parameters = [{"key": ["Other"], "value": [person]}, {"key": ["AccountEmail"], "value": [person]}, "odd"]
    return (
        kinds("CKV_CONTACT_2", account, email=person) == ["personal"]
        and kinds("CKV_CONTACT_2", account, email="${var.email}@corp-of-nobody.com") is None
        and kinds("CKV_CONTACT_2", account, email="var.email") is None
        and kinds("CKV_CONTACT_2", account, email=7) is None
        and kinds("CKV_CONTACT_2", product, provisioning_parameters=parameters) == ["personal"]
        and kinds("CKV_CONTACT_2", product, provisioning_parameters=parameters[0]) is None
        and kinds("CKV_CONTACT_2", contact, email=person) is None
        and kinds("CKV_CONTACT_3", contact, email_address=person) == ["personal"]
        and kinds("CKV_CONTACT_3", contact, phone_number="1") is None
        and kinds("CKV_CONTACT_7", contact, email_address="a@b.test", phone_number="var.p") == ["mail"]
        and kinds("CKV_CONTACT_7", contact, email_address="var.e", phone_number="0000000") == ["phone"]
        and kinds("CKV_CONTACT_7", contact, email_address="var.e", phone_number="var.p") is None
        and kinds("CKV_CONTACT_1", contact, email_address=person) is None
    )


DAMAGE: tuple[tuple[str, str, Any, str, str], ...] = (
    *(("root_personal_bad", "email", value, "CKV_CONTACT_2", "absent") for value in (None, "", 7)),
    *(("own_good", "email_address", value, "CKV_CONTACT_3", "unjudged") for value in (None, "", 7)),
    *(("own_good", "email_address", value, "CKV_CONTACT_7", "unjudged") for value in (None, "", 7)),
    *(("own_good", "phone_number", value, "CKV_CONTACT_7", "unjudged") for value in (None, "", 7)),
    *(("notifications_good", "regions", value, "CKV_CONTACT_8", "unjudged") for value in (None, "all", 7)),
    ("notifications_good", "regions", [7], "CKV_CONTACT_8", "regions"),
    ("notifications_good", "source", 7, "CKV_CONTACT_8", "regions"),
    ("notifications_good", "source", None, "CKV_CONTACT_8", "aggregated"),
    ("notifications_good", "aggregation_duration", None, "CKV_CONTACT_8", "aggregated"),
    ("notifications_good", "notification_configuration_arn", "arn:elsewhere", "CKV_CONTACT_8", "channel"),
    ("notifications_existing_good", "regions", ["us-east-1"], "CKV_CONTACT_8", "regions"),
    ("notifications_good", "source", "aws.health", "CKV_CONTACT_1", "missing SECURITY"),
    ("own_good", "alternate_contact_type", 7, "CKV_CONTACT_1", "missing SECURITY"),
)
"""Case, attribute, what is put there, and what the check must then say."""


def _damage_probes(evaluation: Any, policy: Any) -> bool:
    for case, attribute, value, check, kind in DAMAGE:
        content = json.loads((PLANS / case / "plan.json").read_text(encoding="utf-8"))
        holders = [change["change"]["after"] for change in content["resource_changes"]]
        types = {change["type"] for change in content["resource_changes"] if attribute in _known(change)}
        for change, after in zip(content["resource_changes"], holders, strict=False):
            if change["type"] in types:
                after[attribute] = value
                change["change"]["after_unknown"].pop(attribute, None)
        for item in _planned(content["planned_values"]["root_module"]):
            if item["type"] in types:
                item.setdefault("values", {})[attribute] = value
        found = evaluation.evaluate([("plan.json", content)], policy, TODAY).verdict(check)
        if found.error or kind not in {finding.kind for finding in found.findings}:
            return False
    return True


def _known(change: Any) -> set[str]:
    return set(change["change"]["after"]) | set(change["change"]["after_unknown"])


def _planned(module: Any) -> list[Any]:
    inner = [item for child in module.get("child_modules", ()) for item in _planned(child)]
    return [*module.get("resources", ()), *inner]


def survivors(names: tuple[str, ...] = FILES) -> tuple[list[str], int]:
    """The changes that nothing noticed, and how many were tried."""
    lines, tried = [], 0
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        pack = folder / "contact_rules"
        shutil.copytree(ROOT / "policies" / "contact_rules", pack, ignore=shutil.ignore_patterns("__pycache__"))
        if noticed(folder):
            raise SystemExit("the unchanged rules are not as expected")
        for name in names:
            original = (pack / name).read_text(encoding="utf-8")
            for mutant in mutants(original):
                tried += 1
                (pack / name).write_text(mutant.source, encoding="utf-8")
                shutil.rmtree(pack / "__pycache__", ignore_errors=True)
                if not noticed(folder):
                    lines.append(f"{name}:{mutant.line}: {mutant.what}")
            (pack / name).write_text(original, encoding="utf-8")
    return lines, tried


def main() -> None:
    """Prints the survivors and the share that was noticed."""
    names = tuple(argument for argument in sys.argv[1:] if not argument.startswith("-")) or FILES
    lines, tried = survivors(names)
    print("\n".join(lines))
    print(f"{tried - len(lines)} of {tried} removed clauses were noticed")


if __name__ == "__main__":
    main()
