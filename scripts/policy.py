"""`make policy`: plan files judged by checkov with the pack, and by the pack alone; fails if the two disagree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdktf_app.contacts.assignments import load as assigned
from cdktf_app.contacts.directory import load_directory
from policies.contact_rules import configuration as configurations
from policies.contact_rules import output
from policies.contact_rules.catalogue import CHECKS
from policies.contact_rules.evaluate import Report, evaluate
from policies.contact_rules.plans.parsing import load
from policies.contact_rules.plans.plan import UnusablePlanError
from scripts.shared.console import CommandError, ExitCode, command, err, out
from scripts.shared.files import ROOT, write_private
from scripts.shared.policy import policy_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence


def checkov_results(plans: Sequence[Path], configuration: configurations.Configuration) -> dict[str, bool]:
    """Whether each check of the pack passed, by id, in one checkov process over all plans.

    A check that checkov did not report is missing from the result.

    Raises:
        CommandError: checkov ended without a readable report.
    """
    checks = ",".join(check.id for check in CHECKS)
    arguments = [sys.executable, "-m", "checkov.main", "--framework", "terraform_plan", "--skip-download", "--compact"]
    arguments += ["--external-checks-dir", str(ROOT / "policies"), "--check", checks, "--output", "json"]
    for plan in plans:
        arguments += ["--file", str(plan)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contact-policy.json"
        write_private(file, json.dumps(configurations.as_mapping(configuration)))
        environment = {**os.environ, configurations.ENVIRONMENT_VARIABLE: str(file)}
        finished = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    try:
        reports = json.loads(finished.stdout)
        results: dict[str, bool] = {}
        for report in reports if isinstance(reports, list) else [reports]:
            for outcome, passed in (("passed_checks", True), ("skipped_checks", True), ("failed_checks", False)):
                for found in report.get("results", {}).get(outcome, ()):
                    results[found["check_id"]] = results.get(found["check_id"], True) and passed
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log = finished.stderr.strip()[-2000:]
        raise CommandError(f"checkov gave no readable report ({error})\n{log}", ExitCode.FAILED) from None
    return results


def _derived(contacts: Path, inventory: Path) -> configurations.Configuration:
    if not inventory.is_file():
        return policy_configuration(load_directory(contacts))
    directory, _, assignments = assigned(contacts, inventory)
    return policy_configuration(directory, assignments)


def disagreements(report: Report, by_checkov: dict[str, bool]) -> list[str]:
    """One line for each check whose two verdicts differ, or that checkov did not run."""
    lines = []
    for verdict in report.verdicts:
        seen = by_checkov.get(verdict.check.id)
        if seen is None:
            lines.append(f"{verdict.check.id}: did not run in checkov")
        elif seen != verdict.passed:
            lines.append(f"{verdict.check.id}: {_word(seen)} in checkov, {_word(verdict.passed)} by itself")
    return lines


def _word(passed: bool) -> str:
    return "passed" if passed else "failed"


def main(
    plans: Annotated[list[Path], typer.Argument(help="Plan files: terraform show -json PLANFILE > plan.json")],
    contacts: Annotated[
        Path | None, typer.Option(help="The contacts.yaml whose mail domains are the company's own.")
    ] = None,
    inventory: Annotated[
        Path,
        typer.Option(help="The accounts; needed for explicit nones in contacts.yaml."),
    ] = Path("build/inventory.json"),
    config: Annotated[Path | None, typer.Option(help="A .contact-policy.toml instead of contacts.yaml.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
) -> ExitCode:
    """Judges plans together, in checkov and by the pack alone. Both must have run every check, and agree.

    Without --contacts and --config: $CONTACT_POLICY_FILE, .contact-policy.toml, or contacts.yaml in this folder.

    Exit codes: 0 passed, 1 the two disagree or a check did not run, 2 a plan or the configuration cannot be used, 3 a
    policy failed.
    """
    own_file = None if contacts else (config or configurations.find_file(Path.cwd()))
    if contacts is None and own_file is None and Path("contacts.yaml").is_file():
        contacts = Path("contacts.yaml")
    try:
        configuration = _derived(contacts, inventory) if contacts else configurations.load(own_file)
        report = evaluate([(str(plan), load(plan)) for plan in plans], configuration)
    except (UnusablePlanError, configurations.ConfigurationError) as error:
        raise CommandError(str(error)) from None
    err.print("Running checkov, too", markup=False)
    differing = disagreements(report, checkov_results(plans, configuration))
    if as_json:
        sys.stdout.write(output.as_json(report) + "\n")
    else:
        out.print(output.text(report), markup=False, soft_wrap=True, style=None if report.passed else "red", end="")
    if differing:
        raise CommandError("checkov and the pack disagree:\n" + "\n".join(differing), ExitCode.FAILED)
    return ExitCode.OK if report.passed else ExitCode.POLICY_FAILED


if __name__ == "__main__":
    command(main)
