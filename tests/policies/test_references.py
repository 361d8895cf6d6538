"""What an expression refers to, while ids are unknown: modules, for_each, locals, and what is not certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policies.contact_rules.plans.plan import Plan, Resource
from policies.contact_rules.plans.references import Pool, Target, Tracer, hints_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.contact_rules.plans.plan import Key, ModulePath

ACCOUNT = "aws_organizations_account"


def to(module: ModulePath, name: str, key: Key) -> Target:
    return Target(module, ACCOUNT, name, key)


def refers(*references: Any) -> dict[str, Any]:
    return {"references": list(references)}


def outputs(**expressions: Any) -> dict[str, Any]:
    return {"outputs": {name: {"expression": expression} for name, expression in expressions.items()}}


ROOT = {
    "module_calls": {
        "vended": {
            "expressions": {"id": refers(f"{ACCOUNT}.single.id", f"{ACCOUNT}.single"), "all": refers("each.value")},
            "for_each_expression": refers(f"{ACCOUNT}.several"),
            "module": outputs(id=refers(f"{ACCOUNT}.this.id", f"{ACCOUNT}.this"), name=refers("var.name")),
        },
        "circle": {"expressions": {"in": refers("module.circle.out")}, "module": outputs(out=refers("var.in"))},
        "odd": {"expressions": "odd", "module": {"outputs": "odd"}},
        "odder": {"module": {"outputs": {"id": "odd"}}},
    }
}
VENDED = (("vended", "blue"),)


def traced(*references: Any, module: ModulePath = (), **block: Any) -> set[Target]:
    plan = Plan("plan.json", {}, [], {}, ROOT, True)
    return set(Tracer(plan, ACCOUNT).trace(module, refers(*references), block))


def test_a_resource_is_reached_directly() -> None:
    assert traced(f"{ACCOUNT}.single.id", f"{ACCOUNT}.single") == {to((), "single", None)}
    assert traced(f'{ACCOUNT}.several["a.b"].id', f'{ACCOUNT}.several["a.b"]', f"{ACCOUNT}.several") == {
        to((), "several", "a.b")
    }
    assert traced(f"{ACCOUNT}.counted[1].id", f"{ACCOUNT}.counted[1]") == {to((), "counted", 1)}
    assert traced(f"{ACCOUNT}.several", "each.key") == {to((), "several", None)}


def test_two_resources_are_two_targets() -> None:
    assert traced(f"{ACCOUNT}.a.id", f"{ACCOUNT}.a", f"{ACCOUNT}.b.id", f"{ACCOUNT}.b") == {
        to((), "a", None),
        to((), "b", None),
    }
    assert traced("module.vended", 'module.vended["blue"].id') == {
        to((("vended", None),), "this", None),
        to(VENDED, "this", None),
    }


def test_for_each_is_followed() -> None:
    assert traced("each.value", for_each_expression=refers(f"{ACCOUNT}.several")) == {to((), "several", None)}
    assert traced("each.value") == set()


def test_variables_of_a_module_are_followed_to_its_call() -> None:
    assert traced("var.id", module=VENDED) == {to((), "single", None)}
    assert traced("var.all", module=VENDED) == {to((), "several", None)}


def test_outputs_of_a_module_are_followed_into_it() -> None:
    assert traced('module.vended["blue"].id', 'module.vended["blue"]', "module.vended") == {to(VENDED, "this", None)}
    assert traced('module.vended["blue"]') == {to(VENDED, "this", None)}
    assert traced("module.vended") == {to((("vended", None),), "this", None)}


@pytest.mark.parametrize(
    "reference",
    ["local.id", "local.vended", "local.vended.id", "data.vended.id", "var.absent", "var", "each", "module", "x[", ""],
)
@pytest.mark.parametrize("module", [(), VENDED])
def test_what_is_no_reference_to_it_reaches_nothing(reference: str, module: ModulePath) -> None:
    assert traced(reference, module=module) == set()


@pytest.mark.parametrize(
    "reference", ["module.odd.id", "module.odd", "module.odder.id", "module.odder", "module.absent.id", 7, None, {}]
)
def test_odd_configurations_reach_nothing(reference: Any) -> None:
    assert traced(reference) == set()
    assert traced("var.id", module=(("odd", None),)) == set()


def test_a_circle_ends() -> None:
    assert traced("module.circle.out") == set()
    assert traced("var.in", module=(("circle", None),)) == set()


@pytest.mark.parametrize(
    "expression", [None, "odd", [], {"references": None}, {"references": "odd"}, {"a": refers("b")}]
)
def test_odd_expressions_reach_nothing(expression: Any) -> None:
    assert Tracer(Plan("p", {}, [], {}, ROOT, True), ACCOUNT).trace((), expression, {}) == frozenset()


@pytest.mark.parametrize("key", ["{}", "true", "1.5", "each.key", "null"])
def test_a_key_that_is_neither_text_nor_number_is_open(key: str) -> None:
    assert traced(f"{ACCOUNT}.several[{key}].id") == {to((), "several", None)}


def resource(name: str, key: Key = None, *modules: tuple[str, Key]) -> Resource:
    return Resource("", "managed", ACCOUNT, name, key, modules, ("create",), {}, {}, {})


def pool(*resources: Resource) -> Pool:
    """Each is called by name, module keys and key."""
    made = Pool()
    for item in resources:
        made.add(item, (item.name, *(key for _, key in item.module), item.key))
    return made


def found(searched: Pool, *targets: Target, hints: tuple[str, ...] = ()) -> Any:
    return searched.find(frozenset(targets), hints)


KEYS = ("blue", "green", "red")


def test_hints_are_the_keys_from_the_inside_out() -> None:
    assert hints_of(resource("this", None, ("a", "x"), ("b", None), ("c", 0))) == ("0", "x")
    assert hints_of(resource("this", "k", ("a", "x"))) == ("k", "x")


def test_an_exact_target_is_found() -> None:
    several = pool(*(resource("several", key) for key in KEYS))
    assert found(several, to((), "several", "red")) == ("several", "red")
    assert found(several, to((), "several", "black"), hints=("red",)) is None
    assert found(several, to((), "several", "blue"), to((), "several", "red")) is None


def test_a_hint_chooses_among_the_instances_of_the_target() -> None:
    both = pool(*(resource(name, key) for name in ("several", "others") for key in KEYS))
    several = to((), "several", None)
    assert found(both, several) is None
    assert found(both, several, hints=("red",)) == ("several", "red")
    assert found(both, several, hints=("red/SECURITY",)) == ("several", "red")
    assert found(both, several, hints=("SECURITY/red",)) == ("several", "red")
    assert found(both, several, hints=("SECURITY", "red")) == ("several", "red")
    assert found(both, hints=("red",)) is None
    assert found(both, to((), "absent", None), hints=("red",)) is None


def test_without_a_target_a_hint_must_be_the_only_one_of_its_kind() -> None:
    assert found(pool(*(resource("several", key) for key in KEYS)), hints=("red",)) == ("several", "red")


def test_the_module_of_the_target_decides() -> None:
    made = [resource("this", inner, ("vended", outer)) for outer in KEYS for inner in ("a", "b")]
    target = to((("vended", "green"),), "this", None)
    assert found(pool(*made), target, hints=("b",)) == ("this", "green", "b")
    assert found(pool(*made), target) is None
    assert found(pool(*made), to((("vended", None),), "this", None), hints=("b",)) is None


def test_a_target_with_one_instance_needs_no_hint() -> None:
    assert found(pool(resource("several", "blue")), to((), "several", None)) == ("several", "blue")
    two = pool(resource("this", 0, ("vended", "blue")), resource("this", 0, ("vended", "green")))
    assert found(two, to((("vended", "green"),), "this", None)) == ("this", "green", 0)
    assert found(two, to((("vended", None),), "this", None)) is None


def shared(searched: Pool, waiting: Sequence[tuple[str, str, tuple[Target, ...]]], **taken: set[Any]) -> dict[str, Any]:
    return searched.share_out([(address, kind, frozenset(targets)) for address, kind, targets in waiting], taken)


def test_as_many_as_are_left_get_one_each() -> None:
    several = pool(*(resource("several", key) for key in KEYS))
    three = [(name, "SECURITY", ()) for name in "abc"]
    assert len(set(shared(several, three).values())) == 3
    assert shared(several, three[:2]) == {}
    assert list(shared(several, three[:2], SECURITY={("several", "red")}).values()) == [
        ("several", "blue"),
        ("several", "green"),
    ]
    assert shared(several, three[:2], BILLING={("several", "red")}) == {}
    assert shared(several, [*three[:2], ("c", "BILLING", ())]) == {}


def test_what_one_group_got_the_next_does_not_get() -> None:
    several = pool(*(resource("several", key) for key in KEYS[:2]))
    blue = (to((), "several", "blue"),)
    assert shared(several, [("a", "SECURITY", blue), ("b", "SECURITY", ())]) == {
        "a": ("several", "blue"),
        "b": ("several", "green"),
    }


def test_only_what_a_target_may_be_is_shared_out() -> None:
    both = pool(*(resource(name, key, ("vended", key)) for name in ("several", "others") for key in KEYS))
    targets = (to((("vended", "red"),), "several", None),)
    assert shared(both, [("a", "SECURITY", targets)]) == {"a": ("several", "red", "red")}
    everywhere = (to((("vended", None),), "several", None),)
    assert shared(both, [("a", "SECURITY", everywhere)]) == {}
    assert len(shared(both, [(name, "SECURITY", everywhere) for name in "abc"])) == 3
