"""What an organization tells the checks: its domains, its exceptions, what is covered elsewhere."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, Final

ENVIRONMENT_VARIABLE: Final = "CONTACT_POLICY_FILE"
DEFAULT_FILE: Final = ".contact-policy.toml"
CONTACT_TYPES: Final = ("SECURITY", "OPERATIONS", "BILLING")
OWN_ACCOUNT: Final = "own"
"""In `covered_elsewhere`: the account of the provider's own credentials, whether its id is in the plan or not."""


_KEYS: Final = ("corporate_domains", "root_email_patterns", "accepted", "covered_elsewhere", "strict", "guidelines")
_FORMER_FILES: Final = (".contact-policy.yaml", ".contact-policy.yml")
_FORMER: Final = """\
{file}: is YAML, which is no longer read. Write what it says into {new} as below, then delete {file}.
Leave out what it does not say, and keep the order: tables, in [[ ]], come last.
Where --config or $CONTACT_POLICY_FILE names the old file, name the new one.

corporate_domains = ["corp.example"]
root_email_patterns = ["aws-root+*@corp.example"]
strict = false

[[accepted]]  # again for each entry, with address or pattern
pattern = "*@partner.example"
reason = "The partner runs our first line"
expires = 2027-06-30

[[covered_elsewhere]]  # again for each entry
account = "123456789012"
reason = "The payments team sets its own contacts"
types = ["BILLING", "OPERATIONS"]  # left out: all three
"""

_Path = tuple[str | int, ...]


class ConfigurationError(Exception):
    """The configuration cannot be used; str() has every problem with its file, line if there is one, key and remedy."""

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
    guidelines: str = ""
    """The folder or URL that has the pages of the checks; empty: `check.PAGES`."""
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
    """The configuration as a JSON file for checkov has to hold it."""
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
        "guidelines": configuration.guidelines,
    }


def find_file(directory: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The configuration file to use: the one the environment names, else `.contact-policy.toml` if it is there.

    A YAML file of former versions comes before it, so that `load` refuses it and it is not ignored in silence.
    """
    named = environment.get(ENVIRONMENT_VARIABLE)
    if named:
        return Path(named)
    files = (directory / name for name in (*_FORMER_FILES, DEFAULT_FILE))
    return next((file for file in files if file.exists()), None)


def load(path: Path | None) -> Configuration:
    """The configuration in a TOML or JSON file; the default one for None.

    Raises ConfigurationError with every problem found.
    """
    if path is None:
        return Configuration()
    if path.suffix in (".yaml", ".yml"):
        raise _former(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error}); correct the path in --config or ${ENVIRONMENT_VARIABLE}"
        raise ConfigurationError([f"{path}: {reason}"]) from None
    except UnicodeDecodeError:
        raise ConfigurationError([f"{path}: is not UTF-8 text; save it as UTF-8"]) from None
    try:
        if text.lstrip().startswith("{"):
            return _read(json.loads(text), str(path), {})
        return _read(tomllib.loads(text), str(path), _lines(text))
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, text, error) from None


def _former(path: Path) -> ConfigurationError:
    return ConfigurationError([_FORMER.format(file=path, new=path.with_suffix(".toml"))])


def _unreadable(path: Path, text: str, error: Exception) -> ConfigurationError:
    rows = text.rstrip().split("\n")
    found = re.search(r"\bline (\d+)", str(error))
    number = min(int(found[1]), len(rows)) if found else len(rows)
    row = rows[number - 1].strip()
    if re.match(r"---|- |[\w-]+:(?:\s|$)", row):
        return _former(path)
    if text.lstrip().startswith("{"):
        advice = "is not JSON, as which a file is read that begins with {; correct it, or write TOML"
    else:
        advice = "is not TOML; write key = value, and text and account ids in quotes"
    return ConfigurationError([f"{path}:{number}: {row[:80]!r} {advice} ({error})"])


def _lines(text: str) -> dict[_Path, int]:
    """The lines of the tables and keys in a valid TOML text, as far as they are certain."""
    if '"""' in text or "'''" in text:
        return {}
    lines: dict[_Path, int] = {}
    table: _Path = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.fullmatch(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?", line):
            name = header[1].strip()
            table = (name, sum(path[:-1] == (name,) for path in lines))
            lines.setdefault((name,), number)
            lines[table] = number
        elif key := re.match(r"""\s*(["']?)([\w-]+)\1\s*=""", line):
            lines[*table, key[2]] = number
    return lines


def _read(content: Mapping[str, Any], source: str, lines: Mapping[_Path, int]) -> Configuration:
    reader = _Reader(source, lines)
    top = reader.mapping(content, (), _KEYS)
    strict = top.get("strict", False)
    if not isinstance(strict, bool):
        reader.problem(("strict",), f"is {_shown(strict)}; write true or false")
    configuration = Configuration(
        corporate_domains=tuple(reader.domains(top)),
        root_email_patterns=tuple(
            reader.address_pattern(item, ("root_email_patterns", index))
            for index, item in enumerate(reader.sequence(top, (), "root_email_patterns", '["aws-root+*@example.com"]'))
        ),
        accepted=tuple(reader.accepted(top)),
        covered_elsewhere=tuple(reader.covered(top)),
        strict=strict is True,
        guidelines=reader.guidelines(top),
        source=source,
    )
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return configuration


class _Reader:
    def __init__(self, source: str, lines: Mapping[_Path, int]) -> None:
        self.source = source
        self.lines = lines
        self.problems: list[str] = []

    def problem(self, path: _Path, message: str) -> None:
        """`message` is a predicate of the key that `path` leads to."""
        line = next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        self.problems.append(f"{self.source}{f':{line}' if line else ''}: {key} {message}")

    def mapping(self, value: Any, path: _Path, known: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.problem(
                path, f"is {_shown(value)}; write [[{path[0]}]] and below it keys and values: {', '.join(known)}"
            )
            return {}
        for key in value:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, 1)
                hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
                if path and key in _KEYS:
                    hint = f"move it up, above the first [[{path[0]}]]"
                self.problem((*path, key), f"is not known; {hint}")
        return value

    def sequence(self, mapping: Mapping[str, Any], path: _Path, key: str, example: str) -> list[Any]:
        value = mapping.get(key, [])
        if not isinstance(value, list):
            self.problem((*path, key), f"is {_shown(value)}; write {example}")
            return []
        return value

    def guidelines(self, top: Mapping[str, Any]) -> str:
        value = top.get("guidelines", "")
        if not isinstance(value, str) or re.search(r"\s", value):
            advice = "write the folder or URL of the checks' pages, like https://git.example.com/policies/docs/policies"
            self.problem(("guidelines",), f"is {_shown(value)}; {advice}")
            return ""
        return value

    def domains(self, top: Mapping[str, Any]) -> list[str]:
        domains = []
        for index, item in enumerate(self.sequence(top, (), "corporate_domains", '["example.com"]')):
            if isinstance(item, str) and re.fullmatch(r"(?!-)[\w-]+(\.[\w-]+)+", item):
                domains.append(item.casefold())
            else:
                advice = "write a domain like example.com, without @ or *"
                self.problem(("corporate_domains", index), f"is {_shown(item)}; {advice}")
        return domains

    def address_pattern(self, value: Any, path: _Path) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            self.problem(path, f"is {_shown(value)}; write an address or pattern like aws-root+*@example.com")
            return ""
        if re.fullmatch(r"[*?.]+", value.partition("@")[2]):
            self.problem(path, f"is {_shown(value)}, which fits every domain; name the domain after the @")
        return value

    def accepted(self, top: Mapping[str, Any]) -> list[Accepted]:
        entries = []
        for index, item in enumerate(self.sequence(top, (), "accepted", "each entry under a line [[accepted]]")):
            path: _Path = ("accepted", index)
            entry = self.mapping(item, path, ("address", "pattern", "reason", "expires"))
            pattern = ""
            match [key for key in ("address", "pattern") if key in entry]:
                case [key]:
                    pattern = self.address_pattern(entry[key], (*path, key))
                    if key == "address" and re.search(r"[*?\[]", pattern):
                        advice = "write pattern instead of address"
                        self.problem((*path, key), f"is {_shown(pattern)}, with wildcards; {advice}")
                case keys:
                    self.problem(path, f"has {' and '.join(keys) or 'no address'}; write either address or pattern")
            entries.append(Accepted(pattern, self.reason(entry, path), self.expiry(entry, path)))
        return entries

    def covered(self, top: Mapping[str, Any]) -> list[CoveredElsewhere]:
        entries = []
        example = "each entry under a line [[covered_elsewhere]]"
        for index, item in enumerate(self.sequence(top, (), "covered_elsewhere", example)):
            path: _Path = ("covered_elsewhere", index)
            entry = self.mapping(item, path, ("account", "reason", "types"))
            account = entry.get("account")
            if isinstance(account, int) and not isinstance(account, bool):
                self.problem((*path, "account"), f'is the number {account}; write it in quotes: "{account:012d}"')
            elif not isinstance(account, str) or not account.strip():
                said = f"is {_shown(account)}" if "account" in entry else "is missing"
                self.problem((*path, "account"), f'{said}; write an account id in quotes, a name pattern or "own"')
            elif re.fullmatch(r"\d+", account) and len(account) != 12:
                self.problem(
                    (*path, "account"), f"is {_shown(account)}, with {len(account)} digits; an account id has 12"
                )
            types = self.sequence(entry, path, "types", 'a list like ["BILLING", "OPERATIONS"]')
            for number, kind in enumerate(types):
                if kind not in CONTACT_TYPES:
                    self.problem((*path, "types", number), f"is {_shown(kind)}; write {', '.join(CONTACT_TYPES)}")
            entries.append(CoveredElsewhere(str(account), self.reason(entry, path), tuple(map(str, types))))
        return entries

    def reason(self, entry: Mapping[str, Any], path: _Path) -> str:
        reason = entry.get("reason")
        if not isinstance(reason, str) or not reason.strip():
            said = f"is {_shown(reason)}" if "reason" in entry else "is missing"
            self.problem((*path, "reason"), f"{said}; say why this exception is right")
            return ""
        return reason

    def expiry(self, entry: Mapping[str, Any], path: _Path) -> date:
        value = entry.get("expires")
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                value = date.fromisoformat(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        said = f"is {_shown(value)}" if "expires" in entry else "is missing"
        self.problem((*path, "expires"), f"{said}; write a date like 2027-03-31")
        return date.min


def _shown(value: Any) -> str:
    """A value as TOML and JSON write it."""
    return json.dumps(value, ensure_ascii=False, default=str)
