"""YAML and JSON files with the place of every value."""

from __future__ import annotations

import functools
import json
import operator
import re
import warnings
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from cdktf_app.contacts.problems import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAXIMUM_YAML_BYTES = 4 * 1024 * 1024
MAXIMUM_JSON_BYTES = 64 * 1024 * 1024
MAXIMUM_VALUES = 300_000
_TAGS = {"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value"}
Location = tuple[str | int, ...]
Place = tuple[int, int]


@dataclass
class _Places:
    """Line and column, from 1, of every value and of every key, by the way that leads there."""

    values: dict[Location, Place] = field(default_factory=dict)
    keys: dict[Location, Place] = field(default_factory=dict)
    problems: list[tuple[Place, str, str | None]] = field(default_factory=list)


class Source:
    """A file's content as plain dicts, lists and scalars in `tree`, and where in the file each of them stands."""

    def __init__(self, file: str, tree: Any, places: Callable[[], _Places]) -> None:
        self.file = file
        self.tree = tree
        self._find_places = places

    @functools.cached_property
    def _places(self) -> _Places:
        return self._find_places()

    def problem(self, location: Location, message: str, *, key: bool = False, value: str | None = None) -> Problem:
        """`message` at the value that `location` leads to (or at its key), or at the nearest thing around it."""
        found = self.resolve(location)
        places = self._places
        if key and len(found) == len(location) and found in places.keys:
            line, column = places.keys[found]
        else:
            while found not in places.values and found:
                found = found[:-1]
            node = self.at(found)
            at_key = isinstance(node, dict | list) and found in places.keys
            line, column = places.keys[found] if at_key else places.values.get(found, (1, 1))
        return Problem(self.file, message, line, column, value)

    def resolve(self, location: Location) -> Location:
        """`location` as far as the file goes, without the steps that pydantic adds for unions and keys."""
        node: Any = self.tree
        found: list[str | int] = []
        for step in location:
            listed = isinstance(node, list) and isinstance(step, int) and step < len(node)
            if listed or (isinstance(node, dict) and step in node):
                node = operator.getitem(node, step)
                found.append(step)
        return tuple(found)

    def at(self, location: Location) -> Any:
        """What stands at an existing location."""
        return functools.reduce(operator.getitem, location, self.tree)


def read_yaml(path: Path) -> Source:
    """The YAML 1.2 document in a file. Scalars stay text as written, whatever their YAML type:
    `012345678901` keeps its zero, `2026-10-01` is text. An empty value is None. Anchors and merge keys are resolved.

    Raises InvalidInput: unreadable, more than 4 MiB, not UTF-8, empty, syntax errors, duplicate keys, tags, nested too
    deep, more than 300,000 values once aliases are expanded.
    """
    text = _read(path, MAXIMUM_YAML_BYTES)
    file = str(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = YAML(typ="safe", pure=True).compose(text)
    except ReaderError as error:
        line, column = _line_and_column(text, error.position)
        raise InvalidInput(
            [Problem(file, f"has the control character U+{error.character:04X}; remove it", line, column)]
        ) from None
    except MarkedYAMLError as error:
        raise InvalidInput([_syntax_problem(file, text, error)]) from None
    except RecursionError:
        raise InvalidInput([Problem(file, "is nested too deep; contacts.yaml has six levels")]) from None
    except (YAMLError, ValueError) as error:
        raise InvalidInput([Problem(file, f"is not YAML: {str(error).splitlines()[0]}")]) from None
    if node is None:
        raise InvalidInput([Problem(file, "is empty; start from a file in examples/")])
    places = _Places()
    converter = _Converter(places)
    converter.size(node)
    tree = converter.convert(node, ()) if not places.problems else None
    if places.problems:
        raise InvalidInput(
            Problem(file, message, line, column, value) for (line, column), message, value in places.problems
        )
    return Source(file, tree, lambda: places)


def read_json(path: Path) -> Source:
    """The JSON document in a file. Places are only looked for when they are asked for.

    Raises InvalidInput: unreadable, more than 64 MiB, not UTF-8, empty, syntax errors, duplicate keys.
    """
    text = _read(path, MAXIMUM_JSON_BYTES)
    file = str(path)
    if not text.strip():
        raise InvalidInput([Problem(file, "is empty; `make inventory` writes it")])
    repeated = False

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        result = dict(pairs)
        repeated = repeated or len(result) < len(pairs)
        return result

    try:
        tree = json.loads(text, object_pairs_hook=mapping)
    except json.JSONDecodeError as error:
        raise InvalidInput([Problem(file, f"is not JSON: {error.msg}", error.lineno, error.colno)]) from None
    except RecursionError:
        raise InvalidInput([Problem(file, "is nested too deep")]) from None
    if repeated:
        raise InvalidInput(
            Problem(file, message, line, column, value)
            for (line, column), message, value in _json_places(text).problems
        )
    return Source(file, tree, lambda: _json_places(text))


def _read(path: Path, maximum: int) -> str:
    try:
        size = path.stat().st_size
        if size > maximum:
            raise InvalidInput([Problem(str(path), f"is {size} bytes; at most {maximum} are read")])
        data = path.read_bytes()
    except OSError as error:
        reason = {FileNotFoundError: "does not exist", IsADirectoryError: "is a directory, not a file"}.get(
            type(error), f"cannot be read: {error.strerror}"
        )
        raise InvalidInput([Problem(str(path), reason)]) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        message = f"is not UTF-8{_likely_encoding(data)}; save it as UTF-8"
        raise InvalidInput([Problem(str(path), message, line, column)]) from None


def _likely_encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return " (it looks like UTF-16)"
    for encoding, name in (("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search(r"[ぁ-んァ-ヶ一-龠]", text):
            return f" (it looks like {name})"
    return ""


def _line_and_column(text: str, position: int) -> Place:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


_WIDE_SIGN = re.compile(r" *(?:\u3000|[A-Za-z_]+(?P<colon>：))")


def _syntax_problem(file: str, text: str, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    problem = error.problem or str(error)
    message = f"is not YAML here: {problem}"
    near = ((n, _WIDE_SIGN.match(lines[n - 1])) for n in (line, line - 1) if 0 < n <= len(lines))
    wide = next(((n, sign) for n, sign in near if sign), None)
    if "'\\t'" in problem or written[: column + 1].expandtabs() != written[: column + 1]:
        message = "has a tab; YAML is indented with spaces only"
    elif wide:
        line, column = wide[0], wide[1].end()
        message = (
            "has a full-width colon; write ':' and a space" if wide[1]["colon"] else "has a full-width space; write ' '"
        )
    elif "found another document" in problem:
        message = "starts a second document; keep one, remove the --- line"
    elif "undefined alias" in problem:
        message = f"{problem}; define it above with &, or put a value that starts with * in quotes"
    elif "cannot start any token" in problem:
        message = "starts with a special character of YAML; put the value in quotes"
    elif "mapping values are not allowed" in problem:
        message = (
            "has a second ': ' in the line, or is indented differently from its neighbours; quote the text or align it"
        )
    elif "expected <block end>" in problem or "could not find expected ':'" in problem:
        message = "does not line up: is a ':' missing, a quote above not closed, or the line indented differently?"
    elif "unexpected end of stream" in problem and error.context_mark:
        line, column = error.context_mark.line + 1, error.context_mark.column + 1
        message = "opens a quote or bracket that is never closed"
    return Problem(file, message, line, column)


class _Converter:
    def __init__(self, places: _Places) -> None:
        self.places = places
        self.sizes: dict[int, int | None] = {}

    def size(self, node: Node) -> int:
        """How many values a node is once aliases are expanded. Ends with a complaint where it is more than allowed."""
        if id(node) not in self.sizes:
            self.sizes[id(node)] = None
            children = node.value if isinstance(node, SequenceNode | MappingNode) else ()
            size = 1
            for child in children:
                size += sum(map(self.size, child)) if isinstance(child, tuple) else self.size(child)
            if size > MAXIMUM_VALUES:
                self._complain(_place(node), f"is more than {MAXIMUM_VALUES} values, counting aliases; shorten it")
                size = 0
            self.sizes[id(node)] = size
        size_or_none = self.sizes[id(node)]
        if size_or_none is None:
            self._complain(_place(node), "is an anchor that contains an alias of itself; write the values out")
        return size_or_none or 0

    def convert(self, node: Node, location: Location) -> Any:
        """What a node stands for. Notes where everything in it is, and what cannot be meant."""
        self.places.values[location] = here = _place(node)
        if (tag := str(node.tag).removeprefix("tag:yaml.org,2002:")) not in _TAGS:
            self._complain(here, "is a YAML tag, which is not supported here; remove it", tag)
        if isinstance(node, ScalarNode):
            if node.style is None and node.value in ("", "~", "null", "Null", "NULL"):
                return None
            return str(node.value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(node, SequenceNode):
            return [self.convert(item, (*location, index)) for index, item in enumerate(node.value)]
        result: dict[str, Any] = {}
        for key, (key_node, value_node) in self._pairs(node).items():
            at = (*location, key)
            self.places.keys[at] = _place(key_node)
            result[key] = self.convert(value_node, at)
        return result

    def _pairs(self, node: Node) -> dict[str, tuple[Node, Node]]:
        """A mapping's keys and values, its own before those of the mappings it merges."""
        pairs: dict[str, tuple[Node, Node]] = {}
        merged: list[Node] = []
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._complain(_place(key_node), "is a list or mapping in place of a key; write a name")
            elif key_node.value == "<<" and key_node.style is None:
                merged += value_node.value if isinstance(value_node, SequenceNode) else [value_node]
            elif (key := str(key_node.value)) in pairs:
                first = _place(pairs[key][0])[0]
                self._complain(_place(key_node), f"is a duplicate key; it is already on line {first}", key)
            else:
                pairs[key] = key_node, value_node
        for source in merged:
            if isinstance(source, MappingNode):
                pairs = {**self._pairs(source), **pairs}
            else:
                self._complain(_place(source), "is merged with << but is not a mapping; write its keys and values")
        return pairs

    def _complain(self, here: Place, message: str, value: str | None = None) -> None:
        if (problem := (here, message, value)) not in self.places.problems:
            self.places.problems.append(problem)


def _place(node: Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


def _json_places(text: str) -> _Places:
    places = _Places()
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    way: list[Any] = []
    containers: list[str] = []
    wants_key = False
    for match in _JSON_TOKEN.finditer(text):
        token = match[0]
        if token == ":":
            continue
        if token in "]}":
            containers.pop()
            way.pop()
            continue
        if token == ",":
            wants_key = containers[-1] == "{"
            if not wants_key:
                way[-1] += 1
            continue
        line = bisect_right(starts, match.start())
        place = (line, match.start() - starts[line - 1] + 1)
        if wants_key and token[0] == '"':
            way[-1] = json.loads(token)
            wants_key = False
            if (first := places.keys.setdefault(tuple(way), place)) != place:
                places.problems.append((place, f"is a duplicate key; it is already on line {first[0]}", way[-1]))
            continue
        places.values[tuple(way)] = place
        if token in "[{":
            containers.append(token)
            way.append(0 if token == "[" else None)
            wants_key = token == "{"
    return places
