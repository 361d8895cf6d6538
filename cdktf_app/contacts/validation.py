"""Checks a file with pydantic, and names the places in the file that are wrong."""

from __future__ import annotations

import difflib
import functools
import json
import re
import types
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from cdktf_app.contacts.problems import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cdktf_app.contacts.source import Location, Source

Model = TypeVar("Model", bound=BaseModel)


class CheckedModel(BaseModel):
    """A model with rules across its fields. They are checked even where a field is wrong: all errors come at once."""

    @classmethod
    def contradictions(cls, tree: Any) -> Iterator[tuple[Location, str]]:
        """Contradictions across fields, with their locations, in a tree that may be invalid."""
        raise NotImplementedError

    @model_validator(mode="wrap")
    @classmethod
    def _check_whole(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        errors: list[InitErrorDetails] = []
        result: Self | None = None
        try:
            result = handler(data)
            tree: Any = result.model_dump()
        except ValidationError as error:
            tree = data
            for details in error.errors(include_url=False):
                context = {**details.get("ctx", {}), "message": details["msg"]}
                kind = PydanticCustomError(details["type"], "{message}", context)
                errors.append({"type": kind, "loc": details["loc"], "input": details["input"]})
        for location, message in cls.contradictions(tree) if isinstance(tree, dict) else ():
            kind = PydanticCustomError("invalid", "{message}", {"message": message})
            errors.append({"type": kind, "loc": location, "input": None})
        if errors or result is None:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return result


def validated(source: Source, model: type[Model]) -> Model:
    """The file's content as a `model`. Raises InvalidInput with everything that is wrong with it."""
    problems = [
        source.problem(location, f"{location[-1]!r} is empty; write a value, or remove it", key=True)
        for location in _empties(source.tree, ())
    ]
    try:
        result = model.model_validate(source.tree)
    except ValidationError as error:
        problems += _problems(source, model, error)
    if problems:
        raise InvalidInput(problems)
    return result


def did_you_mean(written: str, known: Iterable[str], *, what: str = "one of") -> str:
    """` did you mean 'x'?`, or the names to choose from when nothing is near and they are few, or nothing."""
    names = list(known)
    plain = unicodedata.normalize("NFKC", written).casefold()
    folded = {name.casefold(): name for name in reversed(names)}
    if near := difflib.get_close_matches(plain, folded, n=1, cutoff=0.6):
        return f"; did you mean {folded[near[0]]!r}?"
    if 0 < len(names) <= 12:
        return f"; write {what} {', '.join(names)}"
    return ""


def _empties(tree: Any, location: Location) -> Iterator[Location]:
    """Where nothing is written after a key or dash. Its meaning is unclear, so it is an error."""
    if tree is None and location:
        yield location
    elif isinstance(tree, dict | list):
        for step, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _empties(item, (*location, step))


def _problems(source: Source, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    misspelt: set[Location] = set()
    errors = error.errors(include_url=False, include_input=False)
    for details in sorted(errors, key=lambda details: details["type"] == "missing"):
        location: Location = details["loc"]
        kind, context = details["type"], details.get("ctx", {})
        found = source.resolve(location)
        here = source.at(found)
        name = str(location[-1]) if location else ""
        if kind == "missing":
            if (*found, name) not in misspelt:
                within = f" in {'.'.join(map(str, found))}" if found else ""
                yield source.problem(found, f"{name!r} is missing{within}{_example(model, location)}")
        elif kind == "extra_forbidden":
            allowed = _keys(_type_at(model, location[:-1]))
            hint = did_you_mean(name, allowed)
            misspelt.update((*found[:-1], key) for key in allowed if hint.endswith(f" {key!r}?"))
            yield source.problem(found, f"is not a known key{hint}", key=True, value=name)
        elif here is not None or not found:
            if kind == "union_tag_invalid" and isinstance(here, dict):
                found = (*found, "type")
                here = source.at(found)
            if key := "[key]" in location:
                here = found[-1]
            value = None if isinstance(here, dict | list) else here if isinstance(here, str) else json.dumps(here)
            yield source.problem(found, _said(kind, context, here, details["msg"]), key=key, value=value)


def _said(kind: str, context: Mapping[str, Any], here: Any, message: str) -> str:
    is_ = "is a list" if isinstance(here, list) else "is a mapping" if isinstance(here, dict) else "is a single value"
    if kind in ("model_type", "dict_type", "model_attributes_type", "mapping_type"):
        return f"{is_}; write keys and values under it, each on its own line"
    if kind in ("list_type", "tuple_type", "set_type", "frozen_set_type"):
        return f"{is_}; write a list, one '- value' on each line"
    if kind == "string_type":
        return f"{is_}; write one text" if isinstance(here, list | dict) else "must be text; put it in quotes"
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        expected = re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags")))
        return (
            f"is not allowed here{did_you_mean(str(here), expected)}"
            if isinstance(here, str)
            else f"{is_}; write one of {', '.join(expected)}"
        )
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return "is not a whole number"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"must be at {'least' if 'ge' in context else 'most'} {context.get('ge', context.get('le'))}"
    if kind in ("too_short", "too_long"):
        limit = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        return f"has {context['actual_length']} entries; write {limit}"
    if kind == "union_tag_not_found":
        return "has no 'type'; write type: local or type: s3"
    return message


def _example(model: type[BaseModel], location: Location) -> str:
    owner = _type_at(model, location[:-1])
    known = _properties(owner) if isinstance(owner, type) and issubclass(owner, BaseModel) else {}
    examples = known.get(str(location[-1]), {}).get("examples")
    return f"; write it as {json.dumps(examples[0], ensure_ascii=False)}" if examples else ""


@functools.cache
def _properties(model: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema()["properties"]
    return found


def _keys(kind: Any) -> list[str]:
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _type_at(kind: Any, location: Location) -> Any:
    """The model or type that a location leads to within `kind`, looking through unions, lists and mappings."""
    for step in location:
        kind = _narrow(kind, step)
    return _narrow(kind, None)


def _narrow(kind: Any, step: str | int | None) -> Any:
    for candidate in _alternatives(kind):
        if step is None:
            return candidate
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            if step in candidate.model_fields:
                return candidate.model_fields[str(step)].annotation
            if any(step in get_args(f.annotation) for f in candidate.model_fields.values()):
                return candidate
        elif get_args(candidate):
            return get_args(candidate)[0 if get_origin(candidate) in (list, tuple) else -1]
    return None


def _alternatives(kind: Any) -> Iterator[Any]:
    if get_origin(kind) is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif get_origin(kind) in (Union, types.UnionType):
        for alternative in get_args(kind):
            if alternative is not types.NoneType:
                yield from _alternatives(alternative)
    else:
        yield kind
