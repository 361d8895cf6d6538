"""Removes one clause after another from the rules and sees whether a test would notice.

`python -m tools.mutation [FILE…]` (default: everything that judges, in about 12 minutes). A change counts as
noticed if a finding on one of the cases differs from `plans/findings.json`, or else if a test fails: those of this
folder that start no checkov. Prints the changes that nothing noticed, and ends with 1 if one is not in `EQUIVALENT`, or
something there was noticed.

`--write` records the findings on all cases anew instead: read the difference before you keep it.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.util
import io
import json
import os
import resource
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from scripts.shared.console import progress
from tests.policies.support import CASES, PLANS, ROOT, TODAY, judge, plan, policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec

FINDINGS: Final = PLANS / "findings.json"
PACK: Final = ROOT / "policies" / "contact_rules"
FILES: Final = (
    *(f"checks/ckv_contact_{number}.py" for number in range(1, 9)),
    "missing.py", "mailboxes.py", "contacts.py", "unread.py", "literal.py", "evaluate.py", "model.py", "live.py",
    "plans/accounts.py", "plans/building.py", "plans/contacts.py", "plans/notifications.py", "plans/parsing.py",
    "plans/plan.py", "plans/providers.py", "plans/references.py", "plans/values.py",
    "address.py", "reach.py", "configuration.py",
)  # fmt: skip
TESTS: Final = (
    "plan", "references", "providers", "accounts", "rules", "runner", "plans", "ways", "configuration", "address",
    "reach", "live",
)  # fmt: skip
NEAREST: Final = {
    "values.py": "providers",
    **dict.fromkeys(("notifications.py", "mailboxes.py", "contacts.py", "unread.py", "literal.py"), "rules"),
    **dict.fromkeys(("missing.py", "model.py", *(f"ckv_contact_{number}.py" for number in range(1, 9))), "rules"),
}
"""Which tests are likely to notice first, where file and tests are not called alike."""
SECONDS: Final = 40
"""Of processor time, after which a change that makes the rules run on counts as noticed; the tests take about 5."""

EQUIVALENT: Final = {
    "model.py Model.account: if key is None → False": "no account has the key None",
    "checks/ckv_contact_7.py judge: if found → True": "whose contact it is, is looked up only where it is said",
    "plans/providers.py Workplaces.of_key: if found is None → True": "remembering is for speed",
    "plans/values.py Values._by_place: if self._resources is None → True": "remembering is for speed",
    "plans/values.py Values._follow: all, without if key is not None": "no instance has the key None",
    "plans/parsing.py _deferred: if deferred is not None → True": "what is deferred is something: it has an `after`",
    "plans/parsing.py _parse: if prior → True": "without a state there is nothing to look up, which takes time",
    "plans/parsing.py _agree_with_configuration: without block in found": "a block that was found is found again",
    "plans/references.py Tracer._all: if step not in self.cache → True": "remembering is for speed",
    "plans/references.py Pool._few: if len(instances) <= 2 → True": "a bound on the work; the rest is shared out",
    "configuration.py Configuration._covered_ids: "
    "if re.fullmatch('\\\\d{12}', entry.account) → False": "an id is found as a pattern, too, but slower",
    "configuration.py Configuration._covered_patterns: "
    "all, without if entry.account not in self._covered_ids": "what is tried twice answers twice the same",
}
"""Changes after which the rules judge the same, and why the clause stands there all the same."""


@dataclass(frozen=True)
class Mutant:
    """One change of a source: `node`'s `attribute` becomes `value`."""

    file: str
    line: int
    function: str
    what: str
    node: ast.AST
    attribute: str
    value: Any

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.function}: {self.what}"

    @property
    def name(self) -> str:
        """Stays the same when lines are added elsewhere."""
        return f"{self.file} {self.function}: {self.what}"


def mutants(file: str, tree: ast.AST, function: str = "") -> Iterator[Mutant]:
    """Every `if` taken always and never; every operand of `and` and `or` and every `if` of a comprehension left out."""
    for node in ast.iter_child_nodes(tree):
        line = getattr(node, "lineno", 0)
        inside = function
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inside = f"{function}.{node.name}" if function else node.name
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        elif isinstance(node, ast.If | ast.IfExp):
            for value in (True, False):
                what = f"if {ast.unparse(node.test)} → {value}"
                yield Mutant(file, line, function, what, node, "test", ast.Constant(value))
        elif isinstance(node, ast.BoolOp):
            for operand, rest in _left_out(node.values):
                yield Mutant(file, line, function, f"without {ast.unparse(operand)}", node, "values", rest)
        elif isinstance(node, ast.comprehension):
            for operand, rest in _left_out(node.ifs):
                line = operand.lineno
                yield Mutant(file, line, function, f"all, without if {ast.unparse(operand)}", node, "ifs", rest)
        yield from mutants(file, node, inside)


def _left_out(nodes: list[ast.expr]) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    return ((node, nodes[:index] + nodes[index + 1 :]) for index, node in enumerate(nodes))


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module of the pack from a changed tree."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.path = PACK / file
        self.name = ".".join(("policies", "contact_rules", *file.removesuffix(".py").split("/")))
        self.tree = tree

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def exec_module(self, module: Any) -> None:
        code = compile(ast.fix_missing_locations(self.tree), str(self.path), "exec", dont_inherit=True)
        exec(code, module.__dict__)


def noticed(changed: _Changed | None, contents: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether findings on the cases differ or a test fails. To be called in a process of its own."""
    for name in list(sys.modules):
        if name.startswith(("policies", "tests.policies", "tools.measure_addresses")):  # others hold the parent's files
            del sys.modules[name]
    if changed is not None:
        sys.meta_path.insert(0, changed)
    try:
        evaluation = importlib.import_module("policies.contact_rules.evaluate")
        configuration = importlib.import_module("tests.policies.support").policy()
        for case, content in contents.items():
            report = evaluation.evaluate([("plan0.json", content)], configuration, TODAY)
            if recorded(report) != wanted[case]:
                return True
    except Exception:
        return True
    options = ["-x", "-q", "-c", os.devnull, "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    options += ["-p", "_hypothesis_pytestplugin", "-m", "not hypothesis", "-k", "not removed_clause"]
    nearest = NEAREST.get(changed.path.name, changed.path.stem) if changed else ""
    for names in ([name for name in TESTS if name == nearest], [name for name in TESTS if name != nearest]):
        files = [str(ROOT / "tests" / "policies" / f"test_{name}.py") for name in names]
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            if files and pytest.main([*options, *files]) != pytest.ExitCode.OK:
                return True
    return False


def recorded(report: Any) -> list[dict[str, Any]]:
    """The findings and notes of a report as they are kept in findings.json: what is empty is left out.

    `copied` is what a fix gives to copy; sentences are not kept.
    """
    say = importlib.import_module("policies.contact_rules.texts").texts()
    rows: list[dict[str, Any]] = []
    for verdict in report.verdicts:
        for item in (*verdict.findings, *verdict.notes):
            lines = [text for copied, text in say.steps(item) if copied]
            rows.append(asdict(item) | {"source": "", "copied": lines})
        if verdict.error:
            rows.append({"check_id": verdict.check.id, "error": asdict(verdict.error)})
    return [json.loads(json.dumps({name: value for name, value in row.items() if value})) for row in rows]


def changes(names: Sequence[str] = FILES) -> list[tuple[Mutant, ast.Module]]:
    """Every change of these files, with the tree it belongs to."""
    trees = {name: ast.parse((PACK / name).read_text(encoding="utf-8")) for name in names}
    return [(mutant, tree) for name, tree in trees.items() for mutant in mutants(name, tree)]


def survivors(tried: Sequence[tuple[Mutant, ast.Module]]) -> Iterator[Mutant]:
    """The changes that nothing notices.

    Raises SystemExit if the unchanged rules are not as expected.
    """
    contents = {case: plan(case) for case in CASES}
    wanted = json.loads(FINDINGS.read_text(encoding="utf-8"))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in TESTS:
        importlib.import_module(f"tests.policies.test_{name}")  # so that each child finds what they import, imported
    if _in_child(None, contents, wanted):
        raise SystemExit("the tests do not pass with the unchanged rules")
    with progress() as start:
        update = start("removing clauses", len(tried))
        for number, (mutant, tree) in enumerate(tried):
            update(number, f"{mutant.file}:{mutant.line}")
            if not _in_child(mutant, contents, wanted, tree):
                yield mutant


def _in_child(
    mutant: Mutant | None, contents: dict[str, Any], wanted: dict[str, Any], tree: ast.Module | None = None
) -> bool:
    """A fork saves importing everything again, and what a change breaks ends with it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            changed = None
            if mutant is not None and tree is not None:
                setattr(mutant.node, mutant.attribute, mutant.value)
                changed = _Changed(mutant.file, tree)
            code = int(noticed(changed, contents, wanted))
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def main(arguments: Sequence[str]) -> int:
    """Prints what nothing noticed; the exit code."""
    if "--write" in arguments:
        snapshot = {case: recorded(judge(plan(case), configuration=policy())) for case in CASES}
        FINDINGS.write_text(json.dumps(snapshot, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return 0
    names = tuple(arguments) or FILES
    tried = changes(names)
    alive, surprising = set(), 0
    for mutant in survivors(tried):
        alive.add(mutant.name)
        if mutant.name not in EQUIVALENT:
            surprising += 1
            print(mutant, flush=True)
    outdated = [name for name in EQUIVALENT if name.split()[0] in names and name not in alive]
    for name in outdated:
        print(f"{name}: was noticed, or is not there any more; take it out of EQUIVALENT")
    known = len(alive & EQUIVALENT.keys())
    print(f"{len(tried)} clauses removed: {len(tried) - known - surprising} noticed, {known} known to be equivalent")
    return 1 if surprising or outdated else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
