"""Writes contacts.yaml: a new file, or a change of an existing one that keeps everything else."""

from __future__ import annotations

import functools
import io
import json
import operator
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from cdktf_app.contacts.directory import parse_directory
from cdktf_app.contacts.problems import InvalidInput
from cdktf_app.contacts.sections import NONE
from cdktf_app.contacts.source import read_yaml

_WIDTH = 118
_PLAIN = re.compile(r"[^\W\d_][\w .,/()'&+@-]*", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FLOW_SIGNS = frozenset("[]{},")
# What YAML 1.1, which many tools still read, takes for something else than text.
_WORDS = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "none"}


class NotEditable(Exception):
    """A value of the file cannot be changed without changing others; the text says why."""


def document(
    sections: Mapping[str, Mapping[str, Any] | None],
    *,
    heading: Sequence[str] = (),
    remarks: Mapping[tuple[str, ...], str] | None = None,
) -> str:
    """The text of a new contacts.yaml.

    Args:
        sections: by name (`organization`, `mail`, `contacts`, …), in this order; None leaves one out.
        heading: lines of comment on top.
        remarks: comments to put above entries, by the keys that lead to them.
    """
    texts = [_section(name, content, remarks or {}) for name, content in sections.items() if content is not None]
    lines = [f"# {_comment(line)}".rstrip() + "\n" for line in heading]
    return "\n".join(["".join(lines)] * bool(lines) + texts)


def with_sections(
    text: str,
    sections: Mapping[str, Mapping[str, Any] | None],
    *,
    remarks: Mapping[tuple[str, ...], str] | None = None,
) -> str:
    """The text of a valid contacts.yaml with other sections; everything else stays to the byte.

    A comment above a section belongs to that section, and stays.

    Args:
        sections: by name; None removes one.
        remarks: comments to put above entries, by the keys that lead to them.
    """
    new = {name: _section(name, content, remarks or {}) for name, content in sections.items() if content is not None}
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [(key.value, key.start_mark.line) for key, _ in YAML(pure=True).compose(text).value]
    pieces = ["".join(lines[: _above(lines, starts[0][1])])]
    for (name, start), (_, end) in zip(starts, [*starts[1:], ("", len(lines))], strict=True):
        first, last = _above(lines, start), _above(lines, end)
        if name in new:
            pieces += ["".join(lines[first:start]), new[name]]
        elif name not in sections:
            pieces.append("".join(lines[first:last]))
    missing = [section for name, section in new.items() if name not in dict(starts)]
    return "".join([*pieces, *(f"\n{section}" for section in missing)])


def with_values(text: str, section: str, values: Mapping[str, str]) -> str:
    """The text of a contacts.yaml with other values in a section; every comment, quote and line end stays.

    A section that is not there is added at the end.

    Args:
        values: by key; texts of one line.

    Raises:
        NotEditable: a value cannot be changed without changing anything else.
    """
    root = YAML(typ="safe", pure=True).compose(text)
    if not isinstance(root, MappingNode) or root.flow_style:
        raise NotEditable("is written in one pair of braces")
    node = next((value for key, value in root.value if key.value == section), None)
    if node is None:
        newline = "\r\n" if "\r\n" in text else "\n"
        indent = " " * root.start_mark.column
        lines = ["", *(f"{indent}{line}" for line in document({section: values}).splitlines())]
        start = "" if not text or text.endswith("\n") else newline
        return text + start + "".join(f"{line}{newline}" for line in lines)
    if not isinstance(node, MappingNode):
        raise NotEditable(f"has a {section} section that is no mapping")
    there = {key.value: (key, value) for key, value in node.value}
    edits = []
    for name, new in values.items():
        if name not in there:
            raise NotEditable(f"gets {section}.{name} from a merge key (<<)")
        key, value = there[name]
        between = text[key.end_mark.index : value.start_mark.index]
        if not isinstance(value, ScalarNode) or value.start_mark.index < key.end_mark.index or value.anchor:
            raise NotEditable(f"has an anchor or alias at {section}.{name}")
        if value.style in ("|", ">") or not re.fullmatch(r"\s*:[ \t]+", between):
            raise NotEditable(f"has {section}.{name} on several lines")
        quoted = _quoted(new, value.style, flow=bool(node.flow_style))
        edits.append((value.start_mark.index, value.end_mark.index, quoted))
    for first, last, new in sorted(edits, reverse=True):
        text = text[:first] + new + text[last:]
    return text


def change_values(path: Path, section: str, values: Mapping[str, str]) -> None:
    """Writes values into a section of a contacts.yaml: all of them or none, the file's mode and links kept.

    Raises:
        InvalidInput: the file is not a valid contacts.yaml.
        NotEditable: as `with_values`, or the file was changed meanwhile.
    """
    path = path.resolve()
    before = path.read_bytes()
    old = read_yaml(path).tree
    mark = "\ufeff" if before.startswith(b"\xef\xbb\xbf") else ""
    text = mark + with_values(before.decode("utf-8-sig"), section, values)
    expected = {**old, section: {**old.get(section, {}), **values}}
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        if _tree_of_valid(temporary) != expected:
            raise NotEditable("cannot be changed without changing other parts")
        if path.read_bytes() != before:
            raise NotEditable("was changed meanwhile")
        shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _tree_of_valid(path: Path) -> Any:
    try:
        source = read_yaml(path)
        parse_directory(source)
    except InvalidInput:
        return None
    return source.tree


def _section(name: str, content: Mapping[str, Any], remarks: Mapping[tuple[str, ...], str]) -> str:
    tree = _node({name: content})
    for way, remark in remarks.items():
        *above, last = way
        if way[0] == name:
            node = functools.reduce(operator.getitem, above, tree)
            node.yaml_set_comment_before_after_key(last, before=_comment(remark), indent=2 * len(above))
    yaml = YAML()
    yaml.width, yaml.allow_unicode = 4096, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


def _above(lines: Sequence[str], line: int) -> int:
    """The first of the empty lines and the comments right above a line; the end of the file has none."""
    while 0 < line < len(lines) and (not lines[line - 1].strip() or lines[line - 1].startswith("#")):
        line -= 1
    return line


def _node(value: Any) -> Any:
    if isinstance(value, Mapping):
        node = CommentedMap()
        for key, content in value.items():
            node[_text(key)] = _node(content)
        return node
    if isinstance(value, list | tuple):
        items = CommentedSeq([_node(item) for item in value])
        if sum(len(str(item)) + 2 for item in value) < _WIDTH - 30:
            items.fa.set_flow_style()
        return items
    return _text(value) if isinstance(value, str) and value != NONE else value


def _text(value: str) -> str:
    return value if _is_plain(value) else str.__new__(DoubleQuotedScalarString, value)


def _is_plain(value: str) -> bool:
    """Whether every reader of YAML takes it for text, and the same text, without quotes."""
    return bool(_PLAIN.fullmatch(value)) and value == value.strip() and value.lower() not in _WORDS


def _quoted(value: str, style: str | None, *, flow: bool) -> str:
    """A text of one line as YAML, in the style of the text it replaces as far as that can hold it."""
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    plain = (_is_plain(value) or _DATE.fullmatch(value)) and not (flow and set(value) & _FLOW_SIGNS)
    return value if style is None and plain else json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> str:
    """On one line, with nothing in it that a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text)
