"""The text fields of `contacts.yaml`: what AWS and its Terraform provider accept, and the error messages.

Lengths and patterns of contacts come from the AWS Account Management API reference (`PutAlternateContact`), those of
notifications from the AWS User Notifications API reference. Where the Terraform provider is stricter than AWS, the
provider's rule counts as well: a value it rejects can never be applied.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME_LENGTH, TITLE_LENGTH, EMAIL_LENGTH, PHONE_LENGTH = 64, 50, 254, 25

_EMAIL = re.compile(r"[\w+=.#|!&-]+@[\w.-]+\.\w+", re.ASCII)
# The provider wants one of these before the @ (its own, unanchored pattern is `[\w+=,.-]+@[\w.-]+\.[\w]+`).
_EMAIL_OF_PROVIDER = re.compile(r"[\w+=,.-]@[\w.-]+\.\w", re.ASCII)
_PHONE = re.compile(r"[0-9 ()+-]*[0-9][0-9 ()+-]*")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー－"), "-")
# Zero-width characters, and those that change the direction of what follows: an address could look like another.
_INVISIBLE = "\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_COMPASS = "(?:central|east|west|north|south|northeast|northwest|southeast|southwest)"
_REGION = re.compile(rf"(?:[a-z]{{2}}|us-gov|us-isob?|us-isof|eu-isoe|eusc-de)-{_COMPASS}-[1-9][0-9]?")
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)
_ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/[\w+=,.@/-]+", re.ASCII)
_CHANNEL_ARN = re.compile(
    r"arn:aws:(?:chatbot|consoleapp|notifications-contacts):[a-zA-Z0-9-]*:[0-9]{12}:"
    r"[a-zA-Z0-9\-_.@]+/[a-zA-Z0-9/_.@:-]+"
)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9]")


def partition(region: str) -> str:
    """The AWS partition a region lies in, such as `aws` or `aws-cn`."""
    return next((name for prefix, name in _PARTITIONS if region.startswith(prefix)), "aws")


def role_account(role_arn: str) -> str:
    """The id of the account that a valid role ARN names."""
    return role_arn.split(":")[4]


def half_width(text: str) -> str:
    """`text` with full-width letters, digits and signs, and dashes of every kind, as plain ASCII ones."""
    return unicodedata.normalize("NFKC", text.translate(_DASHES))


def _foreign(text: str) -> Iterator[str]:
    """Complaints about characters outside ASCII, where AWS accepts nothing else."""
    if text.isascii():
        return
    plain = half_width(text).strip()
    if plain.isascii():
        yield f"has full-width characters; write {plain!r}"
        return
    strange = next(character for character in plain if not character.isascii())
    name = unicodedata.name(strange, "unnamed character").lower()
    yield f"has a character AWS does not accept: {strange!r} (U+{ord(strange):04X}, {name}); write it in ASCII"


def _spaces_and_controls(text: str) -> Iterator[str]:
    if "\n" in text or "\r" in text:
        yield "has more than one line; write it on one"
    elif control := next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")), None):
        yield f"has the control character U+{ord(control):04X}; remove it"
    elif hidden := next((c for c in text if c in _INVISIBLE), None):
        yield f"has the invisible character U+{ord(hidden):04X}; remove it"
    if text != text.strip():
        yield f"starts or ends with a space; write {text.strip()!r}"


def _display_text(limit: int) -> Callable[[str], Iterator[str]]:
    def complaints(text: str) -> Iterator[str]:
        yield from _spaces_and_controls(text)
        if not text:
            yield f"is empty; write 1 to {limit} characters"
        elif len(text) > limit:
            yield f"is {len(text)} characters long; AWS accepts at most {limit}"
        elif (size := len(text.encode(errors="replace"))) > limit:
            yield (
                f"is {len(text)} characters but {size} bytes in UTF-8; the Terraform AWS provider accepts at most "
                f"{limit} bytes (a Japanese or Chinese character takes 3)"
            )

    return complaints


def _email(text: str) -> Iterator[str]:
    yield from _spaces_and_controls(text)
    yield from _foreign(text)
    if len(text) > EMAIL_LENGTH:
        yield f"is {len(text)} characters long; AWS accepts at most {EMAIL_LENGTH}"
    plain = half_width(text).strip()
    if not plain.isascii() or (_EMAIL.fullmatch(plain) and _EMAIL_OF_PROVIDER.search(plain)):
        return
    local, _, domain = plain.rpartition("@")
    if inner := re.fullmatch(r".*<([^<>]+)>|mailto:(\S+)", plain):
        yield f"is more than an address; write {(inner[1] or inner[2])!r}"
    elif "@" not in plain:
        yield "has no @; write an address such as aws-security@example.com"
    elif re.search(r"[,;\s]", plain):
        yield "is not a single address; a contact has exactly one: write that of a mailing list"
    elif not local:
        yield "has nothing before the @; write an address such as aws-security@example.com"
    elif "." not in domain:
        yield "has no dot after the @; write the full domain, such as example.com"
    elif odd := sorted(set(re.sub(r"[\w+=.#|!&-]", "", local, flags=re.ASCII))):
        yield f"has {' '.join(odd)} before the @; AWS accepts letters, digits and _ + = . # | ! & - there"
    elif not _EMAIL.fullmatch(plain):
        yield "has a domain that AWS does not accept; write letters, digits, - and . such as mail.example.com"
    else:
        yield "has a character before the @ that the Terraform AWS provider rejects; end it in a letter or digit"


def _channel_email(text: str) -> Iterator[str]:
    yield from _email(text)
    if len(text) < 6:
        yield "is shorter than 6 characters; AWS User Notifications accepts no such address"


def _phone(text: str) -> Iterator[str]:
    yield from _spaces_and_controls(text)
    yield from _foreign(text)
    plain = half_width(text).strip()
    if not plain:
        yield "is empty; write a number such as +44 20 7946 0110"
    elif len(plain) > PHONE_LENGTH:
        yield f"is {len(plain)} characters long; AWS accepts at most {PHONE_LENGTH}"
    if plain and plain.isascii() and not _PHONE.fullmatch(plain):
        odd = sorted(set(re.sub(r"[0-9 ()+-]", "", plain)))
        wrong = f"has {' '.join(odd)}" if odd else "has no digit"
        yield f"{wrong}; AWS accepts digits, spaces and ( ) + - only: write it as +44 20 7946 0110"


def _account_id(text: str) -> Iterator[str]:
    plain = half_width(text).replace("-", "").strip()
    if re.fullmatch(r"[0-9]{12}", text, re.ASCII):
        return
    if re.fullmatch(r"[0-9]{12}", plain):
        yield f"is not a valid account id; write {plain!r}"
    elif plain.isdecimal() and plain.isascii():
        lost = f" (were leading zeros lost? {plain.zfill(12)!r})" if 8 < len(plain) < 12 else ""
        yield f"has {len(plain)} digits; an account id has 12{lost}"
    else:
        yield "is not an account id; write its 12 digits, in quotes"


def _region(text: str) -> Iterator[str]:
    plain = half_width(text).strip().lower()
    if _REGION.fullmatch(text):
        return
    if _REGION.fullmatch(plain):
        yield f"is not a valid Region; write {plain!r}"
    elif _REGION.fullmatch(plain[:-1]):
        yield f"is an availability zone; write its region {plain[:-1]!r}"
    else:
        yield "is not the name of an AWS Region; write one such as ap-northeast-1 or us-east-1"


def _role_arn(text: str) -> Iterator[str]:
    if not _ROLE_ARN.fullmatch(text):
        yield "is not the ARN of an IAM role; write it as arn:aws:iam::111111111111:role/NAME"


def _role_name(text: str) -> Iterator[str]:
    if text.startswith("arn:"):
        yield f"is an ARN; write the role's name {text.partition(':role/')[2]!r}"
    elif not re.fullmatch(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}", text, re.ASCII):
        yield "is not the name of an IAM role; write up to 64 letters, digits and _ + = , . @ -"


def _domain(text: str) -> Iterator[str]:
    plain = half_width(text).strip().lower().removeprefix("*").removeprefix("@").removeprefix(".")
    if _DOMAIN.fullmatch(text):
        return
    if _DOMAIN.fullmatch(plain):
        yield f"is not a valid domain; write {plain!r}"
    else:
        yield "is not a domain; write one such as example.com"


def _address_pattern(text: str) -> Iterator[str]:
    yield from _foreign(text)
    if text.isascii() and not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        yield "is not a pattern of addresses; write one such as aws-root+*@example.com (* stands for anything)"


def _channel_arn(text: str) -> Iterator[str]:
    if not _CHANNEL_ARN.fullmatch(text):
        yield (
            "is not the ARN of a channel; write that of a chat, mobile or e-mail channel, such as "
            "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/NAME"
        )


def _name_in_aws(text: str) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        fixed = re.sub(r"[^A-Za-z0-9_-]+", "-", half_width(text)).strip("-")[:64]
        yield "may have 1 to 64 ASCII letters, digits, - and _" + (f"; write {fixed!r}" if fixed else "")


def _email_contact_name(text: str) -> Iterator[str]:
    if not re.fullmatch(r"[\w.~-]{1,64}", text, re.ASCII):
        yield "is not the name of an e-mail contact; write 1 to 64 ASCII letters, digits and - _ . ~"


def _tag_key(text: str) -> Iterator[str]:
    if not re.fullmatch(r"[\w\s.:/=+@-]{1,128}", text) or text.lower().startswith("aws:"):
        yield "is not a tag key; write 1 to 128 letters, digits, spaces and _ . : / = + - @, not starting with aws:"


def _tag_value(text: str) -> Iterator[str]:
    if not re.fullmatch(r"[\w\s.:/=+@-]{0,256}", text):
        yield "is not a tag value; write up to 256 letters, digits, spaces and _ . : / = + - @"


def _event_source(text: str) -> Iterator[str]:
    if not re.fullmatch(r"aws\.[a-z0-9-]{1,32}", text):
        yield "is not the source of an AWS service's events; write one such as aws.health"


def _event_type(text: str) -> Iterator[str]:
    if not re.fullmatch(r"[a-zA-Z0-9 ()-]{1,128}", text):
        yield "is not an event type (its detail-type); write one such as AWS Health Event"


def _event_pattern(text: str) -> Iterator[str]:
    if len(text) > 4096:
        yield f"is {len(text)} characters long; AWS accepts at most 4096"
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)
        yield f"""is not JSON ({reason}); write an event pattern such as '{{"detail": {{"service": ["EC2"]}}}}'"""
    else:
        if not isinstance(parsed, dict) or not parsed:
            yield """is not a JSON object; write an event pattern such as '{"detail": {"service": ["EC2"]}}'"""


def _bucket(text: str) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text):
        yield "is not the name of an S3 bucket; write 3 to 63 lower-case letters, digits, - and ."


def _one_line(text: str) -> Iterator[str]:
    yield from _spaces_and_controls(text)
    if not text:
        yield "is empty; write it, or remove the line"


def _description(text: str) -> Iterator[str]:
    yield from _one_line(text)
    if len(text) > 256:
        yield f"is {len(text)} characters long; AWS accepts at most 256"


def _organizational_unit(text: str) -> Iterator[str]:
    yield from _spaces_and_controls(text)
    if text in ("", "/", "Root"):
        yield "is the root of the organization; write its contacts under defaults"
    elif not all(split_path(text)):
        yield f"is not an OU path; write it as {'/'.join(filter(None, text.split('/')))!r}"


def split_path(path: str) -> list[str]:
    """The OU names of a path such as `Workloads/Prod`; `\\` keeps a `/` or `\\` as part of a name. "" is the root."""
    if "\\" not in path:
        return path.split("/") if path else []
    names = [""]
    for escaped, character in re.findall(r"(\\?)(.)", path, re.DOTALL):
        if character == "/" and not escaped:
            names.append("")
        else:
            names[-1] += character
    return names


def join_path(names: list[str]) -> str:
    """The inverse of `split_path`."""
    return "/".join(name.replace("\\", "\\\\").replace("/", "\\/") for name in names)


def _checked(complaints: Callable[[str], Iterator[str]]) -> AfterValidator:
    def check(text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        if found := list(complaints(text)):
            raise PydanticCustomError("invalid", "{complaint}", {"complaint": "; ".join(found)})
        return text

    return AfterValidator(check)


def _schema(**keywords: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **keywords})


Name = Annotated[
    str,
    _checked(_display_text(NAME_LENGTH)),
    _schema(minLength=1, maxLength=NAME_LENGTH, examples=["Security Operations"]),
]
Title = Annotated[
    str, _checked(_display_text(TITLE_LENGTH)), _schema(minLength=1, maxLength=TITLE_LENGTH, examples=["Security team"])
]
Email = Annotated[
    str,
    _checked(_email),
    _schema(
        maxLength=EMAIL_LENGTH,
        pattern=r"^[A-Za-z0-9_+=.#|!&-]+@[A-Za-z0-9_.-]+\.[A-Za-z0-9_]+$",
        examples=["aws-security@example.com"],
    ),
]
ChannelEmail = Annotated[
    str,
    _checked(_channel_email),
    _schema(
        minLength=6,
        maxLength=EMAIL_LENGTH,
        pattern=r"^[A-Za-z0-9_+=.#|!&-]+@[A-Za-z0-9_.-]+\.[A-Za-z0-9_]+$",
        examples=["aws-security@example.com"],
    ),
]
Phone = Annotated[
    str,
    _checked(_phone),
    _schema(maxLength=PHONE_LENGTH, pattern=r"^[0-9 ()+-]*[0-9][0-9 ()+-]*$", examples=["+44 20 7946 0110"]),
]
AccountId = Annotated[str, _checked(_account_id), _schema(pattern=r"^[0-9]{12}$", examples=["111111111111"])]
Region = Annotated[
    str, _checked(_region), _schema(pattern=f"^{_REGION.pattern}$", examples=["us-east-1", "ap-northeast-1"])
]
RoleArn = Annotated[
    str,
    _checked(_role_arn),
    _schema(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$",
        examples=["arn:aws:iam::111111111111:role/contact-baseline"],
    ),
]
RoleName = Annotated[
    str, _checked(_role_name), _schema(pattern=r"^[A-Za-z0-9_+=,.@/-]+$", examples=["OrganizationAccountAccessRole"])
]
Domain = Annotated[str, _checked(_domain), _schema(pattern=f"^{_DOMAIN.pattern}$", examples=["example.com"])]
AddressPattern = Annotated[
    str, _checked(_address_pattern), _schema(pattern=r"^[^@\s]+@[^@\s]+$", examples=["aws-root+*@example.com"])
]
ChannelArn = Annotated[
    str,
    _checked(_channel_arn),
    _schema(
        pattern=f"^{_CHANNEL_ARN.pattern}$",
        examples=["arn:aws:chatbot::111111111111:chat-configuration/slack-channel/security"],
    ),
]
NameInAws = Annotated[str, _checked(_name_in_aws), _schema(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
EmailContactName = Annotated[str, _checked(_email_contact_name), _schema(pattern=r"^[A-Za-z0-9_.~-]{1,64}$")]
TagKey = Annotated[str, _checked(_tag_key), _schema(minLength=1, maxLength=128)]
TagValue = Annotated[str, _checked(_tag_value), _schema(maxLength=256)]
EventSource = Annotated[str, _checked(_event_source), _schema(pattern=r"^aws\.[a-z0-9-]{1,32}$")]
EventType = Annotated[str, _checked(_event_type), _schema(pattern=r"^[a-zA-Z0-9 ()-]{1,128}$")]
EventPattern = Annotated[str, _checked(_event_pattern), _schema(maxLength=4096, contentMediaType="application/json")]
BucketName = Annotated[str, _checked(_bucket), _schema(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
Text = Annotated[str, _checked(_one_line), _schema(minLength=1)]
Description = Annotated[str, _checked(_description), _schema(minLength=1, maxLength=256)]
OrganizationalUnitPath = Annotated[
    str, _checked(_organizational_unit), _schema(pattern=r"^[^/]", examples=["Workloads/Prod"])
]


def account_id_complaint(text: str) -> str | None:
    """What is wrong with an account id, or None."""
    return next(_account_id(text), None)
