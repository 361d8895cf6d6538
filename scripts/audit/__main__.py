"""`make audit`: reads what every account has, judges it by the policies' rules, and changes nothing."""

from __future__ import annotations

import gc
import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cdktf_app.contacts.directory import load_directory
from scripts.audit import formats
from scripts.audit.display import age_of_answers, show
from scripts.audit.findings import for_page, write_json
from scripts.audit.page import render
from scripts.audit.permissions import iam_policies
from scripts.audit.reading import perform
from scripts.shared.console import ExitCode, command, print_json
from scripts.shared.files import write_private
from scripts.shared.reader import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER: Final = "audit"
JOURNAL: Final = "answers.jsonl"
HTML: Final = "report.html"
MAXIMUM_AGE: Final = 24 * 60
"""Minutes after which `--resume` reads an account again; --max-age changes it."""


class Part(StrEnum):
    """What can be left out."""

    NOTIFICATIONS = "notifications"
    PRIMARY_CONTACT = "primary-contact"


def _privately(path: Path | None, content: Callable[[], str | bytes]) -> None:
    if path is not None:
        write_private(path, content())


def main(
    contacts: Annotated[Path | None, typer.Option(help="The contacts.yaml to compare with, if present.")] = None,
    inventory: Annotated[
        Path, typer.Option(help="The inventory with the OUs; if the file is missing, AWS lists the accounts.")
    ] = Path("build/inventory.json"),
    build: Annotated[Path, typer.Option(help="The folder for the journal and the report.")] = Path("build"),
    share: Annotated[
        float, typer.Option(min=0.01, help="The share of AWS's quotas to use; above 1 if AWS raised yours.")
    ] = 1.0,
    without: Annotated[list[Part] | None, typer.Option(help="What to skip; repeatable.")] = None,
    resume: Annotated[bool, typer.Option(help="Continue an earlier run: read only what is missing.")] = False,
    max_age: Annotated[
        int | None, typer.Option(min=0, help=f"Reuse answers of so many minutes; {MAXIMUM_AGE} with --resume.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the audit as JSON (docs/audit.schema.json).")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write the web page here. Default: build/audit/report.html.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the findings as CSV, safe to open in a spreadsheet.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML: a test suite for each OU.")] = None,
    sarif: Annotated[Path | None, typer.Option(help="Write SARIF 2.1.0, on the lines of contacts.yaml.")] = None,
    asff: Annotated[
        Path | None, typer.Option(help="Write findings for AWS Security Hub (BatchImportFindings).")
    ] = None,
    aws_region: Annotated[str, typer.Option(help="For --asff: the Region of Security Hub.")] = "us-east-1",
    account: Annotated[
        str | None, typer.Option(help="For --asff: the account of Security Hub. Default: the management account.")
    ] = None,
    iam_policy: Annotated[bool, typer.Option("--iam-policy", help="Print the least IAM policies, and stop.")] = False,
) -> ExitCode:
    """Reads what every account has, judges it by the policies' rules and shows what to fix. Changes nothing.

    Exit codes: 0 passed, 1 something could not be read (whatever else was found), 2 usage error, 3 findings.
    """
    parts = tuple(part for part in PARTS if part not in {item.value for item in without or ()})
    if iam_policy:
        print_json(iam_policies(parts, load_directory(contacts) if contacts else None))
        return ExitCode.OK
    reuse = resume or max_age is not None
    age = timedelta(minutes=MAXIMUM_AGE if max_age is None else max_age) if reuse else None
    audit, directory = perform(contacts, inventory, build / FOLDER / JOURNAL, share, parts, age)
    gc.collect()  # the reader and its clients refer to each other
    page = html or build / FOLDER / HTML
    write_private(page, render(for_page(audit)))
    _privately(csv, lambda: formats.as_csv(audit))
    _privately(junit, lambda: formats.as_junit(audit))
    _privately(sarif, lambda: formats.as_sarif(audit, directory, inventory if inventory.is_file() else None))
    _privately(asff, lambda: formats.as_asff(audit, aws_region, account))
    if as_json:
        write_json(audit, sys.stdout)
    else:
        remarks = [*filter(None, [age_of_answers(audit)])]
        if audit.organization is not None and not inventory.is_file():
            remarks.append("No OUs, because there is no inventory; `make inventory` reads them")
        show(audit, [*remarks, f"Report: {page}"])
    if not audit.complete:
        return ExitCode.FAILED
    return ExitCode.OK if audit.passed else ExitCode.POLICY_FAILED


if __name__ == "__main__":
    command(main)
