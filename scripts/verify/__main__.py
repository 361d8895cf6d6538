"""`make verify`: does mail reach the contacts? E-mail contacts that are not activated, domains that
accept no mail, and an overdue review."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from cdktf_app.contacts import fields
from cdktf_app.contacts.assignments import Assignments, load
from cdktf_app.contacts.directory import Directory, load_directory
from cdktf_app.contacts.organization import accounts_named
from cdktf_app.contacts.problems import InvalidInput, Problem
from scripts.shared.access import Access
from scripts.shared.console import CommandError, ExitCode, command, err, out, print_json
from scripts.shared.policy import policy_configuration
from scripts.verify.email_contacts import check_contacts, expected_addresses
from scripts.verify.mail_domains import check_domains, resolver
from scripts.verify.remarks import Result
from scripts.verify.review import judge_review, write_review

if TYPE_CHECKING:
    from cdktf_app.contacts.organization import Account


def _team(text: str) -> str:
    try:
        return TypeAdapter[str](fields.Text).validate_python(text)
    except ValidationError as error:
        raise InvalidInput([Problem("--reviewed-by", error.errors()[0]["msg"], value=text)]) from None


def _day(text: datetime | None, directory: Directory, today: date) -> date:
    day = text.date() if text else today
    last = directory.review.last_reviewed if directory.review else None
    if day > today:
        raise CommandError(f"--on {day}: is in the future; record a review after it is done")
    if last and day < last <= today:
        raise CommandError(f"--on {day}: is before the last review, {last}; nothing to record")
    return day


def _accounts(
    names: list[str], everything: bool, assignments: Assignments, access: Access, organization: bool
) -> list[Account]:
    """The accounts to ask about e-mail contacts; [] when contacts.yaml wants none there."""
    known = assignments.organization
    if names:
        return accounts_named(known, names, "--account")
    if everything:
        return access.accounts() if organization else list(known.accounts)
    return [known.by_id[account_id] for account_id in assignments.subscriptions]


def main(
    contacts: Annotated[Path, typer.Option(help="The contacts.yaml to use.")] = Path("contacts.yaml"),
    inventory: Annotated[Path, typer.Option(help="The inventory that `make inventory` wrote.")] = Path(
        "build/inventory.json"
    ),
    account: Annotated[
        list[str] | None, typer.Option(help="Read e-mail contacts of this account only, by id or name; repeatable.")
    ] = None,
    all_accounts: Annotated[
        bool,
        typer.Option("--all-accounts", help="Read all accounts. Default: those with notifications in contacts.yaml."),
    ] = False,
    resend: Annotated[
        bool,
        typer.Option("--resend", help="Send AWS's activation code again to e-mail contacts that are not activated."),
    ] = False,
    mx: Annotated[
        bool,
        typer.Option("--mx", help="Query DNS whether the domains accept mail. Off by default: it needs a network."),
    ] = False,
    nameserver: Annotated[
        str | None, typer.Option(metavar="HOST[:PORT]", help="The DNS server to query. Default: this machine's.")
    ] = None,
    reviewed_by: Annotated[
        str | None,
        typer.Option(
            metavar="TEAM",
            help="Record in contacts.yaml that this team has reviewed the contacts. CommandError if something was"
            " found or could not be read: the entry is what an auditor goes by.",
        ),
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of that review. Default: today.")
    ] = None,
    despite_findings: Annotated[
        bool,
        typer.Option(
            "--despite-findings", help="Record the review although something was found, once you have dealt with it."
        ),
    ] = False,
    share: Annotated[
        float, typer.Option(min=0.01, help="The share of AWS's quotas to use; above 1 if AWS raised yours.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> ExitCode:
    """Lists contacts that mail does not reach: e-mail contacts not activated, domains without mail, overdue reviews.

    Exit codes: 0 nothing found, 1 something could not be read, 2 usage error, 3 something was found.
    """
    today = date.today()
    directory, organization, assignments = load(contacts, inventory if inventory.is_file() else None)
    configuration = policy_configuration(directory, assignments)
    if reviewed_by is None and (on or despite_findings):
        raise CommandError("--on and --despite-findings need --reviewed-by TEAM")
    team, day = (_team(reviewed_by), _day(on, directory, today)) if reviewed_by is not None else ("", today)
    servers = resolver(nameserver) if mx else None

    result = Result()
    access = Access(directory, organization, share=share)
    accounts = _accounts(account or [], all_accounts, assignments, access, organization is not None)
    if accounts:
        check_contacts(
            result, access, accounts, lambda key: expected_addresses(directory, assignments, key), resend=resend
        )
    if servers is not None:
        check_domains(result, directory, configuration, today, servers)
    result.remarks.sort(key=lambda remark: (remark.kind, remark.subject, remark.account_id or ""))
    clean = not result.of("finding") and not result.of("unread")
    record = reviewed_by is not None and (clean or despite_findings)
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
                "mail_domains": result.domains if mx else None,
                "results": [asdict(remark) for remark in result.remarks],
                "activation_codes_sent": result.sent_again,
                "recorded_review": {"last_reviewed": str(day), "reviewed_by": team} if record else None,
            }
        )
        return code
    _show(result)
    out.print(_scope(result, mx), markup=False, soft_wrap=True)
    if record:
        text = f"{contacts}: recorded the review by {team} on {day}. Commit the file."
        out.print(text, markup=False, soft_wrap=True)
    elif reviewed_by is not None:
        text = f"{contacts}: no review was recorded. Deal with the findings first, or use --despite-findings."
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
        text = f"activation code sent again to {sent['address']} for {sent['account']} {sent['account_id']}"
        out.print(text, markup=False, soft_wrap=True)


def _scope(result: Result, mx: bool) -> str:
    domains = f"{result.domains} mail domains" if mx else "no mail domains (--mx queries DNS)"
    return f"Checked: {result.contacts} e-mail contacts in {result.accounts} accounts; {domains}; the review."


def _last_line(code: ExitCode, result: Result) -> str:
    found, unread = len(result.of("finding")), len(result.of("unread"))
    if code == ExitCode.OK:
        return "[green]Nothing found.[/]"
    missing = f"{unread} could not be read, which is not a pass" if unread else ""
    return f"[red]{', '.join(filter(None, [f'{found} found' if found else '', missing]))}.[/]"


if __name__ == "__main__":
    command(main)
