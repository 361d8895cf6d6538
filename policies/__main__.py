#!/usr/bin/env python3
"""Judges Terraform plans: can AWS reach the people who run every account? Needs nothing but Python 3.11 or later.

`python -m policies PLAN.json…` here, `python3 path/to/policies PLAN.json…` from anywhere.
Exit code 0: all checks passed. 1: a check failed. 2: a plan or the configuration cannot be used.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if sys.version_info < (3, 11):  # noqa: UP036  exit code 1 of a traceback would say that a check failed
    print(f"Python 3.11 or later is needed, and this is {sys.version.split()[0]}", file=sys.stderr)
    sys.exit(2)

if not __package__:
    sys.path[:1] = [str(Path(__file__).resolve().parents[1])]
    __package__ = "policies"

from .contact_rules import configuration as configurations
from .contact_rules import output
from .contact_rules.evaluate import evaluate
from .contact_rules.plans.parsing import load
from .contact_rules.plans.plan import UnusablePlanError
from .contact_rules.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contact_rules.evaluate import Report
    from .contact_rules.texts import Language

_FORMATS = {"text": output.text, "json": output.as_json, "sarif": output.sarif, "markdown": output.markdown}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m policies", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("plans", nargs="+", type=Path, metavar="PLAN.json", help="from: terraform show -json PLANFILE")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"default: ${configurations.ENVIRONMENT_VARIABLE}, then {configurations.DEFAULT_FILE} in this directory",
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="what to print (default: %(default)s)")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the sentences (default: %(default)s)")
    for name in ("json", "sarif", "markdown"):
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"also write {name} there")
    options = parser.parse_args(arguments)
    try:
        configuration = configurations.load(options.config or configurations.find_file(Path.cwd()))
        report = evaluate([(str(path), load(path)) for path in options.plans], configuration)
    except (UnusablePlanError, configurations.ConfigurationError) as error:
        print(error, file=sys.stderr)
        return 2
    for name in ("json", "sarif", "markdown"):
        target: Path | None = getattr(options, name)
        if target is not None:
            try:
                target.write_text(_rendered(name, report, options.language), encoding="utf-8")
            except OSError as error:
                print(f"{target}: cannot be written ({error.strerror})", file=sys.stderr)
                return 2
    sys.stdout.buffer.write(_rendered(options.format, report, options.language).encode("utf-8"))
    return 0 if report.passed else 1


def _rendered(name: str, report: Report, language: Language) -> str:
    return _FORMATS[name](report, language).rstrip("\n") + "\n"


if __name__ == "__main__":
    gc.disable()  # a short process over a big tree: collecting it, now or at the end, costs more than judging it
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
