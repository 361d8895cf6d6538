"""How well addresses are judged, on the labelled list: `python -m tests.policies.measure_addresses [--show] [--write]`.

The rules were made by looking at the first half only; --show lists what is wrong there. --write records every judgement
anew, in judgements.json: read the difference before you keep it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from policies.contact_rules.address import judge

FILE = Path(__file__).parent / "addresses.tsv"
JUDGEMENTS = FILE.with_name("judgements.json")


@dataclass(frozen=True)
class Score:
    """What came of one half: counts of (label, verdict)."""

    counts: Counter[tuple[str, str]]

    def total(self, label: str) -> int:
        return sum(number for (actual, _), number in self.counts.items() if actual == label)

    @property
    def precision(self) -> float:
        """Share of addresses called personal that are."""
        called = self.counts["personal", "personal"] + self.counts["shared", "personal"]
        return self.counts["personal", "personal"] / called

    @property
    def recall(self) -> float:
        """Share of personal addresses that are called so; unsure does not count."""
        return self.counts["personal", "personal"] / self.total("personal")

    @property
    def shared_recognized(self) -> float:
        """Share of shared addresses that are called so."""
        return self.counts["shared", "shared"] / self.total("shared")


def labelled() -> list[tuple[str, str]]:
    """Pairs of label and address."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(label, address) for label, address in rows]


def judgements() -> dict[str, str]:
    """Address → verdict and reason, as they are recorded."""
    found = {address: judge(address) for _, address in labelled()}
    return {address: f"{judgement.verdict}: {judgement.reason}" for address, judgement in found.items()}


def half_of(address: str) -> int:
    """1 or 2, by a hash of the address."""
    return 1 + hashlib.sha256(address.encode()).digest()[0] % 2


def score(half: int) -> Score:
    """The score on one half."""
    rows = [(label, address) for label, address in labelled() if half_of(address) == half]
    return Score(Counter((label, judge(address).verdict) for label, address in rows))


def main() -> None:
    """Prints precision and recall of both halves."""
    for half in (1, 2):
        result = score(half)
        print(
            f"half {half}: {sum(result.counts.values())} addresses, precision {result.precision:.3f}, "
            f"recall {result.recall:.3f}, shared recognized {result.shared_recognized:.3f}, "
            f"shared called personal {result.counts['shared', 'personal']}"
        )
    if "--write" in sys.argv:
        JUDGEMENTS.write_text(json.dumps(judgements(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if "--show" in sys.argv:
        for label, address in labelled():
            judgement = judge(address)
            if half_of(address) == 1 and judgement.verdict != label:
                print(f"{label}\t{address}\t{judgement.verdict}: {judgement.reason}")


if __name__ == "__main__":
    main()
