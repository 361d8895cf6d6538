"""The inventory: round trips, and what is said of a wrong one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdktf_app.contacts.fields import join_path, split_path
from cdktf_app.contacts.organization import Organization, dump_inventory, load_inventory
from cdktf_app.contacts.problems import InvalidInput
from tests.cdktf_app.conftest import INVENTORY

if TYPE_CHECKING:
    from pathlib import Path

TEXT = INVENTORY.read_text()


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "inventory.json"
    path.write_text(text)
    with pytest.raises(InvalidInput) as error:
        load_inventory(path)
    return [str(problem).removeprefix(f"{path}:").strip() for problem in error.value.problems]


def test_the_example_survives_a_round_trip_to_the_byte() -> None:
    assert dump_inventory(load_inventory(INVENTORY)) == TEXT


def test_whatever_the_order_the_file_is_the_same(tmp_path: Path) -> None:
    document = json.loads(TEXT)
    document["accounts"].reverse()
    for account in document["accounts"]:
        account["tags"] = dict(reversed([*account["tags"].items()]))
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(dict(reversed(document.items()))))
    assert dump_inventory(load_inventory(path)) == TEXT


def test_one_written_by_hand_may_leave_out_tags_and_the_root(tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    account = {"id": "111111111111", "name": "main", "email": "aws@kaede.example", "status": "ACTIVE"}
    path.write_text(
        json.dumps({"organization": {"id": "o-1", "management_account_id": "111111111111"}, "accounts": [account]})
    )
    organization = load_inventory(path)
    assert organization.by_id["111111111111"].ou_path == ""
    assert organization.organizational_units == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"222222222201"', '"222222222202"', ["24:13: '222222222202': is listed twice; remove one of the two"]),
        (
            '"id": "111111111111"',
            '"id": "111111111112"',
            ["4:30: '111111111111': is not among the accounts; list it there too"],
        ),
        (
            '"email": "aws-root+data',
            '"mail": "aws-root+data',
            ["68:7: 'mail': is not a known key; did you mean 'email'?"],
        ),
        (
            '"SUSPENDED"',
            '"Suspended"',
            ["111:17: 'Suspended': is not allowed here; did you mean 'SUSPENDED'?"],
        ),
        ('"222222222201"', "222222222201", ["16:13: '222222222201': must be text; put it in quotes"]),
        (
            '"222222222201"',
            '"22222222201"',
            ["16:13: '22222222201': has 11 digits; an account id has 12 (were leading zeros lost? '022222222201')"],
        ),
        ('"name": "log-archive"', '"name": null', ["17:7: 'name' is empty; write a value, or remove it"]),
        (
            '"name": "log-archive"',
            '"name": "a", "name": "b"',
            ["17:20: 'name': is a duplicate key; it is already on line 17"],
        ),
        (',\n      "ou_path": "Security"', ',\n      "ou_path": ["Security"]', ["20:7: is a list; write one text"]),
        (TEXT, "", ["is empty; `make inventory` writes it"]),
        (TEXT, "{", ["1:2: is not JSON: Expecting property name enclosed in double quotes"]),
        (TEXT, "[]", ["1:1: is a list; write keys and values under it, each on its own line"]),
        (TEXT, "[" * 100_000, ["is nested too deep"]),
        (
            TEXT,
            '{"organization": {"id": "o-1"}}',
            [
                "1:1: 'accounts' is missing",
                """1:2: 'management_account_id' is missing in organization; write it as "111111111111\"""",
            ],
        ),
    ],
    ids=range(14),
)
def test_says_what_is_wrong_where_and_what_to_write(old: str, new: str, expected: list[str], tmp_path: Path) -> None:
    assert old in TEXT
    assert problems(tmp_path, TEXT.replace(old, new, 1)) == expected


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = TEXT.replace('"222222222201"', '"1"').replace('"SUSPENDED"', '"GONE"').replace('"tags"', '"labels"', 1)
    assert len(problems(tmp_path, text)) == 3


@settings(deadline=None)
@given(st.lists(st.text(min_size=1)))
def test_ou_names_with_slashes_survive_in_paths(names: list[str]) -> None:
    assert split_path(join_path(names)) == names


_SCALARS = st.none() | st.booleans() | st.integers() | st.text()


@settings(deadline=None, max_examples=50)
@given(st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_whatever_is_in_it_there_is_an_answer(document: Any) -> None:
    for tree in (document, {"organization": document, "accounts": [document, {"id": document}]}):
        with pytest.raises(ValueError, match="Organization"):
            Organization.model_validate(tree)
