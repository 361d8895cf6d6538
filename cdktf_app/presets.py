"""The presets of the module user-notifications, as its presets.json has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_app.contacts.sections import Preset

ALL = ("all",)
_FILE: Final = Path(__file__).resolve().parent.parent / "modules" / "user-notifications" / "presets.json"


class Event(NamedTuple):
    """What an event rule waits for. `pattern` is text as Terraform's jsonencode writes it, "" for every event."""

    source: str
    event_type: str
    pattern: str = ""


class PresetContent(NamedTuple):
    """What a preset stands for. `regions` is `ALL` or Regions."""

    description: str
    regions: tuple[str, ...]
    aggregation: str
    events: tuple[Event, ...]


def _read() -> Mapping[Preset, PresetContent]:
    return {
        name: PresetContent(
            description=content["description"],
            regions=tuple(content["regions"]),
            aggregation=content["aggregation"],
            events=tuple(
                Event(
                    rule["source"],
                    rule["event_type"],
                    _compact(rule["event_pattern"]) if "event_pattern" in rule else "",
                )
                for rule in content["rules"]
            ),
        )
        for name, content in json.loads(_FILE.read_text(encoding="utf-8")).items()
    }


def _compact(pattern: object) -> str:
    return json.dumps(pattern, separators=(",", ":"), sort_keys=True)


PRESETS: Final = _read()
