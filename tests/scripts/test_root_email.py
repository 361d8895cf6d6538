"""`make root-email` from the first plan to Terraform's last one, on the sandbox: what a user sees, and what is kept."""

from __future__ import annotations

import csv
import json
import mailbox
import os
import pty
import re
import select
import signal
import string
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_terraform import IsFlagged

from cdktf_app.contacts.organization import Account, Organization, OrganizationDetails
from cdktf_app.contacts.problems import InvalidInput
from policies.contact_rules.check import Context
from policies.contact_rules.configuration import Accepted, Configuration
from scripts.root_email import __main__ as root_email
from scripts.root_email import codes, planning
from scripts.root_email.outcomes import JOURNAL_FILE
from scripts.shared import console
from scripts.shared.console import CommandError
from scripts.shared.files import ROOT
from scripts.shared.journal import Journal
from scripts.shared.terraform import Terraform, cli_configuration
from tests.organizations import MANAGEMENT, account, inventory

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.sandbox import Sandbox

PATTERN = "aws-root+{account_name}@kaede.example"
CONTACTS = """\
organization:
  management_account: "111111111111"
  home_region: ap-northeast-1
mail:
  corporate_domains: [kaede.example]
  accepted:
    - pattern: "*@kaede.example"
      reason: the example's reserved domain
      expires: "2099-12-31"
contacts:
  defaults:
    security: {name: Security, title: Team, email: aws-security@kaede.example, phone: "+44 20 7946 0110"}
"""


def member(
    number: int, name: str, email: str, status: str = "ACTIVE", ou_path: str = "Workloads/Prod"
) -> dict[str, Any]:
    return account(f"2222222222{number:02}", name, ou_path, status, email=email)


INVENTORY = inventory(
    account(MANAGEMENT, "kaede", email="taro.yamada@kaede.example"),
    member(1, "Shop Prod", "taro.suzuki@gmail.com"),
    member(2, "payments", "hanako@kaede.example"),
    member(3, "log.archive", "ichiro_tanaka@kaede.example"),
    member(4, "data", "sato.yuki@kaede.example"),
    member(5, "audit", "aws-root+audit@kaede.example"),
    member(6, "old", "jiro.ito@kaede.example", "SUSPENDED"),
)
PERSONAL = ["222222222201", "222222222202", "222222222203", "222222222204"]


class Place:
    """A user's folder, and AWS."""

    def __init__(self, folder: Path, aws: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.aws = aws
        self.capsys = capsys
        self.said = ""
        self.build = folder / "build"

    def run(self, command: str, *, share: float = 50, **options: Any) -> tuple[int, str]:
        """Exit code and everything that was printed."""
        if command in ("start", "accept"):
            options["share"] = share
        if command == "start":
            options.setdefault("yes", True)
        try:
            code = int(getattr(root_email, command)(**options))
        except InvalidInput as error:
            code, text = 2, str(error)
        except CommandError as error:
            code, text = int(error.code), str(error)
        else:
            text = ""
        captured = self.capsys.readouterr()
        self.said += captured.out + captured.err + text
        return code, captured.out + captured.err + text

    def json(self, command: str, **options: Any) -> dict[str, Any]:
        _, text = self.run(command, as_json=True, **options)
        found: dict[str, Any] = json.loads(text[text.index("{\n") :])
        return found

    def states(self) -> dict[str, str]:
        return {entry["account_id"]: entry["state"] for entry in self.json("status")["accounts"]}

    def codes(self) -> dict[str, str]:
        """The newest code of every account, from the mails AWS would have sent."""
        return {mail["account_id"]: mail["code"] for mail in self.aws.mailbox()}

    def write_codes(self, chosen: dict[str, str]) -> Path:
        path = self.folder.parent / "codes.csv"
        path.write_text("account_id,code\n" + "".join(f"{key},{code}\n" for key, code in chosen.items()))
        return path

    def email_of(self, account_id: str) -> str:
        client: Any = boto3.client("organizations")
        return str(client.describe_account(AccountId=account_id)["Account"]["Email"])

    def process(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.root_email", *arguments],
            cwd=self.folder,
            env={**self.aws.applied_to(os.environ), "PYTHONPATH": str(ROOT)},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def wait_for(self, event: str, process: subprocess.Popen[str]) -> None:
        journal = self.build / JOURNAL_FILE
        end = time.monotonic() + 60
        while not (journal.is_file() and f'"{event}"' in journal.read_text()):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < end
            time.sleep(0.02)

    def assert_no_code_anywhere(self) -> None:
        kept = {path: path.read_bytes().decode() for path in self.folder.rglob("*") if path.is_file()}
        for mail in self.aws.mailbox():
            assert mail["code"] not in self.said
            for path, text in kept.items():
                assert mail["code"] not in text, path


@pytest.fixture
def place(
    tmp_path: Path,
    sandbox_of: Callable[..., Sandbox],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Place:
    sandbox = sandbox_of(INVENTORY)
    folder = tmp_path / "work"
    (folder / "build").mkdir(parents=True)
    (folder / "build" / "inventory.json").write_text(json.dumps(INVENTORY))
    (folder / "contacts.yaml").write_text(CONTACTS)
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(console.out, "width", 600)
    return Place(folder, sandbox, capsys)


def test_the_plan_names_those_the_policies_object_to_and_what_else_is_to_do(place: Place) -> None:
    code, text = place.run("plan", pattern=PATTERN)
    assert code == 4
    for expected in (
        "taro.suzuki@gmail.com",
        "aws-root+shop-prod@kaede.example",
        "aws-root+log.archive@kaede.example",
        "gmail.com is a public or carrier mail service",
        "kaede 111111111111 is the management account: AWS changes its root user email only in the console",
        "manage-acct-update-root-user-email.html",
        "old 222222222206 is SUSPENDED",
        "ignore_changes = [email]",
        "4 planned.",
    ):
        assert expected in text
    assert "222222222205" not in text
    assert (place.build / planning.PLAN_FILE).stat().st_mode & 0o777 == 0o600
    assert not place.aws.statistics()


def test_single_accounts_and_exceptions_from_a_file(place: Place) -> None:
    (place.folder / "map.csv").write_text("\ufeffaccount_id;email\n222222222203;aws-root+logs@kaede.example\n")
    found = place.json(
        "plan", pattern="cloud+{ou_path}-{account_id}@kaede.example", exceptions=Path("map.csv"), account=["data"]
    )
    assert {entry["account_id"]: entry["new"] for entry in found["accounts"]} == {
        "222222222203": "aws-root+logs@kaede.example",
        "222222222204": "cloud+workloads-prod-222222222204@kaede.example",
    }
    found = place.json("plan", exceptions=Path("map.csv"), account=["log.archive"])
    assert len(found["accounts"]) == 1
    found = place.json("plan", pattern=PATTERN, everything=True)
    assert len(found["accounts"]) == 4
    assert "has that address already" in str(found["left_out"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pattern": "aws-root+{acount_name}@kaede.example"}, "did you mean 'account_name'?"),
        ({"pattern": "aws-root+{account_name@kaede.example"}, "has a { or }"),
        ({"pattern": "aws-root@kaede.example"}, "put {account_name} or {account_id} in"),
        ({"pattern": "aws-root+{ou}@kaede.example"}, "put {account_name} or {account_id} in"),
        ({"pattern": "aws-root+{account_name}"}, "is not an address"),
        ({"pattern": "taro.yamada+{account_name}@kaede.example"}, "fails the policies: “taro” and “yamada”"),
        ({"pattern": "aws-root+{account_name}@gmail.com"}, "fails the policies: gmail.com is a public"),
        ({"pattern": "aws-root+{account_name}@nowhere.example"}, "fails the policies: nowhere.example"),
        (
            {"pattern": "aws-root-for-every-account-of-kaede+{ou_path}-{account_name}@kaede.example"},
            "AWS accepts 5 to 64",
        ),
        ({"pattern": "aws,root+{account_name}@kaede.example"}, "has ',' before the @"),
        ({"pattern": PATTERN, "account": ["kaede"]}, "only in the console, under Account, signed in as its root user"),
        ({"pattern": PATTERN, "account": ["shop"]}, "is not an account of the inventory; did you mean 'Shop Prod'?"),
        ({}, "give the new addresses"),
        ({"pattern": PATTERN, "exceptions": Path("map.csv")}, "map.csv: cannot be read"),
        ({"pattern": PATTERN, "inventory": Path("none.json")}, "none.json: does not exist"),
        ({"pattern": PATTERN, "contacts": Path("none.yaml")}, "none.yaml: does not exist"),
    ],
)
def test_what_cannot_be_planned_is_said_and_not_written(place: Place, options: dict[str, Any], said: str) -> None:
    code, text = place.run("plan", **options)
    assert code == 2
    assert said in text
    assert not (place.build / planning.PLAN_FILE).exists()


def test_addresses_in_use_by_any_account_are_refused(place: Place) -> None:
    lines = [
        "222222222201,AWS-Root+Audit@kaede.example",
        "222222222202,jiro.ito@kaede.example",
        "222222222203,team-cloud@kaede.example",
        "222222222204,Team-Cloud@kaede.example",
        "222222222206,x@kaede.example",
        "999999999999,x@kaede.example",
        "22222222220,x@kaede.example",
    ]
    path = place.folder / "map.csv"
    path.write_text("\n".join(lines[:4]))
    code, text = place.run("plan", exceptions=path)
    assert code == 2
    assert "map.csv:1: 'AWS-Root+Audit@kaede.example': for account 222222222201" in text
    assert "is the address of account 222222222205 'audit'" in text
    assert "is the address of account 222222222206 'old'" in text
    assert "map.csv:4: 'Team-Cloud@kaede.example'" in text
    assert "is planned for account 222222222203" in text
    path.write_text("\n".join(lines[4:]))
    code, text = place.run("plan", exceptions=path)
    assert "map.csv:2: '999999999999': is an account that is not asked for here" in text
    assert "map.csv:3: the first field" in text


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Shop Prod", "shop-prod"),
        ("ＳＨＯＰ／Prod", "shop-prod"),
        ("Café (EU) № 2", "cafe-eu-no-2"),
        ("a..b--c_", "a-b-c"),
        ("🚀 launch!", "launch"),
        ("決済 prod", None),
        ("Łódź", None),
        ("!!!", None),
    ],
)
def test_account_names_become_what_an_address_can_hold(name: str, slug: str | None) -> None:
    if slug is None:
        with pytest.raises(ValueError, match=r"cannot contain|can contain"):
            planning.slug(name)
    else:
        assert planning.slug(name) == slug


def test_a_japanese_name_gets_an_advice(place: Place) -> None:
    inventory = json.loads(json.dumps(INVENTORY))
    inventory["accounts"][1]["name"] = "決済本番"
    (place.build / "inventory.json").write_text(json.dumps(inventory))
    code, text = place.run("plan", pattern=PATTERN)
    assert code == 2
    assert "'決済本番': its name has '本決済番', which an address cannot contain; write {account_id}" in text
    assert place.run("plan", pattern="aws-root+{account_id}@kaede.example")[0] == 4


def test_root_user_emails_are_judged_as_in_a_plan_and_the_audit() -> None:
    """Whether mail can arrive is asked of contacts (CKV_CONTACT_7), not of root user emails."""
    judged = Context(Configuration(("kaede.example",)), date(2026, 11, 22))
    assert planning.objection("aws-root+payments@kaede.example", judged) is None
    assert planning.objection("taro.yamada@kaede.example", judged) is not None


names = st.text(alphabet=string.ascii_letters + string.digits + " -_.+@éß/部", min_size=1, max_size=40)
addresses = st.one_of(
    st.builds("{}@kaede.example".format, st.sampled_from(["taro.yamada", "aws-root+a", "AWS-ROOT+B", "aws-root+a-b"])),
    st.builds("aws-root+{}@kaede.example".format, st.text(alphabet="abAB-.", min_size=1, max_size=4)),
)
context = Context(
    Configuration(("kaede.example",), accepted=(Accepted("*@kaede.example", "reserved", date(2099, 1, 1)),)),
    date(2026, 11, 22),
)


@given(
    people=st.lists(st.tuples(names, addresses, st.sampled_from(["ACTIVE", "SUSPENDED"])), min_size=1, max_size=8),
    pattern=st.sampled_from(
        [PATTERN, "aws-root+{ou}-{account_name}@kaede.example", "aws-root+{account_id}@kaede.example"]
    ),
    everything=st.booleans(),
)
def test_planned_addresses_are_ones_that_aws_takes_and_nobody_else_has(
    people: list[tuple[str, str, str]], pattern: str, everything: bool
) -> None:
    accounts = [
        Account.model_validate(account(f"{number:012}", name, "Dev", status, email=email))
        for number, (name, email, status) in enumerate(people)
    ]
    manager = Account.model_validate(account(MANAGEMENT, "m"))
    details = OrganizationDetails(id="o-1", management_account_id=MANAGEMENT)
    organization = Organization(organization=details, accounts=(*accounts, manager))
    try:
        plan = planning.plan_changes(organization, context, pattern, everything=everything)
    except InvalidInput:
        return
    new = Counter(change.new.casefold() for change in plan.changes)
    assert set(new.values()) <= {1}
    assert not new.keys() & {one.email.casefold() for one in organization.accounts}
    for change in plan.changes:
        assert re.fullmatch(r"[a-z0-9+_.-]+@kaede\.example", change.new)
        assert len(change.new) <= 64
        assert organization.by_id[change.account_id].status == "ACTIVE"
        assert change.account_id != MANAGEMENT


def test_from_start_to_done_with_codes_from_a_file(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    assert place.run("start", yes=False)[0] == 2
    code, text = place.run("start")
    assert code == 4
    assert "4 waiting for their codes" in text
    assert place.aws.statistics()["account:StartPrimaryEmailUpdate"]["calls"] == 4
    assert place.run("start")[0] == 4, "nothing is started twice"
    assert place.aws.statistics()["account:StartPrimaryEmailUpdate"]["calls"] == 4

    right = place.codes()
    wrong = {PERSONAL[0]: right[PERSONAL[0]], PERSONAL[1]: "zzzzz9", PERSONAL[2]: right[PERSONAL[2]]}
    code, text = place.run("accept", codes=place.write_codes(wrong))
    assert code == 1
    assert place.states() == dict(zip(PERSONAL, ["accepted", "failed", "accepted", "started"], strict=True))
    assert "the code is wrong, or not the newest one" in text
    assert "zzzzz9" not in place.said
    assert place.email_of(PERSONAL[0]) == "aws-root+shop-prod@kaede.example"

    code, text = place.run("accept", codes=place.write_codes({PERSONAL[1]: right[PERSONAL[1]]}))
    assert code == 4
    code, text = place.run("accept", codes=place.write_codes(right))
    assert code == 0
    assert "4 of 4 done." in text
    assert [place.email_of(number).split("@")[0] for number in PERSONAL] == [
        "aws-root+shop-prod",
        "aws-root+payments",
        "aws-root+log.archive",
        "aws-root+data",
    ]
    assert place.run("start")[0] == place.run("status")[0] == 0
    place.assert_no_code_anywhere()
    assert (place.build / JOURNAL_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("222222222201,12345\n", "codes.csv:1: the code of account 222222222201 is not six letters or digits (were"),
        ("222222222201,123456,x\n", "codes.csv:1: has not the two fields account_id,code"),
        ("222222222201,123456\n222222222201,123457\n", "codes.csv:2: '222222222201': is already on line 1"),
        ("222222222205,123456\n", "codes.csv:1: '222222222205': is an account that is not asked for here"),
        ("222222222202,123456\n", "no code was mailed for 222222222202 yet; run `start`"),
        ('222222222201,"12345', "codes.csv:"),
        ("2.22222E+11,123456\n", "codes.csv:1: the first field is not an account id"),
    ],
)
def test_a_wrong_file_of_codes_is_refused_before_aws_is_asked(place: Place, text: str, said: str) -> None:
    place.run("plan", pattern=PATTERN)
    place.run("start", account=[PERSONAL[0]])
    path = place.folder.parent / "codes.csv"
    path.write_text(text)
    code, printed = place.run("accept", codes=path)
    assert code == 2
    assert said in printed
    assert not re.search(r"12345", printed)
    assert "account:AcceptPrimaryEmailUpdate" not in place.aws.statistics()


def test_what_is_missing_or_contradictory_is_refused(place: Place) -> None:
    for command in ("start", "accept", "status"):
        code, text = place.run(command)
        assert code == 2
        assert "plan first" in text
    place.run("plan", pattern=PATTERN)
    place.run("start", account=["payments"])
    assert "no terminal to prompt for codes" in place.run("accept")[1]
    assert "give either" in place.run("accept", codes=Path("a"), mails=Path("b"))[1]
    assert "is not in the plan" in place.run("start", account=["audit"])[1]
    with Journal(place.build / JOURNAL_FILE).writing():
        code, text = place.run("start")
        assert code == 2
        assert "another run is using it" in text
    journal = place.build / JOURNAL_FILE
    journal.write_text("{}\n" + journal.read_text())
    assert "root-email.journal.jsonl:1: is not a line of the journal" in place.run("status")[1]
    (place.build / planning.PLAN_FILE).write_text("{}")
    assert "is not a plan of this version" in place.run("status")[1]


def test_faults_lose_nothing(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.aws.set_faults(
        {"fault": "throttling", "operation": "account:*", "every": 3, "times": 4},
        {"fault": "internal-error", "operation": "account:*", "every": 4, "times": 3},
        {"fault": "connection-reset", "operation": "account:*", "every": 5, "times": 3},
    )
    assert place.run("start")[0] == 4
    assert place.run("accept", codes=place.write_codes(place.codes()))[0] == 0
    statistics = place.aws.statistics()
    assert sum(tally["throttled"] for tally in statistics.values()) >= 2
    assert sum(tally["failed"] for tally in statistics.values()) >= 2
    place.assert_no_code_anywhere()


def test_an_account_that_aws_refuses_fails_alone(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.aws.set_faults({"fault": "access-denied", "operation": "account:*", "account": PERSONAL[1]})
    code, text = place.run("start")
    assert code == 1
    assert "trusted access for Account Management is off" in text
    assert place.states() == dict(zip(PERSONAL, ["started", "failed", "started", "started"], strict=True))
    place.aws.set_faults()
    assert place.run("start")[0] == 4
    assert set(place.states().values()) == {"started"}


def test_what_is_the_callers_fault_ends_the_run_and_the_next_goes_on(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.aws.set_faults({"fault": "access-denied", "operation": "account:*"})
    code, text = place.run("start")
    assert code == 1
    assert "3 accounts in a row failed with AccessDeniedException: stopped before the others" in text
    place.aws.set_faults({"fault": "expired-token", "operation": "account:*", "after_calls": 3})
    code, text = place.run("start")
    assert code == 1
    assert "sign in again" in text
    assert Counter(place.states().values())["started"] == 1
    place.aws.set_faults()
    assert place.run("start")[0] == 4
    assert set(place.states().values()) == {"started"}
    assert len(place.aws.mailbox()) == 4


def test_what_others_changed_meanwhile_is_noticed(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    client: Any = boto3.client("account")

    def change(number: str, new: str) -> None:
        client.start_primary_email_update(AccountId=number, PrimaryEmail=new)
        client.accept_primary_email_update(AccountId=number, PrimaryEmail=new, Otp=place.codes()[number])

    change(PERSONAL[0], "AWS-Root+shop-prod@kaede.example")
    change(PERSONAL[1], "somebody@kaede.example")
    change(PERSONAL[2], "aws-root+data@kaede.example")
    code, text = place.run("start")
    assert code == 1
    assert "now has the address somebody@kaede.example: run `make inventory`, then plan again" in text
    assert "ConflictException" in text
    assert place.states() == dict(zip(PERSONAL, ["accepted", "failed", "failed", "failed"], strict=True))


def test_codes_expire_after_a_day(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.run("start")
    journal = place.build / JOURNAL_FILE
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    yesterday = datetime.now(UTC) - timedelta(hours=24)
    journal.write_text("".join(json.dumps({**line, "at": yesterday.isoformat()}) + "\n" for line in lines[:1]))
    with journal.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines[1:])
    code, text = place.run("accept", codes=place.write_codes({PERSONAL[0]: place.codes()[PERSONAL[0]]}))
    assert code == 1
    assert "the code has expired after 24 hours: `start` sends a new one" in text
    assert place.run("start")[0] == 4
    assert Counter(mail["account_id"] for mail in place.aws.mailbox())[PERSONAL[0]] == 2
    assert place.run("start", again=True, account=[PERSONAL[1]])[0] == 4
    assert Counter(mail["account_id"] for mail in place.aws.mailbox())[PERSONAL[1]] == 2


def test_only_what_somebody_can_do_keeps_a_plan_open(place: Place) -> None:
    inventory = json.loads(json.dumps(INVENTORY))
    inventory["accounts"] = [inventory["accounts"][index] for index in (0, 5, 6)]
    path = place.build / "inventory.json"
    path.write_text(json.dumps(inventory))
    code, text = place.run("plan", pattern=PATTERN)
    assert (code, "Nothing to start." in text) == (4, True)
    inventory["accounts"][0]["email"] = "aws-root+management@kaede.example"
    path.write_text(json.dumps(inventory))
    code, text = place.run("plan", pattern=PATTERN)
    assert (code, "No root user email to change." in text) == (0, True)


def test_a_refused_restart_is_not_called_an_expired_code(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.run("start", account=["payments"])
    journal = place.build / JOURNAL_FILE
    [line] = [json.loads(line) for line in journal.read_text().splitlines()]
    journal.write_text(json.dumps({**line, "at": (datetime.now(UTC) - timedelta(days=2)).isoformat()}) + "\n")
    place.aws.set_faults({"fault": "access-denied", "operation": "account:*"})
    _, text = place.run("start", account=["payments"])
    assert "AWS denied GetPrimaryEmail" in text
    assert "expired" not in text


def test_a_plan_for_other_addresses_begins_anew(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.run("start")
    place.run("plan", pattern="aws-root+{account_id}@kaede.example")
    assert set(place.states().values()) == {"planned"}


def test_the_credentials_must_be_of_the_plans_organization(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    path = place.build / planning.PLAN_FILE
    path.write_text(path.read_text().replace("o-kaede00001", "o-momiji00001"))
    code, text = place.run("start")
    assert code == 2
    assert "the plan is for o-momiji00001, but these credentials see o-kaede00001" in text


def test_killed_runs_go_on_where_they_were(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    process = place.process("start", "--yes")
    place.wait_for("started", process)
    process.kill()
    place.said += process.communicate()[0]
    assert process.returncode == -signal.SIGKILL
    before = Counter(place.states().values())
    assert before["started"] >= 1
    assert before["planned"] >= 1

    with (place.build / JOURNAL_FILE).open("a") as file:
        file.write('{"at":"2026-')
    assert place.run("start")[0] == 4
    assert place.aws.statistics()["account:StartPrimaryEmailUpdate"]["calls"] <= len(PERSONAL) + 1

    path = place.write_codes(place.codes())
    process = place.process("accept", "--codes", str(path))
    place.wait_for("accepted", process)
    process.kill()
    place.said += process.communicate()[0]
    assert "started" in place.states().values()
    assert place.run("accept", codes=path)[0] == 0
    assert place.aws.statistics()["account:AcceptPrimaryEmailUpdate"]["calls"] <= len(PERSONAL) + 1
    place.assert_no_code_anywhere()


def test_codes_are_typed_unseen(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.run("start")
    right = place.codes()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update({**place.aws.environment, "PYTHONPATH": str(ROOT), "COLUMNS": "200"})
        os.execv(sys.executable, [sys.executable, "-m", "scripts.root_email", "accept", "--share", "50"])
    seen = ""

    def until(text: str) -> None:
        nonlocal seen
        start = len(seen)
        while text not in seen[start:]:
            assert select.select([terminal], [], [], 60)[0], seen
            seen += os.read(terminal, 4096).decode("utf-8", "replace")

    until("Code mailed to aws-root+shop-prod@kaede.example for Shop Prod 222222222201")
    for typed, following in (
        ("12-34", "six letters or digits"),
        (right[PERSONAL[0]], "aws-root+payments@kaede.example"),
        ("", "aws-root+log.archive@kaede.example"),
        (right[PERSONAL[2]], "aws-root+data@kaede.example"),
        ("", "2 of 4 done"),
    ):
        time.sleep(0.1)
        os.write(terminal, f"{typed}\n".encode())
        until(following)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 4
    place.said += seen
    assert place.states() == dict(zip(PERSONAL, ["accepted", "started", "accepted", "started"], strict=True))
    place.assert_no_code_anywhere()


SENDER = "Amazon Web Services <no-reply@verify.signin.aws>"
SUBJECT = "Verify the new email address for the AWS account root user"


def mail(to: str, code: str, at: datetime, *, named: str | None = None, **headers: str) -> EmailMessage:
    """A mail as AWS sends it, as far as it matters."""
    message = EmailMessage()
    for name, value in {"From": SENDER, "Subject": SUBJECT, "Date": format_datetime(at), "To": to, **headers}.items():
        message[name] = value
    text = (
        f"Hello,\n\nto use your email address ({named or to}) for AWS account 222222222201, please use the following\n"
    )
    message.set_content(f"{text}code to verify your email address: {code}. It was asked for on 20261122.\n")
    return message


def html(message: EmailMessage, body: str, charset: str = "utf-8") -> EmailMessage:
    message.clear_content()
    message.set_content(body, subtype="html", charset=charset, cte="base64")
    return message


def test_codes_are_found_in_exported_mail(place: Place) -> None:
    place.run("plan", pattern=PATTERN)
    place.run("start")
    right, now = place.codes(), datetime.now(UTC)
    to = {entry["account_id"]: entry["new"] for entry in place.json("status")["accounts"]}
    first, second, third, fourth = PERSONAL
    minutes = timedelta(minutes=1)
    box = mailbox.mbox(place.folder.parent / "export.mbox")
    through_a_list = {"From": "AWS root mail via list <aws-root@kaede.example>", "To": "aws-root@kaede.example"}
    for message in (
        mail(to[first].upper(), right[first], now + 2 * minutes),
        mail(to[first], "000000", now + minutes),
        mail(to[first], "111111", now - 10 * minutes),
        mail(to[second], right[second], now + minutes, named=to[second], **through_a_list),
        html(
            mail(
                to[third],
                "",
                now + minutes,
                Subject="ルートユーザーの確認",
                To="undisclosed",
                **{"Delivered-To": to[third]},
            ),
            "<html><head><style>p{color:#ab12cd}</style></head><body><p>楓 様</p><p>確認コード</p>"
            f"<td><b>{right[third]}</b></td><a href='https://aws.amazon.com/?x=999999'>AWS</a></body></html>",
            "iso-2022-jp",
        ),
        mail(to[fourth], right[fourth], now - 10 * minutes),
        mail(to[fourth], "222222", now + minutes, From="Somebody <taro@nowhere.example>", Subject="your code"),
        mail("aws-root+stranger@kaede.example", "333333", now + minutes),
    ):
        box.add(message)
    box.add(b"From: =?x-unknown?q?=ff?= <no-reply@verify.signin.aws>\nDate: never\nTo: (((\n\n\xff\xfe")
    box.close()
    code, text = place.run("accept", mails=place.folder.parent / "export.mbox")
    assert code == 4
    assert place.states() == dict(zip(PERSONAL, ["accepted"] * 3 + ["started"], strict=True))
    assert "9 mails" in text
    assert "3 codes found" in text
    assert "only mails from before the start" in text

    folder = place.folder.parent / "mails" / "inner"
    folder.mkdir(parents=True)
    (folder / "a.eml").write_bytes(mail(to[fourth], right[fourth], now + minutes).as_bytes())
    assert place.run("accept", mails=folder.parent)[0] == 0
    place.assert_no_code_anywhere()


def test_a_mailbox_without_mail_is_refused(place: Place, tmp_path: Path) -> None:
    place.run("plan", pattern=PATTERN)
    place.run("start")
    for path in (tmp_path / "empty.mbox", tmp_path / "nothing"):
        path.touch() if path.suffix else path.mkdir()
        code, text = place.run("accept", mails=path)
        assert code == 2
        assert "holds no mail" in text
    assert "cannot be read" in place.run("accept", mails=tmp_path / "absent.mbox")[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("please use the following code to verify your email address: 123456.", "123456"),
        ("Your verification code is A1B2C3 and expires soon", "A1B2C3"),
        ("確認コード：012345 有効期限は24時間です", "012345"),
        ("code: please enter 123456 for account 222222222222", "123456"),
        ("One-time password QWERTY", "QWERTY"),
        ("Verify within 24 hours: 654321", "654321"),
        ("code 123456 or code 654321", None),
        ("code https://example.com/123456 taro123456@example.com", None),
        ("nothing here", None),
    ],
)
def test_the_code_in_a_text(text: str, code: str | None) -> None:
    assert codes.find_code(unicodedata.normalize("NFKC", text)) == code


@given(
    noise=st.text(alphabet=string.ascii_lowercase + " .,:\n", max_size=200),
    code=st.text(alphabet=string.digits, min_size=6, max_size=6),
)
def test_a_code_is_found_in_any_text_that_has_no_other(noise: str, code: str) -> None:
    assert codes.find_code(f"{noise} code: {code}. {noise}") == code


def test_codes_show_nothing_when_printed(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    with path.open("w") as file:
        csv.writer(file).writerow([PERSONAL[0], "abc123"])
    found = codes.from_csv(path, PERSONAL)
    assert "abc123" not in f"{found} {found!r}"


TERRAFORM = """\
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  allowed_account_ids = ["111111111111"]
}

import {
  to = aws_organizations_account.forgotten
  id = "222222222201"
}

resource "aws_organizations_account" "forgotten" {
  name  = "Shop Prod"
  email = "taro.suzuki@gmail.com"
}

import {
  to = aws_organizations_account.ignored
  id = "222222222202"
}

resource "aws_organizations_account" "ignored" {
  name  = "payments"
  email = "hanako@kaede.example"

  lifecycle {
    ignore_changes = [email]
  }
}

import {
  to = aws_organizations_account.changed
  id = "222222222203"
}

resource "aws_organizations_account" "changed" {
  name  = "log.archive"
  email = local.emails["log.archive"]
}

locals {
  emails = {
    "log.archive" = "Ichiro_Tanaka@kaede.example" # the one who made it
  }
}
"""


def test_terraform_keeps_the_account_once_the_named_line_is_changed(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "terraform"
    folder.mkdir()
    main = folder / "main.tf"
    main.write_text(TERRAFORM)
    (folder / "terraform.tfstate.backup").write_text("taro.suzuki@gmail.com")
    place.run("plan", pattern=PATTERN)
    place.run("start")
    _, text = place.run("accept", codes=place.write_codes(place.codes()), terraform=folder)
    assert f"{main}:20 aws_organizations_account.forgotten" in text
    assert "data 222222222204: not written out in" in text
    shown = {entry["account_id"]: entry for entry in place.json("status", terraform=folder)["terraform_lines"]}
    assert shown.keys() == set(PERSONAL[:3])

    line = shown[PERSONAL[2]]
    lines = main.read_text().splitlines(keepends=True)
    lines[line["line"] - 1] = lines[line["line"] - 1].replace(line["old"], line["new"])
    main.write_text("".join(lines))
    terraform = Terraform(folder, cli_configuration(tmp_path / "cli"))
    terraform.text("init", input=False)
    terraform.text("plan", input=False, out="plan")
    plan = json.loads(terraform.text("show", "plan", json=IsFlagged))
    actions = {change["name"]: change["change"]["actions"] for change in plan["resource_changes"]}
    assert actions == {"forgotten": ["delete", "create"], "ignored": ["no-op"], "changed": ["no-op"]}
