"""Makes plans whose right verdict follows from how they were built, and judges them.

`python -m tools.corpus make --seed 1 --count 20 --terraform terraform --out plans.jsonl.xz`: makes plans.
`python -m tools.corpus record [--terraform COMMAND]`: makes the recorded plans of the tests again.
`python -m tools.corpus verify --count 20`: applies plans in the sandbox: do the accounts get what the labels say?
`python -m tools.corpus judge [FILE]`: what the bare rules say wrongly of the plans in a file.
`python -m tools.corpus show NAME`: the configuration behind a name, and what is right for it.
`python -m tools.corpus plan NAME`: its plan, made now.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tools.corpus import store
from tools.corpus.generate import generate
from tools.corpus.labels import Choices
from tools.corpus.shapes import before, build
from tools.corpus.workshop import TerraformFailed, Workshop, version

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator


def make(choices: Iterable[Choices], terraform: str, workers: int) -> Iterator[store.Entry | str]:
    """The plans of these choices as they are made, or what Terraform said against one."""
    waiting: SimpleQueue[Workshop] = SimpleQueue()

    def one(choice: Choices) -> store.Entry | str:
        workshop = waiting.get()
        try:
            return store.entry(choice.name, workshop.plan(choice))
        except TerraformFailed as error:
            return f"{choice.name}: {error}"
        finally:
            waiting.put(workshop)

    with ExitStack() as stack:
        for _ in range(workers):
            waiting.put(stack.enter_context(Workshop(terraform)))
        pool = ThreadPoolExecutor(workers)
        stack.callback(pool.shutdown, cancel_futures=True)
        yield from pool.map(one, choices)


def judge(entries: Iterable[store.Entry], *, checkov: bool = False) -> int:
    """Prints what the bare rules say wrongly, or checkov differently; returns the number of such plans."""
    number = 0
    asked = differences() if checkov else None
    for item in entries:
        found = store.wrong(item, store.verdicts(item.plan, date.today()))
        if asked is not None:
            next(asked)
            found += asked.send(item)
        number += bool(found)
        if found:
            print(f"{item.id}\n    {'; '.join(found)}")
    return number


def differences() -> Generator[list[str], store.Entry | None, None]:
    """Sent an entry, yields what checkov says differently of it."""
    from tools.parity import Checkov, disagreement

    asked = Checkov()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "plan.json"
            while True:
                item = yield []
                assert item is not None
                path.write_text(json.dumps(item.plan), encoding="utf-8")
                told = disagreement(path, asked.judge(path))
                yield [told] if told else []
    finally:
        asked.close()


def verify(entries: list[store.Entry], terraform: str) -> int:
    """Prints the plans after whose apply an account has other contacts than its label says; returns their number.

    The sandbox can neither make a second organization nor vend accounts, so such plans are not for this.
    """
    number = 0
    with Workshop(terraform) as workshop:
        for item in entries:
            choices = Choices.parse(item.name)
            try:
                workshop.plan(choices)
                found = workshop.contacts(choices)
            except TerraformFailed as error:
                print(f"{item.id}: {error}", flush=True)
                continue
            if {account: found.get(account, []) for account in item.truth} != item.truth:
                number += 1
                print(f"{item.id}\n    label: {item.truth}\n    AWS:   {found}", flush=True)
    return number


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    maker = commands.add_parser("make", help="make plans")
    maker.add_argument("--seed", type=int, default=1)
    maker.add_argument("--count", type=int, default=20)
    maker.add_argument("--terraform", default="terraform")
    maker.add_argument("--workers", type=int, default=2)
    maker.add_argument("--random", action="store_true", help="without the named shapes")
    maker.add_argument("--add", action="store_true", help="make only what the file has not yet")
    maker.add_argument("--names", type=Path, help="a file with the names of the plans to make, one a line")
    maker.add_argument("--out", type=Path, required=True)
    judging = commands.add_parser("judge", help="judge plans by the bare rules")
    judging.add_argument("file", type=Path, nargs="?", default=store.RECORDED)
    judging.add_argument("--checkov", action="store_true", help="ask checkov too, which must say the same")
    recorder = commands.add_parser("record", help="make the recorded plans again")
    recorder.add_argument("--terraform", default="terraform")
    recorder.add_argument("--workers", type=int, default=2)
    verifier = commands.add_parser("verify", help="apply recorded plans and look at the accounts")
    verifier.add_argument("--count", type=int, default=20)
    verifier.add_argument("--seed", type=int, default=1)
    verifier.add_argument("--terraform", default="terraform")
    showing = commands.add_parser("show", help="print the configuration behind a name")
    showing.add_argument("name")
    planning = commands.add_parser("plan", help="print the plan behind a name, made now")
    planning.add_argument("name")
    planning.add_argument("--terraform", default="terraform")
    options = parser.parse_args(arguments)
    if options.command == "judge":
        entries = store.read(options.file)
        number = judge(entries, checkov=options.checkov)
        print(f"{number} of {len(entries)} plans are judged wrongly")
        return 1 if number else 0
    if options.command == "verify":
        entries = [item for item in store.read() if ":new:" not in item.name and "factory" not in item.name]
        entries = random.Random(options.seed).sample(entries, options.count)
        number = verify(entries, options.terraform)
        print(f"{number} of {len(entries)} labels are wrong")
        return 1 if number else 0
    if options.command == "record":
        return record(options.terraform, options.workers)
    if options.command == "show":
        show(Choices.parse(options.name.partition("@")[0]))
        return 0
    if options.command == "plan":
        with Workshop(options.terraform) as workshop:
            print(json.dumps(workshop.plan(Choices.parse(options.name.partition("@")[0])), indent=1))
        return 0
    if options.names:
        chosen = [Choices.parse(line) for line in options.names.read_text(encoding="utf-8").split()]
    else:
        chosen = generate(options.seed, options.count, with_named=not options.random)
    kept = {item.id: item for item in store.read(options.out)} if options.add and options.out.exists() else {}
    release = version(options.terraform)
    chosen = [choices for choices in chosen if f"{choices.name}@{release}" not in kept]
    print(f"seed {options.seed}")
    return gather(chosen, options.terraform, options.workers, kept, options.out)


def record(terraform: str, workers: int) -> int:
    """Makes those recorded plans again that this Terraform made; the exit code of the command."""
    kept = {item.id: item for item in store.read()}
    release = version(terraform)
    chosen = [Choices.parse(item.name) for item in kept.values() if item.terraform == release]
    return gather(chosen, terraform, workers, kept, store.RECORDED)


def gather(chosen: list[Choices], terraform: str, workers: int, kept: dict[str, store.Entry], out: Path) -> int:
    """Makes plans into a file, beside those that are kept; 1 if Terraform refused one, else 0."""
    refused = 0
    for number, made in enumerate(make(chosen, terraform, workers), 1):
        if isinstance(made, str):
            refused += 1
            print(made, file=sys.stderr, flush=True)
        else:
            kept[made.id] = made
        if number % 20 == 0 or number == len(chosen):
            print(f"{number} of {len(chosen)}", flush=True)
            store.write(out, kept.values())
    print(f"{len(chosen)} plans, {refused} refused; {len(kept)} in {out}")
    return 1 if refused else 0


def show(choices: Choices) -> None:
    """Prints the files of a configuration, what was applied before it, and what is right for it."""
    first, draft = before(choices), build(choices)
    for title, one in (("applied before", first), ("planned", draft)):
        for path, text in one.render().items() if one else ():
            print(f"# ---- {title}: {path}\n{text}")
    labels = draft.labels()
    print(f"# terraform plan {' '.join(draft.arguments)}")
    print("# " + json.dumps({"truth": labels.truth, "decidable": labels.decidable, "expected": labels.expected}))
    for doubt in labels.doubts:
        print(f"# {doubt}")


if __name__ == "__main__":
    sys.exit(main())
