"""Which resource an expression of the configuration refers to, while its id is still unknown."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .plan import module_path_names

if TYPE_CHECKING:
    from .plan import Key, ModulePath, Plan, Resource

Identity = tuple[Any, ...]
"""Hashable key of what is looked for, chosen by the caller."""

Place = tuple[tuple[str, ...], str, str]
"""Where a resource block stands: names of the module calls, type, name."""


class Target(NamedTuple):
    """A resource that an expression reaches; None for keys it does not fix."""

    module: tuple[tuple[str, Key], ...]
    type: str
    name: str
    key: Key

    @property
    def place(self) -> Place:
        return module_path_names(self.module), self.type, self.name


class Tracer:
    """Follows references of the configuration to resources of some types, through modules and for_each.

    Values of locals are not in a plan, so what goes through one reaches nothing here (see Pool.share_out).
    """

    def __init__(self, plan: Plan, *resource_types: str) -> None:
        self.plan = plan
        self.resource_types = resource_types
        self.cache: dict[tuple[Any, ...], frozenset[Target]] = {}
        self.variables: dict[tuple[ModulePath, str, str], frozenset[Target]] = {}

    def trace(self, module: ModulePath, expression: Any, block: Mapping[str, Any]) -> frozenset[Target]:
        """Targets of an expression in a block that stands in `module`."""
        targets: set[Target] = set()
        for reference in references_of(expression):
            targets |= self._follow(module, reference, block, frozenset())
        return frozenset(targets)

    def _follow(
        self, module: ModulePath, reference: str, block: Mapping[str, Any], seen: frozenset[Any]
    ) -> frozenset[Target]:
        step = (module, reference, block.get("address"))
        if step in seen or len(seen) > 50:
            return frozenset()
        seen = seen | {step}
        parts = split_reference(reference)
        head = parts[0][0] if parts else ""
        if head in self.resource_types and len(parts) > 1:
            return frozenset({Target(module, head, parts[1][0], parts[1][1])})
        if head == "each":
            return self._all(module, block.get("for_each_expression"), block, seen)
        if head == "var" and module and len(parts) > 1:
            parent, (name, _) = module[:-1], module[-1]
            variable = (parent, name, parts[1][0])
            if variable not in self.variables:
                call = self.plan.module_call(self.plan.module_configuration([part for part, _ in parent]), name)
                expressions = call.get("expressions")
                expression = expressions.get(parts[1][0]) if isinstance(expressions, Mapping) else None
                self.variables[variable] = self._all(parent, expression, {**call, "address": f"module.{name}"}, seen)
            return self.variables[variable]
        if head == "module" and len(parts) > 1:
            inner = (*module, (parts[1][0], parts[1][1]))
            outputs = self.plan.module_configuration([part for part, _ in inner]).get("outputs")
            named = outputs if isinstance(outputs, Mapping) else {}
            chosen = named.values() if len(parts) == 2 else (named.get(parts[2][0]),)
            found: frozenset[Target] = frozenset()
            for output in chosen:
                if isinstance(output, Mapping):
                    found |= self._all(inner, output.get("expression"), {}, seen)
            return found
        return frozenset()

    def _all(
        self, module: ModulePath, expression: Any, block: Mapping[str, Any], seen: frozenset[Any]
    ) -> frozenset[Target]:
        references = tuple(references_of(expression))
        step = (module, references, block.get("address"), "each.value" in references or "each.key" in references)
        if step not in self.cache:
            found: frozenset[Target] = frozenset()
            for reference in references:
                found |= self._follow(module, reference, block, seen)
            self.cache[step] = found
        return self.cache[step]


_PART = re.compile(r'([^.\[\]]+)((?:\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\])*)(?:\.|$)')


@lru_cache(maxsize=65_536)
def split_reference(reference: str) -> tuple[tuple[str, Key], ...]:
    """The parts of `module.a["x"].id` as (("module", None), ("a", "x"), ("id", None)); empty if it is no reference."""
    parts: list[tuple[str, Key]] = []
    position = 0
    while position < len(reference):
        match = _PART.match(reference, position)
        if match is None:
            return ()
        try:
            key = json.loads(match[2][1:-1]) if match[2] else None
        except ValueError:
            key = None
        parts.append((match[1], key if isinstance(key, str | int) and not isinstance(key, bool) else None))
        position = match.end()
    return tuple(parts)


def references_of(expression: Any) -> Iterator[str]:
    """The references of an expression, without those that another one merely shortens."""
    references = expression.get("references") if isinstance(expression, Mapping) else None
    found = [item for item in references if isinstance(item, str)] if isinstance(references, list) else []
    for previous, reference in zip(["", *found], found, strict=False):
        if not previous.startswith((reference + ".", reference + "[")):
            yield reference


def hints_of(resource: Resource) -> tuple[str, ...]:
    """Instance keys that may name another resource: the resource's own, then its modules' from the inside out."""
    own = () if resource.key is None else (str(resource.key),)
    return own + _module_hints(resource)


def _module_hints(resource: Resource) -> tuple[str, ...]:
    return tuple(str(key) for _, key in reversed(resource.module) if key is not None)


class Pool:
    """Resources whose id is unknown while planning, looked up by where they are and by instance key."""

    def __init__(self) -> None:
        self.by_place: dict[Place, list[tuple[Resource, Identity]]] = defaultdict(list)
        self.by_instance: dict[tuple[ModulePath, str, str, Key], Identity] = {}
        self.by_key: dict[Place, dict[str, list[tuple[Resource, Identity]]]] = defaultdict(lambda: defaultdict(list))
        self.everything: list[Identity] = []
        self.all_by_key: dict[str, list[Identity]] = defaultdict(list)

    def add(self, resource: Resource, key: Identity) -> None:
        place = module_path_names(resource.module), resource.type, resource.name
        self.by_place[place].append((resource, key))
        self.by_instance[resource.module, resource.type, resource.name, resource.key] = key
        self.everything.append(key)
        for hint in hints_of(resource):
            self.by_key[place][hint].append((resource, key))
            self.all_by_key[hint].append(key)

    def find(self, targets: frozenset[Target], hints: Sequence[str]) -> Identity | None:
        """The one resource the targets and keys point to; None if that is not certain."""
        exact = {
            key
            for target in targets
            if (key := self.by_instance.get((target.module, target.type, target.name, target.key))) is not None
        }
        if len(exact) == 1:
            return exact.pop()
        for hint in (part for key in hints for part in _shortenings(key)):
            if hint not in self.all_by_key:
                continue
            if targets:
                keys = {key for target in targets for key in self._instances(target, hint)}
            else:
                keys = set(self.all_by_key[hint])
            if len(keys) == 1:
                return keys.pop()
        keys = {key for target in targets for key in self._few(target)}
        return keys.pop() if len(keys) == 1 else None

    def _instances(self, target: Target, hint: str) -> list[Identity]:
        candidates = self.by_key[target.place].get(hint, ())
        return [key for resource, key in candidates[:50] if _fits(resource, target)]

    def _few(self, target: Target) -> Iterator[Identity]:
        instances = self.by_place.get(target.place, ())
        if len(instances) <= 2:
            yield from (key for resource, key in instances if _fits(resource, target))

    def share_out(
        self, waiting: Sequence[tuple[str, Any, frozenset[Target]]], taken: Mapping[Any, set[Identity]]
    ) -> dict[str, Identity]:
        """What could only be traced to a local, given to the resources that are left, one each, if it suffices.

        `waiting` has address, kind and targets; `taken` the identities that already have one of a kind. AWS keeps one
        contact per account and type, so as many contacts of a type as accounts are left means one for each.
        """
        groups: dict[tuple[Any, frozenset[Target]], list[str]] = defaultdict(list)
        for address, kind, targets in waiting:
            groups[kind, targets].append(address)
        shared: dict[str, Identity] = {}
        used = {kind: set(identities) for kind, identities in taken.items()}
        for (kind, targets), addresses in groups.items():
            left = [key for key in self._candidates(targets) if key not in used.get(kind, ())]
            if len(addresses) >= len(left):
                shared |= dict(zip(addresses, left, strict=False))
                used.setdefault(kind, set()).update(left)
        return shared

    def _candidates(self, targets: frozenset[Target]) -> list[Identity]:
        if not targets:
            return list(dict.fromkeys(self.everything))
        return [
            key
            for place, instances in self.by_place.items()
            for resource, key in instances
            if any(target.place == place and _fits(resource, target) for target in targets)
        ]


class Locator:
    """Finds in a pool what an attribute of instances refers to, once for all instances of a block where it can."""

    def __init__(self, plan: Plan, pool: Pool, attribute: str, *resource_types: str) -> None:
        self.plan = plan
        self.pool = pool
        self.attribute = attribute
        self.tracer = Tracer(plan, *resource_types)
        self.blocks: dict[tuple[ModulePath, str, str], tuple[frozenset[Target], Identity | None]] = {}
        self.telling_keys: dict[Key, bool] = {None: False}

    def locate(self, resource: Resource) -> tuple[frozenset[Target], Identity | None]:
        """Where the attribute leads, and the one resource there; None if that is not certain."""
        block = (resource.module, resource.type, resource.name)
        found = self.blocks.get(block)
        if found is None:
            found = self.blocks[block] = self._locate(resource)
        if self._tells(resource.key):
            return found[0], self.pool.find(found[0], hints_of(resource))
        return found

    def references_of(self, resource: Resource) -> tuple[str, ...]:
        """The references in the attribute's expression."""
        configured = self.plan.configured.get(resource.configuration_key, {})
        return tuple(references_of((configured.get("expressions") or {}).get(self.attribute)))

    def _locate(self, resource: Resource) -> tuple[frozenset[Target], Identity | None]:
        configured = self.plan.configured.get(resource.configuration_key, {})
        expression = (configured.get("expressions") or {}).get(self.attribute)
        targets = self.tracer.trace(resource.module, expression, configured)
        return targets, self.pool.find(targets, _module_hints(resource))

    def _tells(self, key: Key) -> bool:
        """Whether the key of an instance may name something in the pool."""
        if key not in self.telling_keys:
            self.telling_keys[key] = any(hint in self.pool.all_by_key for hint in _shortenings(str(key)))
        return self.telling_keys[key]


def _fits(resource: Resource, target: Target) -> bool:
    if target.key is not None and resource.key != target.key:
        return False
    return all(
        wanted is None or wanted == actual
        for (_, wanted), (_, actual) in zip(target.module, resource.module, strict=True)
    )


@lru_cache(maxsize=65_536)
def _shortenings(hint: str) -> tuple[str, ...]:
    """The key itself, then what stands before and after each separator in it: `prod/SECURITY` → `prod`."""
    if hint.isalnum():
        return (hint,)
    matches = list(re.finditer(r"[^A-Za-z0-9]+", hint[:500]))
    return (hint, *(hint[: match.start()] for match in matches[::-1]), *(hint[match.end() :] for match in matches))
