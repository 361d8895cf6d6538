"""Plans whose right verdict follows from how they were built (tools/corpus): the recorded ones, and new ones.

`python -m tools.corpus show NAME` prints the configuration behind a plan. `CORPUS_PLANS=1000 make fuzz` makes so many
that were never tried and judges them.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest

from tests.policies.support import ROOT, TODAY
from tools.corpus import store
from tools.corpus.__main__ import make
from tools.corpus.generate import generate, pieces
from tools.corpus.labels import Choices
from tools.corpus.shapes import build
from tools.parity import Checkov, disagreement

RECORDED: Final = store.read()
IN_CHECKOV: Final = 150
"""So many recorded plans are judged by checkov too: about a minute of one core."""


def covering(entries: list[store.Entry], number: int) -> list[store.Entry]:
    """So many plans, chosen so that every piece of a shape and every verdict of it is among them early."""

    def features(item: store.Entry) -> set[tuple[str, str]]:
        verdict = f"{item.terraform}" if item.terraform != "1.11.4" else item.expected["CKV_CONTACT_1"]
        return {(piece, verdict) for piece in pieces(Choices.parse(item.name))}

    left, seen, chosen = {item.id: features(item) for item in entries}, set[tuple[str, str]](), list[str]()
    while left and len(chosen) < number:
        best = max(left, key=lambda name: len(left[name] - seen))
        seen |= left.pop(best)
        chosen.append(best)
    return [item for item in entries if item.id in set(chosen)]


@pytest.mark.parametrize("item", RECORDED, ids=lambda item: item.id)
def test_recorded_plan(item: store.Entry) -> None:
    assert store.wrong(item, store.verdicts(item.plan, TODAY)) == []


def test_expectations_follow_from_the_construction() -> None:
    for item in RECORDED:
        labels = build(Choices.parse(item.name)).labels()
        assert (item.truth, item.decidable) == (labels.truth, labels.decidable), item.id
        assert item.expected == labels.expected, item.id


def test_nothing_recorded_of_the_machine_they_were_made_on() -> None:
    text = json.dumps([item.plan for item in RECORDED])
    places = (tempfile.gettempdir(), str(Path.home()), str(ROOT), "127.0.0.1", "localhost")
    assert not any(place in text for place in places)


def test_both_verdicts_of_every_check_on_a_shape_are_recorded() -> None:
    by_shape = groupby(
        sorted(
            (part.split("/")[0], item.expected["CKV_CONTACT_1"])
            for item in RECORDED
            for part in Choices.parse(item.name).parts
        ),
        key=lambda pair: pair[0],
    )
    for shape, pairs in by_shape:
        assert {"pass", "fail"} <= {verdict for _, verdict in pairs}, shape


@pytest.mark.timeout(600)
def test_checkov_says_the_same(checkov: Checkov, tmp_path: Path) -> None:
    different = []
    path = tmp_path / "plan.json"
    for item in covering(RECORDED, IN_CHECKOV):
        path.write_text(json.dumps(item.plan), encoding="utf-8")
        different += [f"{item.id}: {told}" for told in [disagreement(path, checkov.judge(path))] if told]
    assert different == []


@pytest.mark.hypothesis
@pytest.mark.timeout(0)
def test_new_plans(checkov: Checkov, tmp_path: Path) -> None:
    """As many new plans as CORPUS_PLANS says, of the seed in CORPUS_SEED or any other, by the real Terraform."""
    number = int(os.environ.get("CORPUS_PLANS", "0"))
    if not number or shutil.which(os.environ.get("TERRAFORM", "terraform")) is None:
        pytest.skip("CORPUS_PLANS is not set, or there is no Terraform")
    seed = int(os.environ.get("CORPUS_SEED") or random.SystemRandom().randrange(10**9))
    print(f"CORPUS_SEED={seed}")
    told = []
    path = tmp_path / "plan.json"
    for made in make(generate(seed, number, with_named=False), os.environ.get("TERRAFORM", "terraform"), 2):
        if isinstance(made, str):
            told.append(made)
            continue
        path.write_text(json.dumps(made.plan), encoding="utf-8")
        wrong = store.wrong(made, store.verdicts(made.plan, TODAY))
        told += [f"{made.id}: {text}" for text in [*wrong, disagreement(path, checkov.judge(path))] if text]
    assert told == [], f"CORPUS_SEED={seed}"
