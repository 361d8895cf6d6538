"""`python -m cdktf_app`: writes the Terraform stacks of a contacts.yaml. No network, no AWS call."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cdktf_app.contacts.assignments import Assignments, load
from cdktf_app.contacts.problems import InvalidInput, Problem, shown
from cdktf_app.imports import FILE, load_imports

BAD_INPUT = 2

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    contacts: Annotated[Path, typer.Option(help="The contacts.yaml to use.", show_default=True, dir_okay=True)] = Path(
        "contacts.yaml"
    ),
    inventory: Annotated[
        Path | None,
        typer.Option(
            help="The accounts of the organization. Default: inventory.json in the output folder, if it is there. "
            "A single account needs none.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write: OUT/STACK/cdk.tf.json.")] = Path("build"),
    retired: Annotated[
        list[str] | None,
        typer.Option(
            help="The name of a stack that has state: if it has nothing to hold any more, it is written without "
            "resources, so that Terraform removes them. May be repeated."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write the Terraform stacks for contacts.yaml and the accounts of an organization.

    Exit code 0: written; 2: usage error, with every problem printed.
    """
    if inventory is None and (out / "inventory.json").is_file():
        inventory = out / "inventory.json"
    try:
        directory, organization, assignments = load(contacts, inventory)
        imports = load_imports(contacts.parent / FILE)
    except InvalidInput as error:
        raise _usage_error(error.problems, as_json) from None
    from cdktf_app.stacks import synthesize

    try:
        stacks = synthesize(
            directory, organization, out, assignments=assignments, imports=imports, retired=retired or ()
        )
    except InvalidInput as error:
        raise _usage_error(error.problems, as_json) from None
    except OSError as error:
        raise _usage_error(
            [Problem(str(error.filename or out), f"cannot be written: {error.strerror}")], as_json
        ) from None
    if as_json:
        result = {
            "stacks": [
                {
                    "name": stack.name,
                    "kind": stack.kind,
                    "account_id": stack.account_id,
                    "file": str(stack.file),
                    "retired": stack.retired,
                }
                for stack in stacks
            ],
            "accounts": len(assignments.managed),
            "left_out": [
                {"account_id": entry.account.id, "account": entry.account.name, "reason": entry.reason}
                for entry in assignments.left_out
            ],
            "missing_contacts": _missing_contacts(assignments),
            "warnings": [asdict(problem) for problem in directory.warnings],
        }
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
        return
    for warning in directory.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for stack in stacks:
        typer.echo(f"{stack.file}: account {stack.account_id}{', no resources left' if stack.retired else ''}")
    typer.echo(f"{len(assignments.managed)} account{'s' if len(assignments.managed) != 1 else ''}")
    for entry in assignments.left_out:
        typer.echo(f"left out: {entry.account.id} {shown(entry.account.name)} {entry.reason}")
    for none in _missing_contacts(assignments):
        why = f"none, by {none['origin']}" if none["origin"] else "none; contacts.yaml defines no contact"
        typer.echo(f"no {none['contact_type']} contact: {none['account_id']} {shown(none['account'])} ({why})")


def _missing_contacts(assignments: Assignments) -> list[dict[str, Any]]:
    """Every contact type without a contact in a managed account, and the entry that sets it to none."""
    return [
        {
            "account_id": account_id,
            "account": assignments.organization.by_id[account_id].name,
            "contact_type": kind,
            "origin": answer.origin,
        }
        for account_id in assignments.managed
        for kind, answer in assignments.contacts[account_id].items()
        if answer.contact is None
    ]


def _usage_error(problems: list[Problem], as_json: bool) -> typer.Exit:
    if as_json:
        typer.echo(json.dumps({"problems": [asdict(problem) for problem in problems]}, indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        typer.echo(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}; nothing was written", err=True)
    return typer.Exit(BAD_INPUT)


if __name__ == "__main__":
    app(prog_name="python -m cdktf_app")
