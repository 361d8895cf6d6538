"""`make bench`: speed and memory as ratios from one run, because single times say nothing on another machine."""

from __future__ import annotations

import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from policies.contact_rules.configuration import CONTACT_TYPES
from scripts.sandbox import Sandbox
from scripts.shared.console import CommandError, ExitCode, command, err, out, print_json
from scripts.shared.files import ROOT
from scripts.shared.terraform import cli_configuration, find_binary

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
        raise CommandError(f"{' '.join(arguments)}: exit code {result.returncode}\n{result.stderr}", ExitCode.FAILED)
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
    served = gets["calls"] - gets["throttled"]
    ideal = served / GETS_PER_SECOND
    return [
        _row(
            "refresh of 300 contacts ÷ calls at 10/s",
            gets["seconds"] / ideal,
            1.15,
            f"{gets['seconds']:.1f} s / {ideal:.1f} s",
        ),
        _row(
            "throttled calls in it, %",
            100 * gets["throttled"] / gets["calls"],
            5,
            f"{gets['throttled']:.0f} of {gets['calls']:.0f}",
        ),
    ]


_SOURCE = "registry.terraform.io/hashicorp/aws"
_CONTACT = "aws_account_alternate_contact"


def _created(kind: str, key: str, values: dict[str, str], *unknown: str, module: str = "") -> tuple[Any, Any]:
    """An instance that a plan creates, as planned_values and resource_changes have it."""
    address = ".".join([*([module] if module else []), f'{kind}.this["{key}"]'])
    item = {"address": address, "mode": "managed", "type": kind, "name": "this", "index": key, "provider_name": _SOURCE}
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": dict.fromkeys(unknown, True)}
    planned = {**item, "schema_version": 0, "values": values, "sensitive_values": {}}
    item |= {"module_address": module} if module else {}
    return planned, {**item, "change": {**change, "before_sensitive": False, "after_sensitive": {}}}


def _contact_values(kind: str) -> dict[str, str]:
    values = {"alternate_contact_type": kind, "name": "Team", "title": "Team", "phone_number": "+44 20 7946 0110"}
    return {**values, "email_address": f"aws-{kind.lower()}@kaede.example"}


def _block(kind: str, name: str = "this", mode: str = "managed", **rest: Any) -> dict[str, Any]:
    address = f"data.{kind}.{name}" if mode == "data" else f"{kind}.{name}"
    block = {"address": address, "mode": mode, "type": kind, "name": name, "provider_config_key": "aws"}
    return {**block, "expressions": {}, **rest}


def _save_plan(path: Path, planned: Any, changes: Any, root: Any, prior: Sequence[Any] = ()) -> None:
    allowed = {"allowed_account_ids": {"constant_value": [MANAGEMENT]}}
    provider = {"name": "aws", "full_name": _SOURCE, "expressions": allowed}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": planned},
        "resource_changes": changes,
        "prior_state": {"values": {"root_module": {"resources": prior}}},
        "configuration": {"provider_config": {"aws": provider}, "root_module": root},
    }
    path.write_text(json.dumps(plan))


def _write_plan(path: Path, accounts: int, first: int = 0) -> None:
    """A plan that sets the three contacts of so many accounts, listed by the organization, as Terraform writes it."""
    ids = [str(int(MANAGEMENT) + first + number) for number in range(accounts)]
    rows = [
        _created(_CONTACT, f"{account_id}/{kind}", {"account_id": account_id, **_contact_values(kind)}, "id")
        for account_id, kind in itertools.product(ids, CONTACT_TYPES)
    ]
    listing = _block("aws_organizations_organization", mode="data")
    listed = [{"id": one, "name": one, "email": f"aws-root+{one}@kaede.example", "status": "ACTIVE"} for one in ids]
    planned, changes = zip(*rows, strict=True)
    prior = [{**listing, "values": {"accounts": listed}}]
    _save_plan(path, {"resources": planned}, changes, {"resources": [listing, _block(_CONTACT)]}, prior)


def _write_plan_of_new_accounts(path: Path, accounts: int) -> None:
    """A plan that makes so many accounts, whose ids are unknown, and sets the contacts of each in a module."""
    kind, names = "aws_organizations_account", [f"team-{number:05}" for number in range(accounts)]
    made = [
        _created(kind, name, {"name": name, "email": f"aws-root+{name}@kaede.example"}, "id", "arn", "status")
        for name in names
    ]
    made += [_created(_CONTACT, one, _contact_values(one), "id") for one in CONTACT_TYPES]
    modules = [f'module.contacts["{name}"]' for name in names]
    contacts = {
        module: [
            _created(_CONTACT, one, _contact_values(one), "id", "account_id", module=module) for one in CONTACT_TYPES
        ]
        for module in modules
    }
    each = {"account_id": {"references": ["each.value.id", "each.value"]}}
    inner = _block(_CONTACT, expressions={"account_id": {"references": ["var.account_id"]}})
    call = {"for_each_expression": {"references": [f"{kind}.this"]}, "expressions": each}
    call["module"] = {"resources": [inner]}
    planned = {
        "resources": [row for row, _ in made],
        "child_modules": [
            {"address": module, "resources": [row for row, _ in rows]} for module, rows in contacts.items()
        ],
    }
    changes = [change for _, change in [*made, *itertools.chain.from_iterable(contacts.values())]]
    _save_plan(
        path, planned, changes, {"resources": [_block(kind), _block(_CONTACT)], "module_calls": {"contacts": call}}
    )


def _processor_seconds(arguments: Sequence[str], folder: Path) -> float:
    """Processor time of a command that succeeds, which others on the machine disturb less than its duration."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(arguments, folder, _environment(), (0,))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def judging(work: Path, runs: int) -> list[dict[str, Any]]:
    """The policy pack by itself against loading the plan, in checkov against checkov, and over many stacks."""
    folder = work / "judge"
    folder.mkdir()
    (folder / ".contact-policy.toml").write_text(
        '[[accepted]]\npattern = "*@kaede.example"\nreason = "reserved domain"\nexpires = 2099-12-31\n'
    )
    plans = {contacts: f"{contacts}.json" for contacts in (300, 3_000, 30_000)}
    for contacts, name in plans.items():
        _write_plan(folder / name, contacts // 3)
    _write_plan_of_new_accounts(folder / "new.json", 10_000)
    stacks = [f"stack-{number:03}.json" for number in range(200)]
    for number, name in enumerate(stacks):
        _write_plan(folder / name, 5, 5 * number)
    python = sys.executable

    def divided(what: str, one: Sequence[str], other: Sequence[str], limit: float, times: int = runs) -> dict[str, Any]:
        seconds = [[_processor_seconds(command, folder) for command in (one, other)] for _ in range(times)]
        first, second = (statistics.median(column) for column in zip(*seconds, strict=True))
        return _row(what, first / second, limit, f"{first:.2f} s / {second:.2f} s")

    load = [python, "-c", "import gc, json, sys; gc.disable(); json.load(open(sys.argv[1]))"]
    pack = [python, "-m", "policies"]
    checkov = [python, "-m", "checkov.main", "--framework", "terraform_plan", "--skip-download", "--soft-fail"]
    checkov += ["--quiet", "--compact", "-f"]
    ours = ["--external-checks-dir", str(ROOT / "policies")]
    many = [python, "-m", "scripts.policy"]
    return [
        divided("the pack on 3,000 contacts ÷ loading the plan", [*pack, plans[3_000]], [*load, plans[3_000]], 4),
        *(
            divided(f"the pack on 30,000 contacts, {ids} ids ÷ loading the plan", [*pack, name], [*load, name], 3)
            for ids, name in (("known", plans[30_000]), ("unknown", "new.json"))
        ),
        _row(
            "memory of the pack on 30,000 contacts, unknown ids, MB",
            _peak_megabytes([*pack, "new.json"], folder, _environment()),
            300,
            "one process",
        ),
        divided("the pack on 30,000 contacts ÷ on 3,000", [*pack, plans[30_000]], [*pack, plans[3_000]], 12),
        *(
            divided(
                f"checkov with the pack ÷ without, {n:,} contacts",
                [*checkov, plans[n], *ours],
                [*checkov, plans[n]],
                1.1,
            )
            for n in (300, 3_000)
        ),
        divided("make policy of 200 stacks ÷ of 50", [*many, *stacks], [*many, *stacks[:50]], 5, 1),
    ]


_POOL = """
import sys
from concurrent.futures import ThreadPoolExecutor
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

account = boto3.client("account", config=Config(retries={"mode": "standard", "max_attempts": 10}))
first, number = int(sys.argv[1]), int(sys.argv[2])

def read(item):
    target, kind = item
    try:
        account.get_alternate_contact(AlternateContactType=kind, **({"AccountId": target} if target else {}))
    except account.exceptions.ResourceNotFoundException:
        pass
    except ClientError:
        return 1
    return 0

items = [
    ("" if offset == 0 else str(first + offset), kind)
    for offset in range(number)
    for kind in ("SECURITY", "OPERATIONS", "BILLING")
]
with ThreadPoolExecutor(10) as pool:
    print(sum(pool.map(read, items)))
"""
"""The obvious way to read contacts: threads, and boto3's standard retries. Prints how many reads were lost."""


def auditing(work: Path) -> list[dict[str, Any]]:
    """The audit under AWS's quotas: 1,000 accounts; 100 beside a pool of boto3 threads; the memory of 10,000."""
    folder = work / "audit"
    audit = [sys.executable, "-m", "scripts.audit", "--inventory", "inventory.json"]
    contacts_only = ["--without", "notifications", "--without", "primary-contact"]

    def gets_of(aws: Sandbox, arguments: Sequence[str], code: int) -> dict[str, float]:
        aws.set_quotas(1.0)
        aws.reset_statistics()
        _run(arguments, folder, _environment(aws), (code,))
        return aws.statistics()["account:GetAlternateContact"]

    with Sandbox(inventory=_write_organization(folder, 999)) as aws:
        gets = gets_of(aws, audit, 3)
    ideal = (gets["calls"] - gets["throttled"]) / GETS_PER_SECOND
    rows = [
        _row(
            "audit of 1,000 accounts ÷ calls at 10/s",
            gets["seconds"] / ideal,
            1 / 0.97,
            f"{gets['seconds']:.1f} s / {ideal:.1f} s",
        ),
        _row("throttled calls in it, %", *_throttled(gets, 1)),
    ]
    with Sandbox(inventory=_write_organization(folder, 99)) as aws:
        ours = gets_of(aws, [*audit, *contacts_only], 3)
        pool = gets_of(aws, [sys.executable, "-c", _POOL, MANAGEMENT, "100"], 0)
    answered = [count["calls"] - count["throttled"] for count in (ours, pool)]
    each = [count["seconds"] / number for count, number in zip((ours, pool), answered, strict=True)]
    rows += [
        _row(
            "time for each contact read ÷ with a pool of boto3 threads",
            each[0] / each[1],
            1,
            f"{each[0]:.3f} s / {each[1]:.3f} s; {300 - answered[0]:.0f} / {300 - answered[1]:.0f} of 300 reads lost",
        ),
        _row("throttled calls in it, %", *_throttled(ours, 1)),
    ]
    with Sandbox(inventory=_write_organization(folder, 9_999)) as aws:
        arguments = [*audit, "--share", "1000", "--without", "notifications"]
        megabytes = _peak_megabytes(arguments, folder, _environment(aws))
    return [*rows, _row("memory of an audit of 10,000 accounts, MB", megabytes, 250, "30,000 findings")]


def _throttled(count: Mapping[str, float], limit: float) -> tuple[float, float, str]:
    detail = f"{count['throttled']:.0f} of {count['calls']:.0f}"
    return 100 * count["throttled"] / count["calls"], limit, detail


def _row(what: str, value: float, limit: float, detail: str) -> dict[str, Any]:
    err.print(f"{what}: {value:.2f} ({detail})", markup=False)
    return {"what": what, "value": round(value, 3), "limit": limit, "holds": value <= limit, "detail": detail}


def main(
    runs: Annotated[int, typer.Option(help="Runs of each; the median counts.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> ExitCode:
    """Measures synthesis, planning, refreshing under AWS's quotas, judging and auditing; takes a quarter of an hour.

    Exit codes: 0 every limit holds, 1 one does not.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            *synthesis(Path(folder), runs),
            *planning(Path(folder), runs),
            *refreshing(Path(folder)),
            *judging(Path(folder), runs),
            *auditing(Path(folder)),
        ]
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
