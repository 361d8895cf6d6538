"""Who is the contact of which account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdktf_app.contacts.assignments import Assignments, assign, load
from cdktf_app.contacts.directory import Directory, load_directory
from cdktf_app.contacts.fields import join_path, split_path
from cdktf_app.contacts.organization import Organization, load_inventory
from cdktf_app.contacts.problems import InvalidInput
from cdktf_app.contacts.sections import CONTACT_TYPES
from tests.cdktf_app.conftest import CONTACTS, EXAMPLES, INVENTORY

if TYPE_CHECKING:
    from pathlib import Path


def contact(name: str) -> dict[str, str]:
    return {"name": name, "title": "Team", "email": "team@kaede.example", "phone": "+44 20 7946 0110"}


def organization(*accounts: tuple[str, str, str, str], management: str = "111111111111") -> Organization:
    """Accounts as id, name, status and OU path; the management account is added."""
    listed = [(management, "management", "ACTIVE", ""), *accounts]
    return Organization.model_validate(
        {
            "organization": {"id": "o-1", "management_account_id": management},
            "accounts": [
                {"id": i, "name": n, "email": "aws@kaede.example", "status": s, "ou_path": p} for i, n, s, p in listed
            ],
        }
    )


def directory(contacts: dict[str, Any], authentication: dict[str, str] | None = None, **more: Any) -> Directory:
    settings = {"management_account": "111111111111", "home_region": "us-east-1"}
    return Directory.model_validate(
        {"organization": {**settings, "authentication": authentication or {}}, "contacts": contacts, **more}
    )


def complaints(given_directory: Directory, given_organization: Organization | None) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        assign(given_directory, given_organization)
    # Without a file, a message starts with the place in the directory.
    return sorted(f"{problem.value}: {problem.message.partition(' ')[2]}" for problem in error.value.problems)


@pytest.fixture(scope="module")
def example() -> Assignments:
    return load(CONTACTS, INVENTORY)[2]


@pytest.mark.parametrize(
    ("account", "kind", "name", "origin"),
    [
        ("111111111111", "security", "Security Operations", "defaults"),
        ("444444444401", "security", "Incident Response", "organizational_units.Workloads/Prod"),
        ("444444444401", "operations", "Application Operations", "organizational_units.Workloads"),
        ("444444444404", "security", "Incident Response", "organizational_units.Workloads/Prod"),
        ("444444444402", "billing", "Payments Accounting", "accounts.payments-prod"),
        ("555555555501", "security", "Security Operations", "defaults"),
        ("666666666601", "operations", None, "accounts.666666666601"),
    ],
)
def test_nearest_wins_in_the_example(
    example: Assignments, account: str, kind: Any, name: str | None, origin: str
) -> None:
    answer = example.contacts[account][kind]
    assert (answer.contact.name if answer.contact else None, answer.origin) == (name, origin)
    assert answer.explicitly_none == (name is None)


def test_the_suspended_account_is_left_out_and_named(example: Assignments) -> None:
    assert [(entry.account.name, entry.reason) for entry in example.left_out] == [
        ("old-campaign", "is SUSPENDED; AWS accepts no changes")
    ]
    assert "777777777701" not in example.contacts
    assert len(example.managed) == 12


def test_subscriptions_go_to_the_management_account_unless_said_otherwise(example: Assignments) -> None:
    assert example.subscriptions == {
        "111111111111": ("abuse", "console-sign-in", "credential-exposure", "health-scheduled-change"),
        "222222222201": ("root-activity",),
    }


def test_subscriptions_for_all_accounts_spare_those_that_are_left_out() -> None:
    notifications = {
        "hub_regions": ["us-east-1"],
        "channels": {"team": {"email": "team@kaede.example"}},
        "subscriptions": {"abuse": {"preset": "abuse", "channels": ["team"], "accounts": "all"}},
    }
    accounts = organization(("222222222222", "a", "ACTIVE", ""), ("333333333333", "b", "PENDING_CLOSURE", ""))
    worked_out = assign(directory({"defaults": {"security": contact("x")}}, notifications=notifications), accounts)
    assert worked_out.subscriptions == {"111111111111": ("abuse",), "222222222222": ("abuse",)}


def test_more_subscriptions_than_AWS_takes() -> None:  # noqa: N802
    subscription = {"preset": "abuse", "channels": ["team"]}
    notifications = {
        "hub_regions": ["us-east-1"],
        "channels": {"team": {"email": "team@kaede.example"}},
        "subscriptions": {f"abuse-{number}": subscription for number in range(51)},
    }
    given = directory({"defaults": {"security": contact("x")}}, notifications=notifications)
    with pytest.raises(InvalidInput, match="has 51 for account 111111111111; AWS accepts at most 50"):
        assign(given, organization())


def test_a_single_account_needs_no_inventory() -> None:
    _, none, assignments = load(EXAMPLES / "single-account" / "contacts.yaml", None)
    assert none is None
    assert assignments.managed == ["123456789012"]
    assert assignments.contacts["123456789012"]["billing"].origin == "defaults"


def test_an_organization_needs_an_inventory() -> None:
    with pytest.raises(InvalidInput, match=r"contacts\.yaml:6:1: needs an inventory of its accounts"):
        load(CONTACTS, None)


def test_what_nobody_said_is_not_an_explicit_none() -> None:
    answer = assign(directory({"defaults": {"security": contact("x")}}), organization()).contacts["111111111111"]
    assert answer["billing"].contact is None
    assert answer["billing"].origin is None
    assert not answer["billing"].explicitly_none


def test_names_that_the_organization_does_not_have() -> None:
    accounts = organization(
        ("222222222222", "shop", "ACTIVE", "Workloads/Prod"), ("333333333333", "data", "ACTIVE", "")
    )
    none = {"billing": "none"}
    contacts = {
        "organizational_units": {"Workload": none, "Workloads/Prod/Web": none, "workloads/prod": none},
        "accounts": {"shopp": none, "222222222223": none, "22222222222": none, "1234-5678-9012": none},
    }
    assert complaints(directory(contacts), accounts) == sorted(
        [
            "Workload: is not an organizational unit with accounts in the inventory; did you mean 'Workloads'?",
            "Workloads/Prod/Web: is not an organizational unit with accounts in the inventory; "
            "did you mean 'Workloads/Prod'?",
            "workloads/prod: is not an organizational unit with accounts in the inventory; "
            "did you mean 'Workloads/Prod'?",
            "shopp: is not an account of the inventory, neither id nor name; did you mean 'shop'?",
            "222222222223: is not an account of the inventory; did you mean '222222222222'?",
            "22222222222: has 11 digits; an account id has 12 (were leading zeros lost? '022222222222')",
            "1234-5678-9012: is not a valid account id; write '123456789012'",
        ]
    )


def test_a_name_that_accounts_share_means_none_of_them() -> None:
    accounts = organization(("222222222222", "shop", "ACTIVE", ""), ("333333333333", "shop", "SUSPENDED", ""))
    assert complaints(directory({"accounts": {"shop": {"billing": "none"}}}), accounts) == [
        "shop: is the name of 2 accounts; write one of their ids: 222222222222 (ACTIVE), 333333333333 (SUSPENDED)"
    ]
    by_id = assign(directory({"accounts": {"222222222222": {"billing": "none"}}}), accounts)
    assert by_id.contacts["222222222222"]["billing"].explicitly_none


def test_an_account_named_by_id_and_by_name() -> None:
    contacts = {"accounts": {"management": {"billing": "none"}, "111111111111": {"security": "none"}}}
    assert complaints(directory(contacts), organization()) == [
        "111111111111: is the same account as 'management'; merge the two"
    ]


def test_another_management_account() -> None:
    accounts = organization(management="999999999999")
    assert complaints(directory({"defaults": {"security": contact("x")}}), accounts) == [
        "111111111111: is not the management account of the inventory, which is 999999999999"
    ]


def test_what_is_wrong_with_both_files_comes_together(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.yaml"
    contacts.write_text(
        CONTACTS.read_text()
        .replace("Workloads/Prod:", "Workload/Prod:")
        .replace("every_days: 90", "every_days: x")
        .replace("[log-archive]", "[log-archiv, log-archive, '222222222201']")
    )
    with pytest.raises(InvalidInput) as error:
        load(contacts, INVENTORY)
    assert [problem.value for problem in error.value.problems] == ["Workload/Prod", "x", "log-archiv", "222222222201"]
    broken = tmp_path / "inventory.json"
    broken.write_text(INVENTORY.read_text().replace('"SUSPENDED"', '"GONE"'))
    with pytest.raises(InvalidInput) as error:
        load(contacts, broken)
    assert [problem.value for problem in error.value.problems] == ["x", "GONE"]


def test_the_management_account_is_beyond_a_delegated_administrator() -> None:
    contacts = {"defaults": {"security": contact("x")}}
    accounts = organization(("222222222222", "security", "ACTIVE", ""))
    delegated = {"role_arn": "arn:aws:iam::222222222222:role/contacts"}
    left_out = assign(directory(contacts, delegated), accounts)
    assert [(entry.account.id, entry.reason) for entry in left_out.left_out] == [
        (
            "111111111111",
            "is the management account, which account 222222222222 cannot reach; set management_role_arn",
        )
    ]
    assert left_out.managed == ["222222222222"]
    assert left_out.contacts["111111111111"]["security"].contact is not None
    reached = {**delegated, "management_role_arn": "arn:aws:iam::111111111111:role/contacts"}
    assert assign(directory(contacts, reached), accounts).left_out == ()
    assert assign(directory(contacts, {"role_arn": reached["management_role_arn"]}), accounts).left_out == ()


def test_an_ou_name_with_a_slash() -> None:
    accounts = organization(("222222222222", "a", "ACTIVE", r"R\/D/Web"), ("333333333333", "b", "ACTIVE", "R"))
    worked_out = assign(directory({"organizational_units": {r"R\/D": {"security": contact("R&D")}}}), accounts)
    assert worked_out.contacts["222222222222"]["security"].origin == r"organizational_units.R\/D"
    assert worked_out.contacts["333333333333"]["security"].contact is None


_NAMES = st.sampled_from(["A", "B", "C/D"])
_PATHS = st.lists(_NAMES, max_size=3).map(join_path)
_OVERRIDES = st.dictionaries(
    st.sampled_from(CONTACT_TYPES), st.sampled_from(["none", "x", "y", "z"]), min_size=1, max_size=3
).map(lambda said: {kind: name if name == "none" else contact(name) for kind, name in said.items()})
_ACCOUNTS = st.lists(
    st.tuples(_PATHS, st.sampled_from(["ACTIVE", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE"])), min_size=1, max_size=8
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), placed=_ACCOUNTS, by_name=st.booleans())
def test_nearest_wins_everyone_has_an_answer_and_order_does_not_matter(
    data: st.DataObject, placed: list[tuple[str, str]], by_name: bool
) -> None:
    ids = [f"{number:012d}" for number in range(1, len(placed) + 1)]
    listed = [(i, f"name-{i}", status, path) for i, (path, status) in zip(ids, placed, strict=True)]
    accounts = organization(*listed)
    keys = st.sampled_from([f"name-{i}" if by_name else i for i in ids])
    units = sorted(accounts.organizational_units)
    contacts: dict[str, Any] = {
        "defaults": {k: v for k, v in data.draw(_OVERRIDES).items() if v != "none"} or {"security": contact("x")},
        "organizational_units": data.draw(st.dictionaries(st.sampled_from(units), _OVERRIDES)) if units else {},
        "accounts": data.draw(st.dictionaries(keys, _OVERRIDES)),
    }
    worked_out = assign(directory(contacts), accounts)

    assert set(worked_out.contacts) == {"111111111111", *(i for i, _, status, _ in listed if status == "ACTIVE")}
    assert {entry.account.id for entry in worked_out.left_out} == set(accounts.by_id) - set(worked_out.contacts)
    for account_id, answers in worked_out.contacts.items():
        account = accounts.by_id[account_id]
        names = split_path(account.ou_path)
        layers = [
            *(contacts["accounts"].get(key) for key in (account_id, account.name)),
            *(contacts["organizational_units"].get(join_path(names[:depth])) for depth in range(len(names), 0, -1)),
            contacts["defaults"],
        ]
        for kind in CONTACT_TYPES:
            nearest = next((layer[kind] for layer in layers if layer and kind in layer), None)
            found = answers[kind].contact
            assert (found.model_dump() if found else None) == (None if nearest == "none" else nearest)
            assert answers[kind].explicitly_none == (nearest == "none")

    shuffled = {key: dict(data.draw(st.permutations([*said.items()]))) for key, said in contacts.items()}
    others = organization(*data.draw(st.permutations(listed)))
    again = assign(directory(shuffled), others)
    assert again == worked_out
    assert json.dumps(list(again.contacts)) == json.dumps(sorted(worked_out.contacts))


def test_the_flawed_example_is_flawed_as_the_demo_says() -> None:
    flawed = assign(load_directory(EXAMPLES / "organization" / "contacts-flawed.yaml"), load_inventory(INVENTORY))
    assert flawed.contacts["444444444402"]["security"].explicitly_none
    operations = flawed.contacts["444444444401"]["operations"].contact
    assert operations is not None
    assert operations.email.endswith("@gmail.com")
