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
from policies.contact_rules.configuration import Accepted, Configuration, ConfigurationError, as_mapping, load
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
    assert "its acceptance expired on 2026-11-20" in finding.reason


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
