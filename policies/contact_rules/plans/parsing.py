"""A Terraform plan as `terraform show -json` writes it, read strictly.

Format: https://developer.hashicorp.com/terraform/internals/json-format (OpenTofu writes the same).
What does not have the documented shape raises UnusablePlanError: a plan that cannot be read is never judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from .plan import Plan, Provider, Resource, UnusablePlanError, is_aws_type, module_names

if TYPE_CHECKING:
    from pathlib import Path

    from .plan import Key, ModulePath

_ACTIONS: Final = {
    *((action,) for action in ("no-op", "create", "read", "update", "delete", "forget")),
    ("create", "delete"),
    ("create", "forget"),
    ("delete", "create"),
    ("forget", "create"),
}
"""What Terraform and OpenTofu do to an instance; two actions are a replacement, in this order."""
_JUDGED: Final = re.compile(
    r"(?:aws|awscc)_(?:account_|notifications|organizations_|dynamodb_table_item$|servicecatalog_provisioned_product$)"
    r"|controltower_"
)
"""The types that a rule reads. Two different answers about another one harm nobody."""
_AWS_PROVIDER: Final = re.compile(r"(?:.*/)?(?:hashicorp/aws(?:cc)?|idealo/controltower)")
_MODULE_PART = re.compile(r'module\.([^.\[\]]+)(\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?(?:\.|$)')


@lru_cache(maxsize=4096)
def _is_judged(kind: str) -> bool:
    return _JUDGED.match(kind) is not None


def load(path: Path) -> Mapping[str, Any]:
    """The JSON object in the file.

    Raises UnusablePlanError if the file cannot be read, is empty, cut off, binary or anything but a JSON object.
    """
    name = str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnusablePlanError(name, f"cannot be read ({error.strerror or error})") from None
    if not raw.strip():
        raise UnusablePlanError(name, "is empty; write it with: terraform show -json PLANFILE > plan.json")
    if raw.startswith(b"PK"):
        raise UnusablePlanError(
            name, "is a binary plan; turn it into JSON with: terraform show -json PLANFILE > plan.json"
        )
    try:
        content = json.loads(raw)
    except json.JSONDecodeError as error:
        hint = "is the log of `terraform plan -json`" if error.msg == "Extra data" else "is not whole JSON"
        where = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise UnusablePlanError(
            name, f"{hint} ({where}); write it with: terraform show -json PLANFILE > plan.json"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UnusablePlanError(name, f"is not readable JSON ({error})") from None
    if not isinstance(content, dict):
        raise UnusablePlanError(name, f"holds a JSON {type(content).__name__}, not a plan object")
    return content


def parse(name: str, content: Mapping[str, Any]) -> Plan:
    """The plan behind the JSON object. `name` is what reports call it, usually its path.

    Raises UnusablePlanError for anything but a plan of the documented shape, and for one that contradicts itself.
    """
    try:
        return _parse(name, content)
    except RecursionError:
        raise UnusablePlanError(name, "is nested too deeply to be a plan") from None


def _parse(name: str, content: Mapping[str, Any]) -> Plan:
    version = content.get("format_version")
    if not isinstance(version, str):
        raise UnusablePlanError(name, "is not a Terraform plan: it has no format_version")
    if not re.match(r"[01]\.\d", version):
        raise UnusablePlanError(name, f"has plan format {version[:20]}; formats 0.x and 1.x are understood")
    if content.get("errored"):
        raise UnusablePlanError(name, "comes from a plan that failed; correct its errors and plan again")
    for part in ("planned_values", "configuration"):
        if part not in content:
            raise UnusablePlanError(name, f"is not a Terraform plan: it has no {part}")
    if not isinstance(content.get("errored", False), bool):
        raise UnusablePlanError(name, "has something else than true or false in `errored`")

    configuration = _mapping(name, content["configuration"], "configuration")
    if "root_module" not in configuration:
        raise UnusablePlanError(name, "has a configuration without a root module")
    root = _mapping(name, configuration["root_module"], "configuration.root_module")

    rows = _sequence(name, content.get("resource_changes"), "resource_changes")
    changes = [change for item in rows if (change := _change(name, item)) is not None]
    _agree_with_planned_values(name, changes, content["planned_values"])
    prior = list(_prior(name, content.get("prior_state")))
    _agree_with_prior_state(name, changes, prior)
    told = {item.address for item in changes} if prior else set()
    told |= {str(item["previous_address"]) for item in rows if prior and "previous_address" in item}
    untouched = [item for item in prior if item.mode == "data" or item.address not in told]
    plan = Plan(
        name=name,
        variables=_mapping(name, content.get("variables"), "variables"),
        resources=changes + untouched,
        providers={
            key: _provider(name, key, value)
            for key, value in _mapping(
                name, configuration.get("provider_config"), "configuration.provider_config"
            ).items()
        },
        root=root,
        complete=content.get("complete", True) is True,
        is_old=version.startswith("0."),
        deferred=tuple(_deferred(name, content.get("deferred_changes"))),
    )
    _index_configuration(plan, (), root)
    _agree_with_configuration(plan, changes)
    if not re.match(r"0\.|1\.0$", version):  # Terraform 1.1 wrote no entry for providers that modules inherit
        _agree_with_providers(plan)
    if not untouched_is_possible(content):
        missing = next((item.address for item in untouched if item.mode == "managed"), None)
        if missing:
            raise UnusablePlanError(name, f"is complete, but does not say what becomes of {missing}; write it again")
    return plan


def untouched_is_possible(content: Mapping[str, Any]) -> bool:
    """Whether a plan may leave resources of the state unmentioned: with -target, -refresh-only or nothing to apply."""
    news = content.get("resource_drift") or content.get("output_changes")
    refreshed_only = not content.get("resource_changes") and bool(news)
    return content.get("complete") is not True or content.get("applyable") is not True or refreshed_only


def _agree_with_configuration(plan: Plan, changes: Sequence[Resource]) -> None:
    """What Terraform is about to make or change has a block in the configuration."""
    found: set[tuple[ModulePath, str, str]] = set()
    for item in changes:
        block = (item.module, item.type, item.name)
        if block in found or item.generated or item.actions == ("no-op",):
            continue
        if is_aws_type(item.type) and item.stays and item.configuration_key not in plan.configured:
            raise UnusablePlanError(plan.name, f"contradicts itself: {item.address} has no block in its configuration")
        found.add(block)


def _deferred(plan: str, items: Any) -> Iterator[Resource]:
    for item in _sequence(plan, items, "deferred_changes"):
        row = _mapping(plan, item, "a deferred change").get("resource_change")
        change = row.get("change") if isinstance(row, Mapping) else None
        if isinstance(row, Mapping) and isinstance(change, Mapping):
            deferred = _change(plan, {**row, "change": {**change, "after": change.get("after") or {}}})
            if deferred is not None:
                yield deferred


def _agree_with_providers(plan: Plan) -> None:
    """Every provider that an AWS resource names is in the plan, or it would pass for the environment's account."""
    for key, block in plan.configured.items():
        if is_aws_type(key[2]) and block.get("provider_config_key") not in plan.providers:
            address = block.get("address")
            raise UnusablePlanError(plan.name, f"contradicts itself: it does not have the provider of {address}")


def _change(plan: str, item: Any) -> Resource | None:
    """The instance that a change is about; None if it neither is nor will be."""
    item = _mapping(plan, item, "resource_changes")
    address = _text(plan, item.get("address"), "the address of a resource change")
    kind = _text(plan, item.get("type"), "type", address)
    name = _text(plan, item.get("name"), "name", address)
    change = _mapping(plan, item.get("change"), "the change", address)
    actions = tuple(map(str, _sequence(plan, change.get("actions"), "actions", address)))
    if actions not in _ACTIONS:
        what = f"has an unknown action for {address}: {str(actions)[:80]}" if actions else ""
        raise UnusablePlanError(plan, what or f"does not say what happens to {address}")
    before, after, unknown = change.get("before"), change.get("after"), change.get("after_unknown")
    removed = actions in (("delete",), ("forget",))
    if after is None and not removed:
        if before is None and not unknown and actions == ("no-op",):
            return None
        if _is_judged(kind):
            raise UnusablePlanError(plan, f"does not say what becomes of {address}")
    if "delete" in actions and not isinstance(before, dict) and _is_judged(kind):
        raise UnusablePlanError(plan, f"does not say what {address} was before its deletion")
    if f"{kind}.{name}" not in address:
        raise UnusablePlanError(plan, f"has an address that does not fit its type and name: {address[:200]}")
    sensitive, paths = change.get("after_sensitive"), change.get("replace_paths")
    after = _mapping(plan, after, "after", address)
    return Resource(
        address,
        _text(plan, item.get("mode"), "mode", address),
        kind,
        name,
        _key(plan, item.get("index"), address),
        module_path(plan, item.get("module_address")),
        actions,
        None if removed else after,
        {} if unknown in (None, False, True) else _mapping(plan, unknown, "after_unknown", address),
        sensitive if isinstance(sensitive, dict) else {},
        _mapping(plan, before, "before", address),
        () if paths is None else _replace_paths(plan, paths, address),
        "importing" in change or "generated_config" in change,
    )


def _replace_paths(plan: str, paths: Any, address: str) -> tuple[str, ...]:
    rows = _sequence(plan, paths, "replace_paths", address)
    return tuple(str(path[0]) for path in rows if isinstance(path, list) and path)


def _agree_with_planned_values(plan: str, changes: Sequence[Resource], planned_values: Any) -> None:
    """A plan says twice what will exist; two different answers mean that somebody or something damaged it."""
    values = _mapping(plan, planned_values, "planned_values")
    planned = {
        address: item.get("values") or {}  # Terraform leaves out values that are all unknown
        for address, item in _walk(plan, values.get("root_module"), "planned_values")
        if item.get("mode") == "managed" and _is_judged(str(item.get("type")))
    }
    different = []
    for item in changes:
        if item.mode != "managed" or not _is_judged(item.type):
            continue
        expected = planned.pop(item.address, None)
        if (item.stays and expected != item.after and not _same(expected, item.after)) or (
            not item.stays and expected is not None and item.actions != ("forget",)
        ):
            different.append(item.address)
    for address in different + sorted(planned):
        raise UnusablePlanError(
            plan,
            f"contradicts itself about {address}: planned_values and resource_changes differ; write it again with: "
            "terraform show -json PLANFILE > plan.json",
        )


def _agree_with_prior_state(plan: str, changes: Sequence[Resource], prior: Sequence[Resource]) -> None:
    """The same for what exists now, in resources that are judged."""
    before = {item.address: item.before for item in changes if item.mode == "managed"}
    for item in prior:
        if item.address in before and _is_judged(item.type) and not _same(before[item.address], item.before):
            raise UnusablePlanError(
                plan,
                f"contradicts itself about {item.address}: prior_state and resource_changes differ; write it again",
            )


def _same(one: Any, other: Any) -> bool:
    """Whether two values differ at most in what is empty: of what it deletes, Terraform writes null for that."""
    return bool(one == other or _bare(one) == _bare(other))


def _bare(value: Any) -> Any:
    """A value without what is empty."""
    if isinstance(value, Mapping):
        return {key: bare for key, item in value.items() if (bare := _bare(item)) not in ("", None, [], {})}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _prior(plan: str, prior_state: Any) -> Iterator[Resource]:
    state = _mapping(plan, prior_state, "prior_state")
    values = _mapping(plan, state.get("values"), "prior_state.values")
    for address, item in _walk(plan, values.get("root_module"), "prior_state"):
        current = _mapping(plan, item.get("values"), "values", address)
        sensitive = item.get("sensitive_values")
        yield Resource(
            address=address,
            mode=_text(plan, item.get("mode"), "mode", address),
            type=_text(plan, item.get("type"), "type", address),
            name=_text(plan, item.get("name"), "name", address),
            key=_key(plan, item.get("index"), address),
            module=_module_of(plan, address, item),
            actions=("no-op",),
            after=current,
            unknown={},
            sensitive=sensitive if isinstance(sensitive, Mapping) else {},
            before=current,
        )


def _walk(plan: str, module: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rows, row, address = f"resources of {where}", f"a resource of {where}", f"the address of a resource of {where}"
    stack = [_mapping(plan, module, where)]
    while stack:
        current = stack.pop()
        for item in _sequence(plan, current.get("resources"), rows):
            resource = _mapping(plan, item, row)
            yield _text(plan, resource.get("address"), address), resource
        stack += [
            _mapping(plan, child, f"a module of {where}")
            for child in _sequence(plan, current.get("child_modules"), f"child_modules of {where}")
        ]


def _module_of(plan: str, address: str, item: Mapping[str, Any]) -> ModulePath:
    """State resources carry no module address: it is what stands before their own part of the address."""
    own = f"{'data.' if item.get('mode') == 'data' else ''}{item.get('type')}.{item.get('name')}"
    head, found, _ = address.rpartition(own)
    if not found:
        raise UnusablePlanError(plan, f"has an address that does not fit its type and name: {address[:200]}")
    return module_path(plan, head.rstrip(".") or None)


def module_path(plan: str, address: Any) -> ModulePath:
    """`module.a["x"].module.b` as (("a", "x"), ("b", None)). Raises UnusablePlanError if it is no module address."""
    if address is None:
        return ()
    path = _module_path(_text(plan, address, "a module address"))
    if path is None:
        raise UnusablePlanError(plan, f"has a module address that cannot be read: {address[:200]}")
    return path


@lru_cache(maxsize=65_536)
def _module_path(text: str) -> ModulePath | None:
    path: list[tuple[str, Key]] = []
    position = 0
    while position < len(text):
        match = _MODULE_PART.match(text, position)
        if match is None:
            return None
        key = match[2] and match[2][1:-1]
        if key and "\\" not in key and key[0] == '"':
            path.append((match[1], key[1:-1]))
        else:
            path.append((match[1], json.loads(key, strict=False) if key else None))
        position = match.end()
    return tuple(path)


def _provider(plan: str, key: str, value: Any) -> Provider:
    block = _mapping(plan, value, f"provider {key}")
    alias = block.get("alias")
    name = _text(plan, block.get("name"), f"name of provider {key}")
    full_name = block.get("full_name")
    if key.rpartition(":")[2].partition(".")[0] != name:
        raise UnusablePlanError(plan, f"calls provider {key} by another name, {name[:80]}")
    return Provider(
        key=key,
        name=name,
        is_aws=name in ("aws", "awscc", "controltower") or _AWS_PROVIDER.fullmatch(str(full_name)) is not None,
        alias=None if alias is None else _text(plan, alias, f"alias of provider {key}"),
        expressions=_mapping(plan, block.get("expressions"), f"expressions of provider {key}"),
        module=module_names(key)[0],
    )


def _index_configuration(plan: Plan, names: tuple[str, ...], module: Mapping[str, Any]) -> None:
    for item in _sequence(plan.name, module.get("resources"), "configuration resources"):
        block = _mapping(plan.name, item, "a configured resource")
        address = _text(plan.name, block.get("address"), "the address of a configured resource")
        key = (names, str(block.get("mode")), str(block.get("type")), str(block.get("name")))
        _mapping(plan.name, block.get("expressions"), "expressions", address)
        if key[2].startswith("aws_"):
            _text(plan.name, block.get("provider_config_key"), f"the provider of {address}")
        plan.configured[key] = block
    _mapping(plan.name, module.get("variables"), "variables of the configuration")
    for name, block in _mapping(plan.name, module.get("module_calls"), "module_calls").items():
        call = _mapping(plan.name, block, "module call", name)
        path = (*names, name)
        if names in plan.repeated_modules or "for_each_expression" in call or "count_expression" in call:
            plan.repeated_modules.add(path)
        _index_configuration(plan, path, _mapping(plan.name, call.get("module"), "module", name))


def _mapping(plan: str, value: Any, where: str, of: str = "") -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnusablePlanError(plan, f"has a {type(value).__name__} instead of an object in {_place(where, of)}")
    return value


def _sequence(plan: str, value: Any, where: str, of: str = "") -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise UnusablePlanError(plan, f"has a {type(value).__name__} instead of a list in {_place(where, of)}")
    return value


def _text(plan: str, value: Any, where: str, of: str = "") -> str:
    if not isinstance(value, str) or not value:
        raise UnusablePlanError(plan, f"has {json.dumps(value)[:80]} instead of a name in {_place(where, of)}")
    return value


def _place(where: str, of: str) -> str:
    return f"{where} of {of}" if of else where


def _key(plan: str, value: Any, address: str) -> Key:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnusablePlanError(plan, f"has an instance key that is neither text nor number in {address}")
    return value
