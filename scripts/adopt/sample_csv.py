"""The contacts of the accounts, from the CSV of an AWS sample."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.contacts.sections import CONTACT_TYPES, ContactType
from scripts.adopt.contacts import LeftOut, contact_or_reason
from scripts.adopt.reading import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cdktf_app.contacts.organization import Organization

SAMPLE = "aws-samples/aws-organizations-alternate-contacts-management-via-csv"
COLUMNS = ("account id", "ALTERNATECONTACT", "type", "email", "name", "phone", "title")
"""Of the sample's CSV, which has no heading: the account id and what `aws account get-alternate-contact --output text`
prints, whose columns are in the order of their names in the API."""


def read_csv(path: Path, organization: Organization, managed: Iterable[str]) -> Found:
    """The contacts in the CSV of the AWS sample. Missing ones are in `unread`.

    The sample cannot read the management account and writes empty rows for it: they count as not read.

    Raises:
        InvalidInput: with everything that is wrong with the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput([Problem(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidInput([Problem(str(path), "is not UTF-8; save it as CSV UTF-8", line)]) from None
    problems: list[Problem] = []
    rows: dict[tuple[str, ContactType], tuple[int, Mapping[str, str] | None]] = {}
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        for row in reader:
            if not any(map(str.strip, row)) or (reader.line_num == 1 and "account" in row[0].lower()):
                continue
            try:
                key, contact = _row(row, organization)
                if key in rows:
                    raise _WrongRow(f"is a duplicate of line {rows[key][0]}; remove one of the two", row[0])
                rows[key] = (reader.line_num, contact)
            except _WrongRow as wrong:
                problems.append(Problem(str(path), wrong.message, reader.line_num, None, wrong.value))
    except csv.Error as error:
        problems.append(Problem(str(path), f"is not CSV: {error}", reader.line_num))
    if problems or not rows:
        raise InvalidInput(problems or [Problem(str(path), "is empty; the sample writes it with the option -o")])
    found = Found()
    for account_id in managed:
        contacts: dict[ContactType, Mapping[str, str] | None] = {}
        for kind in CONTACT_TYPES:
            line, contact = rows.get((account_id, kind), (0, None))
            account = organization.by_id[account_id]
            if not line:
                found.unread.append(LeftOut(account, f"{kind.upper()} contact", f"{path} has no row for it"))
            elif contact is None and account_id == organization.management_account_id:
                reason = f"line {line} is empty, and the sample cannot read the management account's own contacts"
                found.unread.append(LeftOut(account, f"{kind.upper()} contact", reason))
            else:
                contacts[kind] = contact
        found.contacts[account_id] = contacts
    return found


class _WrongRow(Exception):
    def __init__(self, message: str, value: str | None = None) -> None:
        super().__init__(message)
        self.message, self.value = message, value


def _row(row: list[str], organization: Organization) -> tuple[tuple[str, ContactType], Mapping[str, str] | None]:
    if len(row) != len(COLUMNS):
        hint = "; put a text with a comma in double quotes" if len(row) > len(COLUMNS) else ""
        raise _WrongRow(f"has {len(row)} columns, not {len(COLUMNS)} ({', '.join(COLUMNS)}){hint}")
    number, _, kind, email, name, phone, title = (cell.strip() for cell in row)
    if not number.isdecimal() or len(number) > 12:
        raise _WrongRow("is not an account id; format the column as a number without decimals, or as text", number)
    account_id = number.zfill(12)
    if account_id not in organization.by_id:
        raise _WrongRow("is not an account of the organization", account_id)
    contact_type = next((known for known in CONTACT_TYPES if known.upper() == kind), None)
    if contact_type is None:
        raise _WrongRow("is not a contact type; write SECURITY, OPERATIONS or BILLING", kind)
    contact = {"name": name, "title": title, "email": email, "phone": phone}
    if not any(contact.values()):
        return (account_id, contact_type), None
    if missing := [key for key, value in contact.items() if not value]:
        raise _WrongRow(f"has no {' and no '.join(missing)}; write all four, or none")
    if reason := contact_or_reason(contact)[1]:
        raise _WrongRow(f"cannot be a contact: {reason}")
    return (account_id, contact_type), contact
