"""What an organization tells the checks: its domains, its exceptions, what is covered elsewhere."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from . import plain_yaml

ENVIRONMENT_VARIABLE: Final = "CONTACT_POLICY_FILE"
DEFAULT_FILE: Final = ".contact-policy.yaml"
CONTACT_TYPES: Final = ("SECURITY", "OPERATIONS", "BILLING")
OWN_ACCOUNT: Final = "own"
"""In `covered_elsewhere`: the account of the provider's own credentials, whether its id is in the plan or not."""


class ConfigurationError(Exception):
    """The configuration cannot be used; str() has one line per problem, with file and line where there is one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Accepted:
    """An address, or a pattern with `*` and `?`, that is accepted until a date although the checks object.

    A pattern for a whole domain (`*@example.com`) accepts the domain, not what stands before the @.
    """

    pattern: str
    reason: str
    expires: date

    @property
    def whole_domain(self) -> bool:
        return self.pattern.startswith("*@")


@dataclass(frozen=True)
class CoveredElsewhere:
    """Accounts whose contacts another configuration manages: an account id, a name pattern, or `own`.

    `types` limits it to contacts of these types; empty means all three.
    """

    account: str
    reason: str
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Configuration:
    """Everything optional; the default judges by the built-in lists alone."""

    corporate_domains: tuple[str, ...] = ()
    root_email_patterns: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    covered_elsewhere: tuple[CoveredElsewhere, ...] = ()
    strict: bool = False
    source: str = ""

    def acceptance(self, email: str, today: date, *, domain_only: bool) -> Accepted | None:
        """The unexpired entry that accepts the address.

        `domain_only` asks about an objection to the domain, for which a pattern for the whole domain is enough.
        """
        address = email.strip().casefold()
        for entry in self.accepted:
            if entry.whole_domain and not domain_only:
                continue
            if entry.expires >= today and fnmatchcase(address, entry.pattern.casefold()):
                return entry
        return None

    def expired_acceptance(self, email: str, today: date) -> Accepted | None:
        """An entry that would accept the address, had it not expired."""
        address = email.strip().casefold()
        for entry in self.accepted:
            if entry.expires < today and fnmatchcase(address, entry.pattern.casefold()):
                return entry
        return None

    def is_root_pattern(self, email: str) -> bool:
        """True if the organization named a root email pattern that fits."""
        address = email.strip().casefold()
        return any(fnmatchcase(address, pattern.casefold()) for pattern in self.root_email_patterns)

    def covering(
        self, account_id: str | None, name: str | None, contact_type: str, *, own: bool = False
    ) -> CoveredElsewhere | None:
        """The entry that says another configuration manages this account's contact of that type.

        `own`: it is the account of a provider's own credentials.
        """
        candidates: list[CoveredElsewhere] = [*self._covered_ids.get(account_id or "", ()), *self._covered_patterns]
        texts = [text for text in (account_id, name, OWN_ACCOUNT if own else None) if text]
        for entry in candidates:
            if (not entry.types or contact_type in entry.types) and any(
                fnmatchcase(text, entry.account) for text in texts
            ):
                return entry
        return None

    @cached_property
    def _covered_ids(self) -> Mapping[str, list[CoveredElsewhere]]:
        entries: dict[str, list[CoveredElsewhere]] = defaultdict(list)
        for entry in self.covered_elsewhere:
            if re.fullmatch(r"\d{12}", entry.account):
                entries[entry.account].append(entry)
        return entries

    @cached_property
    def _covered_patterns(self) -> tuple[CoveredElsewhere, ...]:
        return tuple(entry for entry in self.covered_elsewhere if entry.account not in self._covered_ids)


def as_mapping(configuration: Configuration) -> dict[str, Any]:
    """The configuration as `read` takes it: what a JSON file for checkov has to hold."""
    return {
        "corporate_domains": list(configuration.corporate_domains),
        "root_email_patterns": list(configuration.root_email_patterns),
        "accepted": [
            {"pattern": entry.pattern, "reason": entry.reason, "expires": entry.expires.isoformat()}
            for entry in configuration.accepted
        ],
        "covered_elsewhere": [
            {"account": entry.account, "reason": entry.reason, "types": list(entry.types)}
            for entry in configuration.covered_elsewhere
        ],
        "strict": configuration.strict,
    }


def find_file(directory: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The configuration file to use: the one the environment names, else `.contact-policy.yaml` if it is there."""
    named = environment.get(ENVIRONMENT_VARIABLE)
    if named:
        return Path(named)
    default = directory / DEFAULT_FILE
    return default if default.exists() else None


def load(path: Path | None) -> Configuration:
    """The configuration in a YAML or JSON file; the default one for None.

    Raises ConfigurationError with every problem found.
    """
    if path is None:
        return Configuration()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read ({error.strerror or error})"]) from None
    except UnicodeDecodeError:
        raise ConfigurationError([f"{path}: is not UTF-8 text"]) from None
    try:
        content, lines = _decode(text)
    except plain_yaml.PlainYamlError as error:
        raise ConfigurationError([f"{path}:{error.line}: {error.message}"]) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError([f"{path}: is not readable JSON ({error})"]) from None
    return read(content, str(path), lines)


def _decode(text: str) -> tuple[Any, Mapping[tuple[str | int, ...], int]]:
    if text.lstrip().startswith("{"):
        return json.loads(text), {}
    return plain_yaml.parse(text)


def read(content: Any, source: str, lines: Mapping[tuple[str | int, ...], int] | None = None) -> Configuration:
    """The configuration in a mapping as YAML or JSON gives it. `source` names it in errors, `lines` places them.

    Raises ConfigurationError with every problem found.
    """
    reader = _Reader(source, lines or {})
    top = reader.mapping(
        {} if content is None else content,
        (),
        ("corporate_domains", "root_email_patterns", "accepted", "covered_elsewhere", "strict"),
    )
    strict = top.get("strict", False)
    if not isinstance(strict, bool):
        reader.problem(("strict",), f"strict is {strict!r}; write true or false")
    configuration = Configuration(
        corporate_domains=tuple(reader.domains(top.get("corporate_domains"), ("corporate_domains",))),
        root_email_patterns=tuple(
            reader.address_pattern(item, ("root_email_patterns", index))
            for index, item in enumerate(reader.sequence(top.get("root_email_patterns"), ("root_email_patterns",)))
        ),
        accepted=tuple(reader.accepted(top.get("accepted"))),
        covered_elsewhere=tuple(reader.covered(top.get("covered_elsewhere"))),
        strict=strict is True,
        source=source,
    )
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return configuration


class _Reader:
    def __init__(self, source: str, lines: Mapping[tuple[str | int, ...], int]) -> None:
        self.source = source
        self.lines = lines
        self.problems: list[str] = []

    def problem(self, path: tuple[str | int, ...], message: str) -> None:
        line = next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), None)
        self.problems.append(f"{self.source}{f':{line}' if line else ''}: {message}")

    def mapping(self, value: Any, path: tuple[str | int, ...], known: tuple[str, ...]) -> Mapping[str, Any]:
        where = ".".join(map(str, path)) or "the file"
        if not isinstance(value, Mapping):
            self.problem(path, f"{where} is {value!r}; write keys and values: {', '.join(known)}")
            return {}
        for key in value:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, 1)
                hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
                self.problem((*path, key), f"{key!r} is not known in {where}; {hint}")
        return value

    def sequence(self, value: Any, path: tuple[str | int, ...]) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(path, f"{path[-1]} is {value!r}; write a list, one `- item` per line")
            return []
        return value

    def domains(self, value: Any, path: tuple[str | int, ...]) -> list[str]:
        domains = []
        for index, item in enumerate(self.sequence(value, path)):
            if isinstance(item, str) and re.fullmatch(r"(?!-)[\w-]+(\.[\w-]+)+", item):
                domains.append(item.casefold())
            else:
                self.problem((*path, index), f"{item!r} is not a domain; write it like example.com, without @ or *")
        return domains

    def address_pattern(self, value: Any, path: tuple[str | int, ...]) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            self.problem(path, f"{value!r} is not an address or pattern; write it like aws-root+*@example.com")
            return ""
        if re.fullmatch(r"[*?.]+", value.partition("@")[2]):
            self.problem(path, f"{value!r} accepts every domain; name the domain after the @")
        return value

    def accepted(self, value: Any) -> list[Accepted]:
        entries = []
        for index, item in enumerate(self.sequence(value, ("accepted",))):
            path: tuple[str | int, ...] = ("accepted", index)
            entry = self.mapping(item, path, ("address", "pattern", "reason", "expires"))
            if ("address" in entry) == ("pattern" in entry):
                self.problem(path, "an accepted entry needs either address or pattern")
            pattern = self.address_pattern(entry.get("address", entry.get("pattern")), path)
            if "address" in entry and re.search(r"[*?\[]", pattern):
                self.problem(path, f"{pattern!r} has wildcards; write it as pattern instead of address")
            entries.append(
                Accepted(pattern, self.reason(entry, path), self.expiry(entry.get("expires"), (*path, "expires")))
            )
        return entries

    def covered(self, value: Any) -> list[CoveredElsewhere]:
        entries = []
        for index, item in enumerate(self.sequence(value, ("covered_elsewhere",))):
            path: tuple[str | int, ...] = ("covered_elsewhere", index)
            entry = self.mapping(item, path, ("account", "reason", "types"))
            account = entry.get("account")
            if isinstance(account, int) and not isinstance(account, bool):
                self.problem(path, f'account {account} is a number; write it in quotes: "{account:012d}"')
            elif not isinstance(account, str) or not account.strip():
                self.problem(path, f'account is {account!r}; write an account id in quotes, a name pattern or "own"')
            elif re.fullmatch(r"\d+", account) and len(account) != 12:
                self.problem(path, f"account {account!r} has {len(account)} digits; an account id has 12")
            types = self.sequence(entry.get("types"), (*path, "types"))
            for kind in types:
                if kind not in CONTACT_TYPES:
                    self.problem((*path, "types"), f"{kind!r} is not a contact type; write {', '.join(CONTACT_TYPES)}")
            entries.append(CoveredElsewhere(str(account), self.reason(entry, path), tuple(map(str, types))))
        return entries

    def reason(self, entry: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
        reason = entry.get("reason")
        if not isinstance(reason, str) or not reason.strip():
            self.problem(path, "reason is missing; say why this exception is right")
            return ""
        return reason

    def expiry(self, value: Any, path: tuple[str | int, ...]) -> date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.problem(path, f"expires is {value!r}; write a date like 2027-03-31")
            return date.min
