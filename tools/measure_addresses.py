"""How well addresses are judged: `python -m tools.measure_addresses [FILE] [--half first|second] [--show] [--write]`.

Prints figures by language on a file of labelled addresses (default: tests/policies/addresses.tsv), and apart from them
those on the rows whose form begins with old-, which were looked at when the rules were made. The second half is there
to be measured once: --show lists what is judged wrong in the first half and in the old rows only. --write records the
judgements of those rows in judgements.json: read the difference before you keep it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from policies.contact_rules.address import judge
from policies.contact_rules.texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILE: Final = Path(__file__).resolve().parents[1] / "tests" / "policies" / "addresses.tsv"
JUDGEMENTS: Final = FILE.with_name("judgements.json")


@dataclass(frozen=True)
class Row:
    """A labelled address. `label` is personal or shared, `form` how its local part was made."""

    label: str
    language: str
    form: str
    address: str

    @property
    def half(self) -> str:
        """`old`, or else `first` or `second` by a hash of the address."""
        if self.form.startswith("old-"):
            return "old"
        return "second" if hashlib.sha256(self.address.encode()).digest()[0] % 2 else "first"


@dataclass(frozen=True)
class Score:
    """What came of some rows: counts of (label, verdict)."""

    counts: Counter[tuple[str, str]]

    def total(self, label: str) -> int:
        return sum(number for (actual, _), number in self.counts.items() if actual == label)

    @property
    def precision(self) -> float:
        """Share of addresses called personal that are; 1 if none is called so."""
        called = self.counts["personal", "personal"] + self.counts["shared", "personal"]
        return self.counts["personal", "personal"] / called if called else 1.0

    @property
    def recall(self) -> float:
        """Share of personal addresses that are called so; unsure does not count."""
        return self.counts["personal", "personal"] / max(1, self.total("personal"))

    @property
    def shared_recognized(self) -> float:
        """Share of shared addresses that are called so."""
        return self.counts["shared", "shared"] / max(1, self.total("shared"))


def labelled(file: Path = FILE) -> list[Row]:
    """The rows of a file: label, language, form and address, with tabs between."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Row(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def score(rows: Iterable[Row]) -> Score:
    """The score on these rows."""
    return Score(Counter((row.label, judge(row.address).verdict) for row in rows))


def judgements() -> dict[str, list[Any]]:
    """Address → verdict, code and parameters, of every row but those of the second half."""
    found = {row.address: judge(row.address) for row in labelled() if row.half != "second"}
    return {email: [item.verdict, item.code, dict(item.parameters)] for email, item in found.items()}


def table(rows: Sequence[Row]) -> list[str]:
    """Figures by language as a Markdown table, the whole first, then what is not free mail."""
    lines = [
        "| language | addresses | precision of “personal” | recall of “personal” | shared called shared "
        "| shared called personal | personal called shared |",
        "|---|---|---|---|---|---|---|",
    ]
    groups = {"all": list(rows), "all but free mail": [row for row in rows if "freemail" not in row.form]}
    groups |= {name: [row for row in rows if row.language == name] for name in sorted({row.language for row in rows})}
    for name, chosen in groups.items():
        result = score(chosen)
        recall = f"{result.recall:.3f}" if result.total("personal") else "–"
        shared = f"{result.shared_recognized:.3f}" if result.total("shared") else "–"
        wrong = (result.counts["shared", "personal"], result.counts["personal", "shared"])
        lines.append(
            f"| {name} | {len(chosen)} | {result.precision:.3f} | {recall} | {shared} | {wrong[0]} | {wrong[1]} |"
        )
    return lines


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=FILE)
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = labelled(options.file)
    for half in (options.half, "old"):
        chosen = [row for row in rows if row.half == half]
        if chosen:
            print(f"{half}:", *table(chosen), "", sep="\n")
    if options.show:
        for row in rows:
            judgement = judge(row.address)
            if row.half != "second" and judgement.verdict != row.label:
                said = f"{judgement.verdict}: {texts().message(judgement)}"
                print(row.label, row.language, row.form, row.address, said, sep="\t")
    if options.write:
        lines = [f"{json.dumps(email)}: {json.dumps(said)}" for email, said in judgements().items()]
        JUDGEMENTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
