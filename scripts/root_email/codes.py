"""One-time codes for changes of root user emails, from a prompt, a CSV file or a mailbox. None is ever stored: they are
`SecretStr`s, which show nothing when printed, and no error holds one."""

from __future__ import annotations

import csv
import email
import email.policy
import email.utils
import io
import mailbox
import re
import sys
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import typer
from pydantic import SecretStr

from cdktf_app.contacts import fields
from cdktf_app.contacts.problems import InvalidInput, Problem
from scripts.shared.console import err

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

_CODE: Final = re.compile(r"[A-Za-z0-9]{6}")
"""A one-time code (API reference, AcceptPrimaryEmailUpdate, Otp)."""

_SAME_TIME: Final = timedelta(minutes=1)
"""AWS dates its mail and its answer to StartPrimaryEmailUpdate by clocks that differ by less."""

ADDRESS: Final = re.compile(r"[\w.+=#!$*/?^`{}~-]+@[\w-]+(?:\.[\w-]+)+")
"""An e-mail address within text."""


@dataclass(frozen=True)
class Expected:
    """A code that AWS mailed: for which account, to which address, when, by AWS's clock."""

    account_id: str
    account: str
    address: str
    sent_at: datetime


@dataclass
class MailCodes:
    """The codes in a mailbox export: codes by account id, how many mails it had, how many of them could not be read."""

    codes: dict[str, SecretStr] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """By account id: why there is no code."""
    mails: int = 0
    unreadable: int = 0


def read_rows(path: Path, header: tuple[str, str], accounts: Collection[str]) -> list[tuple[int, str, str]]:
    """Line, account id and second field of a CSV file of two columns, or of standard input for `-`. The header may be
    left out; commas, semicolons or tabs separate.

    Raises InvalidInput: the file cannot be read, a row has another shape, an account is not one of `accounts` or there
    twice. The second field is in no error: it may be a code.
    """
    file = _name(path)
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput([Problem(file, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise InvalidInput([Problem(file, "is not UTF-8; save it as CSV UTF-8")]) from None
    delimiter = next((sign for sign in "\t;" if sign in text.partition("\n")[0]), ",")
    found: dict[str, tuple[int, str, str]] = {}
    problems = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            values = [value.strip() for value in row]
            if not any(values) or values == list(header):
                continue
            line = reader.line_num
            if len(values) != 2 or not all(values):
                problems.append(Problem(file, f"has not the two fields {header[0]}{delimiter}{header[1]}", line))
            elif complaint := fields.account_id_complaint(values[0]):
                problems.append(Problem(file, f"the first field {complaint}", line))
            elif values[0] not in accounts:
                problems.append(Problem(file, "is an account that is not asked for here", line, value=values[0]))
            elif values[0] in found:
                problems.append(Problem(file, f"is already on line {found[values[0]][0]}", line, value=values[0]))
            else:
                found[values[0]] = (line, values[0], values[1])
    except csv.Error:
        problems.append(Problem(file, "is not CSV here", reader.line_num))
    if problems:
        raise InvalidInput(problems)
    return list(found.values())


def _name(path: Path) -> str:
    return "standard input" if str(path) == "-" else str(path)


def from_csv(path: Path, accounts: Collection[str]) -> dict[str, SecretStr]:
    """By account id, the codes of a CSV file (account_id,code), or of standard input for `-`.

    Raises InvalidInput: as `read_rows`, or a code is not shaped like one.
    """
    codes: dict[str, SecretStr] = {}
    problems = []
    for line, account_id, code in read_rows(path, ("account_id", "code"), accounts):
        codes[account_id] = SecretStr(code)
        if not _CODE.fullmatch(code):
            zeros = " (were leading zeros lost?)" if code.isdigit() and len(code) < 6 else ""
            message = f"the code of account {account_id} is not six letters or digits{zeros}"
            problems.append(Problem(_name(path), message, line))
    if problems:
        raise InvalidInput(problems)
    return codes


def from_prompt(expected: Iterable[Expected]) -> dict[str, SecretStr]:
    """By account id, the codes typed at a prompt without echo; Enter alone skips an account."""
    codes = {}
    for item in expected:
        text = f"Code mailed to {item.address} for {item.account} {item.account_id} (Enter: later)"
        while True:
            code = typer.prompt(text, default="", show_default=False, hide_input=True, err=True).strip()
            if not code or _CODE.fullmatch(code):
                break
            err.print("A code is six letters or digits.")
        if code:
            codes[item.account_id] = SecretStr(code)
    return codes


def from_mailbox(path: Path, expected: Iterable[Expected]) -> MailCodes:
    """The codes in mails that AWS sent since it was asked to; the newest mail to an address counts.

    Args:
        path: an mbox file, a folder of .eml or .mbox files, a Maildir, or one .eml file.

    Raises InvalidInput: there is no mail.
    """
    by_address = {item.address.casefold(): item for item in expected}
    result = MailCodes()
    newest: dict[str, tuple[datetime, str | None]] = {}
    too_old: set[str] = set()
    for message in _messages(path):
        result.mails += 1
        try:
            found = _read(message, by_address.keys())
        except Exception:  # the standard library's parser raises many kinds on broken mail
            result.unreadable += 1
            continue
        if found is None:
            continue
        address, sent_at, code = found
        if sent_at < by_address[address].sent_at - _SAME_TIME:
            too_old.add(address)
        elif address not in newest or sent_at >= newest[address][0]:
            newest[address] = (sent_at, code)
    if not result.mails:
        raise InvalidInput([Problem(str(path), "holds no mail: give an mbox file, .eml files, or a Maildir")])
    for address, item in by_address.items():
        _, code = newest.get(address, (None, None))
        if code is not None:
            result.codes[item.account_id] = SecretStr(code)
        elif address in newest:
            result.missing[item.account_id] = "the newest mail from AWS has no recognizable code"
        else:
            what = "only mails from before the start" if address in too_old else "no mail from AWS to this address"
            result.missing[item.account_id] = f"{what} in {path}"
    return result


def _read_all(box: Any) -> Iterator[EmailMessage]:
    try:
        yield from box
    finally:
        box.close()


def _messages(path: Path) -> Iterator[EmailMessage]:
    def parsed(file: Any) -> Any:
        return email.message_from_binary_file(file, policy=email.policy.default)

    try:
        if (path / "cur").is_dir():
            yield from _read_all(mailbox.Maildir(path, factory=parsed, create=False))
        elif path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.suffix.lower() in (".eml", ".mbox") and file.is_file():
                    yield from _messages(file)
        else:
            with path.open("rb") as opened:
                if opened.read(5) != b"From ":
                    opened.seek(0)
                    if message := parsed(opened):
                        yield message
                    return
            yield from _read_all(mailbox.mbox(path, factory=parsed, create=False))
    except OSError as error:
        raise InvalidInput([Problem(str(path), f"cannot be read: {error.strerror or error}")]) from None


_SENDERS: Final = re.compile(r"@(?:[\w-]+\.)*(?:signin\.aws|amazon\.com|amazonaws\.com|aws\.com)\b", re.IGNORECASE)
"""AWS sends codes from no-reply@verify.signin.aws (Account Management Reference Guide); its other domains are here in
case it changes that. A forged mail gains nothing: AWS rejects its code."""

_SUBJECT: Final = re.compile(r"root user|ルートユーザー", re.IGNORECASE)
"""Mails seen in 2025 are called "Verify the new email address for the AWS account root user". It tells them where a
mailing list has written itself into From."""

_SENDER_FIELDS = ("From", "Sender", "Reply-To", "Return-Path", "X-Original-From", "X-Google-Original-From")
_RECIPIENT_FIELDS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To", "Resent-To")


def _read(message: EmailMessage, wanted: Collection[str]) -> tuple[str, datetime, str | None] | None:
    """To which of the wanted addresses the mail went, when, and its code; None: it is not AWS's, is undated, or went to
    none of them or several."""
    senders = " ".join(str(value) for name in _SENDER_FIELDS for value in message.get_all(name, ()))
    if not _SENDERS.search(senders) and not _SUBJECT.search(str(message.get("Subject", ""))):
        return None
    texts = list(_texts(message))
    # AWS names the address in its text, too, and that survives mailing lists and forwarding.
    named = {address.casefold() for text in texts for address in ADDRESS.findall(text)} & set(wanted)
    written = [str(value) for name in _RECIPIENT_FIELDS for value in message.get_all(name, ())]
    to = {address.casefold() for _, address in email.utils.getaddresses(written)} & set(wanted)
    addresses = named if len(named) == 1 else to
    received = str(message.get("Received", "")).rpartition(";")[2]
    sent_at = parse_date(str(message.get("Date", ""))) or parse_date(received)
    if len(addresses) != 1 or sent_at is None:
        return None
    return addresses.pop(), sent_at, next(filter(None, map(find_code, texts)), None)


def parse_date(text: str) -> datetime | None:
    """The time in a header of mail or HTTP, in UTC; None if there is none."""
    try:
        found = email.utils.parsedate_to_datetime(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _texts(message: EmailMessage) -> Iterator[str]:
    """The texts of a mail, plain ones first, with white space made single."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    for part in sorted(parts, key=lambda part: part.get_content_subtype() != "plain"):
        data = part.get_payload(decode=True)
        raw = data if isinstance(data, bytes) else b""
        try:
            text = raw.decode(part.get_content_charset() or "utf-8")
        except (LookupError, UnicodeDecodeError):
            text = raw.decode("utf-8", "replace")
        if part.get_content_subtype() == "html":
            reader = _HtmlText()
            reader.feed(text)
            text = "".join(reader.pieces)
        yield " ".join(unicodedata.normalize("NFKC", text).split())


class _HtmlText(HTMLParser):
    """What a reader sees of HTML, roughly."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script", "title")
        self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "title") and self._hidden > 0
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)

    def _separate(self, tag: str) -> None:
        if tag not in ("b", "strong", "span", "i", "em", "wbr"):
            self.pieces.append(" ")


_WORD_FOR_CODE: Final = re.compile(
    r"code|kode|c[oó]digo|codice|password|\botp\b|コード|パスワード|验证码|驗證碼|코드", re.IGNORECASE
)
_TOKEN: Final = re.compile(r"(?<![\w@#/+=.-])(?=[A-Za-z]*[0-9]|[A-Z]{6})[A-Za-z0-9]{6}(?![\w@/+=-]|\.\w)", re.ASCII)
_NO_TEXT: Final = re.compile(r"https?://\S+|\S+@\S+")
_NEAR: Final = 160


def find_code(text: str) -> str | None:
    """The one-time code in the text of a mail: the only thing shaped like one after a word for it, else the only one at
    all; None if unclear.

    Seen in 2025: "… please use the following code to verify your email address: 123456."
    """
    plain = _NO_TEXT.sub(" ", text)
    near = [
        match[0]
        for word in _WORD_FOR_CODE.finditer(plain)
        if (match := _TOKEN.search(plain, word.end(), word.end() + _NEAR))
    ]
    candidates = set(near or _TOKEN.findall(plain))
    for distinct in (candidates, {candidate for candidate in candidates if candidate.isdigit()}):
        if len(distinct) == 1:
            return str(distinct.pop())
    return None
