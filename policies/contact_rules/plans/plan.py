"""What a Terraform plan holds: instances, provider blocks, and the configuration they come from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final

from ..model import UNKNOWN, Value

Key = str | int | None
"""Index of an instance: the for_each key, the count index, or None."""

ModulePath = tuple[tuple[str, Key], ...]
"""Module calls from the root down, each with its instance key."""

ConfigurationKey = tuple[tuple[str, ...], str, str, str]
"""Names of the module calls from the root down, mode, type and name of a block."""


class UnusablePlanError(Exception):
    """The file is not a plan that can be judged; str() says why and what to do."""

    def __init__(self, plan: str, message: str) -> None:
        super().__init__(f"{plan}: {message}")
        self.plan = plan
        self.message = message


@dataclass(slots=True)  # not frozen, which would make a plan of thousands a tenth slower to read
class Resource:
    """One resource or data source instance, as it will be after apply (`after`) and as it is now (`before`)."""

    address: str
    mode: str
    type: str
    name: str
    key: Key
    module: ModulePath
    actions: tuple[str, ...]
    after: Mapping[str, Any] | None
    unknown: Mapping[str, Any]
    sensitive: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    replace_paths: tuple[str, ...] = ()
    generated: bool = False
    """True for an import whose configuration Terraform writes (`-generate-config-out`): it has no block yet."""

    def value(self, attribute: str) -> Any:
        """Value after apply: UNKNOWN if only apply will tell, None if absent."""
        if self.unknown.get(attribute) is True:
            return UNKNOWN
        return None if self.after is None else self.after.get(attribute)

    def text(self, attribute: str) -> Value:
        """The value after apply as a text; what is no text is none."""
        return shown_value(self.value(attribute), self.sensitive.get(attribute) is True)

    @property
    def stays(self) -> bool:
        """True if Terraform still manages the instance after apply."""
        return self.after is not None and "forget" not in self.actions

    @property
    def configuration_key(self) -> ConfigurationKey:
        """Where the block of the instance stands in the configuration."""
        return module_path_names(self.module), self.mode, self.type, self.name


@dataclass(frozen=True)
class Provider:
    """One provider block. `key` is Terraform's own: `aws`, `aws.west`, `module.network:aws`."""

    key: str
    name: str
    is_aws: bool
    alias: str | None
    expressions: Mapping[str, Any]
    module: tuple[str, ...] = ()
    """Names of the module calls from the root to the module that the block stands in."""


@dataclass
class Plan:
    """What the rules read of one plan."""

    name: str
    variables: Mapping[str, Any]
    resources: list[Resource]
    providers: dict[str, Provider]
    root: Mapping[str, Any]
    complete: bool
    is_old: bool = False
    """True before Terraform 1.1, which wrote of a resource in a module the provider's name there, not whose it is."""
    deferred: tuple[Resource, ...] = ()
    """Instances whose change Terraform leaves to a later plan."""
    configured: dict[ConfigurationKey, Mapping[str, Any]] = field(default_factory=dict)
    repeated_modules: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def has_aws(self) -> bool:
        """False if the plan configures no AWS provider and has no resource of one, now or after apply."""
        kinds = {kind for _, kind in self._by_type} | {item.type for item in self.deferred}
        kinds |= {key[2] for key in self.configured}
        return any(provider.is_aws for provider in self.providers.values()) or any(map(is_aws_type, kinds))

    def references_in_use(self) -> set[str]:
        """Every reference that the plan shows in the configuration, in modules too."""
        found: set[str] = set()
        stack: list[Any] = [self.root, *(provider.expressions for provider in self.providers.values())]
        while stack:
            item = stack.pop()
            if isinstance(item, Mapping):
                references = item.get("references")
                if isinstance(references, list):
                    found.update(part for part in references if isinstance(part, str))
                stack += item.values()
            elif isinstance(item, list):
                stack += [part for part in item if isinstance(part, Mapping | list)]
        return found

    def of_type(self, *types: str, mode: str = "managed") -> Iterator[Resource]:
        """Instances of these types, type by type in the order of the plan."""
        return (item for kind in types for item in self._by_type.get((mode, kind), ()))

    @cached_property
    def _by_type(self) -> dict[tuple[str, str], list[Resource]]:
        found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for item in self.resources:
            found[item.mode, item.type].append(item)
        return found

    @property
    def managed_types(self) -> set[str]:
        """Types of the managed instances."""
        return {kind for mode, kind in self._by_type if mode == "managed"}

    def provider_of(self, resource: Resource) -> str | None:
        """Key of the provider block that manages the resource; None if the configuration no longer has it."""
        key: str | None = self.configured.get(resource.configuration_key, {}).get("provider_config_key")
        return key

    def module_configuration(self, names: Sequence[str]) -> Mapping[str, Any]:
        """The configuration of the module at this path; empty if there is none."""
        module: Mapping[str, Any] = self.root
        for name in names:
            module = self.module_call(module, name).get("module") or {}
        return module

    def module_call(self, module: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """The call of module `name` in a module's configuration; empty if there is none."""
        calls: Mapping[str, Mapping[str, Any] | None] = module.get("module_calls") or {}
        return calls.get(name) or {}


_AWS_TYPE: Final = re.compile(r"aws(?:cc)?_|controltower_")


@lru_cache(maxsize=4096)
def is_aws_type(kind: str) -> bool:
    """True for the name of a resource type of a provider that works on AWS."""
    return _AWS_TYPE.match(kind) is not None


def module_names(key: str) -> tuple[tuple[str, ...], str]:
    """Module calls and local name in a provider key: `module.a.module.b:aws.west` as (("a", "b"), "aws.west").

    Terraform 0.12 wrote `a.b:aws.west`.
    """
    path, _, local = key.rpartition(":")
    names = path.removeprefix("module.").split(".module." if path.startswith("module.") else ".")
    return tuple(names) if path else (), local


@lru_cache(maxsize=65_536)
def module_path_names(module: ModulePath) -> tuple[str, ...]:
    """The names of the module calls of a path, without instance keys."""
    return tuple(name for name, _ in module)


def shown_value(value: Any, sensitive: bool) -> Value:
    """A value of a plan as the model has it: anything but text is none."""
    return Value(value if isinstance(value, str) or value is UNKNOWN else None, sensitive)
