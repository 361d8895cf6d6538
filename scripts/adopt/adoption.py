"""From what accounts have to the shortest `contacts.yaml` that says the same. No network, no AWS call."""

from __future__ import annotations

import functools
import io
import itertools
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from cdktf_app.contacts import fields
from cdktf_app.contacts.directory import CONTACT_TYPES, NONE, Channel, Contact, ContactType, Subscription
from cdktf_app.imports import NotificationsImports, SubscriptionImports
from cdktf_app.presets import ALL, PRESETS, Event

if TYPE_CHECKING:
    from cdktf_app.contacts.organization import Account, Organization

Value = Contact | None
"""A contact, or None: nobody."""
LiveContacts = Mapping[ContactType, Mapping[str, str] | None]
"""By contact type: name, title, email and phone as AWS has them; None: AWS has none; absent: not read."""


@dataclass(frozen=True)
class Labels:
    """Where a value is said, so that every account inherits its own: nearest wins."""

    default: Value
    units: Mapping[str, Value]
    """By OU path."""
    accounts: Mapping[str, Value]
    """By account id."""

    @property
    def said(self) -> int:
        """How many values are said."""
        return (self.default is not None) + len(self.units) + len(self.accounts)


@dataclass(frozen=True)
class LeftOut:
    """Something that AWS has, or may have, and the file does not say; `reason` says why, without contact data."""

    account: Account
    what: str
    """`SECURITY contact`, `notification configuration alarms`, …"""
    reason: str


@dataclass(frozen=True)
class AdoptedContacts:
    """The `contacts` section for what accounts have, and how short it is."""

    section: dict[str, Any]
    """`defaults`, `organizational_units` and `accounts`, as in contacts.yaml; what is empty is left out."""
    live: Mapping[str, tuple[ContactType, ...]]
    """By account id: the types of the contacts that the section assigns, all of which AWS has."""
    refused: tuple[LeftOut, ...]
    """Contacts that AWS has and this file cannot hold: those accounts get none of the type, and keep what they have."""
    unread: tuple[LeftOut, ...]
    """Contacts that were not read: explicitly none in the file, so that nothing overwrites them."""
    said: int
    """Contacts and nones that the section says, one for each type at each place."""
    places: int
    """Places (the defaults, OUs, accounts) at which it says something."""

    @property
    def one_each(self) -> int:
        """How many contacts one entry per account would say."""
        return sum(map(len, self.live.values()))


def fewest(values: Mapping[str, Value], places: Mapping[str, str]) -> Labels:
    """The fewest values to say so that every account of `values` inherits its own.

    Args:
        values: by account id.
        places: the OU path of each of those accounts; "" is the root.

    What an OU of the tree should say is found from the bottom up: the values that the most of its accounts and
    sub-OUs want cost the least, every other value costs one more for each that does not want it (Hartigan, Minimum
    Mutation Fits to a Given Tree, Biometrics 29, 1973). Among equally short answers this one says things as near to
    the accounts as possible, and the most common value in the defaults.
    """
    children: dict[str, set[str]] = defaultdict(set)
    own: dict[str, Counter[Value]] = defaultdict(Counter)
    for account_id, value in values.items():
        path = places[account_id]
        own[path][value] += 1
        while path:
            parent = _parent(path)
            children[parent].add(path)
            path = parent
    wanted: dict[str, Counter[Value]] = {}
    best: dict[str, frozenset[Value]] = {}
    common: dict[str, Counter[Value]] = {}
    order = sorted({"", *own, *children, *itertools.chain(*children.values())}, key=_depth)
    for path in reversed(order):
        wants, below = Counter(own[path]), Counter(own[path])
        for child in children[path]:
            wants.update(best[child])
            below.update(common[child])
        most = max(wants.values(), default=0)
        wanted[path], common[path] = wants, below
        best[path] = frozenset(value for value, count in wants.items() if count == most)
    said: dict[str, Value] = {}
    units: dict[str, Value] = {}
    for path in order:
        inherited = said[_parent(path)] if path else None
        wants = wanted[path]
        # To say something here costs one; so does to inherit what one less of those below wants. The defaults are the
        # exception: there the most common value stands, because accounts to come inherit it.
        if wants[inherited] >= max(wants.values(), default=0) - bool(path):
            said[path] = inherited
            continue
        said[path] = min(best[path], key=lambda value: (-common[path][value], _order(value)))
        if path:
            units[path] = said[path]
    accounts = {key: value for key, value in values.items() if value != said[places[key]]}
    return Labels(said[""], units, accounts)


def _parent(path: str) -> str:
    return fields.join_path(fields.split_path(path)[:-1])


def _depth(path: str) -> tuple[int, str]:
    return len(fields.split_path(path)), path


def _order(value: Value) -> tuple[str, ...]:
    return () if value is None else (value.name, value.title, value.email, value.phone)


def adopt_contacts(
    organization: Organization, managed: Collection[str], live: Mapping[str, LiveContacts]
) -> AdoptedContacts:
    """The shortest `contacts` section that assigns to every managed account what it has.

    `live` is by account id; other accounts (suspended ones) have no influence. A contact type that is absent for a
    managed account was not read: the account gets an explicit `none`, and does not count otherwise.
    """
    active = [organization.by_id[account_id] for account_id in sorted(managed)]
    keys = account_keys(organization)
    places = {account.id: _nearest_expressible(account.ou_path) for account in active}
    read: dict[tuple[str, ...], tuple[Value, str]] = {}
    section: dict[str, Any] = {"defaults": {}, "organizational_units": {}, "accounts": {}}
    has: dict[str, list[ContactType]] = {account.id: [] for account in active}
    refused: list[LeftOut] = []
    unread: list[LeftOut] = []
    said = 0
    for kind in CONTACT_TYPES:
        what = f"{kind.upper()} contact"
        values: dict[str, Value] = {}
        skipped: list[Account] = []
        for account in active:
            found = live.get(account.id, {})
            if kind not in found:
                skipped.append(account)
                unread.append(LeftOut(account, what, "not read"))
                continue
            contact = found[kind]
            if contact is None:
                values[account.id] = None
                continue
            key = tuple(contact[name] for name in Contact.model_fields)
            if key not in read:
                read[key] = contact_or_reason(contact)
            values[account.id], reason = read[key]
            if reason:
                refused.append(LeftOut(account, what, reason))
            else:
                has[account.id].append(kind)
        labels = fewest(values, places)
        if not organization.id:
            # A single account inherits nothing: without a word it has no contact.
            skipped = []
        said += labels.said + len(skipped)
        if labels.default is not None:
            section["defaults"][kind] = labels.default.model_dump()
        for path, value in labels.units.items():
            section["organizational_units"].setdefault(path, {})[kind] = _said(value)
        for account_id, value in {**labels.accounts, **{account.id: None for account in skipped}}.items():
            section["accounts"].setdefault(account_id, {})[kind] = _said(value)
    section["organizational_units"] = dict(sorted(section["organizational_units"].items()))
    section["accounts"] = {
        keys[account_id]: section["accounts"][account_id] for account_id in sorted(section["accounts"])
    }
    places_said = bool(section["defaults"]) + len(section["organizational_units"]) + len(section["accounts"])
    return AdoptedContacts(
        section={name: content for name, content in section.items() if content},
        live={account_id: tuple(kinds) for account_id, kinds in has.items() if kinds},
        refused=tuple(refused),
        unread=tuple(unread),
        said=said,
        places=places_said,
    )


def account_keys(organization: Organization) -> dict[str, str]:
    """What stands for each account in the file: its name, or its id where the name could mean another account."""
    return {
        account.id: account.name
        if len(organization.by_name[account.name]) == 1
        and account.name not in organization.by_id
        and expressible(fields.Text, account.name)
        else account.id
        for account in organization.accounts
    }


def _said(value: Value) -> dict[str, str] | str:
    return NONE if value is None else value.model_dump()


def contact_or_reason(found: Mapping[str, str]) -> tuple[Value, str]:
    """Name, title, email and phone as a contact of this file and ""; or None and why the file cannot hold it."""
    try:
        contact = Contact.model_validate(dict(found))
    except ValidationError as error:
        return None, _reasons(error)
    changed = [name for name, value in contact.model_dump().items() if value != found[name]]
    if changed:
        return None, f"{changed[0]} is written with combining characters, which this file would compose"
    return contact, ""


def _reasons(error: ValidationError) -> str:
    """What pydantic says is wrong, without the values themselves."""
    return "; ".join(
        f"{'.'.join(str(step) for step in details['loc'])} {details['msg'].partition('; write ')[0]}".strip()
        for details in error.errors(include_url=False, include_input=False)
    )


def expressible(kind: Any, text: str) -> bool:
    """Whether a type of `fields` takes a text, and as it is."""
    try:
        return bool(_adapter(kind).validate_python(text) == text)
    except ValidationError:
        return False


_adapter = functools.cache(TypeAdapter)


def _nearest_expressible(path: str) -> str:
    """The OU itself, or the nearest above it whose path can be written in the file."""
    while path and not expressible(fields.OrganizationalUnitPath, path):
        path = _parent(path)
    return path


# Notifications


class LiveRule(Protocol):
    """An event rule as AWS lists it."""

    @property
    def arn(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def event_type(self) -> str: ...
    @property
    def pattern(self) -> str: ...
    @property
    def regions(self) -> Sequence[str]: ...


class LiveConfiguration(Protocol):
    """A notification configuration as AWS lists it; `channels` are ARNs."""

    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def aggregation(self) -> str: ...
    @property
    def rules(self) -> Sequence[LiveRule]: ...
    @property
    def channels(self) -> Sequence[str]: ...


class LiveEmailContact(Protocol):
    """An e-mail contact as AWS lists it."""

    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...


class LiveNotifications(Protocol):
    """The User Notifications of one account as AWS lists them."""

    @property
    def hubs(self) -> Sequence[str]: ...
    @property
    def configurations(self) -> Sequence[LiveConfiguration]: ...
    @property
    def email_contacts(self) -> Sequence[LiveEmailContact]: ...
    @property
    def enabled_regions(self) -> Sequence[str]: ...


Tags = Mapping[str, Mapping[str, str]]
"""The tags of notification configurations and e-mail contacts that have any, by ARN."""


@dataclass(frozen=True)
class AdoptedNotifications:
    """The `notifications` section for what accounts have."""

    section: dict[str, Any] | None
    """As in contacts.yaml, or None if there is nothing to say."""
    imports: Mapping[str, NotificationsImports] = field(default_factory=dict)
    """By account id."""
    left_out: tuple[LeftOut, ...] = ()
    """What contacts.yaml cannot say; it stays as it is, and Terraform does not know of it."""


class _Endpoint(NamedTuple):
    """Where a channel leads: an e-mail contact by its name, address and tags, or an ARN."""

    name: str
    email: str
    arn: str
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Found:
    """A notification configuration that contacts.yaml can express."""

    account: Account
    live: LiveConfiguration
    content: tuple[tuple[str, Any], ...]
    """The subscription's keys but channels and accounts."""
    endpoints: tuple[tuple[_Endpoint, str], ...]
    """Where it goes, each with the ARN that the account has for it."""


class _Inexpressible(Exception):
    """contacts.yaml cannot say it; the text says why."""


def adopt_notifications(
    organization: Organization, managed: Collection[str], live: Mapping[str, LiveNotifications], tags: Tags
) -> AdoptedNotifications:
    """The `notifications` section and the imports for what the accounts have. What several accounts have alike becomes
    one subscription.

    `managed` are the ids of the accounts that `accounts: all` means. In an organization of one account that is none of
    AWS Organizations, nothing says `accounts`.
    """
    found: list[_Found] = []
    left_out: list[LeftOut] = []
    unusable = _ambiguous_addresses(live, tags)
    for account_id in sorted(live):
        account = organization.by_id[account_id]
        for configuration in sorted(live[account_id].configurations, key=lambda item: (item.name, item.arn)):
            try:
                found.append(_expressed(account, configuration, live[account_id], tags, unusable))
            except _Inexpressible as error:
                left_out.append(LeftOut(account, f"notification configuration {configuration.name}", str(error)))
    hubs = _common_hubs({item.account.id: live[item.account.id].hubs for item in found})
    for item in list(found):
        if not hubs or not set(hubs) <= set(live[item.account.id].hubs):
            there = ", ".join(live[item.account.id].hubs) or "none"
            reason = f"the account's notification hubs ({there}) are not those of the others ({', '.join(hubs)})"
            left_out.append(LeftOut(item.account, f"notification configuration {item.live.name}", reason))
            found.remove(item)
    taken = {arn for item in found for _, arn in item.endpoints}
    for account_id in sorted(live):
        for contact in live[account_id].email_contacts:
            if contact.arn not in taken:
                reason = "no notification configuration that was taken over uses it"
                left_out.append(LeftOut(organization.by_id[account_id], f"e-mail contact {contact.name}", reason))
    if not found:
        return AdoptedNotifications(None, left_out=tuple(left_out))
    channels = _channel_names(endpoint for item in found for endpoint, _ in item.endpoints)
    subscriptions, imports = _subscriptions(organization, managed, found, channels, hubs)
    section = {
        "hub_regions": list(hubs),
        "channels": {name: _channel(endpoint, name) for endpoint, name in sorted(channels.items(), key=lambda i: i[1])},
        "subscriptions": subscriptions,
    }
    return AdoptedNotifications(section, imports, tuple(left_out))


def _expressed(
    account: Account,
    configuration: LiveConfiguration,
    live: LiveNotifications,
    tags: Tags,
    unusable: Collection[tuple[str, str]],
) -> _Found:
    """Raises _Inexpressible."""
    content = {"name": configuration.name, **_content(configuration, live.enabled_regions)}
    if own := _tags(tags, configuration.arn):
        content["tags"] = dict(own)
    contacts = {contact.arn: contact for contact in live.email_contacts}
    endpoints = []
    for arn in sorted(configuration.channels):
        contact = contacts.get(arn)
        usable = contact is not None and (account.id, arn) not in unusable
        endpoint = (
            _Endpoint(contact.name, contact.address, "", _tags(tags, arn))
            if contact is not None and usable
            else _Endpoint(contact.name if contact else _last_part(arn), "", arn)
        )
        endpoints.append((endpoint, arn))
    if not endpoints:
        raise _Inexpressible("it has no channel: nothing is delivered")
    try:
        for endpoint, _ in endpoints:
            _checked(Channel, _channel(endpoint, ""))
        _checked(Subscription, {**content, "channels": ["channel"]})
    except ValidationError as error:
        raise _Inexpressible(_reasons(error)) from None
    return _Found(account, configuration, tuple((k, _frozen(v)) for k, v in content.items()), tuple(endpoints))


def _content(configuration: LiveConfiguration, enabled: Sequence[str]) -> dict[str, Any]:
    """A subscription's events, description, Regions and aggregation, as short as can be."""
    if not configuration.rules:
        raise _Inexpressible("it has no event rule: nothing is notified")
    regions = {tuple(sorted(rule.regions)) for rule in configuration.rules}
    if len(regions) > 1:
        raise _Inexpressible("its event rules are for different Regions")
    everywhere = regions == {tuple(sorted(enabled))}
    regions_said = ALL if everywhere else next(iter(regions))
    events = sorted(Event(rule.source, rule.event_type, rule.pattern) for rule in configuration.rules)
    preset = next((name for name, content in PRESETS.items() if sorted(content.events) == events), None)
    if preset is not None:
        default = PRESETS[preset]
        description, usual, aggregation = default.description, default.regions, default.aggregation
        said: dict[str, Any] = {"preset": preset}
    elif len(events) > 1:
        raise _Inexpressible(f"it has {len(events)} event rules, which only a preset has")
    else:
        event = events[0]
        description, usual, aggregation = f"{event.event_type} from {event.source}", ALL, "NONE"
        said = {"source": event.source, "event_type": event.event_type}
        if event.pattern:
            said["pattern"] = event.pattern
    if not configuration.description:
        raise _Inexpressible("its description is empty; give it one")
    if configuration.description != description:
        said["description"] = configuration.description
    if regions_said != tuple(sorted(usual)):
        said["regions"] = "all" if everywhere else list(regions_said)
    if configuration.aggregation != aggregation:
        said["aggregation"] = configuration.aggregation
    return said


def _ambiguous_addresses(live: Mapping[str, LiveNotifications], tags: Tags) -> set[tuple[str, str]]:
    """The e-mail contacts, by account and ARN, whose address is better known by another name or other tags, while
    contacts.yaml has one channel for an address. They are used by their ARNs, as they are."""
    counted: dict[str, Counter[tuple[str, str, Any]]] = defaultdict(Counter)
    for notifications in live.values():
        for contact in notifications.email_contacts:
            counted[contact.address.lower()][contact.name, contact.address, _tags(tags, contact.arn)] += 1
    usual = {address: min(names, key=lambda n: (-names[n], n)) for address, names in counted.items()}
    return {
        (account_id, contact.arn)
        for account_id, notifications in live.items()
        for contact in notifications.email_contacts
        if usual[contact.address.lower()] != (contact.name, contact.address, _tags(tags, contact.arn))
        or not expressible(fields.ChannelEmail, contact.address)
    }


def _common_hubs(hubs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The Regions that the most accounts have among their hubs; of these the most Regions."""
    candidates = {
        chosen
        for regions in set(map(tuple, hubs.values()))
        for count in range(1, len(regions) + 1)
        for chosen in itertools.combinations(sorted(regions), count)
    }
    reach = {chosen: sum(set(chosen) <= set(own) for own in hubs.values()) for chosen in candidates}
    return min(reach, key=lambda chosen: (-reach[chosen], -len(chosen), chosen), default=())


def _channel_names(endpoints: Iterable[_Endpoint]) -> dict[_Endpoint, str]:
    """A name for each channel, its own where it can be."""
    counted = Counter(endpoints)
    return _named((endpoint.name, endpoint) for endpoint in sorted(counted, key=lambda e: (-counted[e], e)))


def _named(wanted: Iterable[tuple[str, Any]]) -> dict[Any, str]:
    """Names for things: what is wanted, as AWS takes names, and a number behind it where it is taken."""
    names: dict[Any, str] = {}
    taken: set[str] = set()
    for name, thing in wanted:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "unnamed"
        numbered = (f"{plain[:60]}-{number}" for number in itertools.count(2))
        names[thing] = next(name for name in itertools.chain([plain[:64]], numbered) if name not in taken)
        taken.add(names[thing])
    return names


def _channel(endpoint: _Endpoint, key: str) -> dict[str, Any]:
    if endpoint.arn:
        return {"arn": endpoint.arn}
    return {
        "email": endpoint.email,
        **({"name": endpoint.name} if endpoint.name != key else {}),
        **({"tags": dict(endpoint.tags)} if endpoint.tags else {}),
    }


def _subscriptions(
    organization: Organization,
    managed: Collection[str],
    found: Iterable[_Found],
    channels: Mapping[_Endpoint, str],
    hubs: Sequence[str],
) -> tuple[dict[str, Any], dict[str, NotificationsImports]]:
    groups: dict[Any, list[_Found]] = defaultdict(list)
    for item in found:
        used = tuple(sorted(channels[endpoint] for endpoint, _ in item.endpoints))
        groups[item.content, used].append(item)
    order = sorted(groups, key=lambda group: (-len(groups[group]), groups[group][0].account.id))
    names = _named((groups[group][0].live.name, group) for group in order)
    keys = account_keys(organization)
    management = organization.management_account_id
    subscriptions: dict[str, Any] = {}
    parts: dict[str, dict[str, SubscriptionImports]] = defaultdict(dict)
    contacts: dict[str, dict[str, str]] = defaultdict(dict)
    for group, name in sorted(names.items(), key=lambda item: item[1]):
        content, used = dict(group[0]), group[1]
        if content["name"] == name:
            del content["name"]
        said = {key: _thawed(value) for key, value in content.items()} | {"channels": list(used)}
        accounts = sorted(item.account.id for item in groups[group])
        if accounts != [management]:
            said["accounts"] = "all" if set(accounts) == set(managed) else [keys[account] for account in accounts]
        subscriptions[name] = said
        for item in groups[group]:
            parts[item.account.id][name] = SubscriptionImports(
                configuration=item.live.arn,
                rules={rule.event_type: rule.arn for rule in item.live.rules},
                channels={channels[endpoint]: arn for endpoint, arn in item.endpoints},
            )
            contacts[item.account.id].update(
                (channels[endpoint], arn) for endpoint, arn in item.endpoints if not endpoint.arn
            )
    imports = {
        account_id: NotificationsImports(
            hubs=tuple(hubs), email_contacts=contacts[account_id], subscriptions=parts[account_id]
        )
        for account_id in sorted(parts)
    }
    return subscriptions, imports


def _checked(model: type[BaseModel], content: Mapping[str, Any]) -> None:
    """Raises ValidationError where the model does not take the content, _Inexpressible where it would change it."""
    taken = model.model_validate(dict(content)).model_dump(exclude_none=True, mode="json")
    changed = [key for key, value in content.items() if taken.get(key) != value]
    if changed:
        raise _Inexpressible(f"its {changed[0]} is written with combining characters, which this file would compose")


def _tags(tags: Tags, arn: str) -> tuple[tuple[str, str], ...]:
    """The tags of something, but AWS's own, which no one can set."""
    return tuple(sorted((key, value) for key, value in tags.get(arn, {}).items() if not key.startswith("aws:")))


def _last_part(arn: str) -> str:
    return arn.rpartition("/")[2]


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return ("tags", *sorted(value.items()))
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        return dict(value[1:]) if value[:1] == ("tags",) else list(value)
    return value


# The file

_WIDTH = 118
_PLAIN = re.compile(r"[^\W\d_][\w .,/()'&+@-]*", re.ASCII)
# What YAML 1.1, which many tools still read, takes for something else than text.
_WORDS = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "none"}


def document(
    sections: Mapping[str, Mapping[str, Any] | None],
    *,
    heading: Sequence[str] = (),
    remarks: Mapping[tuple[str, ...], str] | None = None,
    base: str | None = None,
) -> str:
    """The text of a contacts.yaml.

    Args:
        sections: by name (`organization`, `mail`, `contacts`, …), in this order; None for one that shall not be.
        heading: lines of comment on top.
        remarks: comments to put above entries, by the keys that lead to them.
        base: the text of a valid contacts.yaml, in which only these sections are replaced: all else stays to the byte.
    """
    texts = {name: _section(name, content, remarks or {}) for name, content in sections.items() if content is not None}
    if base is not None:
        return _replaced(base, texts, sections)
    lines = [f"# {_comment(line)}".rstrip() + "\n" for line in heading]
    return "\n".join(["".join(lines)] * bool(lines) + list(texts.values()))


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


def _replaced(base: str, texts: Mapping[str, str], names: Collection[str]) -> str:
    """`base` with other texts for some of its sections; a comment above a section is the section's that follows."""
    lines = base.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [(key.value, key.start_mark.line) for key, _ in YAML(pure=True).compose(base).value]
    pieces = ["".join(lines[: _above(lines, starts[0][1])])]
    for (name, start), (_, end) in zip(starts, [*starts[1:], ("", len(lines))], strict=True):
        first, last = _above(lines, start), _above(lines, end)
        if name in texts:
            pieces += ["".join(lines[first:start]), texts[name]]
        elif name not in names:
            pieces.append("".join(lines[first:last]))
    missing = [text for name, text in texts.items() if name not in dict(starts)]
    return "".join([*pieces, *(f"\n{text}" for text in missing)])


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
    """In quotes, unless every reader of YAML takes it for text, and the same text, without."""
    plain = _PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in _WORDS
    return value if plain else str.__new__(DoubleQuotedScalarString, value)


def _comment(text: str) -> str:
    """On one line, with nothing in it that a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text)
