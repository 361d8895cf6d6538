"""The audit's files say the same as the audit, to spreadsheets, CI servers, code hosts and Security Hub."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import example, given
from hypothesis import strategies as st

from cdktf_app.contacts.directory import load_directory
from cdktf_app.contacts.organization import Account, OrganizationDetails
from policies.contact_rules.check import Context
from policies.contact_rules.configuration import Configuration
from policies.contact_rules.findings import Finding, Message
from policies.contact_rules.live import EmailContact, LiveAccount, LiveNotifications, Unread
from scripts.audit.answers import Answers
from scripts.audit.checks import AUDIT_CHECKS, CHECKS, mappings_of, severity_of
from scripts.audit.findings import Audit, Auditor
from scripts.audit.formats import as_asff, as_csv, as_junit, as_sarif, from_csv, guarded
from tests.scripts.live_organization import CONTACTS, INVENTORY

if TYPE_CHECKING:
    from collections.abc import Mapping

MANAGEMENT = "111111111111"
SHOP = "444444444401"
HOSTILE = "=cmd|'/c calc'!A0 <script>\x0b\ud800 日本"
READ_AT = "2026-11-22T01:00:00Z"
MOMENT = "2026-11-22T01:05:00Z"


def account(account_id: str, name: str, ou_path: str = "", status: str = "ACTIVE") -> Account:
    return Account.model_construct(id=account_id, name=name, email="x@kaede.example", status=status, ou_path=ou_path)


def live(found: Account, **answers: Any) -> LiveAccount:
    return LiveAccount(found.id, found.name, READ_AT, **answers)


def audited() -> Audit:
    """One account of each kind, one of them with a hostile name."""
    management, shop = account(MANAGEMENT, "management"), account(SHOP, HOSTILE, "Workloads/Prod")
    denied, old = account("222222222201", "denied", "Security"), account("777777777701", "old", "", "SUSPENDED")
    auditor = Auditor(
        Context(Configuration(), date(2026, 11, 22)), OrganizationDetails(id="o-1", management_account_id=MANAGEMENT)
    )
    contact = {"name": "Team", "title": "Team", "email": "aws-security@kaede.co.jp", "phone": "+81 3 4567 8901"}
    all_set = dict.fromkeys(("SECURITY", "OPERATIONS", "BILLING"), contact)
    auditor.add(management, live(management, root_email="aws-root+management@kaede.co.jp", contacts=all_set))
    notifications = LiveNotifications(email_contacts=(EmailContact("arn", HOSTILE, "+x@kaede.co.jp", "inactive"),))
    contacts = {**all_set, "SECURITY": None, "BILLING": {**contact, "email": "taro.yamada@kaede.co.jp"}}
    auditor.add(shop, live(shop, root_email="taro.yamada@gmail.com", contacts=contacts, notifications=notifications))
    denied_by = Message("access-denied", {"operation": "GetAlternateContact"})
    nothing = tuple(Unread(f"{kind} contact", "AccessDeniedException", denied_by) for kind in ("SECURITY", "BILLING"))
    auditor.add(
        denied, live(denied, root_email="aws-root@kaede.co.jp", contacts={"OPERATIONS": contact}, unread=nothing)
    )
    auditor.add(
        old, live(old, unread=(Unread("account", "Suspended", Message("account-inactive", {"status": "SUSPENDED"})),))
    )
    review = {"due": "2026-01-01", "reviewed_by": "Platform", "last_reviewed": "2025-10-01"}
    auditor.find(Finding("AUDIT_REVIEW", "review-overdue", "overdue", review))
    return auditor.document(started_at=MOMENT, finished_at=MOMENT, contacts=None, calls={})


@pytest.fixture(scope="module")
def audit() -> Audit:
    return audited()


@given(st.lists(st.text(), min_size=1, max_size=4))
@example(["=1+1"])
@example(["'=1+1"])
@example([" \t@SUM(A1)"])
@example(["＝1+1"])
@example(["\u200b=1"])
@example(["000000000001"])
@example(['a";=1+1,"\r\n=2'])
def test_no_cell_of_the_csv_is_computed_and_every_cell_comes_back(cells: list[str]) -> None:
    texts = [cell.replace("\0", "\ufffd") for cell in cells]
    for cell, text in zip(cells, texts, strict=True):
        written = guarded(cell)
        assert written.removeprefix("'") == text or written == text
        assert not re.match(r"[\s\u200b]*[=+\-@＝＋－＠]", written)
        assert not re.match(r"[\t\r\n]|0\d+$|\d{12,}$", written)
    contents = audited()
    contents.findings = contents.findings[: len(texts)]
    for finding, text in zip(contents.findings, texts, strict=True):
        finding.reason = text
    encoded = as_csv(contents).encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
    assert [row["reason"] for row in from_csv(encoded)] == texts


def test_the_csv_has_every_finding(audit: Audit) -> None:
    rows = from_csv(as_csv(audit))
    assert [(row["check"], row["account_id"]) for row in rows] == [
        (finding.check, finding.account_id or "") for finding in audit.findings
    ]
    assert {row["account"] for row in rows} >= {HOSTILE, "denied"}
    shop = next(row for row in rows if row["check"] == "CKV_CONTACT_1")
    assert "--account-id 444444444401 " in shop["fix"]
    assert shop["mappings"].startswith("Security Hub Account.1; ")


def test_junit_has_a_suite_for_each_ou_and_tells_unread_from_failed(audit: Audit) -> None:
    root = ElementTree.fromstring(as_junit(audit))
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5", "failures": "2", "errors": "1", "skipped": "1",
    }  # fmt: skip
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["organization", "(root)", "Security", "Workloads/Prod"]
    (error,) = suites["Security"].iter("error")
    assert "AccessDeniedException" in str(error.text)
    (failure,) = suites["Workloads/Prod"].iter("failure")
    assert "CKV_CONTACT_1" in str(failure.text)
    (case,) = suites["Workloads/Prod"]
    assert case.get("name") == f"=cmd|'/c calc'!A0 <script>\ufffd\ufffd 日本 {SHOP}"


def test_sarif_stands_on_the_line_that_speaks_for_the_account(audit: Audit) -> None:
    log = json.loads(as_sarif(audit, load_directory(CONTACTS), None))
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CHECKS)
    lines = CONTACTS.read_text(encoding="utf-8").splitlines()
    failures = [finding for finding in audit.findings if finding.level == "failure"]
    assert len(run["results"]) == len(failures)
    for result, finding in zip(run["results"], failures, strict=True):
        (location,) = result["locations"]
        line = lines[location["physicalLocation"]["region"]["startLine"] - 1]
        expected = {SHOP: "    Workloads/Prod:", None: "review:"}.get(finding.account_id, "  defaults:")
        assert line == expected
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.check
        assert result["properties"]["code"] == finding.code
        assert result["properties"]["parameters"] == json.loads(json.dumps(finding.parameters))
    assert len({result["partialFingerprints"]["finding/v1"] for result in run["results"]}) == len(failures)
    in_inventory = json.loads(as_sarif(audit, None, INVENTORY))["runs"][0]["results"]
    inventory = INVENTORY.read_text(encoding="utf-8").splitlines()
    for result, finding in zip(in_inventory, failures, strict=True):
        if finding.account_id:
            place = result["locations"][0]["physicalLocation"]["region"]["startLine"]
            assert f'"{finding.account_id}"' in inventory[place - 1]


def test_security_hub_takes_the_findings(audit: Audit) -> None:
    findings = json.loads(as_asff(audit, "ap-northeast-1", None))
    model = botocore.session.get_session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    assert shape is not None
    report = ParamValidator().validate({"Findings": findings}, shape)
    assert not report.has_errors(), report.generate_report()
    limits = {"Title": 256, "Description": 1024}
    for finding in findings:
        assert all(0 < len(finding[key]) <= limit for key, limit in limits.items())
        assert len(finding["Remediation"]["Recommendation"]["Text"]) <= 512
        assert finding["AwsAccountId"] == MANAGEMENT
        assert finding["ProductArn"] == f"arn:aws:securityhub:ap-northeast-1:{MANAGEMENT}:product/{MANAGEMENT}/default"
        assert 0 < len(finding["Compliance"]["RelatedRequirements"]) <= 32
    of_shop = [finding for finding in findings if finding["Resources"][0]["Id"] == f"AWS::::Account:{SHOP}"]
    assert {finding["Compliance"]["Status"] for finding in of_shop} == {"FAILED"}
    unread = [finding for finding in findings if finding["GeneratorId"].endswith("AUDIT_UNREAD")]
    assert {finding["Compliance"]["Status"] for finding in unread} == {"NOT_AVAILABLE"}
    ids = [finding["Id"] for finding in findings]
    assert len(set(ids)) == len(ids)
    assert ids == [finding["Id"] for finding in json.loads(as_asff(audited(), "eu-west-1", "999999999999"))]


def test_every_check_has_a_name_a_severity_and_the_controls_it_stands_for() -> None:
    for check in CHECKS:
        assert CHECKS[check].name.startswith("Ensure ")
        assert severity_of(check) in ("HIGH", "MEDIUM", "LOW")
        assert mappings_of(check)
    assert set(AUDIT_CHECKS) < set(CHECKS)
    assert severity_of("AUDIT_DRIFT", "SECURITY") == "HIGH"
    assert severity_of("AUDIT_DRIFT", "BILLING") == "MEDIUM"


TEXTS: st.SearchStrategy[str] = st.text(st.characters(codec="utf-8"), max_size=12)
CONTACTS_OF = st.dictionaries(
    st.sampled_from(["SECURITY", "OPERATIONS", "BILLING"]),
    st.none() | st.fixed_dictionaries(dict.fromkeys(("name", "title", "email", "phone"), TEXTS)),
)
MESSAGES = st.builds(Message, TEXTS, st.dictionaries(TEXTS, TEXTS | st.integers(0, 999)))
ANSWERS = st.builds(
    LiveAccount,
    id=st.from_regex(r"[0-9]{12}", fullmatch=True),
    name=TEXTS,
    read_at=st.just(READ_AT),
    root_email=st.none() | TEXTS,
    contacts=CONTACTS_OF,
    notifications=st.none() | st.builds(LiveNotifications, hubs=st.tuples(TEXTS)),
    unread=st.just(()) | st.tuples(st.builds(Unread, TEXTS, st.sampled_from(["AccessDenied", "NotOffered"]), MESSAGES)),
)


@given(answers=st.lists(ANSWERS, max_size=6, unique_by=lambda answer: answer.id), torn=st.integers(0, 400))
def test_a_journal_that_is_torn_anywhere_gives_back_whole_answers_only(
    tmp_path_factory: pytest.TempPathFactory, answers: list[LiveAccount], torn: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "answers.jsonl"
    heading: Mapping[str, Any] = {"version": 1, "of": "o-1"}
    journal = Answers(path, heading)
    with journal.writing():
        for answer in answers:
            journal.add(answer)
    content = path.read_bytes()
    path.write_bytes(content[: max(0, len(content) - torn)])
    left = Answers(path, heading)
    since = datetime.fromisoformat("2026-11-22T00:00:00+00:00")
    found = left.reusable(since)
    whole = {answer.id: answer for answer in answers if all(item.code == "NotOffered" for item in answer.unread)}
    assert found <= whole.keys()
    if torn == 0:
        assert found == whole.keys()
    assert {answer.id: answer for answer in left.of(found)} == {key: whole[key] for key in found}
    with left.writing():
        for answer in answers:
            if answer.id not in found:
                left.add(answer)
    again = Answers(path, heading)
    assert again.reusable(since) == whole.keys()
    assert not again.reusable(since + timedelta(hours=2))
    assert not Answers(path, {"version": 1, "of": "o-2"}).reusable(datetime.min.replace(tzinfo=UTC))


def test_what_happens_to_a_journal_that_is_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"of": "o-1", "version": 1}\nnot json\n{"id": 1}\n\xff\xfe\n')
    journal = Answers(path, {"version": 1, "of": "o-1"})
    assert journal.reusable(datetime.min.replace(tzinfo=UTC)) == set()
    assert Path(path).is_file()
