"""The order of the tests, and what every Terraform they start gets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# As `scripts.terraform` does: less time for Go's garbage collector.
os.environ.setdefault("GOGC", "400")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: two processes share them evenly, and neither waits for the other at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
