"""The first thing a new user runs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from scripts.shared.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def files_of_the_project() -> dict[str, float]:
    """Every file of the checkout with its time of change; caches and build folders aside."""
    passed_over = {
        "__pycache__",
        ".git",
        ".venv",
        "build",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
    }
    return {
        str(file): file.stat().st_mtime
        for top in ROOT.iterdir()
        if top.name not in passed_over
        for file in ([top] if top.is_file() else top.rglob("*"))
        if file.is_file() and not passed_over & set(file.parts)
    }


def test_the_demo_does_the_whole_job_and_writes_nothing_elsewhere(tmp_path: Path) -> None:
    before = files_of_the_project()
    environment = {**os.environ, "AWS_PROFILE": "a-profile-of-the-users-own", "COLUMNS": "200"}
    finished = subprocess.run(
        [sys.executable, "-m", "scripts.demo", "--build", str(tmp_path / "demo")],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    said = finished.stdout + finished.stderr
    assert finished.returncode == 0, said
    assert files_of_the_project() == before
    refused, rest = said.split("A plan that failed the policies cannot be applied")
    assert "444444444402 payments-prod: has no SECURITY alternate contact" in refused
    assert "look like a person's name" in refused
    assert "incident-response@kaede.example" in rest
    assert "is not activated, so AWS sends it nothing" in rest
    assert "recorded the review by security-operations" in rest
    assert "No change: AWS matches contacts.yaml." in rest
    assert "Passed:" in rest
    assert "On your own AWS" in rest
