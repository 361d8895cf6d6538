"""The configuration file: what it means, and that a bad one is refused with line, key and advice."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policies.contact_rules import configuration as configurations
from policies.contact_rules.configuration import (
    Accepted,
    Configuration,
    ConfigurationError,
    CoveredElsewhere,
    as_mapping,
    load,
)
from tests.policies.support import PLANS, ROOT, judge, objections, plan

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
corporate_domains = ["corp.example", "Other.example"]
root_email_patterns = [
  "aws-root+*@corp.example",
]
strict = true
guidelines = "https://git.example.com/pack/docs/policies"

[[accepted]]
address = "hanako.yamada@corp.example"  # a comment
reason = "Sole owner: for now"
expires = 2027-03-31

[[accepted]]
pattern = '*@partner.example'
reason = "It's theirs"
expires = "2027-06-30"

[[covered_elsewhere]]
account = "012345678901"
reason = "elsewhere"
types = ["BILLING"]
"""
PAGE = ROOT / "docs" / "policies" / "configuration.md"


def write(folder: Path, text: str, name: str = "policy.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    return str(caught.value)


def test_everything_is_read(tmp_path: Path) -> None:
    configuration = load(write(tmp_path, WHOLE))
    assert configuration.corporate_domains == ("corp.example", "other.example")
    assert configuration.root_email_patterns == ("aws-root+*@corp.example",)
    assert configuration.accepted == (
        Accepted("hanako.yamada@corp.example", "Sole owner: for now", date(2027, 3, 31)),
        Accepted("*@partner.example", "It's theirs", date(2027, 6, 30)),
    )
    assert configuration.covered_elsewhere == (CoveredElsewhere("012345678901", "elsewhere", ("BILLING",)),)
    assert configuration.strict
    assert configuration.guidelines == "https://git.example.com/pack/docs/policies"


def test_json_means_the_same(tmp_path: Path) -> None:
    configuration = load(write(tmp_path, WHOLE))
    again = load(write(tmp_path, "\n" + json.dumps(as_mapping(configuration)), "policy.json"))
    assert as_mapping(again) == as_mapping(configuration)
    assert again.accepted == configuration.accepted


def test_no_file_and_an_empty_file_are_the_default(tmp_path: Path) -> None:
    assert load(None) == Configuration()
    assert as_mapping(load(write(tmp_path, "# nothing yet\n"))) == as_mapping(Configuration())


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert load(path).strict


ACCEPTED = "[[accepted]]\n"
COVERED = "[[covered_elsewhere]]\n"
ADDRESS = 'address = "a@b.example"\n'
REASON = 'reason = "x"\n'
UNTIL = "expires = 2027-01-01\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strikt = true", "policy.toml:1: strikt is not known; did you mean strict?"),
        ("zzz = 1", "policy.toml:1: zzz is not known; known are corporate_domains, root_email_patterns, accepted"),
        ('strict = "yes please"', 'policy.toml:1: strict is "yes please"; write true or false'),
        ("\n\nstrict = 1", "policy.toml:3: strict is 1; write true or false"),
        ("guidelines = 1", "policy.toml:1: guidelines is 1; write the folder or URL of the checks' pages"),
        ('guidelines = "the wiki"', 'policy.toml:1: guidelines is "the wiki"; write the folder or URL'),
        ('corporate_domains = "x"', 'policy.toml:1: corporate_domains is "x"; write ["example.com"]'),
        ("corporate_domains = {}", 'policy.toml:1: corporate_domains is {}; write ["example.com"]'),
        (
            'strict = true\ncorporate_domains = [\n  "@corp.example",\n]',
            'policy.toml:2: corporate_domains[0] is "@corp.example"; write a domain like example.com, without @ or *',
        ),
        ('corporate_domains = ["a.example", 7]', "policy.toml:1: corporate_domains[1] is 7; write a domain"),
        ('root_email_patterns = "x"', 'root_email_patterns is "x"; write ["aws-root+*@example.com"]'),
        ("root_email_patterns = [7]", "policy.toml:1: root_email_patterns[0] is 7; write an address or pattern like"),
        ('root_email_patterns = ["a"]', 'root_email_patterns[0] is "a"; write an address or pattern like'),
        (ACCEPTED + ADDRESS + UNTIL, "policy.toml:1: accepted[0].reason is missing; say why"),
        (ACCEPTED + ADDRESS + UNTIL + 'reason = " "', 'policy.toml:4: accepted[0].reason is " "; say why'),
        (ACCEPTED + ADDRESS + UNTIL + "reason = 7", "policy.toml:4: accepted[0].reason is 7; say why"),
        (
            ACCEPTED + ADDRESS + REASON + 'expires = "soon"',
            'policy.toml:4: accepted[0].expires is "soon"; write a date like 2027-03-31',
        ),
        (ACCEPTED + ADDRESS + REASON + "expires = 2027", "policy.toml:4: accepted[0].expires is 2027; write a date"),
        (ACCEPTED + ADDRESS + REASON, "policy.toml:1: accepted[0].expires is missing; write a date"),
        (
            ACCEPTED + ADDRESS + REASON + "expires = 2027-01-01T00:00:00Z",
            'policy.toml:4: accepted[0].expires is "2027-01-01 00:00:00+00:00"; write a date like 2027-03-31',
        ),
        (
            ACCEPTED + 'address = "*@b.example"\n' + REASON + UNTIL,
            'policy.toml:2: accepted[0].address is "*@b.example", with wildcards; write pattern instead of address',
        ),
        (
            ACCEPTED + 'pattern = "*@*"\n' + REASON + UNTIL,
            'policy.toml:2: accepted[0].pattern is "*@*", which fits every domain; name the domain after the @',
        ),
        (ACCEPTED + REASON + UNTIL, "policy.toml:1: accepted[0] has no address; write either address or pattern"),
        (
            ACCEPTED + ADDRESS + REASON + UNTIL + ACCEPTED + ADDRESS + 'pattern = "a@b.example"\n' + REASON + UNTIL,
            "policy.toml:5: accepted[1] has address and pattern; write either address or pattern",
        ),
        ("[accepted]\n" + ADDRESS, "policy.toml:1: accepted is {"),
        ("[accepted]\n" + ADDRESS, "}; write each entry under a line [[accepted]]"),
        (COVERED + "account = 123456789012\n" + REASON, 'write it in quotes: "123456789012"'),
        (COVERED + "account = 12345678901\n" + REASON, 'the number 12345678901; write it in quotes: "012345678901"'),
        (
            COVERED + 'account = "1234"\n' + REASON,
            'policy.toml:2: covered_elsewhere[0].account is "1234", with 4 digits; an account id has 12',
        ),
        (
            COVERED + 'account = "own"\n' + REASON + 'types = ["BILLING", "ROOT"]',
            'policy.toml:4: covered_elsewhere[0].types[1] is "ROOT"; write SECURITY, OPERATIONS, BILLING',
        ),
        (
            COVERED + 'account = "own"\n' + REASON + 'types = "BILLING"',
            'covered_elsewhere[0].types is "BILLING"; write a list like ["BILLING", "OPERATIONS"]',
        ),
        (COVERED + REASON, "policy.toml:1: covered_elsewhere[0].account is missing; write an account id in quotes"),
        (COVERED + 'account = " "\n' + REASON, 'policy.toml:2: covered_elsewhere[0].account is " "; write an account'),
        (COVERED + "account = true\n" + REASON, "covered_elsewhere[0].account is true; write an account id"),
        (
            'covered_elsewhere = ["own"]',
            'policy.toml:1: covered_elsewhere[0] is "own"; write [[covered_elsewhere]] and below it keys and values: '
            "account, reason, types",
        ),
        ("covered_elsewhere = 1", "covered_elsewhere is 1; write each entry under a line [[covered_elsewhere]]"),
        (
            ACCEPTED + ADDRESS + REASON + UNTIL + "strict = true",
            "policy.toml:5: accepted[0].strict is not known; move it up, above the first [[accepted]]",
        ),
        (ACCEPTED + ADDRESS + REASON + UNTIL + "resaon = 1", "accepted[0].resaon is not known; did you mean reason?"),
        ('{"zzz": 1}', "policy.toml: zzz is not known; known are"),
        ('{"accepted": [{}]}', "policy.toml: accepted[0].reason is missing"),
        ("strict = true\nstrict = false", "policy.toml:2: 'strict = false' is not TOML; write key = value"),
        (COVERED + "account = 012345678901", "policy.toml:2: 'account = 012345678901' is not TOML; write key = value"),
        ("strict = yes", "text and account ids in quotes (Invalid value (at line 1, column 10))"),
        ('strict = "true', "policy.toml:1: 'strict = \"true' is not TOML"),
        ("corporate_domains = [\n  'a.example',\n\n", "policy.toml:2: \"'a.example',\" is not TOML"),
        ("strict = 1e\n" + "x" * 100, "policy.toml:1: 'strict = 1e' is not TOML"),
        ("strict = " + "x" * 100, "policy.toml:1: 'strict = " + "x" * 71 + "' is not TOML"),
        ("strict = " + "9" * 5000, "is not TOML"),
        ("strict = " + "[" * 5000, "is not TOML"),
        ("{", "policy.toml:1: '{' is not JSON"),
        ('{"strict": true', "is not JSON, as which a file is read that begins with {; correct it, or write TOML"),
        ("{\n}}", "policy.toml:2: '}}' is not JSON"),
        ('{"a":' + "[" * 100_000, "is not JSON"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(write(tmp_path, text))


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, 'strikt = 1\ncorporate_domains = "x"\n[[accepted]]\n'))
    assert [problem.split(": ")[1].split()[0] for problem in caught.value.problems] == [
        "strikt",
        "corporate_domains",
        "accepted[0]",
        "accepted[0].reason",
        "accepted[0].expires",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# x\n\n  [[ covered_elsewhere ]] # y\n{REASON}  'account' = 7", 5),
        (f'[[covered_elsewhere]]\n{REASON}"account"=7', 3),
        (f'[[covered_elsewhere]]\n{REASON}account="own"\n{COVERED}{REASON}account=7', 6),
        (f"[[accepted]]\n{ADDRESS}{REASON}{UNTIL}{COVERED}{REASON}account = 7", 7),
        (f"covered_elsewhere = [\n  {{account = 7, {REASON.strip()}}},\n]", 1),
        (f'corporate_domains = [\n  "a.example", # account = 1\n]\n{COVERED}{REASON}account = 7', 6),
        ('[[covered_elsewhere]]\nreason = """\naccount = 1"""\naccount = 7', 0),
        ("[[covered_elsewhere]]\nreason = '''\naccount = 1'''\naccount = 7", 0),
    ],
)
def test_the_line_is_the_one_of_the_key_or_none(tmp_path: Path, text: str, line: int) -> None:
    place = f"policy.toml:{line}: " if line else "policy.toml: "
    problems = refusal(write(tmp_path, text)).splitlines()
    assert any(
        f"{place}covered_elsewhere[" in problem and "].account is the number 7" in problem for problem in problems
    )


def test_a_file_that_is_no_text_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    assert (
        "cannot be read (No such file or directory); correct the path in --config or $CONTACT_POLICY_FILE"
        in refusal(path)
    )
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text; save it as UTF-8" in refusal(path)


@given(st.text(max_size=200) | st.text("[]{}=\"'#\n ab1-.:", max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = write(tmp_path_factory.getbasetemp(), text.encode(errors="replace").decode(), "any.toml")
    with contextlib.suppress(ConfigurationError):
        load(path)


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    assert configurations.find_file(tmp_path, {}) is None
    default = write(tmp_path, "", ".contact-policy.toml")
    assert configurations.find_file(tmp_path, {}) == default
    named = tmp_path / "absent.toml"
    assert configurations.find_file(tmp_path, {"CONTACT_POLICY_FILE": str(named)}) == named


@pytest.mark.parametrize("name", [".contact-policy.yaml", ".contact-policy.yml"])
@pytest.mark.parametrize("text", ["strict: true\n", "# nothing yet\n", '{"strict": true}'])
def test_a_file_of_former_versions_is_refused_even_beside_a_new_one(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, text, name)
    write(tmp_path, "strict = true\n", ".contact-policy.toml")
    found = configurations.find_file(tmp_path, {})
    assert found == tmp_path / name
    assert f"{name}: is YAML, which is no longer read. Write what it says into" in refusal(found)


@pytest.mark.parametrize(
    "text", ["strict: true", "# x\n---\nstrict: true", "- a", "accepted:\n  - pattern: a@b.example"]
)
def test_yaml_under_another_name_is_told_to_be_yaml(tmp_path: Path, text: str) -> None:
    assert "is YAML, which is no longer read" in refusal(write(tmp_path, text))


@pytest.mark.parametrize("named", ["", "--config", "CONTACT_POLICY_FILE"])
def test_the_advice_to_move_works(tmp_path: Path, named: str) -> None:
    """Doing what the message says ends with a run that judges, and does so with what the message holds."""
    old = write(tmp_path, "strict: true\n", "old.yaml" if named else ".contact-policy.yaml")

    def run(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "policies"), str(PLANS / "listed_good" / "plan.json")]
        command += ["--config", str(file)] if named == "--config" else []
        environment = {"PATH": "", **({named: str(file)} if named == "CONTACT_POLICY_FILE" else {})}
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)

    done = run(old)
    assert done.returncode == 2
    said = re.match(r"(.+): is YAML, .+ into (.+) as below, then delete (.+)\.\n", done.stderr)
    assert said
    assert tmp_path / said[1] == tmp_path / said[3] == old
    assert "Where --config or $CONTACT_POLICY_FILE names the old file, name the new one.\n" in done.stderr
    new = tmp_path / said[2]
    new.write_text(done.stderr.partition("\n\n")[2], encoding="utf-8")
    old.unlink()
    done = run(new)
    assert done.returncode == 1, done.stderr
    assert configurations.find_file(tmp_path, {}) == (None if named else new)
    configuration = load(new)
    assert configuration.accepted[0].pattern == "*@partner.example"
    assert configuration.covered_elsewhere == (
        CoveredElsewhere("123456789012", "The payments team sets its own contacts", ("BILLING", "OPERATIONS")),
    )
    assert all(
        as_mapping(configuration)[key] for key in as_mapping(configuration) if key not in ("strict", "guidelines")
    )


def test_the_documented_examples_are_valid(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    example, moved = (part.split("```")[0] for part in page.split("```toml\n")[1:])
    assert len(load(write(tmp_path, example)).covered_elsewhere) == 3
    (former,) = (part.split("```")[0] for part in page.split("```yaml\n")[1:])
    assert YAML(typ="safe").load(former) == tomllib.loads(moved)
    assert load(write(tmp_path, moved)).strict


def test_the_examples_in_the_messages_are_taken(tmp_path: Path) -> None:
    """What a message says to write, written, is not objected to."""
    wrong = f"corporate_domains = 1\nroot_email_patterns = 1\n{COVERED}{REASON}account = 12345678901\ntypes = 1"
    wrong_items = f"corporate_domains = [1]\nroot_email_patterns = [1]\n{ACCEPTED}{ADDRESS}{REASON}expires = 1"
    lists = dict(re.findall(r"(\w+) is 1; write (?:a list like )?(\[.+\])", refusal(write(tmp_path, wrong))))
    account = re.search(r"in quotes: (.+)", refusal(write(tmp_path, wrong)))
    items = dict(re.findall(r"(\w+)(?:\[0\])? is 1; write a.* like ([^\s,]+)", refusal(write(tmp_path, wrong_items))))
    assert account
    configuration = load(
        write(
            tmp_path,
            f"corporate_domains = {lists['corporate_domains']}\nroot_email_patterns = {lists['root_email_patterns']}\n"
            f"{COVERED}{REASON}account = {account[1]}\ntypes = {lists['types']}\n",
        )
    )
    assert configuration.corporate_domains == (items["corporate_domains"],)
    assert configuration.root_email_patterns == (items["root_email_patterns"],)
    assert load(write(tmp_path, f"{ACCEPTED}{ADDRESS}{REASON}expires = {items['expires']}")).accepted


def test_exceptions_expire() -> None:
    content = plan("root_personal_bad")
    pattern = "hanako.yamada@kaede.example"
    accepted = Configuration(accepted=(Accepted(pattern, "x", date(2026, 11, 21)),))
    assert objections(judge(content, configuration=accepted), "CKV_CONTACT_2") == []
    expired = Configuration(accepted=(Accepted(pattern, "x", date(2026, 11, 20)),))
    finding = judge(content, configuration=expired).verdict("CKV_CONTACT_2").findings[0]
    assert [(item.code, item.parameters) for item in finding.details] == [
        ("acceptance-expired", {"expires": "2026-11-20"})
    ]


def test_a_pattern_for_a_domain_does_not_accept_persons() -> None:
    whole = Configuration(accepted=(Accepted("*@kaede.example", "x", date(2099, 1, 1)),))
    assert objections(judge(plan("root_personal_bad"), configuration=whole), "CKV_CONTACT_2") == ["single"]
    assert objections(judge(plan("own_good"), configuration=whole), "CKV_CONTACT_7") == []
    assert objections(judge(plan("own_good"), configuration=Configuration()), "CKV_CONTACT_7") == ["111111111111"]


def test_root_email_patterns_accept_a_scheme() -> None:
    scheme = Configuration(root_email_patterns=("hanako.*@kaede.example",))
    assert objections(judge(plan("root_personal_bad"), configuration=scheme), "CKV_CONTACT_2") == []


def test_own_is_the_providers_own_account_alone() -> None:
    own = Configuration(covered_elsewhere=(CoveredElsewhere("own", "x"),))
    assert objections(judge(plan("listed_bad"), configuration=own), "CKV_CONTACT_1") == ["333333333302 payments-prod"]
    assert objections(judge(plan("removal_bad"), plan("listed_bad"), configuration=own), "CKV_CONTACT_6")
