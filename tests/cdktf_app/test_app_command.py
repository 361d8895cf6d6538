"""`python -m cdktf_app`, as a user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cdktf_app.__main__ import app
from tests.cdktf_app.conftest import CONTACTS, EXAMPLES, INVENTORY, ROOT

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = CliRunner()
INPUT = ["--contacts", str(CONTACTS), "--inventory", str(INVENTORY)]


def test_it_says_what_it_wrote_and_who_gets_nothing(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, [*INPUT, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"{tmp_path}/contacts/cdk.tf.json: account 111111111111",
        f"{tmp_path}/notifications-111111111111/cdk.tf.json: account 111111111111",
        f"{tmp_path}/notifications-222222222201/cdk.tf.json: account 222222222201",
        "12 accounts",
        "left out: 777777777701 'old-campaign' is SUSPENDED; AWS accepts no changes",
        "no operations contact: 666666666601 'sandbox-platform' (none, by accounts.666666666601)",
    ]
    assert "@" not in result.output


def test_as_json(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, [*INPUT, "--out", str(tmp_path), "--json", "--retired", "notifications-444444444401"])
    assert result.exit_code == 0, result.output
    written = json.loads(result.stdout)
    assert [(stack["name"], stack["retired"]) for stack in written["stacks"]][-1] == (
        "notifications-444444444401",
        True,
    )
    assert written["accounts"] == 12
    assert written["left_out"] == [
        {"account_id": "777777777701", "account": "old-campaign", "reason": "is SUSPENDED; AWS accepts no changes"}
    ]
    assert [(none["contact_type"], none["origin"]) for none in written["missing_contacts"]] == [
        ("operations", "accounts.666666666601")
    ]
    assert written["warnings"] == []


def test_the_inventory_is_found_in_the_output_folder(tmp_path: Path) -> None:
    (tmp_path / "inventory.json").write_bytes(INVENTORY.read_bytes())
    result = RUNNER.invoke(app, ["--contacts", str(CONTACTS), "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output


def test_a_single_account_needs_no_inventory(tmp_path: Path) -> None:
    path = EXAMPLES / "single-account" / "contacts.yaml"
    result = RUNNER.invoke(app, ["--contacts", str(path), "--out", str(tmp_path)])
    assert result.stdout.splitlines() == [f"{tmp_path}/contacts/cdk.tf.json: account 123456789012", "1 account"]


@pytest.mark.parametrize("as_json", [False, True])
def test_bad_input_is_exit_code_2_with_every_problem_and_nothing_written(as_json: bool, tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.yaml"
    contacts.write_text(CONTACTS.read_text().replace("Workloads/Prod:", "Workload/Prod:").replace(": 90", ": x"))
    out = tmp_path / "build"
    arguments = ["-m", "cdktf_app", "--contacts", str(contacts), "--inventory", str(INVENTORY), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, *arguments, *(["--json"] if as_json else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert not out.exists()
    if as_json:
        assert [problem["line"] for problem in json.loads(done.stdout)["problems"]] == [47, 67]
        assert done.stderr == ""
    else:
        assert done.stderr.splitlines() == [
            f"{contacts}:47:5: 'Workload/Prod': is not an organizational unit with accounts in the inventory; "
            "did you mean 'Workloads/Prod'?",
            f"{contacts}:67:15: 'x': is not a whole number",
            "2 problems; nothing was written",
        ]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file")
    result = RUNNER.invoke(app, [*INPUT, "--out", str(tmp_path / "build")])
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_warnings_do_not_stop_it(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.yaml"
    contacts.write_text(CONTACTS.read_text().replace("aggregation: NONE", "aggregation: LONG", 1))
    result = RUNNER.invoke(app, ["--contacts", str(contacts), "--inventory", str(INVENTORY), "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert f"warning: {contacts}:81:20: an aggregated sign-in notification hides who signed in" in result.stderr
