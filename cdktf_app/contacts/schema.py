"""The JSON Schema of contacts.yaml for editors."""

from __future__ import annotations

import json
from typing import Any

from cdktf_app.contacts.directory import Directory


def json_schema() -> str:
    """The JSON Schema of `contacts.yaml` for editors, as the text of `docs/contacts.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_for_editors(Directory.model_json_schema()),
        "title": "contacts.yaml of aws-contact-baseline",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _for_editors(schema: Any) -> Any:
    """Without null, which this file does not have, and without titles that only repeat the names of keys."""
    if isinstance(schema, list):
        return [_for_editors(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _for_editors(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    if isinstance(result.get("default", ""), dict | None):
        del result["default"]
    if "anyOf" in result:
        result["anyOf"] = [option for option in result["anyOf"] if option != {"type": "null"}]
        if len(result["anyOf"]) == 1:
            result = {**result.pop("anyOf")[0], **result}
    if "patternProperties" in result:
        result["additionalProperties"] = False
        result.pop("propertyNames", None)
    if isinstance(result.get("description"), str):
        result["description"] = " ".join(result["description"].split())
    return result
