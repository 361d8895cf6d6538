"""From what accounts have to the shortest contacts.yaml that says the same."""

from __future__ import annotations

import itertools
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdktf_app.contacts.assignments import assign
from cdktf_app.contacts.directory import Directory, load_directory
from cdktf_app.contacts.fields import join_path, split_path
from cdktf_app.contacts.problems import InvalidInput
from cdktf_app.contacts.sections import CONTACT_TYPES, Contact, Subscription
from cdktf_app.contacts.source import read_yaml
from cdktf_app.contacts.yaml_editor import document, with_sections
from cdktf_app.imports import (
    IN_AWS,
    Imports,
    contact_imports,
    dump_imports,
    load_imports,
    notification_imports,
)
from cdktf_app.presets import PRESETS, Event, PresetContent
from policies.contact_rules.live import EmailContact, EventRule, LiveNotifications, NotificationConfiguration
from scripts.adopt.contacts import AdoptedContacts, LiveContacts, Value, account_keys, adopt_contacts, fewest
from scripts.adopt.notifications import adopt_notifications
from tests.cdktf_app.conftest import CONTACTS, INVENTORY, ROOT
from tests.cdktf_app.test_assignments import contact, directory, organization

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cdktf_app.contacts.assignments import Assignments
    from cdktf_app.contacts.organization import Organization
    from cdktf_app.contacts.sections import ContactType

MANAGEMENT = "111111111111"
SETTINGS = {"organization": {"management_account": MANAGEMENT, "home_region": "us-east-1"}}


def as_live(assignments: Assignments) -> dict[str, LiveContacts]:
    """What AWS has after the assignments were applied."""
    return {
        account_id: {
            kind: answer.contact.model_dump() if answer.contact else None
            for kind, answer in assignments.contacts[account_id].items()
        }
        for account_id in assignments.managed
    }


def written(adopted: AdoptedContacts, folder: Path, notifications: Mapping[str, Any] | None = None) -> Directory:
    """The adopted section, written to a file and read as `make plan` reads it."""
    file = folder / "contacts.yaml"
    file.write_text(
        document({**SETTINGS, "contacts": adopted.section, "notifications": notifications}, heading=["Adopted."]),
        encoding="utf-8",
    )
    return load_directory(file)


# The fewest overrides


def cost(tree: dict[str, Value], places: Mapping[str, str], values: Mapping[str, Value]) -> int:
    """What it takes to say these values of OUs and then those of the accounts, by the words of the definition."""
    said = int(tree[""] is not None)
    said += sum(bool(path) and value != tree[join_path(split_path(path)[:-1])] for path, value in tree.items())
    return said + sum(value != tree[places[account]] for account, value in values.items())


@settings(max_examples=120, deadline=None)
@given(
    placed=st.lists(
        st.tuples(st.sampled_from(["", "A", "A/B", "A/B/C", "A/D", "E"]), st.sampled_from([None, "x", "y"])),
        min_size=1,
        max_size=9,
    )
)
def test_nothing_shorter_says_the_same(placed: list[tuple[str, str | None]]) -> None:
    people = {name: Contact.model_validate(contact(name)) for name in "xy"}
    values = {f"{number:012d}": people[name] if name else None for number, (_, name) in enumerate(placed)}
    places = {f"{number:012d}": path for number, (path, _) in enumerate(placed)}
    labels = fewest(values, places)

    paths = sorted({join_path(split_path(path)[:depth]) for path in places.values() for depth in range(4)})
    options = [None, *people.values()]
    choices = itertools.product(options, repeat=len(paths))
    shortest = min(cost(dict(zip(paths, choice, strict=True)), places, values) for choice in choices)
    assert labels.count == shortest


_NAMES = st.sampled_from(["A", "B", "C/D", "Root", " odd "])
_ORGANIZATIONS = st.lists(
    st.tuples(
        st.lists(_NAMES, max_size=3).map(join_path),
        st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "SUSPENDED"]),
        st.sampled_from(["shop", "data", "none", "012345678901", "ap: x #1", " space", "山田商店"]),
    ),
    max_size=12,
).map(
    lambda placed: organization(
        *((f"{number:012d}", name, status, path) for number, (path, status, name) in enumerate(placed, 222222222201))
    )
)
_PEOPLE = st.sampled_from(["x", "yes", "0800", "a: b # c", "{x}", "'\"", "山田商店", "- x", "null", "${x}", "é\u00a0b"])
_SAID = st.dictionaries(
    st.sampled_from(CONTACT_TYPES),
    _PEOPLE.map(lambda name: {**contact(name), "title": name, "phone": "0800"}) | st.just("none"),
    min_size=1,
    max_size=3,
)


@settings(max_examples=120, deadline=None)
@given(data=st.data(), accounts=_ORGANIZATIONS)
def test_what_was_applied_is_what_is_adopted(
    data: st.DataObject, accounts: Organization, tmp_path_factory: pytest.TempPathFactory
) -> None:
    defaults = {kind: said for kind, said in data.draw(_SAID).items() if said != "none"}
    units = sorted(path for path in accounts.organizational_units if path != "Root" and " odd " not in path)
    before = directory(
        {
            "defaults": defaults or {"security": contact("x")},
            "organizational_units": data.draw(st.dictionaries(st.sampled_from(units), _SAID)) if units else {},
            "accounts": data.draw(st.dictionaries(st.sampled_from(sorted(accounts.by_id)), _SAID)),
        }
    )
    applied = assign(before, accounts)
    live = as_live(applied)
    adopted = adopt_contacts(accounts, applied.managed, live)
    if not adopted.section:
        assert not any(value for by_type in live.values() for value in by_type.values())
        return
    again = assign(written(adopted, tmp_path_factory.getbasetemp()), accounts)
    assert as_live(again) == live
    assert adopted.assigned <= sum(
        len(said) for said in (before.contacts.defaults.model_dump(exclude_none=True), *_overrides(before))
    )
    assert not adopted.not_expressible
    assert not adopted.unread


def _overrides(before: Directory) -> list[dict[str, Any]]:
    sections = (before.contacts.organizational_units, before.contacts.accounts)
    return [said.model_dump(exclude_none=True) for section in sections for said in section.values()]


def test_the_example_comes_back_as_it_was_written(tmp_path: Path) -> None:
    from cdktf_app.contacts.assignments import load

    before, accounts, applied = load(CONTACTS, INVENTORY)
    assert accounts is not None
    adopted = adopt_contacts(accounts, applied.managed, as_live(applied))
    after = written(adopted, tmp_path).contacts.model_dump()
    expected = before.contacts.model_dump()
    expected["accounts"]["sandbox-platform"] = expected["accounts"].pop("666666666601")
    assert after == expected
    assert (adopted.assigned, adopted.places, adopted.one_each) == (7, 5, 35)


def test_a_suspended_account_has_no_influence() -> None:
    accounts = organization(("222222222222", "a", "ACTIVE", "A"), ("333333333333", "b", "SUSPENDED", "A"))
    live: dict[str, LiveContacts] = {i: dict.fromkeys(CONTACT_TYPES) for i in accounts.by_id}
    live["333333333333"] = {kind: contact("x") for kind in CONTACT_TYPES}
    assert adopt_contacts(accounts, [MANAGEMENT, "222222222222"], live).section == {}


def test_what_was_not_read_is_none_and_does_not_count(tmp_path: Path) -> None:
    accounts = organization(*((f"{n:012d}", f"a{n}", "ACTIVE", "A") for n in range(5)))
    live: dict[str, LiveContacts] = {i: {kind: contact("x") for kind in CONTACT_TYPES} for i in accounts.by_id}
    for unread in sorted(accounts.by_id)[:3]:
        live[unread] = {"security": contact("x")}
    adopted = adopt_contacts(accounts, list(accounts.by_id), live)
    assert adopted.section["accounts"] == {f"a{n}": {"operations": "none", "billing": "none"} for n in range(3)}
    assert set(adopted.section["defaults"]) == set(CONTACT_TYPES)
    assert [(item.account.id, item.what) for item in adopted.unread[:1]] == [("000000000000", "OPERATIONS contact")]
    assert adopted.live["000000000000"] == ("security",), "only what AWS has is imported"
    assigned = assign(written(adopted, tmp_path), accounts)
    assert assigned.contacts["000000000000"]["billing"].explicitly_none


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "n" * 65}, "name is 65 characters"),
        ({"title": "セキュリティ運用部インシデント対応窓口"}, "title is 19 characters but 57 bytes in UTF-8"),
        ({"email": " team@kaede.example"}, "email starts or ends with a space"),
        ({"email": "team!@kaede.example"}, "email has a character before the @ that the Terraform AWS provider"),
        ({"phone": "()"}, "phone has no digit"),
        ({"name": "Cafe\u0301"}, "name has combining characters"),
    ],
)
def test_what_the_file_cannot_hold_stays_as_it_is_and_is_listed(
    change: dict[str, str], reason: str, tmp_path: Path
) -> None:
    accounts = organization(("222222222222", "a", "ACTIVE", "A"), ("333333333333", "b", "ACTIVE", "A"))
    live: dict[str, LiveContacts] = {i: {kind: contact("x") for kind in CONTACT_TYPES} for i in accounts.by_id}
    live["222222222222"] = {**live["222222222222"], "billing": contact("x") | change}
    adopted = adopt_contacts(accounts, list(accounts.by_id), live)
    assert [(item.account.id, item.what) for item in adopted.not_expressible] == [("222222222222", "BILLING contact")]
    assert adopted.not_expressible[0].reason.startswith(reason)
    assert adopted.live["222222222222"] == ("security", "operations")
    assigned = assign(written(adopted, tmp_path), accounts)
    assert assigned.contacts["222222222222"]["billing"].contact is None


def test_an_account_is_called_by_its_name_where_that_is_clear() -> None:
    accounts = organization(
        ("222222222222", "shop", "ACTIVE", ""),
        ("333333333333", "shop", "SUSPENDED", ""),
        ("444444444444", "222222222222", "ACTIVE", ""),
        ("555555555555", " data", "ACTIVE", ""),
        ("666666666666", "data", "ACTIVE", ""),
    )
    keys = account_keys(accounts)
    assert {key for key in keys if keys[key] == key} == set(accounts.by_id) - {"666666666666", MANAGEMENT}


# Notifications


def rule(events: Event, *regions: str, number: int = 1) -> EventRule:
    return EventRule(f"arn:aws:notifications::1:configuration/c/rule/r{number}", *events, regions)


def account_of(
    account_id: str,
    *configurations: NotificationConfiguration,
    hubs: tuple[str, ...] = ("us-east-1",),
    contacts: tuple[EmailContact, ...] = (),
    enabled: tuple[str, ...] = ("eu-west-1", "us-east-1"),
) -> LiveNotifications:
    return LiveNotifications(hubs, configurations, contacts or (email(account_id),), enabled)


def email(account_id: str, name: str = "security", address: str = "security@kaede.example") -> EmailContact:
    return EmailContact(f"arn:aws:notifications-contacts::{account_id}:emailcontact/{name}", name, address, "active")


def configuration(
    account_id: str, name: str = "alarms", *rules: EventRule, channels: tuple[str, ...] = (), description: str = "x"
) -> NotificationConfiguration:
    return NotificationConfiguration(
        f"arn:aws:notifications::{account_id}:configuration/{name}",
        name,
        description,
        "NONE",
        rules or (rule(ALARMS, "us-east-1"),),
        channels or (email(account_id).arn,),
    )


ALARMS = Event("aws.cloudwatch", "CloudWatch Alarm State Change", '{ "detail": {"n": [{"numeric": [">", 1]}]} }')
MEMBERS = ("222222222222", "333333333333")
ACCOUNTS = organization(*((i, f"a{i[0]}", "ACTIVE", "") for i in MEMBERS))
NOTHING = adopt_contacts(ACCOUNTS, [MANAGEMENT], {MANAGEMENT: {kind: contact("x") for kind in CONTACT_TYPES}})


def adopted_of(live: dict[str, LiveNotifications], tags: dict[str, dict[str, str]] | None = None) -> Any:
    return adopt_notifications(ACCOUNTS, list(ACCOUNTS.by_id), live, tags or {})


def test_the_same_in_several_accounts_is_one_subscription(tmp_path: Path) -> None:
    adopted = adopted_of({i: account_of(i, configuration(i)) for i in ACCOUNTS.by_id})
    assert adopted.section["subscriptions"] == {
        "alarms": {
            "source": "aws.cloudwatch",
            "event_type": "CloudWatch Alarm State Change",
            "pattern": ALARMS.pattern,
            "description": "x",
            "regions": ["us-east-1"],
            "channels": ["security"],
            "accounts": "all",
        }
    }
    assert adopted.section["channels"] == {"security": {"email": "security@kaede.example"}}
    assert not adopted.left_out
    after = written(NOTHING, tmp_path, adopted.section).notifications
    assert after is not None
    assert after.subscriptions["alarms"].pattern == ALARMS.pattern, "to the byte, or Terraform would change it"
    assert set(adopted.imports) == set(ACCOUNTS.by_id)
    assert adopted.imports[MANAGEMENT].hubs == ("us-east-1",)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_recognized(preset: Any) -> None:
    content: PresetContent = PRESETS[preset]
    regions = ("eu-west-1", "us-east-1") if content.regions == ("all",) else content.regions
    rules = tuple(rule(event, *regions, number=number) for number, event in enumerate(content.events))
    live = NotificationConfiguration(
        "arn:aws:notifications::1:configuration/c",
        preset,
        content.description,
        content.aggregation,
        rules,
        (email(MANAGEMENT).arn,),
    )
    adopted = adopted_of({MANAGEMENT: account_of(MANAGEMENT, live)})
    assert adopted.section["subscriptions"] == {preset: {"preset": preset, "channels": ["security"]}}


def test_the_presets_are_those_of_the_module(tmp_path: Path) -> None:
    for name in ("presets.tf", "presets.json"):
        (tmp_path / name).write_text((ROOT / "modules" / "user-notifications" / name).read_text())
    done = subprocess.run(
        ["terraform", "console"],
        input="jsonencode(local.presets)\n",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    there = json.loads(json.loads(done.stdout.strip().splitlines()[-1]))
    assert {
        name: PresetContent(
            content["description"],
            tuple(content["regions"]),
            content["aggregation"],
            tuple(Event(r["source"], r["event_type"], r["event_pattern"]) for r in content["rules"]),
        )
        for name, content in there.items()
    } == dict(PRESETS)


def test_one_name_with_different_content_and_one_contact_name_with_two_addresses(tmp_path: Path) -> None:
    mine, other = MEMBERS
    chat = "arn:aws:chatbot::222222222222:chat-configuration/slack-channel/ops room"
    chat = chat.replace(" ", "-")
    adopted = adopted_of(
        {
            mine: account_of(mine, configuration(mine, "alarms", channels=(email(mine).arn, chat))),
            other: account_of(
                other,
                configuration(other, "alarms"),
                contacts=(email(other, address="other@kaede.example"),),
            ),
        },
        {f"arn:aws:notifications::{mine}:configuration/alarms": {"team": "a", "aws:cloudformation:stack-name": "s"}},
    )
    assert adopted.section["channels"] == {
        "ops-room": {"arn": chat},
        "security": {"email": "other@kaede.example"},
        "security-2": {"email": "security@kaede.example", "name": "security"},
    }
    subscriptions = adopted.section["subscriptions"]
    assert subscriptions["alarms"]["accounts"] == ["a2"]
    assert subscriptions["alarms"]["tags"] == {"team": "a"}
    assert subscriptions["alarms-2"]["name"] == "alarms"
    assert subscriptions["alarms-2"]["accounts"] == ["a3"]
    read = written(NOTHING, tmp_path, adopted.section)
    assert assign(read, ACCOUNTS).subscriptions == {mine: ("alarms",), other: ("alarms-2",)}
    assert adopted.imports[other].subscriptions["alarms-2"].channels == {"security": email(other).arn}


def test_two_subscriptions_cannot_have_one_name_in_an_account() -> None:
    section = {
        "hub_regions": ["us-east-1"],
        "channels": {"security": {"email": "security@kaede.example"}},
        "subscriptions": {
            "abuse": {"preset": "abuse", "channels": ["security"], "accounts": ["a2"]},
            "abuse-2": {"preset": "abuse", "name": "abuse", "channels": ["security"], "accounts": ["a3"]},
        },
    }
    contacts = {"defaults": {"security": contact("x")}}
    assert set(assign(directory(contacts, notifications=section), ACCOUNTS).subscriptions) == set(MEMBERS)
    section["subscriptions"]["abuse-2"]["accounts"] = "all"  # type: ignore[index]
    with pytest.raises(InvalidInput, match="in account 222222222222, the same name in AWS as 'abuse'"):
        assign(directory(contacts, notifications=section), ACCOUNTS)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            configuration(MANAGEMENT, "a", rule(ALARMS, "us-east-1"), rule(Event("aws.ec2", "X"), "us-east-1")),
            "2 event",
        ),
        (configuration(MANAGEMENT, "a", description=""), "its description is empty"),
        (
            configuration(MANAGEMENT, "a", rule(Event("aws.ec2", "X", "{}"), "us-east-1")),
            "pattern is not a JSON object",
        ),
        (
            NotificationConfiguration("arn:aws:notifications::1:configuration/c", "a", "x", "NONE", (), ("arn:x",)),
            "no event rule",
        ),
        (
            NotificationConfiguration(
                "arn:aws:notifications::1:configuration/c", "a", "x", "NONE", (rule(ALARMS, "us-east-1"),), ()
            ),
            "no channel",
        ),
    ],
)
def test_what_contacts_yaml_cannot_say_is_left_alone_and_said(found: NotificationConfiguration, reason: str) -> None:
    good = configuration(MANAGEMENT, "good")
    adopted = adopted_of({MANAGEMENT: account_of(MANAGEMENT, found, good)})
    assert list(adopted.section["subscriptions"]) == ["good"]
    assert [item.what for item in adopted.left_out] == ["notification configuration a"]
    assert reason in adopted.left_out[0].reason


def test_accounts_with_other_hubs_are_left_alone() -> None:
    live = {i: account_of(i, configuration(i), hubs=("eu-west-1", "us-east-1")) for i in ACCOUNTS.by_id}
    live[MEMBERS[0]] = account_of(MEMBERS[0], configuration(MEMBERS[0]), hubs=("ap-northeast-1",))
    adopted = adopted_of(live)
    assert adopted.section["hub_regions"] == ["eu-west-1", "us-east-1"]
    assert set(adopted.imports) == {MANAGEMENT, MEMBERS[1]}
    assert {item.account.id for item in adopted.left_out} == {MEMBERS[0]}


# imports.json


def test_imports_come_back_and_hold_no_contact_data(tmp_path: Path) -> None:
    adopted = adopted_of({i: account_of(i, configuration(i)) for i in ACCOUNTS.by_id})
    imports = Imports(alternate_contacts={MANAGEMENT: tuple(IN_AWS.values())}, notifications=dict(adopted.imports))
    file = tmp_path / "imports.json"
    file.write_text(dump_imports(imports))
    assert load_imports(file) == imports
    assert "@" not in file.read_text()
    assert load_imports(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    ("contacts", "own", "expected"),
    [
        ({MEMBERS[0]: ["security", "billing"]}, MANAGEMENT, {f"{MEMBERS[0]}/SECURITY": f"{MEMBERS[0]}/SECURITY"}),
        ({MANAGEMENT: ["security"]}, MANAGEMENT, {f"{MANAGEMENT}/SECURITY": "SECURITY"}),
        ({"self": ["security", "operations"]}, MANAGEMENT, {"self/SECURITY": "SECURITY"}),
        ({MEMBERS[1]: ["security"]}, MANAGEMENT, {}),
    ],
)
def test_an_import_is_for_what_is_there_and_what_the_stack_has(
    contacts: dict[str, list[ContactType]], own: str, expected: dict[str, str]
) -> None:
    there = Imports(alternate_contacts={MANAGEMENT: ("SECURITY",), MEMBERS[0]: ("SECURITY", "OPERATIONS")})
    blocks = list(contact_imports(there, "alternate_contacts", contacts, own))
    address = 'module.alternate_contacts.aws_account_alternate_contact.this["{}"]'
    assert blocks == [{"to": address.format(key), "id": id} for key, id in expected.items()]


def test_each_stack_imports_its_own(tmp_path: Path) -> None:
    from cdktf_app.stacks import synthesize

    administrator = f"arn:aws:iam::{MEMBERS[0]}:role/contacts"
    roles = {"role_arn": administrator, "management_role_arn": f"arn:aws:iam::{MANAGEMENT}:role/contacts"}
    settings = {**SETTINGS["organization"], "authentication": roles, "contacts_stacks": 2}
    sections = {"organization": settings, "contacts": {"defaults": {kind: contact("x") for kind in CONTACT_TYPES}}}
    imports = Imports(alternate_contacts={account_id: tuple(IN_AWS.values()) for account_id in ACCOUNTS.by_id})
    stacks = synthesize(Directory.model_validate(sections), ACCOUNTS, tmp_path, imports=imports)
    found = {stack.name: json.loads(stack.file.read_text()).get("import", []) for stack in stacks}
    assert {name: len(blocks) for name, blocks in found.items()} == {
        stack.name: 3 * len(stack.accounts) for stack in stacks
    }
    security = {block["to"].partition("[")[2]: block for blocks in found.values() for block in blocks}
    assert security['"self/SECURITY"]']["id"] == "SECURITY"
    assert security['"self/SECURITY"]']["to"].startswith("module.alternate_contacts_management.")
    assert security[f'"{MEMBERS[0]}/SECURITY"]']["id"] == "SECURITY", "the administrator's own account"
    assert security[f'"{MEMBERS[1]}/SECURITY"]']["id"] == f"{MEMBERS[1]}/SECURITY"


def test_a_subscription_that_was_changed_since_imports_only_what_it_still_has() -> None:
    adopted = adopted_of({MANAGEMENT: account_of(MANAGEMENT, configuration(MANAGEMENT))})
    now = Subscription.model_validate({"preset": "abuse", "channels": ["security", "chat"]})
    events = ["AWS Health Abuse Event", "AWS Health Event"]
    blocks = notification_imports(adopted.imports[MANAGEMENT], "n", ["eu-west-1"], [], {"alarms": (now, events)})
    assert [block["to"] for block in blocks] == [
        'module.n.aws_notifications_notification_configuration.this["alarms"]',
        'module.n.aws_notifications_channel_association.this["alarms/security"]',
    ]


def test_a_single_account(tmp_path: Path) -> None:
    settings = {"account": {"id": MANAGEMENT, "name": "shop", "home_region": "us-east-1"}}
    before = Directory.model_validate({**settings, "contacts": {"defaults": {"security": contact("x")}}})
    applied = assign(before, None)
    live: dict[str, LiveContacts] = {MANAGEMENT: {"security": contact("x"), "operations": None}}
    adopted = adopt_contacts(applied.organization, applied.managed, live)
    assert adopted.section == {"defaults": {"security": contact("x")}}
    (tmp_path / "contacts.yaml").write_text(document({**settings, "contacts": adopted.section}))
    assert load_directory(tmp_path / "contacts.yaml").contacts == before.contacts


def test_a_wrong_imports_file_says_where(tmp_path: Path) -> None:
    file = tmp_path / "imports.json"
    file.write_text('{"version": 1,\n "alternate_contacts": {"1": ["SECURITY"], "111111111111": ["PRIMARY"]}}')
    with pytest.raises(InvalidInput) as error:
        load_imports(file)
    assert all(problem.line == 2 for problem in error.value.problems)
    assert {problem.value for problem in error.value.problems} == {"1", "PRIMARY"}


# The file


def test_the_rest_of_an_existing_file_stays_to_the_byte() -> None:
    before = CONTACTS.read_text().replace("review:\n", "# When it was last seen to\nreview:\n").rstrip()
    sections: dict[str, Any] = {"contacts": NOTHING.section, "notifications": None}
    after = with_sections(before, sections)
    head, _, rest = before.partition("contacts:\n")
    review = rest[rest.index("# When") : rest.index("notifications:")].rstrip()
    assert after.startswith(head + "contacts:\n  defaults:\n")
    assert after.rstrip().endswith(review)
    assert with_sections(after, sections) == after
    anew = with_sections(after, {"contacts": NOTHING.section, "notifications": {"hub_regions": ["us-east-1"]}})
    assert anew == f"{after}\nnotifications:\n  hub_regions: [us-east-1]\n"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_text_comes_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "text.yaml"
    file.write_text(document({"a": {text: [text, text]}, "b": {"c": text}}, heading=[text]), encoding="utf-8")
    tree = read_yaml(file).tree
    assert tree == {"a": {text: [text, text]}, "b": {"c": text}}
