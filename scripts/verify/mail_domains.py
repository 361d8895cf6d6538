"""Domains of contacts.yaml that accept no mail."""

from __future__ import annotations

import ipaddress
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Literal

import dns.exception
import dns.rdatatype
import dns.resolver

from scripts.shared.console import CommandError, progress
from scripts.verify.remarks import Remark, Result

if TYPE_CHECKING:
    from datetime import date

    from cdktf_app.contacts.directory import Directory
    from policies.contact_rules.configuration import Configuration

DNS_SECONDS: Final = 5.0
"""How long one question may take, all servers and repetitions together."""


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
        raise CommandError(f"no DNS server to query ({error}); name one: --nameserver 192.0.2.53") from None
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
        return "note", "has a *, so it cannot be queried"
    try:
        exchangers = _ask(servers, domain, "MX")
        if exchangers is None:
            return "finding", "does not exist"
        hosts = [str(record.exchange).rstrip(".") for record in exchangers]
        if exchangers and not any(hosts):
            return "finding", "accepts no mail (null MX)"
        if not exchangers:
            if _has_address(servers, domain):
                return "note", "has no MX record; mail goes to the domain's own address, which is unreliable"
            return "finding", "has no MX record and no address: mail cannot be delivered"
        if any(host and _has_address(servers, host) for host in hosts):
            return "fine", ""
        return "finding", f"has MX records, but none of their hosts has an address ({', '.join(filter(None, hosts))})"
    except _NotAsked as reason:
        return "unread", f"could not be queried: {reason}"


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
        update = start("Querying DNS", len(domains))
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
            fix = "use addresses of a domain that accepts mail" if level == "finding" else ""
            result.remarks.append(Remark(level, "mail-domain", domain, text, fix))
