"""What an expression of the configuration may be worth, as far as a plan tells.

A plan keeps of an expression either its constant value or the references in it, never the text between them:
`"arn:aws:iam::444455556666:role/${var.role}"` has only `references: ["var.role"]`
(https://developer.hashicorp.com/terraform/internals/json-format#expression-representation). So the value of a reference
is never taken for the value of the expression; callers decide what the values inside settle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..model import UNKNOWN
from .references import references_of, split_reference

if TYPE_CHECKING:
    from .plan import Key, ModulePath, Plan, Resource

Path = tuple[tuple[str, "Key"], ...]
"""Steps into a value: attribute name and key of each, either may be empty."""


@dataclass(frozen=True)
class Leaf:
    """The end of one reference: its value, or UNKNOWN with the resource that will have it or the name that hides it."""

    reference: str
    value: Any = UNKNOWN
    resource: Resource | None = None
    attribute: str = ""
    keys: tuple[str, ...] = ()
    """Instance keys and output names on the way: they may say which of several instances is meant."""


class Values:
    """Looks up the values that references of one plan lead to."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._resources: dict[tuple[Any, ...], Resource] | None = None

    def constant(self, expression: Any) -> Any:
        """The value of an expression without references; UNKNOWN if it has references or calls a function."""
        if isinstance(expression, Mapping) and "constant_value" in expression:
            return expression["constant_value"]
        return UNKNOWN

    def leaves(self, module: ModulePath, expression: Any) -> tuple[Leaf, ...]:
        """Where the references of an expression in this module end. Empty for a constant, and for a function call."""
        return tuple(self._leaves(module, expression, (), ()))

    def _leaves(
        self, module: ModulePath, expression: Any, keys: tuple[str, ...], seen: tuple[Any, ...]
    ) -> Iterator[Leaf]:
        for reference in references_of(expression):
            yield from self._follow(module, reference, keys, seen)

    def _follow(
        self, module: ModulePath, reference: str, keys: tuple[str, ...], seen: tuple[Any, ...]
    ) -> Iterator[Leaf]:
        parts = split_reference(reference)
        step = (module, reference)
        if step in seen or len(parts) < 2:
            yield Leaf(reference)
            return
        head = parts[0][0]
        if head == "var":
            yield from self._variable(module, reference, parts, keys, (*seen, step))
        elif head == "module" and len(parts) > 2:
            inner = (*module, parts[1])
            output = _entry(self.plan.module_configuration([name for name, _ in inner]).get("outputs"), parts[2][0])
            named = [str(key) for _, key in parts[1:] if key is not None] + [name for name, _ in parts[2:]]
            expression, path = _entry(output, "expression"), _path(parts[2][1], parts[3:])
            yield from self._inside(inner, reference, expression, path, (*keys, *named), (*seen, step))
        elif head == "data" and len(parts) > 2:
            yield self._attribute(module, reference, ("data", *parts[1]), parts[2], parts[3:], keys)
        else:
            yield self._attribute(module, reference, ("managed", *parts[0]), parts[1], parts[2:], keys)

    def _inside(
        self,
        module: ModulePath,
        reference: str,
        expression: Any,
        path: Path,
        keys: tuple[str, ...],
        seen: tuple[Any, ...],
    ) -> Iterator[Leaf]:
        """The ends of an expression that a variable or an output stands for, followed along a path into its value."""
        constant = self.constant(expression)
        if constant is not UNKNOWN:
            yield Leaf(reference, _descend(constant, path))
            return
        found = tuple(self._leaves(module, expression, keys, seen))
        for leaf in found:
            yield replace(leaf, value=_descend(leaf.value, path))
        if not found:
            yield Leaf(reference)

    def _variable(
        self,
        module: ModulePath,
        reference: str,
        parts: Path,
        keys: tuple[str, ...],
        seen: tuple[Any, ...],
    ) -> Iterator[Leaf]:
        name, path = parts[1][0], _path(parts[1][1], parts[2:])
        variables = self.plan.module_configuration([part for part, _ in module]).get("variables")
        default = _entry(_entry(variables, name), "default")
        if not module:
            given = self.plan.variables.get(name)
            value = given.get("value") if isinstance(given, Mapping) and "value" in given else default
            yield Leaf(reference, _descend(value, path))
            return
        parent, (call_name, _) = module[:-1], module[-1]
        call = self.plan.module_call(self.plan.module_configuration([part for part, _ in parent]), call_name)
        expression = _entry(call.get("expressions"), name)
        if expression is UNKNOWN:
            yield Leaf(reference, _descend(default, path))
        else:
            yield from self._inside(parent, reference, expression, path, keys + tuple(part for part, _ in path), seen)

    def _attribute(
        self,
        module: ModulePath,
        reference: str,
        kind: tuple[Any, ...],
        name: tuple[str, Key],
        path: Path,
        keys: tuple[str, ...],
    ) -> Leaf:
        mode, resource_type, _ = kind
        if not path:
            return Leaf(reference)
        resource = self._by_place().get((module, mode, resource_type, *name))
        attribute = path[0][0]
        if resource is None:
            return Leaf(reference, attribute=attribute, keys=keys)
        value = resource.value(attribute)
        return Leaf(reference, _descend(value, _path(path[0][1], path[1:])), resource, attribute, keys)

    def _by_place(self) -> dict[tuple[Any, ...], Resource]:
        if self._resources is None:
            self._resources = {
                (item.module, item.mode, item.type, item.name, item.key): item for item in self.plan.resources
            }
        return self._resources


def _path(key: Key, rest: Path) -> Path:
    return (("", key), *rest)


def _entry(mapping: Any, name: str) -> Any:
    return mapping.get(name, UNKNOWN) if isinstance(mapping, Mapping) else UNKNOWN


def _descend(value: Any, path: Path) -> Any:
    """The part of a value that `.name` and `["key"]` lead to; UNKNOWN if it has no such part."""
    for step in (step for part in path for step in part if step not in ("", None)):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and str(step).isdecimal() and int(str(step)) < len(value):
            value = value[int(str(step))]
        else:
            return UNKNOWN
    return value
