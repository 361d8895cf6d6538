"""The configuration file: what it means, and that a bad one is refused with line and advice."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policies.contact_rules import configuration as configurations
from policies.contact_rules import plain_yaml
from policies.contact_rules.configuration import (
    Accepted,
    Configuration,
    ConfigurationError,
    CoveredElsewhere,
    as_mapping,
    load,
)
from tests.policies.support import ROOT, judge, objections, plan

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
corporate_domains: [corp.example, Other.example]
root_email_patterns:
  - aws-root+*@corp.example
accepted:
  - address: hanako.yamada@corp.example   # a comment
    reason: "Sole owner: for now"
    expires: 2027-03-31
  - pattern: '*@partner.example'
    reason: It's theirs
    expires: 2027-06-30
covered_elsewhere:
- account: "012345678901"
  reason: elsewhere
  types: [BILLING]
strict: true
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_is_read(tmp_path: Path) -> None:
    configuration = load(write(tmp_path, WHOLE))
    assert configuration.corporate_domains == ("corp.example", "other.example")
    assert configuration.accepted[0] == Accepted("hanako.yamada@corp.example", "Sole owner: for now", date(2027, 3, 31))
    assert configuration.covered_elsewhere[0].types == ("BILLING",)
    assert configuration.strict


def test_json_means_the_same(tmp_path: Path) -> None:
    configuration = load(write(tmp_path, WHOLE))
    again = load(write(tmp_path, json.dumps(as_mapping(configuration))))
    assert as_mapping(again) == as_mapping(configuration)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strikt: true", "policy.yaml:1: 'strikt' is not known in the file; did you mean strict?"),
        ("strict: yes please", "policy.yaml:1: strict is 'yes please'; write true or false"),
        ("corporate_domains:\n  - '@corp.example'", "policy.yaml:2: '@corp.example' is not a domain"),
        ("accepted:\n  - address: a@b.example\n    expires: 2027-01-01", "policy.yaml:2: reason is missing"),
        ("accepted:\n  - address: a@b.example\n    reason: x\n    expires: soon", "policy.yaml:4: expires is 'soon'"),
        ("accepted:\n  - address: '*@b.example'\n    reason: x\n    expires: 2027-01-01", "write it as pattern"),
        ("accepted:\n  - pattern: '*@*'\n    reason: x\n    expires: 2027-01-01", "accepts every domain"),
        ("accepted:\n  - reason: x\n    expires: 2027-01-01", "needs either address or pattern"),
        ("covered_elsewhere:\n  - account: 012345678901\n    reason: x", 'write it in quotes: "012345678901"'),
        ("covered_elsewhere:\n  - account: '1234'\n    reason: x", "has 4 digits"),
        ("covered_elsewhere:\n  - account: own\n    reason: x\n    types: [ROOT]", "'ROOT' is not a contact type"),
        ("strict: true\nstrict: false", "policy.yaml:2: 'strict' was already given on line 1"),
        ("strict: &a true", "begins with &"),
        ("accepted: |\n  x", "begins with |"),
        ("strict: 'true", "not closed"),
        ("\tstrict: true", "tab"),
        ("- a\n- b", "the file is ['a', 'b']; write keys and values"),
        ("{", "is not readable JSON"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, text))
    assert message in str(caught.value)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, "strikt: 1\ncorporate_domains: x\naccepted:\n  - {}\n"))
    assert len(caught.value.problems) >= 4


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    assert configurations.find_file(tmp_path, {}) is None
    default = tmp_path / ".contact-policy.yaml"
    default.write_text("", encoding="utf-8")
    assert configurations.find_file(tmp_path, {}) == default
    named = tmp_path / "absent.yaml"
    assert configurations.find_file(tmp_path, {"CONTACT_POLICY_FILE": str(named)}) == named
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(named)


def test_the_documented_example_is_valid(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "policies" / "configuration.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert len(load(write(tmp_path, example)).covered_elsewhere) == 3


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


TEXTS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=30)
SCALARS = st.one_of(st.booleans(), st.none(), st.integers(-(10**9), 10**9), TEXTS)
KEYS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def dumped(value: Any, indent: int = 0) -> str:
    """Block YAML as people write it."""
    pad = " " * indent
    if not isinstance(value, dict | list) or not value:
        return f"{pad}{json.dumps(value)}\n"
    rows = [(f"{key}:", item) for key, item in value.items()] if isinstance(value, dict) else [("-", i) for i in value]
    return "".join(
        f"{pad}{head}\n{dumped(item, indent + 2)}"
        if isinstance(item, dict | list) and item
        else f"{pad}{head} {json.dumps(item)}\n"
        for head, item in rows
    )


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=5))
def test_plain_yaml_agrees_with_a_yaml_library(tree: dict[str, Any]) -> None:
    text = dumped(tree)
    assert plain_yaml.parse(text)[0] == tree == YAML(typ="safe").load(text)


@given(st.text(max_size=200))
def test_plain_yaml_reads_or_refuses_any_text(text: str) -> None:
    with contextlib.suppress(plain_yaml.PlainYamlError):
        plain_yaml.parse(text)


def test_own_is_the_providers_own_account_alone() -> None:
    own = Configuration(covered_elsewhere=(CoveredElsewhere("own", "x"),))
    assert objections(judge(plan("listed_bad"), configuration=own), "CKV_CONTACT_1") == ["333333333302 payments-prod"]
    assert objections(judge(plan("removal_bad"), plan("listed_bad"), configuration=own), "CKV_CONTACT_6")


def test_no_file_and_an_empty_file_are_the_default(tmp_path: Path) -> None:
    assert load(None) == Configuration()
    assert as_mapping(load(write(tmp_path, "# nothing yet\n"))) == as_mapping(Configuration())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"zzz": 1}', "policy.yaml: 'zzz' is not known in the file; known are corporate_domains"),
        ("corporate_domains: x", "policy.yaml:1: corporate_domains is 'x'; write a list"),
        ("corporate_domains: {}", "corporate_domains is {}; write a list"),
        ("corporate_domains:\n  - 7", "policy.yaml:2: 7 is not a domain"),
        ("root_email_patterns:\n  - 7", "policy.yaml:2: 7 is not an address or pattern"),
        ("root_email_patterns:\n  - a", "policy.yaml:2: 'a' is not an address or pattern"),
        ("covered_elsewhere:\n  - reason: x", "account is None; write an account id"),
        ("covered_elsewhere:\n  - account: ' '\n    reason: x", "account is ' '; write an account id"),
        ("covered_elsewhere:\n  - account: true\n    reason: x", "account is True; write an account id"),
        ("covered_elsewhere:\n  - account: own\n    reason: ' '", "reason is missing"),
        ("covered_elsewhere:\n  - account: own\n    reason: 7", "reason is missing"),
        ("covered_elsewhere:\n  - own", "covered_elsewhere.0 is 'own'; write keys and values: account, reason, types"),
        ("covered_elsewhere:\n  - account: own\n    reason: x\n    types: BILLING", "types is 'BILLING'; write a list"),
        ("accepted:\n  - address: a@b.example\n    reason: x\n    expires: 2027", "policy.yaml:4: expires is 2027"),
        (
            "accepted:\n  - address: a@b.example\n    pattern: a@b.example\n    reason: x\n    expires: 2027-01-01",
            "either",
        ),
        ('{"strict": true', "is not readable JSON"),
        ("{}}", "is not readable JSON"),
    ],
)
def test_more_bad_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, text))
    assert message in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n",
        "---\na: 1\n",
        "# a\n\n  \na: 1 # b\nb: 'it''s'\n",
        "a: x#y\nb: \"x # y\"\nc: 'x # y'\nd: it's\n",
        'a: "\\"#\\"" # c\n',
        'a: "\\" # x" # c\n',
        "a:\n- 1\n- 2\nb:\n  - x\n  - y\n",
        "a:\n  - b: 1\n    c: 2\n  -\n    b: 3\n  - - 1\n    - 2\n  - -\n",
        "-\n- 1\n-\n  - 2\n",
        "- a:\n- 1\n",
        "a:\nb:\n  c:\n",
        "a: []\nb: {}\nc: [1, two]\nd: [ ]\n",
        "a: null\nb: ~\nc: true\nd: FALSE\ne: -7\nf: +7\ng: 012345678901x\n",
        "\"a b\": 1\n'c d': 2\n-e: 3\n",
        "a: -b\n",
        "a: http://x/y\n",
        "a: 123456789012345678\n",
        "a:\n    - b:\n        c: 1\n    - d\n",
    ],
)
def test_plain_yaml_reads_what_people_write_as_a_library_does(text: str) -> None:
    assert plain_yaml.parse(text)[0] == YAML(typ="safe").load(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n  b: 2\n", 2),
        ("a:\n    b: 1\n  c: 2\n", 3),
        ("- 1\n  - 2\n", 2),
        ("- 1\na: 2\n", 2),
        ("a: 1\n- 2\n", 2),
        ("a: b: c\n", 1),
        ("a: b:\n", 1),
        ("a\n", 1),
        ("a: 'x' y\n", 1),
        ('a: "\\q"\n', 1),
        ('a: "x\n', 1),
        ("a: {b: 1}\n", 1),
        ("a: {b]\n", 1),
        ("a: [[1]]\n", 1),
        ("a: ['x']\n", 1),
        ("a: [1\n", 1),
        ("\ta: 1\n", 1),
        ("a: 1\n\tb: 1\n", 2),
        ("a: 1\na: 2\n", 2),
        ("a: *b\n", 1),
        ("a: !b c\n", 1),
        ("a: |\n", 1),
        ("a: >\n", 1),
        ("a: %b\n", 1),
        ("a: @b\n", 1),
        ("a: `b`\n", 1),
        ("- " * 30 + "1\n", 1),
    ],
)
def test_plain_yaml_refuses_the_rest_with_its_line(text: str, line: int) -> None:
    with pytest.raises(plain_yaml.PlainYamlError) as caught:
        plain_yaml.parse(text)
    assert caught.value.line == line


def test_plain_yaml_keys_are_text() -> None:
    assert plain_yaml.parse("true: 1\nnull: 2\n7: 3\n")[0] == {"true": 1, "null": 2, "7": 3}


def test_places_are_lines_of_keys_and_items() -> None:
    places = plain_yaml.parse("# x\na:\n  - b: 1\n    c: 2\n  - 3\nd: 4\n")[1]
    assert places == {("a",): 2, ("a", 0): 3, ("a", 0, "b"): 3, ("a", 0, "c"): 4, ("a", 1): 5, ("d",): 6}
