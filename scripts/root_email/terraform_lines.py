"""The lines of a Terraform configuration that name the old addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.root_email.codes import ADDRESS
from scripts.shared.console import CommandError, out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scripts.root_email.planning import Change


@dataclass(frozen=True)
class Occurrence:
    """A line of a Terraform configuration that has the old address, as it is and as it must be."""

    account_id: str
    file: str
    line: int
    resource: str
    old: str
    new: str


_SUFFIXES = (".tf", ".tf.json", ".tfvars", ".tfvars.json", ".tofu", ".json", ".yaml", ".yml", ".csv")
_BLOCK = re.compile(r'^\s*(resource|module|locals|variable)\b(?:\s+"?([\w-]+)"?)?(?:\s+"?([\w-]+)"?)?')


def occurrences(folder: Path, changes: Iterable[Change]) -> list[Occurrence]:
    """Where a Terraform configuration writes the old addresses: in resources, variables, and data files beside them.

    Raises CommandError: there is no such folder.
    """
    if not folder.is_dir():
        raise CommandError(f"--terraform {folder}: is not a folder")
    by_old = {change.old.casefold(): change for change in changes}
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.name.endswith(_SUFFIXES) or not path.is_file():
            continue
        block = ""
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except OSError as error:
            raise CommandError(f"{path}: cannot be read: {error.strerror}") from None
        for number, line in enumerate(lines, start=1):
            if match := _BLOCK.match(line):
                block = ".".join(part for part in match.groups()[1:] if part) if match[1] == "resource" else match[1]
            for address in dict.fromkeys(ADDRESS.findall(line)):
                if change := by_old.get(address.casefold()):
                    resource = block if path.suffix in (".tf", ".tofu") else ""
                    new = line.strip().replace(address, change.new)
                    found.append(Occurrence(change.account_id, str(path), number, resource, line.strip(), new))
    return found


def show_terraform(changes: Iterable[Change], folder: Path | None, *, done: bool) -> None:
    """Prints which lines to change to what: all of them once AWS has the new addresses, before that those found."""
    found = occurrences(folder, changes) if folder else []
    missing = [change for change in changes if change.account_id not in {item.account_id for item in found}]
    if done:
        text = (
            "AWS has the new addresses. Until these lines are changed, too, a plan replaces the accounts; afterwards it"
            " shows no change, and lifecycle { ignore_changes = [email] } can go:"
        )
    else:
        text = (
            "Before `accept`, write lifecycle { ignore_changes = [email] } into every aws_organizations_account with an"
            " old address, or a plan in between replaces the account."
        )
    out.print(f"\nTerraform: {text}", markup=False, soft_wrap=True)
    for item in found:
        place = " ".join(filter(None, [f"{item.file}:{item.line}", item.resource]))
        out.print(f"  {place}\n  - {item.old}\n  + {item.new}", markup=False, soft_wrap=True)
    for change in missing:
        if folder:
            where = f"not written out in {folder}"
        elif done:
            where = "email of its aws_organizations_account (with Control Tower, AccountEmail)"
        else:
            continue
        lines = f'  - "{change.old}"\n  + "{change.new}"'
        out.print(f"  {change.account} {change.account_id}: {where}\n{lines}", markup=False, soft_wrap=True)
    out.print()
