"""Plans with what is right for them, in one file: lines of JSON in the order of their names, compressed."""

from __future__ import annotations

import json
import lzma
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from policies.contact_rules import configuration as configurations
from policies.contact_rules.evaluate import evaluate
from policies.contact_rules.plans.plan import UnusablePlanError
from tools.corpus.labels import Choices
from tools.corpus.shapes import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

ROOT: Final = Path(__file__).resolve().parents[2]
RECORDED: Final = ROOT / "tests" / "policies" / "corpus" / "plans.jsonl.xz"
POLICY: Final = ROOT / "tests" / "policies" / "plans" / "policy.toml"


@dataclass(frozen=True)
class Entry:
    """One plan, the Terraform that made it, and the account contacts and verdicts that its construction gives."""

    name: str
    terraform: str
    truth: dict[str, list[str]]
    decidable: bool
    expected: dict[str, str]
    plan: Any

    @property
    def id(self) -> str:
        return f"{self.name}@{self.terraform}"


def entry(name: str, plan: Mapping[str, Any]) -> Entry:
    """The plan with what is right for it."""
    labels = build(Choices.parse(name)).labels()
    expected: dict[str, str] = dict(labels.expected)
    return Entry(name, plan["terraform_version"], labels.truth, labels.decidable, expected, plan)


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Writes a file of entries; the same entries make the same bytes."""
    lines = [json.dumps(asdict(item), sort_keys=True) for item in sorted(entries, key=lambda item: item.id)]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = ("\n".join(lines) + "\n").encode()
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]
    path.write_bytes(lzma.compress(content, filters=filters))


def read(path: Path = RECORDED) -> list[Entry]:
    """The entries of a file."""
    text = lzma.decompress(path.read_bytes()).decode()
    return [Entry(**json.loads(line)) for line in text.splitlines()]


def verdicts(plan: Mapping[str, Any], today: date) -> dict[str, str]:
    """What the bare rules say of a plan: check → pass or fail, all of them fail if the plan is refused."""
    try:
        report = evaluate([("plan.json", plan)], configurations.load(POLICY), today)
    except UnusablePlanError:
        return {}
    return {verdict.check.id: "pass" if verdict.passed else "fail" for verdict in report.verdicts}


def wrong(item: Entry, found: Mapping[str, str]) -> list[str]:
    """One text for each check that says something else than is right."""
    return [
        f"{check}: {'silent pass' if wanted == 'fail' else 'wrong failure'}"
        if found.get(check)
        else f"{check}: not judged"
        for check, wanted in sorted(item.expected.items())
        if wanted != "any" and found.get(check) != wanted
    ]
