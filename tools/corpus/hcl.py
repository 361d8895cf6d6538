"""Terraform configuration as text: the blocks that shapes are put together from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.corpus.labels import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

BASELINE: Final = Path(__file__).resolve().parents[2] / "modules" / "alternate-contacts"
TYPES_VARIABLE: Final = 'variable "types" {\n  type = set(string)\n}\n\n'


def contact(label: str, kind: str, *, provider: str = "", account_id: str = "", each: str = "") -> str:
    """An aws_account_alternate_contact; `kind` is a type or, with `each`, an expression."""
    lines = [f'resource "aws_account_alternate_contact" "{label}" {{']
    lines += [f"  for_each               = {each}"] if each else []
    lines += [f"  provider               = {provider}"] if provider else []
    lines += [f"  account_id             = {account_id}"] if account_id else []
    literal = kind in TYPES
    lines += [
        f'  alternate_contact_type = "{kind}"' if literal else f"  alternate_contact_type = {kind}",
        '  name                   = "Operations desk"',
        '  title                  = "Team"',
        f'  email_address          = "aws-{kind.lower() if literal else "security"}@kaede.example"',
        '  phone_number           = "+44 20 7946 0110"',
        "}",
        "",
    ]
    return "\n".join(lines)


def topic(label: str, provider: str = "") -> str:
    """Something else than a contact."""
    line = f"  provider = {provider}\n" if provider else ""
    return f'resource "aws_sns_topic" "{label}" {{\n{line}  name = "{label}"\n}}\n'


def listed(items: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"


def variable(name: str, default: str) -> str:
    return f'variable "{name}" {{\n  default = {default}\n}}\n'


CONTACT_MODULE: Final = (
    TYPES_VARIABLE
    + 'variable "account_id" {\n  type    = string\n  default = null\n}\n\n'
    + contact("this", "each.key", account_id="var.account_id", each="var.types")
)
REQUIRED: Final = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n\n'


def call(name: str, source: str, *lines: str, passed: str = "") -> str:
    body = "".join(f"  {line}\n" for line in lines)
    if passed:
        body += f"  providers = {{\n    {passed}\n  }}\n"
    return f'module "{name}" {{\n  source = "./{source}"\n{body}}}\n'


def contact_details(kind: str) -> str:
    return (
        f'{kind.lower()} = {{ name = "Operations desk", title = "Team", email = "aws-{kind.lower()}@kaede.example", '
        'phone = "+44 20 7946 0110" }'
    )


def role(arn: str, further: str = "") -> str:
    """An assume_role block of a provider; `arn` is an expression."""
    return f"  assume_role {{\n    role_arn = {arn}\n{further}  }}\n"
