"""What a plan does not show although it should: the finding that CKV_CONTACT_1, 2 and 4 share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .check import Kind
from .findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Model


def gaps(check: str, model: Model) -> Iterator[Finding]:
    """A finding for each gap: accounts that cannot be seen may be without contacts."""
    for gap in model.gaps:
        yield Finding(check, gap.message.code, "unread", gap.message.parameters, source=gap.source, address=gap.address)


def kind(title: str) -> Kind:
    return Kind(
        title,
        "Let Terraform read it while planning: apply first what it depends on, or remove its depends_on, and plan "
        "without -target.",
    )
