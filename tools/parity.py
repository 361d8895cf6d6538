"""Do checkov with the checks and the rules by themselves say the same of every plan?

`python -m tools.parity [--checkov PATH] [--damaged NUMBER]` judges every plan of tests/policies/plans, those
of other Terraform versions too, and so many damaged ones (default 200), on both of checkov's graph frameworks, in about
a minute. PATH is another checkov, for example `venv/bin/checkov` of an environment with an older release. Ends with 1
if a verdict differs. The test suite does the same on fewer plans: run this after a change of the rules or the adapter,
and with checkov's latest release and the one a year older before a release of the pack.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from policies.contact_rules.catalogue import CHECKS
from policies.contact_rules.configuration import ENVIRONMENT_VARIABLE
from policies.contact_rules.plans.parsing import load
from policies.contact_rules.plans.plan import UnusablePlanError
from scripts.shared.console import progress
from tests.policies.support import CASES, PLANS, POLICY_FILE, ROOT, judge, plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACK: Final = ROOT / "policies"
IDS: Final = ",".join(check.id for check in CHECKS)
FRAMEWORKS: Final = ("RUSTWORKX", "NETWORKX")

SERVER: Final = """
import gc, json, os, sys, tempfile, warnings

warnings.simplefilter("ignore")
preloaded = sys.argv[1]
sys.path.insert(1, preloaded)
import contact_rules.address, contact_rules.evaluate
from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.main import Checkov

contact_rules.address.judge("a@b.example")
get_graph_checks_registry("terraform").load_checks()
gc.collect()
gc.disable()
for line in sys.stdin:
    job = json.loads(line)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                os.chdir(job["cwd"])
                os.environ.update(job["environment"])
                if preloaded not in job["arguments"]:
                    sys.path.remove(preloaded)
                    for name in [name for name in sys.modules if name.startswith("contact_rules")]:
                        del sys.modules[name]
                code = Checkov(argv=job["arguments"]).run(banner="") or 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        answer = {"code": code, "out": out.read().decode(), "err": err.read().decode()}
    print(json.dumps(answer), flush=True)
"""
"""checkov takes two seconds to import and keeps the plans of its first run: imported once, each run in a fork of it."""


@dataclass(frozen=True)
class Run:
    """How one run of checkov ended."""

    code: int
    out: str
    err: str


class Checkov:
    """A process that runs checkov, as its command line would, again and again."""

    def __init__(self, python: str = sys.executable, framework: str = "RUSTWORKX") -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        environment = {"CHECKOV_GRAPH_FRAMEWORK": framework, "LOG_LEVEL": "ERROR"}
        self.process = subprocess.Popen(
            [python, "-c", SERVER, str(PACK)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=tempfile.gettempdir(),
            env={**inherited, **environment, ENVIRONMENT_VARIABLE: str(POLICY_FILE)},
            text=True,
        )

    def run(self, *arguments: str, cwd: Path = ROOT, **environment: str) -> Run:
        """Runs it with these arguments; `--skip-download` is added."""
        assert self.process.stdin
        assert self.process.stdout
        job = {"arguments": [*arguments, "--skip-download"], "cwd": str(cwd), "environment": environment}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return Run(**json.loads(self.process.stdout.readline()))

    def judge(self, plan_file: Path) -> Run:
        """Our checks alone on one plan file, as JSON."""
        options = ["--framework", "terraform_plan", "--output", "json", "--check", IDS]
        return self.run("-f", str(plan_file), *options, "--external-checks-dir", str(PACK))

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.communicate()


def results(report: Any) -> dict[tuple[str, str, str], str]:
    """(file, check, resource) → result, of our checks in checkov's JSON report."""
    found: dict[tuple[str, str, str], str] = {}
    for part in report if isinstance(report, list) else [report]:
        for group in part.get("results", {}).values():
            for record in group if isinstance(group, list) else ():
                if isinstance(record, dict) and record["check_id"].startswith("CKV_CONTACT"):
                    key = (record["file_path"], record["check_id"], record["resource"])
                    assert key not in found, f"twice: {key}"
                    found[key] = record["check_result"]["result"]
    return found


def disagreement(plan_file: Path, run: Run, *, damaged: bool = False) -> str | None:
    """What checkov and the rules by themselves say differently of a plan; None if nothing.

    checkov runs no or not all checks on some damaged plans, which is no verdict; `make policy` refuses then.
    """
    found = results(json.loads(run.out)) if run.out.strip() else {}
    try:
        report = judge(load(plan_file))
    except UnusablePlanError as error:
        return f"passed in checkov, though: {error}" if "PASSED" in found.values() else None
    missing = {check.id for check in CHECKS} - {check for _, check, _ in found}
    failed = {check for (_, check, _), result in found.items() if result == "FAILED"}
    wanted = {verdict.check.id for verdict in report.verdicts if not verdict.passed}
    if damaged and wanted <= missing:
        return None
    if missing and not damaged:
        return f"did not run in checkov: {', '.join(sorted(missing))}\n{run.err[-2000:]}"
    if failed != wanted - missing or (wanted and not failed):
        return f"failed in checkov: {sorted(failed)}, by themselves: {sorted(wanted)}"
    return None


def damaged_plans(folder: Path, number: int) -> Iterator[Path]:
    """Writes so many plans that should fail and are damaged somewhere; the same ones every time."""
    from tests.policies.test_fuzz import BAD, PLACES, WAYS, damage

    chance = random.Random(20261121)
    for index in range(number):
        case = chance.choice(BAD)
        content = plan(case)
        damage(content, chance.choice(PLACES[case]), chance.choice(WAYS))
        path = folder / f"{index}-{case}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        yield path


def disagreements(checkov: Checkov, plan_files: Iterable[tuple[Path, bool]]) -> Iterator[str]:
    """One text for each plan file (and whether it is damaged) that is judged differently."""
    for path, damaged in plan_files:
        told = disagreement(path, checkov.judge(path), damaged=damaged)
        if told:
            yield f"{path.parent.name}/{path.name}: {told}"


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkov", type=Path, help="the checkov command of another environment")
    parser.add_argument("--damaged", type=int, default=200, metavar="NUMBER")
    options = parser.parse_args(arguments)
    python = str(options.checkov.absolute().parent / "python") if options.checkov else sys.executable
    version = "from importlib.metadata import version; print(version('checkov'))"
    name = subprocess.run([python, "-c", version], capture_output=True, text=True, check=True).stdout.strip()
    different = 0
    with tempfile.TemporaryDirectory() as folder, progress() as start:
        plans = [(path, False) for case in CASES for path in sorted((PLANS / case).glob("plan*.json"))]
        plans += [(path, True) for path in damaged_plans(Path(folder), options.damaged)]
        for framework in FRAMEWORKS:
            update = start(f"checkov {name}, {framework}", len(plans))
            checkov = Checkov(python, framework)
            for number, one in enumerate(plans):
                for told in disagreements(checkov, [one]):
                    different += 1
                    print(f"{framework}: {told}")
                update(number + 1, one[0].parent.name)
            checkov.close()
            print(f"checkov {name}, {framework}: {len(plans)} plans, {options.damaged} of them damaged")
    print(f"{different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
