"""`make bench`: speed and memory as ratios from one run, because single times say nothing on another machine."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from scripts.report import ExitCode, Refused, command, err, out, print_json
from scripts.review import ROOT
from scripts.sandbox import Sandbox
from scripts.terraform import cli_configuration, find_binary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MANAGEMENT = "100000000000"
# GetAlternateContact, per second (https://docs.aws.amazon.com/accounts/latest/reference/quotas.html).
GETS_PER_SECOND = 10


def _write_organization(folder: Path, members: int) -> dict[str, Any]:
    """contacts.yaml and inventory.json of an organization of so many members in ten OUs; returns the inventory."""
    accounts = [
        {
            "id": str(int(MANAGEMENT) + number),
            "name": f"account-{number:05}",
            "email": f"aws-root+{number:05}@kaede.example",
            "status": "ACTIVE",
            "ou_path": f"Workloads/Unit{number % 10}" if number else "",
            "tags": {},
        }
        for number in range(members + 1)
    ]
    inventory = {"organization": {"id": "o-bench00001", "management_account_id": MANAGEMENT}, "accounts": accounts}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inventory.json").write_text(json.dumps(inventory))
    contact = "{name: Team, title: Team, email: aws-%s@kaede.example, phone: '+44 20 7946 0110'}"
    lines = [
        f"organization: {{management_account: '{MANAGEMENT}', home_region: us-east-1}}",
        "mail: {corporate_domains: [kaede.example], accepted:"
        " [{pattern: '*@kaede.example', reason: reserved domain, expires: 2099-12-31}]}",
        "contacts:",
        "  defaults:",
        *(f"    {kind}: {contact % kind}" for kind in ("security", "operations", "billing")),
        "  organizational_units:",
        *(
            f"    Workloads/Unit{unit}: {{operations: {contact % f'operations-{unit}'}}}"
            for unit in range(min(10, members))
        ),
    ]
    (folder / "contacts.yaml").write_text("\n".join(lines) + "\n")
    return inventory


def _run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], codes: tuple[int, ...]) -> float:
    started = time.perf_counter()
    result = subprocess.run(arguments, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if result.returncode not in codes:
        raise Refused(f"{' '.join(arguments)}: exit code {result.returncode}\n{result.stderr}", ExitCode.FAILED)
    return seconds


def _peak_megabytes(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """The largest sum of resident memory of a command and its descendants, sampled 50 times a second; Linux only."""
    process = subprocess.Popen(
        arguments, cwd=folder, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0.0
    while process.poll() is None:
        parents: dict[int, int] = {}
        resident: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                parents[int(entry.name)], resident[int(entry.name)] = int(fields[1]), int(fields[21])
        family = {process.pid}
        while more := {child for child, parent in parents.items() if parent in family} - family:
            family |= more
        peak = max(peak, sum(resident.get(member, 0) for member in family) * os.sysconf("SC_PAGE_SIZE") / 1e6)
        time.sleep(0.02)
    return peak


def _environment(aws: Sandbox | None = None) -> dict[str, str]:
    return {**(aws.applied_to(os.environ) if aws else os.environ), "PYTHONPATH": str(ROOT)}


def synthesis(work: Path, runs: int) -> list[dict[str, Any]]:
    """Synthesis of 10,000 accounts against synthesis of 10, and its memory."""
    seconds: dict[int, float] = {}
    arguments = [sys.executable, "-m", "cdktf_app"]
    options = ["--contacts", "contacts.yaml", "--inventory", "inventory.json", "--out", "build"]
    for members in (10, 10_000):
        _write_organization(work / str(members), members)
        times = [_run([*arguments, *options], work / str(members), _environment(), (0,)) for _ in range(runs)]
        seconds[members] = statistics.median(times)
    ratio = seconds[10_000] / seconds[10]
    megabytes = _peak_megabytes([*arguments, *options], work / "10000", _environment())
    detail = f"{seconds[10_000]:.2f} s / {seconds[10]:.2f} s"
    return [
        _row("synthesis of 10,000 accounts ÷ of 10", ratio, 4, detail),
        _row("memory of that synthesis, MB", megabytes, 500, "python and node together"),
    ]


def planning(work: Path, runs: int) -> list[dict[str, Any]]:
    """`make plan` of 100 accounts against the bare terraform plan of the same stack and a bare checkov run."""
    folder = work / "plan"
    inventory = _write_organization(folder, 99)
    terraform = find_binary() or "terraform"
    with Sandbox(inventory=inventory) as aws:
        changes = cli_configuration(folder / "build")
        environment = {**_environment(aws), **{name: value for name, value in changes.items() if value is not None}}
        ours = [sys.executable, "-m", "scripts.plan", "--inventory", "inventory.json"]
        stack = folder / "build" / "contacts"
        checkov = [sys.executable, "-m", "checkov.main", "-f", "plan.json", "--framework", "terraform_plan"]
        checkov += ["--external-checks-dir", str(ROOT / "policies"), "--skip-download", "--quiet", "--compact"]
        plain, judged, whole = [], [], []
        for _ in range(runs):
            whole.append(_run(ours, folder, environment, (4,)))
            plain.append(_run([terraform, "plan", "-input=false", "-out=bare.tfplan"], stack, environment, (0,)))
            judged.append(_run([*checkov, "--soft-fail"], stack, environment, (0,)))
    bare = statistics.median(plain) + statistics.median(judged)
    detail = (
        f"{statistics.median(whole):.1f} s / ({statistics.median(plain):.1f} s + {statistics.median(judged):.1f} s)"
    )
    return [
        _row(
            "make plan of 100 accounts ÷ bare terraform plan + bare checkov",
            statistics.median(whole) / bare,
            1.25,
            detail,
        )
    ]


def refreshing(work: Path) -> list[dict[str, Any]]:
    """A refresh of 300 contacts in 100 accounts under AWS's quotas."""
    folder = work / "refresh"
    inventory = _write_organization(folder, 99)
    arguments = [sys.executable, "-m", "scripts.{}", "--inventory", "inventory.json"]
    with Sandbox(inventory=inventory) as aws:
        for name, code in (("plan", 4), ("apply", 0)):
            _run([part.format(name) for part in arguments], folder, _environment(aws), (code,))
        aws.set_quotas(1.0)
        aws.reset_statistics()
        _run([part.format("plan") for part in arguments], folder, _environment(aws), (0,))
        gets = aws.statistics()["account:GetAlternateContact"]
    served = gets["calls"] - gets["refused"]
    ideal = served / GETS_PER_SECOND
    return [
        _row(
            "refresh of 300 contacts ÷ calls at 10/s",
            gets["seconds"] / ideal,
            1.15,
            f"{gets['seconds']:.1f} s / {ideal:.1f} s",
        ),
        _row(
            "calls refused in it, %",
            100 * gets["refused"] / gets["calls"],
            5,
            f"{gets['refused']:.0f} of {gets['calls']:.0f}",
        ),
    ]


def _row(what: str, value: float, limit: float, detail: str) -> dict[str, Any]:
    err.print(f"{what}: {value:.2f} ({detail})", markup=False)
    return {"what": what, "value": round(value, 3), "limit": limit, "holds": value <= limit, "detail": detail}


def main(
    runs: Annotated[int, typer.Option(help="Runs of each; the median counts.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> ExitCode:
    """Measures synthesis, planning and refreshing under AWS's quotas; takes some minutes.

    Exit codes: 0 every limit holds, 1 one does not.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows = [*synthesis(Path(folder), runs), *planning(Path(folder), runs), *refreshing(Path(folder))]
    if as_json:
        print_json(rows)
    else:
        table = Table("what", "value", "limit", "from")
        for row in rows:
            table.add_row(
                row["what"],
                f"{row['value']:.2f}",
                f"≤ {row['limit']}",
                row["detail"],
                style="" if row["holds"] else "red",
            )
        out.print(table)
    return ExitCode.OK if all(row["holds"] for row in rows) else ExitCode.FAILED


if __name__ == "__main__":
    command(main)
