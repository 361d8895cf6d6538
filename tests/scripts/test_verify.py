"""`make verify` on the sandbox and against a DNS server of its own; and what it writes into contacts.yaml."""

from __future__ import annotations

import itertools
import json
import os
import re
import socket
import threading
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cdktf_app.contacts.directory import load_directory
from cdktf_app.contacts.problems import InvalidInput
from scripts.shared import console
from scripts.shared.console import CommandError
from scripts.verify import __main__ as verify
from scripts.verify import mail_domains
from scripts.verify.mail_domains import judge_domain, resolver
from scripts.verify.review import write_review
from tests.organizations import MANAGEMENT, account, alone, client, inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scripts.sandbox import Sandbox

MEMBER, OTHER = "222222222201", "222222222202"
TODAY = date.today()
CONTACTS = f"""\
organization:
  management_account: "111111111111"
  home_region: ap-northeast-1
mail:
  corporate_domains: [kaede.example]
  root_email_patterns: ["aws-root+*@root.kaede.example"]
contacts:
  defaults:
    security: {{name: Security, title: Team, email: aws-security@kaede.example, phone: "+44 20 7946 0110"}}
  accounts:
    shop:
      billing: {{name: Billing, title: Team, email: aws-billing@pay.kaede.example, phone: "+44 20 7946 0110"}}
      operations: none
review:
  last_reviewed: "{TODAY - timedelta(days=10)}"  # with the whole team
  reviewed_by: security-operations
"""
NOTIFICATIONS = """\
notifications:
  hub_regions: [ap-northeast-1]
  channels:
    security: {email: aws-security@kaede.example}
    chat: {arn: "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/security"}
  subscriptions:
    sign-in: {preset: console-sign-in, channels: [security, chat], accounts: [shop]}
"""


INVENTORY = inventory(
    account(MANAGEMENT, "kaede"),
    account(MEMBER, "shop"),
    account(OTHER, "data"),
    account("222222222203", "old", status="SUSPENDED"),
)


class Place:
    """A user's folder, and AWS."""

    def __init__(self, folder: Path, aws: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.contacts = folder / "contacts.yaml"
        self.aws = aws
        self.capsys = capsys

    def run(self, **options: Any) -> tuple[int, str]:
        """Exit code and everything that was printed."""
        text = ""
        try:
            code = int(verify.main(share=50, **options))
        except InvalidInput as error:
            code, text = 2, str(error)
        except CommandError as error:
            code, text = int(error.code), str(error)
        captured = self.capsys.readouterr()
        return code, captured.out + captured.err + text

    def json(self, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(as_json=True, **options)[1])
        return found

    def kinds(self, **options: Any) -> list[tuple[str, str, str | None]]:
        remarks = self.json(**options)["results"]
        return [(item["level"], item["kind"], item["account_id"]) for item in remarks if item["kind"] != "review"]

    def add_contact(self, account_id: str, name: str, address: str) -> str:
        """Makes an e-mail contact as Terraform does, and returns its arn."""
        contacts = client(self.aws, "notificationscontacts", account_id)
        made = str(contacts.create_email_contact(name=name, emailAddress=address)["arn"])
        contacts.send_activation_code(arn=made)
        return made


@pytest.fixture
def place(
    tmp_path: Path,
    sandbox_of: Callable[..., Sandbox],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Place:
    sandbox = sandbox_of(INVENTORY)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "inventory.json").write_text(json.dumps(INVENTORY))
    (tmp_path / "contacts.yaml").write_text(CONTACTS)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(console.out, "width", 600)
    return Place(tmp_path, sandbox, capsys)


def test_without_notifications_nothing_is_asked(place: Place) -> None:
    code, text = place.run()
    assert code == 0
    assert "0 e-mail contacts in 0 accounts; no mail domains (--mx queries DNS)" in text
    assert "by security-operations; next by" in text
    assert not place.aws.statistics()


def test_an_email_contact_that_nobody_activated_is_found_until_somebody_does(place: Place) -> None:
    place.contacts.write_text(CONTACTS + NOTIFICATIONS)
    assert place.kinds() == [("finding", "absent", MEMBER)]
    arn = place.add_contact(MEMBER, "security", "AWS-security@kaede.example")
    code, text = place.run()
    assert code == 3
    assert "the e-mail contact 'security' of shop 222222222201 is not activated, so AWS sends it nothing" in text
    place.aws.activate(arn)
    assert place.kinds() == []
    assert place.run()[0] == 0


def test_activation_codes_are_sent_again_only_when_asked_for(place: Place) -> None:
    place.contacts.write_text(CONTACTS + NOTIFICATIONS)
    place.add_contact(MEMBER, "security", "aws-security@kaede.example")
    active = place.add_contact(MEMBER, "second", "aws-second@kaede.example")
    place.aws.activate(active)
    place.run()
    assert len(place.aws.mailbox()) == 2
    code, text = place.run(resend=True)
    assert code == 3
    assert "activation code sent again to aws-security@kaede.example for shop 222222222201" in text
    assert [mail["to"] for mail in place.aws.mailbox()[2:]] == ["aws-security@kaede.example"]
    assert not any(mail["code"] in text for mail in place.aws.mailbox())
    place.aws.set_faults({"fault": "access-denied", "operation": "notificationscontacts:SendActivationCode"})
    code, text = place.run(resend=True)
    assert code == 1
    assert "AccessDeniedException" in text


def test_which_accounts_are_asked(place: Place) -> None:
    place.contacts.write_text(CONTACTS + NOTIFICATIONS)
    place.add_contact(OTHER, "forgotten", "aws-forgotten@kaede.example")
    assert place.kinds() == [("finding", "absent", MEMBER)]
    assert place.kinds(account=["data"]) == [("finding", "not-activated", OTHER)]
    everywhere = place.kinds(all_accounts=True)
    assert ("finding", "not-activated", OTHER) in everywhere
    assert ("note", "unread", "222222222203") in everywhere
    code, text = place.run(account=["dato"])
    assert code == 2
    assert "'dato': is not an account of the inventory; did you mean 'data'?" in text


def test_what_could_not_be_read_is_no_pass(place: Place) -> None:
    place.contacts.write_text(CONTACTS + NOTIFICATIONS)
    place.aws.activate(place.add_contact(MEMBER, "security", "aws-security@kaede.example"))
    for fault in ({"fault": "access-denied", "operation": "notificationscontacts:*"}, {"fault": "expired-token"}):
        place.aws.set_faults(fault)
        code, text = place.run(reviewed_by="security-operations")
        assert code == 1, text
        assert place.contacts.read_text() == CONTACTS + NOTIFICATIONS
    place.aws.set_faults(
        {"fault": "throttling", "operation": "notificationscontacts:*", "times": 2},
        {"fault": "connection-reset", "operation": "notifications:*", "times": 1},
        {"fault": "internal-error", "operation": "sts:*", "times": 1},
    )
    assert place.run()[0] == 0


def test_a_single_account_without_an_organization(
    sandbox_of: Callable[..., Sandbox], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = alone(INVENTORY["accounts"][0])
    section = 'account: {id: "111111111111", name: only, home_region: ap-northeast-1}\n'
    contacts = CONTACTS.partition("mail:")[2].partition("  accounts:")[0]
    place.contacts.write_text(f"{section}mail:{contacts}{NOTIFICATIONS.replace(', accounts: [shop]', '')}")
    aws = sandbox_of(single)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    assert place.kinds() == [("finding", "absent", MANAGEMENT)]
    contacts_of_it = client(aws, "notificationscontacts")
    made = contacts_of_it.create_email_contact(name="security", emailAddress="aws-security@kaede.example")["arn"]
    contacts_of_it.send_activation_code(arn=made)
    assert place.kinds(all_accounts=True) == [("finding", "not-activated", MANAGEMENT)]
    aws.activate(made)
    assert place.run()[0] == 0


class NameServer:
    """Answers over UDP on the loopback interface from a zone: records by name and kind, an error, or silence."""

    def __init__(self, zone: Mapping[str, Mapping[str, list[str]] | dns.rcode.Rcode | None]) -> None:
        self._zone = zone
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> NameServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(4096)
            if not data:
                return
            self.asked += 1
            query = dns.message.from_wire(data)
            [question] = query.question
            name = question.name.to_text(omit_final_dot=True)
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            known = self._zone.get(name, dns.rcode.NXDOMAIN)
            if known is None:
                continue
            if isinstance(known, dns.rcode.Rcode):
                answer.set_rcode(known)
            elif texts := known.get(dns.rdatatype.to_text(question.rdtype)):
                answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", question.rdtype, texts))
            self._socket.sendto(answer.to_wire(), peer)


@pytest.mark.parametrize(
    ("zone", "level", "said"),
    [
        ({"d.jp": {"MX": ["10 mx.d.jp."]}, "mx.d.jp": {"AAAA": ["2001:db8::1"]}}, "fine", ""),
        ({"d.jp": {"MX": ["5 gone.d.jp.", "10 mx.d.jp."]}, "mx.d.jp": {"A": ["192.0.2.1"]}}, "fine", ""),
        ({"d.jp": {"MX": ["0 ."], "A": ["192.0.2.1"]}}, "finding", "accepts no mail (null MX)"),
        ({"d.jp": {"A": ["192.0.2.1"]}}, "note", "no MX record; mail goes to the domain's own address"),
        ({"d.jp": {"TXT": ['"x"']}}, "finding", "no MX record and no address"),
        ({}, "finding", "does not exist"),
        ({"d.jp": {"MX": ["10 mx.d.jp."]}, "mx.d.jp": {}}, "finding", "none of their hosts has an address (mx.d.jp)"),
        ({"d.jp": {"MX": ["10 mx.d.jp."]}}, "finding", "none of their hosts has an address"),
        ({"d.jp": {"MX": ["10 mx.d.jp."]}, "mx.d.jp": dns.rcode.SERVFAIL}, "unread", "could not be queried"),
        ({"d.jp": dns.rcode.SERVFAIL}, "unread", "could not be queried: the DNS servers failed (SERVFAIL)"),
        ({"d.jp": dns.rcode.REFUSED}, "unread", "could not be queried: the DNS servers failed (REFUSED)"),
        ({"d.jp": None}, "unread", "could not be queried: no answer within"),
    ],
)
def test_whether_a_domain_takes_mail(zone: Any, level: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_domains, "DNS_SECONDS", 0.4)
    with NameServer(zone) as server:
        found, reason = judge_domain("d.jp", resolver(server.address))
    assert (found, said in reason) == (level, True), reason


def test_the_domains_of_contacts_channels_and_root_emails_are_asked(place: Place) -> None:
    place.contacts.write_text(CONTACTS)
    mx: dict[str, Any] = {"MX": ["10 mx.kaede.example."]}
    zone = {"kaede.example": mx, "pay.kaede.example": {"MX": ["0 ."]}, "mx.kaede.example": {"A": ["192.0.2.1"]}}
    with NameServer(zone) as server:
        place.run(nameserver=server.address)
        assert server.asked == 0
        code, text = place.run(mx=True, nameserver=server.address)
        assert code == 3
        assert "pay.kaede.example" in text
        assert "accepts no mail (null MX); used by aws-billing@pay.kaede.example" in text
        assert "does not exist; used by aws-root+*@root.kaede.example" in text
        assert "3 mail domains" in text
        accepted = '  accepted: [{pattern: "*@pay.kaede.example", reason: moving, expires: "2099-12-31"}]\n'
        place.contacts.write_text(CONTACTS.replace("contacts:\n", f"{accepted}contacts:\n", 1))
        found = {item["subject"]: item for item in place.json(mx=True, nameserver=server.address)["results"]}
        assert found["pay.kaede.example"]["level"] == "note"
        assert "accepted until 2099-12-31: moving" in found["pay.kaede.example"]["reason"]
    for wrong in ("dns.example", "1.2.3", "192.0.2.1:x", "[::1"):
        code, text = place.run(mx=True, nameserver=wrong)
        assert code == 2
        assert "no DNS server to query" in text


def reviewed(days_ago: int, every: int = 90) -> str:
    text = CONTACTS.replace(str(TODAY - timedelta(days=10)), str(TODAY - timedelta(days=days_ago)))
    return f"{text}  every_days: {every}\n"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (reviewed(91), 3, f"overdue since {TODAY - timedelta(days=1)}, 1 days"),
        (reviewed(90), 0, "in 0 days; that is soon"),
        (reviewed(30), 0, "in 60 days"),
        (reviewed(-1), 3, "that day is in the future"),
        (CONTACTS.partition("review:")[0], 0, "has no review section"),
    ],
)
def test_the_review_date(place: Place, text: str, code: int, said: str) -> None:
    place.contacts.write_text(text)
    assert place.run()[0] == code
    assert said in place.run()[1]


def test_a_review_is_recorded_when_nothing_else_was_found(place: Place) -> None:
    place.contacts.write_text(reviewed(91) + NOTIFICATIONS)
    before = place.contacts.read_text()
    code, text = place.run(reviewed_by="platform")
    assert code == 3
    assert "no review was recorded. Deal with the findings first, or use --despite-findings" in text
    assert place.contacts.read_text() == before
    code, text = place.run(reviewed_by="platform", despite_findings=True)
    assert code == 3
    assert place.contacts.read_text() == before.replace(str(TODAY - timedelta(days=91)), str(TODAY)).replace(
        "security-operations", "platform"
    )
    place.aws.activate(place.add_contact(MEMBER, "security", "aws-security@kaede.example"))
    yesterday = datetime.combine(TODAY, datetime.min.time())
    assert place.json(reviewed_by="platform", on=yesterday)["recorded_review"]["reviewed_by"] == "platform"
    assert place.run()[0] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reviewed_by": " platform"}, "--reviewed-by: ' platform': starts or ends with a space"),
        ({"reviewed_by": ""}, "--reviewed-by: '': is empty"),
        ({"reviewed_by": "a\nb"}, "has more than one line"),
        ({"reviewed_by": "x", "on": datetime(2099, 1, 1)}, "is in the future"),
        ({"reviewed_by": "x", "on": datetime(2020, 1, 1)}, "is before the last review"),
        ({"despite_findings": True}, "need --reviewed-by TEAM"),
    ],
)
def test_what_cannot_be_recorded(place: Place, options: dict[str, Any], said: str) -> None:
    code, text = place.run(**options)
    assert code == 2
    assert said in text
    assert place.contacts.read_text() == CONTACTS


def test_a_file_that_does_not_load_is_left_alone(place: Place) -> None:
    place.contacts.write_text(CONTACTS.replace("title: Team", "titel: Team", 1))
    before = place.contacts.read_bytes()
    code, text = place.run(reviewed_by="platform")
    assert code == 2
    assert "contacts.yaml:9" in text
    assert place.contacts.read_bytes() == before


@pytest.mark.parametrize(
    "section",
    [
        "review: &r\n  <<: {last_reviewed: 2026-01-01, reviewed_by: a}\n  every_days: 30\n",
        "review:\n  last_reviewed: &d 2026-01-01\n  reviewed_by: *d\n",
        "review:\n  last_reviewed: 2026-01-01\n  reviewed_by: |-\n    security\n",
        "review:\n  last_reviewed:\n    2026-01-01\n  reviewed_by: security\n",
    ],
)
def test_what_cannot_be_edited_by_itself_is_left_to_people(place: Place, section: str) -> None:
    text = CONTACTS.partition("review:")[0] + section
    place.contacts.write_text(text)
    load_directory(place.contacts)
    code, said = place.run(reviewed_by="platform")
    assert code == 2
    assert f'write it by hand:\nreview:\n  last_reviewed: "{TODAY}"\n  reviewed_by: platform' in said
    assert place.contacts.read_text() == text
    assert [path.name for path in place.contacts.parent.iterdir() if "contacts" in path.name] == ["contacts.yaml"]


def test_the_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "contacts.yaml"
    real.write_text(CONTACTS)
    real.chmod(0o640)
    link.symlink_to(real)
    write_review(link, TODAY, "platform")
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    review = load_directory(link).review
    assert review is not None
    assert (review.last_reviewed, review.reviewed_by) == (TODAY, "platform")


HEAD = """\
account: {id: "111111111111", name: only, home_region: eu-west-1}
contacts:
  defaults:
    security: {name: Security, title: Team, email: aws-security@kaede.example, phone: "+44 20 7946 0110"}
"""
comments = st.sampled_from(["", "  # 担当", " # 'quoted\" # twice", " # last_reviewed: 1999-01-01", "   #"])
old_dates = st.sampled_from(["2026-01-01", '"2026-01-01"', "'2026-01-01'"])
old_teams = st.sampled_from(["security", '"security: x # no"', "'it''s us'", "a b", '"\\u697d"', "2026-01-01"])
teams = st.one_of(
    st.sampled_from(
        ["null", "yes", "007", "1e3", "- x", "a: b", "a #b", "it's", '"', "楓", "{a}", "a, b]", "*x", "2026-01-01"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)


@st.composite
def files(draw: st.DrawFn) -> tuple[list[str], str, str]:
    """A contacts.yaml in one of many hands: its text in pieces, between which the two values of its review stand (with
    one piece, it has none), and these values."""
    values = {"last_reviewed": draw(old_dates), "reviewed_by": draw(old_teams)}
    first, second = draw(st.permutations(sorted(values)))
    space = draw(st.sampled_from([" ", "   "]))
    form = draw(st.sampled_from(["none", "block", "flow", "indented", "last"]))
    lines = {
        "none": [],
        "block": [
            f"review:{draw(comments)}",
            f"    {first}:{space}\0{draw(comments)}",
            "",
            "    every_days: 30",
            f"    {second}:{space}\0{draw(comments)}",
        ],
        "flow": [f"review: {{{first}: \0, every_days: 30, {second}: \0 }}{draw(comments)}"],
        "indented": [f'"review" :{draw(comments)}', f" {first} : \0", f" '{second}': \0"],
        "last": ["review:", f"  {first}: \0", f"  {second}: \0"],
    }[form]
    tail = [] if form == "last" else draw(st.sampled_from([[], ["backend: {type: local}"], ["# end", ""]]))
    head = HEAD.splitlines()
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    text = newline.join([*lines, *head, *tail] if draw(st.booleans()) else [*head, *lines, *tail])
    end = draw(st.sampled_from(["", newline, newline * 2]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return f"{mark}{text}{end}".split("\0"), values[first], values[second]


@given(file=files(), team=teams, day=st.dates(date(2026, 1, 2), date(2026, 12, 31)))
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
def test_recording_a_review_changes_nothing_else(
    file: tuple[list[str], str, str], team: str, day: date, tmp_path: Path
) -> None:
    pieces, first, second = file
    try:
        team = verify._team(team)
    except InvalidInput:
        assume(False)
    path = tmp_path / "contacts.yaml"
    before = "".join(map("".join, itertools.zip_longest(pieces, (first, second)[: len(pieces) - 1], fillvalue="")))
    path.write_bytes(before.encode())
    old = load_directory(path)
    write_review(path, day, team)
    after = path.read_bytes().decode()
    new = load_directory(path)
    assert new.review is not None
    assert (new.review.last_reviewed, new.review.reviewed_by) == (day, team)
    assert new.model_dump(exclude={"review"}) == old.model_dump(exclude={"review"})
    if old.review is None:
        assert after.startswith(before)
        assert ("\r\n" in before) == ("\r\n" in after[len(before) :])
    else:
        assert new.review.every_days == old.review.every_days
        assert re.fullmatch("[^\n]+?".join(map(re.escape, pieces)), after)
