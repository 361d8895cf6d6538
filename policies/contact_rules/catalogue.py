"""The checks in their order, and the sentence of every code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import model
from .checks import (
    ckv_contact_1,
    ckv_contact_2,
    ckv_contact_3,
    ckv_contact_4,
    ckv_contact_5,
    ckv_contact_6,
    ckv_contact_7,
    ckv_contact_8,
)
from .plans import accounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .check import Check

CHECKS: Final[tuple[Check, ...]] = (
    ckv_contact_1.CHECK,
    ckv_contact_2.CHECK,
    ckv_contact_3.CHECK,
    ckv_contact_4.CHECK,
    ckv_contact_5.CHECK,
    ckv_contact_6.CHECK,
    ckv_contact_7.CHECK,
    ckv_contact_8.CHECK,
)

BY_ID: Final[Mapping[str, Check]] = {check.id: check for check in CHECKS}

CODES: Final[Mapping[str, str]] = {
    "rule-error": "the rule could not be evaluated ({error})",
    "not-applicable": "not applicable: no AWS provider or resource in this plan",
    "partial-plan": "{plan}: covers only a part of the configuration (-target or deferred changes)",
    **model.CODES,
    **accounts.CODES,
    **{code: sentence for check in CHECKS for code, sentence in check.codes.items()},
}
"""Code → English sentence. Names in braces are parameters or fields of the finding."""
