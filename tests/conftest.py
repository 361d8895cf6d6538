"""The order of the tests, what hypothesis tries, what every Terraform they start gets, and a sandbox for all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from scripts.sandbox import Sandbox
from tests.organizations import example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The same examples in every run, so that a change is judged by what it changed; `make fuzz` looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("random", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# Go need not collect garbage in Terraform runs this small: a tenth less processor time, a tenth more memory.
os.environ.setdefault("GOGC", "off")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: two processes share them evenly, and neither waits for the other at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[Sandbox]:
    """The server that `sandbox_of` makes another AWS for each test: a reset takes milliseconds, a start seconds."""
    with Sandbox(example()) as aws:
        yield aws


@pytest.fixture
def sandbox_of(one_sandbox: Sandbox) -> Callable[..., Sandbox]:
    """Makes a sandbox of an inventory and of settings, as `Sandbox` takes them. A test has one at a time."""

    def make(inventory: dict[str, Any], **settings: Any) -> Sandbox:
        one_sandbox.reset(inventory, **settings)
        return one_sandbox

    return make
