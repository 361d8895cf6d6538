"""The part of YAML that a configuration needs, read without a library: mappings, lists, scalars, quotes, comments.

Anything else (anchors, tags, flow collections, block text, several documents, tabs) is refused with its line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


class PlainYamlError(Exception):
    """`line` (from 1) and `message` say what is not understood and what to write instead."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True)
class _Line:
    number: int
    indent: int
    text: str


_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#&*!|>%@`\[\]{},:?-][^:#]*?|-[^\s:#][^:#]*?)\s*:(?:\s+|$)"""
)


def parse(text: str) -> tuple[Any, dict[Path, int]]:
    """The document as dicts, lists, strings, integers, booleans and None, and the line of every key and item.

    Dates stay strings. An empty document is None. Raises PlainYamlError.
    """
    lines = [line for number, raw in enumerate(text.splitlines(), 1) if (line := _line(number, raw)) is not None]
    places: dict[Path, int] = {}
    if not lines:
        return None, places
    if lines[0].text == "---":
        lines = lines[1:]
        if not lines:
            return None, places
    value, position = _block(lines, 0, lines[0].indent, (), places)
    if position < len(lines):
        raise PlainYamlError(lines[position].number, "is indented differently from the lines above")
    return value, places


def _line(number: int, raw: str) -> _Line | None:
    text = _without_comment(raw, number).rstrip()
    if not text.strip():
        return None
    indent = len(text) - len(text.lstrip(" "))
    if text[indent] == "\t":
        raise PlainYamlError(number, "is indented with a tab; use spaces")
    return _Line(number, indent, text.strip())


def _without_comment(raw: str, number: int) -> str:
    quote = ""
    position = 0
    while position < len(raw):
        character = raw[position]
        if quote:
            if quote == '"' and character == "\\":
                position += 1
            elif character == quote:
                quote = ""
        elif character in "\"'" and (position == 0 or raw[position - 1] in " :-"):
            quote = character
        elif character == "#" and (position == 0 or raw[position - 1] in " \t"):
            return raw[:position]
        position += 1
    if quote:
        raise PlainYamlError(number, f"has a {quote} that is not closed on its line")
    return raw


def _block(lines: list[_Line], position: int, indent: int, path: Path, places: dict[Path, int]) -> tuple[Any, int]:
    if len(path) > 20:
        raise PlainYamlError(lines[position].number, "is nested more than 20 levels deep")
    if lines[position].text == "-" or lines[position].text.startswith("- "):
        return _list(lines, position, indent, path, places)
    return _dict(lines, position, indent, path, places)


def _list(lines: list[_Line], position: int, indent: int, path: Path, places: dict[Path, int]) -> tuple[list[Any], int]:
    items: list[Any] = []
    while position < len(lines) and lines[position].indent == indent:
        line = lines[position]
        if line.text != "-" and not line.text.startswith("- "):
            break
        here = (*path, len(items))
        places[here] = line.number
        rest = line.text[1:].lstrip(" ")
        if not rest:
            value, position = _below(lines, position, indent, here, places)
        elif _KEY.match(rest) or rest == "-" or rest.startswith("- "):
            inner = indent + len(line.text) - len(rest)
            lines[position] = _Line(line.number, inner, rest)
            value, position = _block(lines, position, inner, here, places)
        else:
            value = _scalar(rest, line.number)
            position += 1
        items.append(value)
    return items, position


def _dict(
    lines: list[_Line], position: int, indent: int, path: Path, places: dict[Path, int]
) -> tuple[dict[str, Any], int]:
    entries: dict[str, Any] = {}
    while position < len(lines) and lines[position].indent == indent:
        line = lines[position]
        match = _KEY.match(line.text)
        if match is None:
            raise PlainYamlError(line.number, f"{line.text[:60]!r} is not `key: value`")
        key = str(_scalar(match[1], line.number)) if match[1][0] in "\"'" else match[1]
        here = (*path, key)
        if key in entries:
            raise PlainYamlError(line.number, f"{key!r} was already given on line {places[here]}")
        places[here] = line.number
        rest = line.text[match.end() :]
        if rest:
            entries[key] = _scalar(rest, line.number)
            position += 1
        else:
            entries[key], position = _below(lines, position, indent, here, places, list_beside=True)
    return entries, position


def _below(
    lines: list[_Line], position: int, indent: int, path: Path, places: dict[Path, int], *, list_beside: bool = False
) -> tuple[Any, int]:
    position += 1
    if position < len(lines):
        following = lines[position]
        is_item = following.text == "-" or following.text.startswith("- ")
        if following.indent > indent or (list_beside and is_item and following.indent == indent):
            return _block(lines, position, following.indent, path, places)
    return None, position


def _scalar(text: str, number: int) -> Any:
    if text[0] == '"':
        try:
            value = json.loads(text)
        except ValueError:
            raise PlainYamlError(number, f"{text[:60]} is not a quoted text; JSON's escapes are understood") from None
        return value
    if text[0] == "'":
        if not re.fullmatch(r"'(?:[^']|'')*'", text):
            raise PlainYamlError(number, f"{text[:60]} has something after its closing quote")
        return text[1:-1].replace("''", "'")
    if text == "{}":
        return {}
    if text[0] in "[{":
        return _flow(text, number)
    if text[0] in "&*!|>%@`]},":
        raise PlainYamlError(number, f"{text[:60]!r} begins with {text[0]}; put the value in double quotes")
    if re.search(r":(\s|$)", text):
        raise PlainYamlError(number, f"{text[:60]!r} has a second colon; put the value in double quotes")
    if text in ("null", "~", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    return text


def _flow(text: str, number: int) -> list[Any]:
    """A list of scalars on one line."""
    if text[0] == "[" and text[-1] == "]" and not re.search(r"[\[\]{}\"']", text[1:-1]):
        return [_scalar(item.strip(), number) for item in text[1:-1].split(",") if item.strip()]
    raise PlainYamlError(number, f"{text[:60]!r} is in braces or brackets; write one entry per line")
