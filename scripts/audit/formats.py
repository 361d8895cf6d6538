"""An audit for other programs: CSV, JUnit XML, SARIF and the AWS Security Finding Format.

All of them have the failures; only CSV has the notes, too.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from cdktf_app.contacts import fields
from policies.contact_rules import sarif
from policies.contact_rules.live import UNREAD
from policies.contact_rules.output import parameters_of
from scripts.audit.checks import CHECKS, guideline_of, mappings_of, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.source import Location
    from scripts.audit.findings import AccountRow, Audit, Finding

COLUMNS: Final = (
    "severity",
    "level",
    "check",
    "code",
    "kind",
    "account_id",
    "account",
    "ou_path",
    "contact_type",
    "value",
    "reason",
    "title",
    "fix",
    "mappings",
    "guideline",
)
_FORMULA: Final = frozenset("=+-@'\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet compute a cell (OWASP, "CSV Injection"), full-width forms too; and the mark against it."""
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_csv(audit: Audit) -> str:
    """A row for each finding. `from_csv` reads it back; opened in a spreadsheet no cell is computed or shortened.

    A cell that a spreadsheet would take for a formula or a number gets an apostrophe before it. It begins with a byte
    order mark, without which Excel takes UTF-8 for something else.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for finding in audit.findings:
        cells = (getattr(finding, column) for column in COLUMNS)
        writer.writerow(guarded("; ".join(cell) if isinstance(cell, tuple) else str(cell or "")) for cell in cells)
    return "\ufeff" + file.getvalue()


def from_csv(text: str) -> list[dict[str, str]]:
    """The rows that `as_csv` wrote, without the apostrophes it put in."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return [{key: cell.removeprefix("'") for key, cell in row.items()} for row in rows]


def guarded(cell: str) -> str:
    """A cell that spreadsheets show as the text it is. Without NUL, which CSV readers reject."""
    cell = cell.replace("\0", "\ufffd")
    first = next((sign for sign in cell if unicodedata.category(sign)[0] not in "ZC"), "")
    long_number = cell.isdecimal() and (cell[0] == "0" or len(cell) > 11)
    dangerous = first in _FORMULA or cell[:1] in ("\t", "\r", "\n") or long_number
    return f"'{cell}" if cell and dangerous else cell


def as_junit(audit: Audit) -> bytes:
    """A test suite for each OU with a test case for each account: `failure` for what was found, `error` for what could
    not be read, `skipped` for accounts that are not active. What concerns no account is in the suite `organization`."""
    of_account: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in audit.findings:
        if finding.level == "failure":
            of_account[finding.account_id].append(finding)
    suites: dict[str, list[AccountRow]] = defaultdict(list)
    for row in audit.accounts:
        suites[row.ou_path].append(row)
    root = ElementTree.Element("testsuites", name="aws-contact-baseline audit")
    if of_account[None]:
        suite = ElementTree.SubElement(root, "testsuite", name="organization", timestamp=audit.finished_at)
        for check in dict.fromkeys(finding.check for finding in of_account[None]):
            case = ElementTree.SubElement(suite, "testcase", classname="organization", name=check)
            _failure(case, "failure", [finding for finding in of_account[None] if finding.check == check])
    for path, rows in sorted(suites.items()):
        name = _xml(path or "(root)")
        suite = ElementTree.SubElement(root, "testsuite", name=name, timestamp=audit.finished_at)
        for row in rows:
            case = ElementTree.SubElement(suite, "testcase", classname=name, name=_xml(f"{row.name} {row.id}"))
            found = of_account[row.id]
            if row.result == "not-active":
                ElementTree.SubElement(case, "skipped", message=f"the account is {row.status}")
            _failure(case, "failure", [finding for finding in found if finding.check != UNREAD])
            _failure(case, "error", [finding for finding in found if finding.check == UNREAD])
    for element in (*root, root):
        cases = list(element.iter("testcase"))
        element.set("tests", str(len(cases)))
        for kind, key in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            element.set(key, str(sum(case.find(kind) is not None for case in cases)))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _failure(case: ElementTree.Element, tag: str, findings: list[Finding]) -> None:
    if not findings:
        return
    more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    element = ElementTree.SubElement(case, tag, type=findings[0].check, message=_xml(findings[0].title + more))
    element.text = _xml("\n".join(f"{item.severity} {item.check}: {item.reason}" for item in findings))


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 cannot have (https://www.w3.org/TR/xml/#charsets)."""
    return _NOT_XML.sub("\ufffd", text)


def as_sarif(audit: Audit, directory: Directory | None, inventory: Path | None) -> str:
    """SARIF 2.1.0. A result stands on the line of contacts.yaml that applies to the account, else on the
    account's line in the inventory."""
    place = _Places(directory, inventory)
    rules = [
        sarif.Rule(
            check.id,
            check.name,
            f"{check.why}\n\nPage: {guideline_of(check.id)}",
            severity_of(check.id),
            mappings_of(check.id),
        )
        for check in CHECKS.values()
    ]
    return sarif.document(
        rules, (_sarif_result(finding, identity, place) for identity, finding in _identified(audit.findings))
    )


def _sarif_result(finding: Finding, identity: str, place: _Places) -> sarif.Result:
    uri, line = place.of(finding)
    name = None
    if finding.account_id:
        name = fields.join_path([*fields.split_path(finding.ou_path), f"{finding.account} {finding.account_id}"])
    return sarif.Result(
        finding.check,
        finding.severity,
        f"{_subject(finding)}{finding.reason}\n\n{finding.fix}",
        uri,
        line,
        name,
        {
            "code": finding.code,
            "parameters": parameters_of(finding.parameters),
            "details": [
                {"code": detail.code, "parameters": parameters_of(detail.parameters)} for detail in finding.details
            ],
        },
        identity,
    )


class _Places:
    """Where in the files an account is spoken of."""

    def __init__(self, directory: Directory | None, inventory: Path | None) -> None:
        self._directory = directory
        self._inventory = inventory
        self._lines: dict[str, int] = {}
        if directory is None and inventory is not None:
            for number, line in enumerate(inventory.read_text(encoding="utf-8-sig").splitlines(), 1):
                for account_id in re.findall(r'"id"\s*:\s*"(\d{12})"', line):
                    self._lines.setdefault(account_id, number)

    def of(self, finding: Finding) -> tuple[str, int]:
        """The file and the line."""
        if self._directory is not None:
            problem = self._directory.problem(self._location(self._directory, finding), "", key=True)
            return problem.file, problem.line or 1
        if self._inventory is not None:
            return str(self._inventory), self._lines.get(finding.account_id or "", 1)
        return "contacts.yaml", 1

    def _location(self, directory: Directory, finding: Finding) -> Location:
        if finding.account_id is None:
            return ("review",)
        for key in (finding.account_id, finding.account):
            if key in directory.contacts.accounts:
                return ("contacts", "accounts", key)
        units = {fields.join_path(fields.split_path(path)): path for path in directory.contacts.organizational_units}
        names = fields.split_path(finding.ou_path)
        for depth in range(len(names), 0, -1):
            if (path := fields.join_path(names[:depth])) in units:
                return ("contacts", "organizational_units", units[path])
        return ("contacts", "defaults")


def as_asff(audit: Audit, region: str, account: str | None) -> str:
    """A JSON list in the AWS Security Finding Format
    (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html), for
    securityhub:BatchImportFindings, which takes 100 at a time.

    Args:
        audit: what was found.
        region: the Region of Security Hub.
        account: the account that imports them; else the management account, or the only one. Every finding is imported
            as its own, and names the account at fault as its resource.
    """
    importer = account or (audit.organization.management_account_id if audit.organization else audit.accounts[0].id)
    partition = fields.partition(region)
    read_at = {row.id: row.read_at for row in audit.accounts}
    findings = []
    for identity, finding in _identified(audit.findings):
        moment = read_at.get(finding.account_id or "", audit.finished_at)
        findings.append(
            {
                "SchemaVersion": "2018-10-08",
                "Id": f"aws-contact-baseline/{identity}",
                "ProductArn": f"arn:{partition}:securityhub:{region}:{importer}:product/{importer}/default",
                "ProductName": "aws-contact-baseline",
                "GeneratorId": f"aws-contact-baseline/{finding.check}",
                "AwsAccountId": importer,
                "Types": ["Software and Configuration Checks/AWS Security Best Practices"],
                "CreatedAt": moment,
                "UpdatedAt": moment,
                "Severity": {"Label": finding.severity},
                "Title": _short(f"{_subject(finding)}{finding.title}", 256),
                "Description": _short(f"{finding.reason}. {finding.why}", 1024),
                "Remediation": {"Recommendation": {"Text": _short(str(finding.fix), 512)}},
                "Resources": [
                    {
                        "Type": "AwsAccount",
                        "Id": f"AWS::::Account:{finding.account_id or importer}",
                        "Partition": partition,
                        "Region": region,
                    }
                ],
                "Compliance": {
                    "Status": "NOT_AVAILABLE" if finding.check == UNREAD else "FAILED",
                    "RelatedRequirements": list(finding.mappings),
                },
                "RecordState": "ACTIVE",
            }
        )
    return json.dumps(findings, ensure_ascii=False, indent=2) + "\n"


def _identified(findings: Iterable[Finding]) -> Iterator[tuple[str, Finding]]:
    """The failures, each with an identity that the same finding has in every run."""
    seen: Counter[str] = Counter()
    for finding in findings:
        if finding.level == "failure":
            subject = (finding.account_id, finding.check, finding.kind, finding.contact_type)
            plain = json.dumps(subject)
            seen[plain] += 1
            digest = hashlib.sha256(f"{plain}{seen[plain]}".encode()).hexdigest()[:16]
            yield f"{finding.account_id or 'organization'}/{finding.check}/{digest}", finding


def _subject(finding: Finding) -> str:
    return f"{finding.account} {finding.account_id}: " if finding.account_id else ""


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
