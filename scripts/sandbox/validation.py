"""Requests and answers checked against botocore's own service models.

AWS checks a request against the service's model before anything else and names every member that breaks a
constraint. botocore checks only a part of that on the client's side (required members, minimum lengths).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Violation:
    """A member of a request that breaks its constraint; `str()` gives AWS's sentence."""

    member: str
    constraint: str
    value: str | None = None

    def __str__(self) -> str:
        value = "Value" if self.value is None else f"Value '{self.value}'"
        return f"{value} at '{self.member}' failed to satisfy constraint: {self.constraint}"


class TypeMismatchError(ValueError):
    """A member has another JSON type than the model says; AWS answers SerializationException."""


def violations(value: Any, shape: Any, member: str = "") -> Iterator[Violation]:
    """Yield what in `value` breaks the constraints of `shape`, a botocore shape.

    Raises:
        TypeMismatchError: a value has another type than its shape.
    """
    kind = shape.type_name
    if not isinstance(value, _TYPES[kind]) or (kind == "integer" and isinstance(value, bool)):
        raise TypeMismatchError(f"{member or 'The request body'} is not of type {kind}")
    if kind == "structure":
        yield from _structure(value, shape, member)
    elif kind == "list":
        yield from _size(value, shape, member)
        for index, item in enumerate(value, start=1):
            yield from violations(item, shape.member, f"{member}.{index}.member")
    elif kind == "map":
        yield from _size(value, shape, member)
        for key, item in value.items():
            yield from violations(key, shape.key, f"{member}.key")
            yield from violations(item, shape.value, f"{member}.{key}.member")
    elif kind == "string":
        yield from _string(value, shape, member)
    elif kind == "integer":
        yield from _range(value, shape, member)


_TYPES: Mapping[str, Any] = {
    "structure": dict,
    "list": list,
    "map": dict,
    "string": str,
    "integer": int,
    "boolean": bool,
    "timestamp": datetime,
}


def _structure(value: dict[str, Any], shape: Any, member: str) -> Iterator[Violation]:
    prefix = f"{member}." if member else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield Violation(prefix + _wire(name), "Member must not be null")
    for name, item in value.items():
        if item is not None and name in shape.members:
            yield from violations(item, shape.members[name], prefix + _wire(name))


def _string(value: str, shape: Any, member: str) -> Iterator[Violation]:
    shown = None if shape.metadata.get("sensitive") else value
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and len(value) < low:
        yield Violation(member, f"Member must have length greater than or equal to {low}", shown)
    if high is not None and len(value) > high:
        yield Violation(member, f"Member must have length less than or equal to {high}", shown)
    if shape.enum and value not in shape.enum:
        yield Violation(member, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]", shown)
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield Violation(member, f"Member must satisfy regular expression pattern: {pattern}", shown)


def _size(value: Any, shape: Any, member: str) -> Iterator[Violation]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and len(value) < low:
        yield Violation(member, f"Member must have length greater than or equal to {low}")
    if high is not None and len(value) > high:
        yield Violation(member, f"Member must have length less than or equal to {high}")


def _range(value: int, shape: Any, member: str) -> Iterator[Violation]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield Violation(member, f"Member must have value greater than or equal to {low}", str(value))
    if high is not None and value > high:
        yield Violation(member, f"Member must have value less than or equal to {high}", str(value))


def _wire(name: str) -> str:
    return name[0].lower() + name[1:]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # AWS's patterns are Java's: classes such as \w are ASCII, and a hyphen after one inside brackets is a hyphen.
    return re.compile(re.sub(r"(\\[wsd])-(?!\])", r"\1\\-", pattern), re.ASCII)
