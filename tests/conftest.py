"""The order of the tests, what hypothesis tries, and what every Terraform they start gets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

# The same examples in every run, so that a change is judged by what it changed; `make fuzz` looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("random", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# As `scripts.terraform` does: less time for Go's garbage collector.
os.environ.setdefault("GOGC", "400")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: two processes share them evenly, and neither waits for the other at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
