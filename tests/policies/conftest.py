"""A checkov for all tests, and no deadline: machines that run the tests are slower at times than hypothesis allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tools.parity import Checkov

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("policies", deadline=None)
settings.load_profile("policies")


@pytest.fixture(scope="session")
def checkov() -> Iterator[Checkov]:
    process = Checkov()
    yield process
    process.close()
