"""Writes the table of country calling codes that `policies/contact_rules/reach.py` judges phone numbers by.

`python -m tools.phone_table` (needs the packages of the dev extra) writes `policies/contact_rules/data/phones.tsv` from
the metadata of the installed `phonenumbers`, and the table's digest into `reach.py`.
"""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from re._parser import parse  # type: ignore[import-not-found]
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from babel import Locale
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

if TYPE_CHECKING:
    from collections.abc import Iterable

PACK: Final = Path(__file__).resolve().parents[1] / "policies" / "contact_rules"
TABLE: Final = PACK / "data" / "phones.tsv"
DIGITS: Final = "0123456789"
HEAD: Final = 3
"""How many places are told apart: those of the longest trunk prefix (06) and one more."""
_HEADER: Final = """\
# Country calling codes and how many digits come after them. Written by `python -m tools.phone_table`.
# Source: PyPI phonenumbers {version} (Apache-2.0), the metadata of Google's libphonenumber; names: Unicode CLDR by
# PyPI Babel {babel} (BSD-3-Clause; data: Unicode-3.0).
# Columns, with - for none: country calling code; lengths of the national number; trunk prefix, which is dialled inside
# the country alone; digits before which that prefix is the beginning of a number all the same; main region of the code
# (001: an international service); its name.
"""


def table() -> str:
    """The whole file."""
    lines = [_HEADER.format(version=version("phonenumbers"), babel=version("babel"))]
    names = Locale("en").territories
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        found = [_metadata(code, region) for region in regions]
        general = [item.general_desc for item in found if item.general_desc is not None]
        trunk = found[0].national_prefix or ""
        shapes = {shape for item in general for shape in _shapes(parse(str(item.national_number_pattern)))}
        kept = _digits_after(trunk, shapes) if trunk else set()
        if trunk == "0":
            kept.discard("0")  # 00… is dialled inside the country, for calls abroad and some free services
        lengths = {shape.length for shape in shapes if not trunk or _not_after(trunk, kept, shape)}
        lengths &= set(general[0].possible_length)
        name = "an international service" if regions[0] == "001" else names[regions[0]]
        if len(regions) > 1:
            name += " and others"
        columns = (str(code), _ranges(sorted(lengths)), trunk or "-", "".join(sorted(kept)) or "-", regions[0], name)
        lines.append("\t".join(columns) + "\n")
    return "".join(lines)


def _metadata(code: int, region: str) -> PhoneMetadata:
    nowhere = region == "001"
    found = PhoneMetadata.metadata_for_nongeo_region(code) if nowhere else PhoneMetadata.metadata_for_region(region)
    if found is None:
        raise LookupError(f"phonenumbers has no metadata for +{code} {region}")
    return found


class _Shape(NamedTuple):
    """Numbers of one length: what may stand at each of the first places (at most `HEAD`)."""

    head: tuple[frozenset[str], ...]
    length: int

    def followed_by(self, other: _Shape) -> _Shape:
        head = self.head + other.head if self.length < HEAD else self.head
        return _Shape(head[:HEAD], self.length + other.length)


def _shapes(tree: Iterable[tuple[Any, Any]]) -> set[_Shape]:
    """The shapes of the numbers that a regular expression matches, from its parse tree."""
    shapes = {_Shape((), 0)}
    for operator, argument in tree:
        match str(operator):
            case "LITERAL":
                parts = {_Shape((frozenset(chr(argument)),), 1)}
            case "IN":
                parts = {_Shape((frozenset(digit for item in argument for digit in _members(*item)),), 1)}
            case "BRANCH":
                parts = {shape for branch in argument[1] for shape in _shapes(branch)}
            case "SUBPATTERN":
                parts = _shapes(argument[3])
            case "MAX_REPEAT":
                least, most, repeated = argument
                parts = {shape for times in range(least, most + 1) for shape in _shapes([*repeated] * times)}
            case _:
                raise NotImplementedError(f"{operator} in a pattern of phonenumbers")
        shapes = {shape.followed_by(part) for shape in shapes for part in parts}
    return shapes


def _members(operator: Any, argument: Any) -> str:
    match str(operator):
        case "LITERAL":
            return chr(argument)
        case "RANGE":
            return "".join(map(chr, range(argument[0], argument[1] + 1)))
        case "CATEGORY" if str(argument) == "CATEGORY_DIGIT":
            return DIGITS
    raise NotImplementedError(f"{operator} in a class of phonenumbers")


def _digits_after(trunk: str, shapes: Iterable[_Shape]) -> set[str]:
    """The digits that follow the trunk prefix in numbers that begin with it."""
    return {
        digit
        for shape in shapes
        if shape.length > len(trunk) and all(digit in place for digit, place in zip(trunk, shape.head, strict=False))
        for digit in shape.head[len(trunk)]
    }


def _not_after(trunk: str, kept: set[str], shape: _Shape) -> bool:
    """True if a number of the shape can be dialled from abroad: one without the trunk prefix before it."""
    if any(place - {digit} for digit, place in zip(trunk, shape.head, strict=False)):
        return True
    return bool(shape.head[len(trunk)] & kept)


def _ranges(numbers: Iterable[int]) -> str:
    """`7,9-10` for 7, 9 and 10."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def main() -> None:
    """Write the table and its digest."""
    text = table()
    TABLE.write_text(text, encoding="utf-8", newline="\n")
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    reach = PACK / "reach.py"
    source, count = re.subn(
        r'(?<=^TABLE_DIGEST: Final = ")[0-9a-f]*(?=")', digest, reach.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    if count != 1:
        raise SystemExit(f"{reach}: no TABLE_DIGEST to write")
    reach.write_text(source, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
