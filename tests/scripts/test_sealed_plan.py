"""What a sealed plan depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.shared import sealed_plan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("checkout", ["product", "tests"])
def test_a_change_of_any_input_is_named(checkout: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Wherever the repository is: only folders within modules/ and policies/ are left out by their names."""
    tmp_path = tmp_path / checkout
    monkeypatch.setattr(sealed_plan, "ROOT", tmp_path)
    files = {
        "contacts": tmp_path / "contacts.yaml",
        "inventory": tmp_path / "inventory.json",
        "modules": tmp_path / "modules" / "alternate-contacts" / "main.tf",
        "policies": tmp_path / "policies" / "contact_rules" / "data" / "role_words.txt",
    }
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before")

    def fingerprint() -> dict[str, str]:
        return sealed_plan.fingerprint(files["contacts"], files["inventory"])

    first = fingerprint()
    assert fingerprint() == first
    for name, file in files.items():
        before = fingerprint()
        file.write_text("after")
        assert {key for key, value in fingerprint().items() if value != before[key]} == {name}
        file.unlink()
        assert fingerprint()[name] not in {first[name], before[name]}
        file.write_text("after")


def test_a_sealed_plan_that_is_not_whole_is_none(tmp_path: Path) -> None:
    assert sealed_plan.SealedPlan.read(tmp_path) is None
    whole = sealed_plan.SealedPlan(
        inputs={"contacts": "1"}, passed=True, stacks={"contacts": sealed_plan.SealedStack("2", "3", 4)}
    )
    whole.write(tmp_path)
    assert sealed_plan.SealedPlan.read(tmp_path) == whole
    text = (tmp_path / sealed_plan.FILE).read_text()
    for damaged in (
        text[:-10],
        text.replace("stacks", "stack"),
        "[]",
        '{"inputs": {}, "passed": true, "stacks": null}',
    ):
        (tmp_path / sealed_plan.FILE).write_text(damaged)
        assert sealed_plan.SealedPlan.read(tmp_path) is None
