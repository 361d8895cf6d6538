"""`make verify`: can the people in contacts.yaml really be reached? E-mail contacts that nobody activated, domains that
take no mail, and contacts that nobody has looked at since the review date."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import dns.exception
import dns.rdatatype
import dns.resolver
import typer
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode

from cdktf_app.contacts import fields
from cdktf_app.contacts.assignments import Assignments, load
from cdktf_app.contacts.directory import Directory, load_directory, parse_directory
from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.contacts.source import did_you_mean, read_yaml
from scripts.shared.aws_errors import code_of
from scripts.shared.console import CommandError, ExitCode, command, err, out, print_json, progress
from scripts.shared.policy import policy_configuration
from scripts.shared.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cdktf_app.contacts.organization import Account, Organization
    from policies.contact_rules.configuration import Configuration
    from policies.contact_rules.live import EmailContact, LiveAccount

SOON: Final = 14
"""Days before the next review from which it is called for."""

DNS_SECONDS: Final = 5.0
"""How long one question may take, all servers and repetitions together."""


@dataclass(frozen=True)
class Remark:
    """One thing seen: a `finding` to put right, something `unread` that may be wrong, or a `note`."""

    level: Literal["finding", "unread", "note"]
    kind: str
    subject: str
    reason: str
    fix: str = ""
    account_id: str | None = None


@dataclass
class Result:
    """Everything that was seen."""

    remarks: list[Remark] = field(default_factory=list)
    accounts: int = 0
    contacts: int = 0
    domains: int = 0
    sent_again: list[dict[str, str]] = field(default_factory=list)

    def of(self, level: str) -> list[Remark]:
        """The remarks of one level."""
        return [remark for remark in self.remarks if remark.level == level]


def expected_addresses(directory: Directory, assignments: Assignments, account_id: str) -> dict[str, str]:
    """The addresses that contacts.yaml wants notifications of an account to go to, with the names of their channels."""
    if directory.notifications is None:
        return {}
    notifications = directory.notifications
    return {
        email.casefold(): name
        for subscription in assignments.subscriptions.get(account_id, ())
        for name in notifications.subscriptions[subscription].channels
        if (email := notifications.channels[name].email) is not None
    }


def judge_contacts(account: LiveAccount, wanted: Mapping[str, str]) -> Iterator[Remark]:
    """What keeps notifications of an account from its e-mail contacts."""
    label = f"{account.name} {account.id}"
    for gap in account.unread:
        if gap.what in ("account", "notifications"):
            level: Literal["unread", "note"] = "note" if gap.code == "Suspended" else "unread"
            yield Remark(level, "unread", label, f"{gap.what} not read ({gap.code}): {gap.reason}", "", account.id)
    if account.notifications is None:
        return
    there = {contact.address.casefold() for contact in account.notifications.email_contacts}
    for contact in _inactive(account):
        yield Remark(
            "finding",
            "not-activated",
            contact.address,
            f"nobody activated the e-mail contact {contact.name!r} of {label}, so AWS sends it nothing",
            "open the link in the mail that AWS sent; --resend sends another",
            account.id,
        )
    for address in wanted.keys() - there:
        yield Remark(
            "finding",
            "absent",
            address,
            f"{label} has no e-mail contact for the channel {wanted[address]!r}",
            "`make plan` and `make apply` make it",
            account.id,
        )


def _inactive(account: LiveAccount) -> list[EmailContact]:
    contacts = account.notifications.email_contacts if account.notifications else ()
    return [contact for contact in contacts if contact.status != "active"]


def check_contacts(
    result: Result, reader: Reader, accounts: list[Account], wanted: Callable[[str], Mapping[str, str]], *, resend: bool
) -> None:
    """Reads the e-mail contacts of the accounts, and sends activation codes again if asked."""
    with progress() as start, contextlib.closing(reader.read(accounts)) as read:
        update = start("Reading e-mail contacts", len(accounts))
        for number, account in enumerate(read, start=1):
            update(number, account.name)
            result.accounts += 1
            if account.notifications:
                result.contacts += len(account.notifications.email_contacts)
            result.remarks += judge_contacts(account, wanted(account.id))
            for contact in _inactive(account) if resend else ():
                result.remarks += _send_again(result, reader, account, contact)


def _send_again(result: Result, reader: Reader, account: LiveAccount, contact: EmailContact) -> Iterator[Remark]:
    try:
        reader.client(account.id, "notificationscontacts").send_activation_code(arn=contact.arn)
    except (BotoCoreError, ClientError, CommandError) as error:
        refused = isinstance(error, ClientError)
        code = code_of(error) if refused else "AWS could not be asked"
        reason = f"no other activation code was sent to it for account {account.id}: {code}"
        advice = "it lacks notifications-contacts:SendActivationCode?" if refused else ""
        yield Remark("unread", "not-sent", contact.address, reason, advice, account.id)
    else:
        result.sent_again.append({"address": contact.address, "account_id": account.id, "account": account.name})


def mail_domains(directory: Directory) -> dict[str, list[str]]:
    """The domains of all addresses in contacts.yaml, each with the addresses that made it count."""
    contacts = directory.contacts
    overrides = [*contacts.organizational_units.values(), *contacts.accounts.values()]
    people = [
        getattr(section, kind) for section in (contacts.defaults, *overrides) for kind in type(section).model_fields
    ]
    addresses = [person.email for person in people if person is not None and person != "none"]
    if directory.notifications:
        addresses += [channel.email for channel in directory.notifications.channels.values() if channel.email]
    addresses += directory.mail.root_email_patterns
    domains: dict[str, list[str]] = {}
    for address in addresses:
        known = domains.setdefault(address.rpartition("@")[2].casefold().rstrip("."), [])
        if address not in known:
            known.append(address)
    return dict(sorted(domains.items()))


def resolver(nameserver: str | None) -> dns.resolver.Resolver:
    """A resolver that asks one server (`HOST`, `HOST:PORT`, `[IPv6]:PORT`), or those of this machine.

    Raises CommandError: the address is none, or this machine knows no server.
    """
    try:
        if nameserver is None:
            made = dns.resolver.Resolver()
        else:
            host, port = _host_and_port(nameserver)
            made = dns.resolver.Resolver(configure=False)
            made.nameservers, made.port = [host], port
    except (dns.resolver.NoResolverConfiguration, ValueError, OSError) as error:
        raise CommandError(f"no DNS server to ask ({error}); name one: --nameserver 192.0.2.53") from None
    made.lifetime = DNS_SECONDS
    made.retry_servfail = False
    return made


def _host_and_port(text: str) -> tuple[str, int]:
    match = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::(\d+))?|([0-9.]+)(?::(\d+))?|([0-9A-Fa-f:.]+)", text)
    if match is None:
        raise ValueError(f"{text!r} is not an IP address with or without a port")
    host = match[1] or match[3] or match[5]
    return str(ipaddress.ip_address(host)), int(match[2] or match[4] or 53)


class _NotAsked(Exception):
    """DNS did not answer; that says nothing about the domain."""


def _ask(servers: dns.resolver.Resolver, name: str, kind: str) -> list[Any] | None:
    """The records; [] when the name has none of that kind; None when there is no such name. Raises _NotAsked."""
    try:
        return list(servers.resolve(f"{name}.", kind, search=False))
    except dns.resolver.NXDOMAIN:
        return None
    except dns.resolver.NoAnswer:
        return []
    except dns.resolver.NoNameservers as error:
        codes = sorted({str(item[3]) for item in error.kwargs.get("errors", ()) if len(item) > 3})
        raise _NotAsked(f"the DNS servers failed ({', '.join(codes)})" if codes else "the DNS servers failed") from None
    except dns.exception.Timeout:
        raise _NotAsked(f"no answer within {DNS_SECONDS:.0f} seconds") from None
    except (dns.exception.DNSException, OSError) as error:
        raise _NotAsked(f"{type(error).__name__}") from None


def judge_domain(
    domain: str, servers: dns.resolver.Resolver
) -> tuple[Literal["finding", "unread", "note", "fine"], str]:
    """Whether mail to a domain has anywhere to go, by MX (RFC 5321, 5.1; null MX: RFC 7505), and why not."""
    if not re.fullmatch(r"[\w.-]+", domain, re.ASCII):
        return "note", "has a * in it, so it cannot be asked about"
    try:
        exchangers = _ask(servers, domain, "MX")
        if exchangers is None:
            return "finding", "does not exist"
        hosts = [str(record.exchange).rstrip(".") for record in exchangers]
        if exchangers and not any(hosts):
            return "finding", "says that it takes no mail (null MX)"
        if not exchangers:
            if _has_address(servers, domain):
                return "note", "has no MX record; mail goes to the address of its own name, which is easily lost"
            return "finding", "has no MX record and no address: mail cannot be delivered"
        if any(host and _has_address(servers, host) for host in hosts):
            return "fine", ""
        return "finding", f"has MX records, but none of their hosts has an address ({', '.join(filter(None, hosts))})"
    except _NotAsked as reason:
        return "unread", f"could not be asked: {reason}"


def _has_address(servers: dns.resolver.Resolver, name: str) -> bool:
    failure = None
    for kind in ("A", "AAAA"):
        try:
            if _ask(servers, name, kind):
                return True
        except _NotAsked as error:
            failure = error
    if failure:
        raise failure
    return False


def check_domains(
    result: Result, directory: Directory, configuration: Configuration, today: date, servers: dns.resolver.Resolver
) -> None:
    """Asks DNS about every domain of contacts.yaml, a few at a time."""
    domains = mail_domains(directory)
    result.domains = len(domains)
    with progress() as start, ThreadPoolExecutor(8) as pool:
        update = start("Asking DNS", len(domains))
        answers = pool.map(lambda domain: judge_domain(domain, servers), domains)
        for number, (domain, (level, reason)) in enumerate(zip(domains, answers, strict=True), start=1):
            update(number, domain)
            if level == "fine":
                continue
            used = domains[domain]
            text = f"{reason}; used by {', '.join(used[:3])}{f' and {len(used) - 3} more' if len(used) > 3 else ''}"
            accepted = configuration.acceptance(f"x@{domain}", today, domain_only=True)
            if level == "finding" and accepted:
                text = f"{text}; accepted until {accepted.expires}: {accepted.reason}"
                result.remarks.append(Remark("note", "mail-domain", domain, text))
                continue
            fix = "use addresses of a domain that takes mail" if level == "finding" else ""
            result.remarks.append(Remark(level, "mail-domain", domain, text, fix))


def judge_review(directory: Directory, today: date) -> Remark:
    """Whether somebody looked at the contacts in time. A review without a date in the file is only a note."""
    review, fix = directory.review, "look them through, then record it: --reviewed-by TEAM"
    if review is None:
        return Remark(
            "note", "review", directory.file, "says of no review; nobody knows when the contacts were right", fix
        )
    said = f"last reviewed on {review.last_reviewed} by {review.reviewed_by}"
    days = (review.due - today).days
    if review.last_reviewed > today:
        reason = f"{said}: that day is still to come"
        return Remark("finding", "review", directory.file, reason, "correct review.last_reviewed")
    if days < 0:
        return Remark("finding", "review", directory.file, f"{said}: overdue since {review.due}, {-days} days", fix)
    soon = "; that is soon" if days <= SOON else ""
    return Remark("note", "review", directory.file, f"{said}; next by {review.due}, in {days} days{soon}")


def with_review(text: str, day: date, team: str) -> str:
    """The text of a contacts.yaml with another last review, and nothing else changed: not a comment, quote or line end.

    Raises ValueError: the place cannot be changed by itself; the text says why.
    """
    root = YAML(typ="safe", pure=True).compose(text)
    if not isinstance(root, MappingNode) or root.flow_style:
        raise ValueError("is written in one pair of braces")
    section = next((value for key, value in root.value if key.value == "review"), None)
    newline = "\r\n" if "\r\n" in text else "\n"
    if section is None:
        indent = " " * root.start_mark.column
        lines = ["", "review:", f'  last_reviewed: "{day}"', f"  reviewed_by: {_scalar(team, None, flow=False)}"]
        start = "" if not text or text.endswith("\n") else newline
        return text + start + "".join(f"{indent if line else ''}{line}{newline}" for line in lines)
    if not isinstance(section, MappingNode):
        raise ValueError("has a review section that is no mapping")
    values = {key.value: (key, value) for key, value in section.value}
    edits = []
    for name, new in (("last_reviewed", str(day)), ("reviewed_by", team)):
        if name not in values:
            raise ValueError(f"takes review.{name} from elsewhere (<<)")
        key, value = values[name]
        between = text[key.end_mark.index : value.start_mark.index]
        if not isinstance(value, ScalarNode) or value.start_mark.index < key.end_mark.index or value.anchor:
            raise ValueError(f"has an anchor or alias at review.{name}")
        if value.style in ("|", ">") or not re.fullmatch(r"\s*:[ \t]+", between):
            raise ValueError(f"has review.{name} on several lines")
        start, end = value.start_mark.index, value.end_mark.index
        edits.append((start, end, _scalar(new, value.style, flow=bool(section.flow_style))))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _scalar(value: str, style: str | None, *, flow: bool) -> str:
    """A one-line text as YAML, in the style of the text it replaces as far as that can hold it."""
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    plain = re.fullmatch(r"\w(?:[\w .@/()+&-]*[\w.)])?", value) and not (flow and set(value) & set("[]{},"))
    words = {"null", "true", "false", "yes", "no", "on", "off", "none"}
    number = re.fullmatch(r"[0-9][0-9_.eExXoO+-]*|\.?(?:inf|nan)", value, re.IGNORECASE)
    if (
        style is None
        and plain
        and (re.fullmatch(r"\d{4}-\d\d-\d\d", value) or not number)
        and value.lower() not in words
    ):
        return value
    return json.dumps(value, ensure_ascii=False)


def write_review(path: Path, day: date, team: str) -> None:
    """Writes the review into contacts.yaml: all of it or nothing, the file's mode kept, through a symbolic link.

    Raises CommandError: the file cannot be changed without changing anything else, or somebody changed it meanwhile.
    """
    path = path.resolve()
    before = path.read_bytes()
    mark = "\ufeff" if before.startswith(b"\xef\xbb\xbf") else ""
    by_hand = f'write it by hand:\nreview:\n  last_reviewed: "{day}"\n  reviewed_by: {_scalar(team, None, flow=False)}'
    old = read_yaml(path).tree
    try:
        text = mark + with_review(before.decode("utf-8-sig"), day, team)
    except ValueError as reason:
        raise CommandError(f"{path} {reason}; {by_hand}") from None
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        expected = {**old, "review": {**old.get("review", {}), "last_reviewed": str(day), "reviewed_by": team}}
        try:
            changed = read_yaml(temporary)
            parse_directory(changed)
        except InvalidInput:
            changed = None
        if changed is None or changed.tree != expected:
            raise CommandError(f"{path} is written in a way that cannot be changed by itself; {by_hand}")
        if path.read_bytes() != before:
            raise CommandError(f"{path} was changed meanwhile; run it again")
        shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _team(text: str) -> str:
    try:
        return TypeAdapter[str](fields.Text).validate_python(text)
    except ValidationError as error:
        raise InvalidInput([Problem("--reviewed-by", error.errors()[0]["msg"], value=text)]) from None


def _day(text: datetime | None, directory: Directory, today: date) -> date:
    day = text.date() if text else today
    last = directory.review.last_reviewed if directory.review else None
    if day > today:
        raise CommandError(f"--on {day}: is still to come; a review is recorded when it is done")
    if last and day < last <= today:
        raise CommandError(f"--on {day}: is before the last review, {last}; nothing to record")
    return day


def _accounts(
    names: list[str], everything: bool, assignments: Assignments, reader: Callable[[], Reader], organization: bool
) -> list[Account]:
    """The accounts to ask about e-mail contacts; [] when contacts.yaml wants none there."""
    known = assignments.organization
    if names:
        return [_meant(name, known) for name in names]
    if everything:
        return reader().accounts() if organization else list(known.accounts)
    return [known.by_id[account_id] for account_id in assignments.subscriptions]


def _meant(name: str, organization: Organization) -> Account:
    found = [organization.by_id[name]] if name in organization.by_id else organization.by_name.get(name, [])
    if len(found) == 1:
        return found[0]
    ids = ", ".join(account.id for account in found)
    message = f"is the name of several accounts: {ids}" if found else "is not an account of the inventory"
    hint = "" if found else did_you_mean(name, [*organization.by_id, *organization.by_name])
    raise InvalidInput([Problem("--account", message + hint, value=name)])


def main(
    contacts: Annotated[Path, typer.Option(help="The contact directory.")] = Path("contacts.yaml"),
    inventory: Annotated[Path, typer.Option(help="The accounts, as `make inventory` wrote them.")] = Path(
        "build/inventory.json"
    ),
    account: Annotated[
        list[str] | None, typer.Option(help="Ask only this account for e-mail contacts, by id or name; repeatable.")
    ] = None,
    all_accounts: Annotated[
        bool,
        typer.Option("--all-accounts", help="Ask all accounts. Default: those contacts.yaml has notifications for."),
    ] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="Send AWS's activation code again to e-mail contacts nobody activated.")
    ] = False,
    mx: Annotated[
        bool,
        typer.Option("--mx", help="Ask DNS whether the domains take mail. Off unless asked for: it needs a network."),
    ] = False,
    nameserver: Annotated[
        str | None, typer.Option(metavar="HOST[:PORT]", help="The DNS server to ask. Default: this machine's.")
    ] = None,
    reviewed_by: Annotated[
        str | None,
        typer.Option(
            metavar="TEAM",
            help="Record in contacts.yaml that this team has looked the contacts through. CommandError if something was"
            " found or could not be read: the entry is what an auditor goes by.",
        ),
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of that review. Default: today.")
    ] = None,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Record the review although something was found, having seen to it.")
    ] = False,
    share: Annotated[
        float, typer.Option(min=0.01, help="The part of AWS's request quotas to use; above 1 if AWS raised yours.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> ExitCode:
    """Says which contacts cannot be reached: e-mail contacts nobody activated, domains without mail, overdue reviews.

    Exit codes: 0 nothing found, 1 something could not be asked, 2 an input is wrong, 3 something was found.
    """
    today = date.today()
    directory, organization, assignments = load(contacts, inventory if inventory.is_file() else None)
    configuration = policy_configuration(directory, assignments)
    if reviewed_by is None and (on or even_so):
        raise CommandError("--on and --even-so go with --reviewed-by TEAM")
    team, day = (_team(reviewed_by), _day(on, directory, today)) if reviewed_by is not None else ("", today)
    servers = resolver(nameserver) if mx else None

    result = Result()
    readers: list[Reader] = []

    def reader() -> Reader:
        if not readers:
            readers.append(Reader(directory, organization, share=share, parts=("notifications",)))
        return readers[0]

    accounts = _accounts(account or [], all_accounts, assignments, reader, organization is not None)
    if accounts:
        check_contacts(
            result, reader(), accounts, lambda key: expected_addresses(directory, assignments, key), resend=resend
        )
    if servers is not None:
        check_domains(result, directory, configuration, today, servers)
    result.remarks.sort(key=lambda remark: (remark.kind, remark.subject, remark.account_id or ""))
    clean = not result.of("finding") and not result.of("unread")
    record = reviewed_by is not None and (clean or even_so)
    if record:
        write_review(contacts, day, team)
        directory = load_directory(contacts)
    result.remarks.append(judge_review(directory, today))
    code = ExitCode.FAILED if result.of("unread") else ExitCode.POLICY_FAILED if result.of("finding") else ExitCode.OK
    if as_json:
        print_json(
            {
                "exit_code": int(code),
                "accounts": result.accounts,
                "email_contacts": result.contacts,
                "domains": result.domains if mx else None,
                "remarks": [asdict(remark) for remark in result.remarks],
                "sent_again": result.sent_again,
                "recorded": {"last_reviewed": str(day), "reviewed_by": team} if record else None,
            }
        )
        return code
    _show(result)
    out.print(_scope(result, mx), markup=False, soft_wrap=True)
    if record:
        text = f"{contacts}: recorded that {team} reviewed it on {day}. Commit it."
        out.print(text, markup=False, soft_wrap=True)
    elif reviewed_by is not None:
        text = f"{contacts}: no review was recorded. See to what was found first, or say --even-so."
        err.print(text, markup=False, soft_wrap=True, style="red")
    out.print(_last_line(code, result))
    return code


def _show(result: Result) -> None:
    serious = [remark for remark in result.remarks if remark.level != "note"]
    if serious:
        table = Table()
        for heading in ("what", "reason", "what to do"):
            table.add_column(heading, overflow="fold")
        for remark in serious:
            style = "red" if remark.level == "finding" else "yellow"
            table.add_row(f"[{style}]{escape(remark.subject)}[/]", escape(remark.reason), escape(remark.fix))
        out.print(table)
    for remark in result.of("note"):
        fix = f" ({remark.fix})" if remark.fix else ""
        out.print(f"note: {remark.subject}: {remark.reason}{fix}", markup=False, soft_wrap=True)
    for sent in result.sent_again:
        text = f"sent again: an activation code to {sent['address']} for {sent['account']} {sent['account_id']}"
        out.print(text, markup=False, soft_wrap=True)


def _scope(result: Result, mx: bool) -> str:
    domains = f"{result.domains} mail domains" if mx else "no mail domains (--mx asks DNS)"
    return f"Looked at: {result.contacts} e-mail contacts in {result.accounts} accounts; {domains}; the review."


def _last_line(code: ExitCode, result: Result) -> str:
    found, unread = len(result.of("finding")), len(result.of("unread"))
    if code == ExitCode.OK:
        return "[green]Nothing found.[/]"
    missing = f"{unread} could not be asked, which is no pass" if unread else ""
    return f"[red]{', '.join(filter(None, [f'{found} found' if found else '', missing]))}.[/]"


if __name__ == "__main__":
    command(main)
