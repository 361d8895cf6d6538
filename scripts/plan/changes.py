"""What Terraform plans would change, per account."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_app.stacks import SynthesizedStack

CONTACT = "aws_account_alternate_contact"
CONTACT_ATTRIBUTES = ("name", "title", "email_address", "phone_number")
LIST_SHOWN = 4
UNKNOWN = "(known after apply)"


@dataclass(frozen=True)
class Change:
    """One resource that the plan would change: `action` is add, change, remove, replace or import."""

    account_id: str
    account: str
    subject: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]

    def describe(self) -> str:
        """Old and new value of what differs, in one line."""
        if self.action in {"change", "replace"}:
            return "\n".join(
                f"{name}: {_text(self.before.get(name))} → {_text(self.after.get(name))}"
                for name in dict.fromkeys([*self.before, *self.after])
                if self.before.get(name) != self.after.get(name)
            )
        values = self.before if self.action == "remove" else self.after
        values = {name: value for name, value in values.items() if value != UNKNOWN}
        if set(CONTACT_ATTRIBUTES) <= values.keys():
            return f"{values['name']} <{values['email_address']}> {values['phone_number']}, {values['title']}"
        return ", ".join(f"{name}: {_text(value)}" for name, value in values.items())


def _text(value: Any) -> str:
    if isinstance(value, list) and len(value) > LIST_SHOWN:
        return f"{len(value)}: {value[0]} … {value[-1]}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


ACTIONS = {
    ("create",): "add",
    ("update",): "change",
    ("delete",): "remove",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
}


def changes_of(plan: Mapping[str, Any], stack: SynthesizedStack, names: Mapping[str, str]) -> list[Change]:
    """What a stack's plan would change, in the plan's order, with the values it knows."""
    changes = []
    for resource in plan.get("resource_changes", ()):
        change = resource["change"]
        action = ACTIONS.get(tuple(change["actions"]))
        if action is None and "importing" in change:
            action = "import"
        if action is None or resource["mode"] != "managed":
            continue
        before, after = change.get("before") or {}, dict(change.get("after") or {})
        after.update((name, UNKNOWN) for name in change.get("after_unknown") or () if name not in after)
        known = {**before, **{name: value for name, value in after.items() if value is not None}}
        account_id = known.get("account_id") if resource["type"] == CONTACT else None
        account_id = account_id or stack.account_id
        if resource["type"] == CONTACT:
            subject, attributes = known["alternate_contact_type"], CONTACT_ATTRIBUTES
        else:
            subject = f"{resource['type'].removeprefix('aws_')} {resource.get('index', resource['name'])}"
            attributes = tuple(
                sorted(name for name, value in known.items() if isinstance(value, (str, list)) and value)
            )
        changes.append(
            Change(
                account_id=account_id,
                account=names.get(account_id, ""),
                subject=subject,
                action=action,
                before={name: before.get(name) for name in attributes if before},
                after={name: after.get(name) for name in attributes if action != "remove"},
            )
        )
    return changes


def imports_something(plan: Mapping[str, Any]) -> bool:
    return any("importing" in resource["change"] for resource in plan.get("resource_changes", ()))
