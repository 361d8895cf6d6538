"""One resource block of a static scan becomes the model, as far as its values are written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .catalogue import BY_ID
from .model import UNKNOWN, Contact, Model, RootEmail, Value
from .plans.accounts import MAKERS, PRODUCT

if TYPE_CHECKING:
    from .check import Context
    from .findings import Finding

_REFERENCE: Final = re.compile(r"[$%]\{|\w\(|\[|^(?:var|local|module|data|each|count|path|aws_\w+)\.")


def judge_literal(
    check_id: str, resource_type: str, values: Mapping[str, Any], context: Context
) -> list[Finding] | None:
    """Findings on the block; None if the check is about nothing that is written out there."""
    model = Model(sources=("",))
    if check_id == "CKV_CONTACT_2":
        model.root_emails = [
            RootEmail(
                "", None, None, None, Value(email), "requested" if resource_type == PRODUCT else "made", is_new=True
            )
            for email in _root_emails(resource_type, values)
            if _is_literal(email, "@")
        ]
    else:
        email = Value(values["email_address"] if _is_literal(values.get("email_address"), "@") else UNKNOWN)
        phone = Value(values["phone_number"] if _is_literal(values.get("phone_number"), "") else UNKNOWN)
        parts = {"CKV_CONTACT_3": (email,), "CKV_CONTACT_7": (email, phone)}.get(check_id, ())
        if any(part.text for part in parts):
            kind = values.get("alternate_contact_type")
            model.contacts = [Contact("", "", None, kind if isinstance(kind, str) else None, email, phone)]
    if not (model.root_emails or model.contacts):
        return None
    found = BY_ID[check_id].judge(model, context)
    return [item for item in found if item.kind != "unjudged"]  # what is not written out is no fault of the block


def _root_emails(resource_type: str, values: Mapping[str, Any]) -> list[Any]:
    if resource_type in MAKERS:
        return [values.get(MAKERS[resource_type].email)]
    if resource_type == PRODUCT:
        parameters = values.get("provisioning_parameters")
        blocks = parameters if isinstance(parameters, list) else [parameters]
        return [
            _single(block.get("value"))
            for block in blocks
            if isinstance(block, Mapping) and _single(block.get("key")) == "AccountEmail"
        ]
    return []


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _is_literal(value: Any, mark: str) -> bool:
    """True for text that is written out: no template, function call, index or reference in it."""
    return isinstance(value, str) and mark in value and not _REFERENCE.search(value)
