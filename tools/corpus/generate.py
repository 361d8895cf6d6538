"""Which shapes are tried: every pair of choices first, then any, and those that somebody thought of."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tools.corpus.labels import TYPES, Choices, NotApplicable
from tools.corpus.made import MAKERS
from tools.corpus.placing import PLACES
from tools.corpus.shapes import BESIDE, STYLES, build, defects

if TYPE_CHECKING:
    from collections.abc import Iterator

HOMES: Final = ("plain", "topic", "allowed", "caller", "role", "role_constant")
LISTINGS: Final = ("none", "none", "data", "imported", "children", "new", "unread")
MODES: Final = ("first", "applied", "added", "refresh", "target", "forgotten", "removed", "moved", "destroy")
REGIONS: Final = ("bare", "allowed", "caller", "role")
INHERITED: Final = ("plain", "empty", "deep", "passed", "looped")
FACTORY: Final = ("good", "personal", "contact")
IDS: Final = ("constant", "variable", "local", "each", "module", "baseline")
CALLED: Final = ("id", "arn", "rootvar", "shadow", "nested", "name", "local", "literal", "profile")
CONTACT_PLACES: Final = (*PLACES, "ids")

ALIASES: Final = tuple(
    f"alias/{style}/{place}/{beside}"
    for style, place, beside in itertools.product(STYLES, CONTACT_PLACES, ("self", "nothing", "constant", *BESIDE))
)
TWINS: Final = tuple(f"twins/{style}/{place}" for style, place in itertools.product(STYLES, PLACES))
CALLS: Final = tuple(f"called/{style}/{contacts}" for style, contacts in itertools.product(CALLED, ("inside", "ids")))
MADE: Final = tuple(f"made/{maker}/{way}" for maker, ways in MAKERS.items() for way in ways)


def named() -> Iterator[Choices]:
    """Combinations that somebody thought of, each with the siblings that must fail."""
    plain: list[Choices] = []
    for style in STYLES:
        plain.append(Choices(parts=(f"twins/{style}/root",)))
        plain.append(Choices(parts=(f"alias/{style}/ids/self",)))
        plain.append(Choices(parts=(f"alias/{style}/root/region",)))
        plain.append(Choices(home="plain", parts=(f"alias/{style}/root/self",)))
        plain.append(Choices(home="none", own="none", parts=(f"alias/{style}/root/self",)))
    plain += [Choices(parts=(f"alias/{style}/root/{way}",)) for style in ("constant", "name", "id") for way in BESIDE]
    plain += [Choices(parts=(call,)) for call in CALLS]
    plain += [Choices(parts=(made,)) for made in MADE]
    plain += [Choices(home="plain", parts=(f"inherited/{way}",)) for way in INHERITED]
    plain += [Choices(home="plain", parts=("inherited/plain",), own=place) for place in PLACES]
    plain += [Choices(home=home, parts=(f"region/{way}",)) for home in HOMES for way in REGIONS]
    plain += [
        Choices(home=home, listing=way) for home in ("plain", "topic", "caller") for way in dict.fromkeys(LISTINGS)
    ]
    plain += [Choices(home="topic", own="root", mode=mode, listing=way) for mode in MODES for way in ("none", "data")]
    plain += [Choices(parts=(f"ids/{way}",), own=place) for way, place in zip(IDS, PLACES, strict=False)]
    plain += [Choices(parts=(f"alias/constant/{place}/self",)) for place in PLACES]
    plain += [Choices(parts=("made/each/each_key",), mail=mail) for mail in ("bad", "unknown")]
    plain += [Choices(listing="data", mail="bad"), *(Choices(parts=(f"factory/{way}",)) for way in FACTORY)]
    plain += [Choices(parts=("alias/constant/inherit3/nothing",), defect=f"drop.own.{kind}") for kind in TYPES]
    plain += [Choices(own="inherit3", parts=(f"alias/{style}/root/self",)) for style in ("constant", "dynamic")]
    plain += [Choices(own=place, parts=("inherited/deep",)) for place in ("inherit2", "inherit3")]
    for part in ("alias/constant/root/self", "alias/name/types/region", "called/id/inside", "made/each/index"):
        whole = Choices(home="topic", parts=(part,), mode="applied")
        plain += [replace(whole, mode="drop", defect=kind) for kind in defects(whole) if kind.startswith("drop")][::2]
        plain += [replace(whole, mode=mode) for mode in ("applied", "added", "refresh", "destroy", "target")]
    for choices in plain:
        if applicable(choices):
            yield choices


def siblings(choices: Choices, chance: random.Random, number: int) -> Iterator[Choices]:
    """The same with one defect each, more often one of the parts than one of the management account's contacts."""
    kinds = defects(choices)
    weights = {kind: 1 if ".own" in kind else 2 if kind.startswith("drop") else 6 for kind in kinds}
    for kind in sorted(kinds, key=lambda kind: chance.random() ** (1 / weights[kind]), reverse=True)[:number]:
        later = choices.mode == "applied" and kind.startswith("drop")
        sibling = replace(choices, defect=kind, mode="drop" if later else choices.mode)
        if applicable(sibling):
            yield sibling


def applicable(choices: Choices) -> bool:
    """Whether these choices go together."""
    try:
        build(choices)
    except NotApplicable:
        return False
    return True


def at_random(chance: random.Random) -> Choices:
    """Any choices that go together."""
    while True:
        parts: list[str] = []
        if chance.random() < 0.7:
            parts.append(chance.choice((chance.choice(ALIASES), chance.choice(TWINS), chance.choice(CALLS))))
        if chance.random() < 0.5:
            parts.append(chance.choice(MADE))
        if chance.random() < 0.3:
            parts.append("region/" + chance.choice(REGIONS))
        if chance.random() < 0.3:
            parts.append("inherited/" + chance.choice(INHERITED))
        if chance.random() < 0.2:
            parts.append("ids/" + chance.choice(IDS))
        if chance.random() < 0.1:
            parts.append("factory/" + chance.choice(FACTORY))
        choices = Choices(
            home=chance.choice(HOMES),
            own=chance.choice(PLACES),
            parts=tuple(parts),
            listing=chance.choice(LISTINGS),
            mode="first" if chance.random() < 0.6 else chance.choice(MODES),
            types="all" if chance.random() < 0.85 else "security",
            mail="good" if chance.random() < 0.85 else chance.choice(("bad", "unknown")),
        )
        if applicable(choices):
            return choices


def pieces(choices: Choices) -> set[str]:
    """What two choices are told apart by when pairs are counted."""
    found = {f"home {choices.home}", f"own {choices.own}", f"listing {choices.listing}", f"mode {choices.mode}"}
    for part in choices.parts:
        kind, *options = part.split("/")
        found |= {f"{kind} {number} {option}" for number, option in enumerate(options)} if kind != "made" else {part}
    return found


def pairwise(chance: random.Random, number: int) -> Iterator[Choices]:
    """So many choices, each the one of a few tried at random that has the most pairs of pieces never seen together."""
    seen: set[frozenset[str]] = set()
    for _ in range(number):
        tried = [at_random(chance) for _ in range(40)]
        pairs = [{frozenset(pair) for pair in itertools.combinations(sorted(pieces(one)), 2)} for one in tried]
        best = max(range(len(tried)), key=lambda index: len(pairs[index] - seen))
        seen |= pairs[best]
        yield tried[best]


def generate(seed: int, number: int, *, with_named: bool = True) -> list[Choices]:
    """So many different choices: the named ones, others at random, and siblings of both that have a defect."""
    chance = random.Random(seed)
    found: dict[Choices, None] = {}
    if with_named:
        everything = list(named())
        for choices in everything:
            found[choices] = None
        for choices in everything:
            if chance.random() < 0.7:
                found |= dict.fromkeys(siblings(choices, chance, 1))
        if len(found) > number:
            return chance.sample(list(found), number)
    for choices in pairwise(chance, number):
        found[choices] = None
        found |= dict.fromkeys(siblings(choices, chance, 1))
        if len(found) >= number:
            break
    chosen = list(found)[:number]
    chance.shuffle(chosen)
    return chosen
