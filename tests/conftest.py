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

# Go need not collect garbage in Terraform runs this small: a tenth less processor time, a tenth more memory.
os.environ.setdefault("GOGC", "off")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: two processes share them evenly, and neither waits for the other at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
