"""Output and exit of the commands: exit codes, errors, progress."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from cdktf_app.contacts.problems import InvalidInput
from scripts.shared.aws_errors import described
from scripts.shared.terraform import Interrupted, TerraformError, pass_interrupts_on

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class ExitCode(IntEnum):
    """How every command ends. The first that applies, in the order 2, 1, 3, 4, 0, when several stacks differ."""

    OK = 0
    FAILED = 1
    BAD_INPUT = 2
    POLICY_FAILED = 3
    CHANGES_PENDING = 4


class CommandError(Exception):
    """The command stops; the text gives the reason and the fix. The process ends with `code`."""

    def __init__(self, text: str, code: ExitCode = ExitCode.BAD_INPUT) -> None:
        super().__init__(text)
        self.code = code


def command(function: Callable[..., ExitCode]) -> None:
    """Runs one command line: options from the function's signature, a clear last line instead of a traceback.

    Ends the process with the function's exit code; 128 + the signal's number when it was interrupted.
    """

    application = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
    application.command(help=function.__doc__)(_run(function))
    application()


def commands(functions: Mapping[str, Callable[..., ExitCode]], help_text: str = "") -> None:
    """Runs one of several command lines, chosen by its first word; each as `command` does."""
    application = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        no_args_is_help=True,
        help=help_text or None,
    )
    application.callback()(lambda: None)
    for name, function in functions.items():
        application.command(name, help=function.__doc__)(_run(function))
    application()


def _run(function: Callable[..., ExitCode]) -> Callable[..., None]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        raise typer.Exit(_ending(function, *args, **kwargs))

    return run


def _ending(function: Callable[..., ExitCode], *args: Any, **kwargs: Any) -> int:
    pass_interrupts_on()
    try:
        return function(*args, **kwargs)
    except InvalidInput as error:
        for problem in error.problems:
            _say(str(problem))
        return ExitCode.BAD_INPUT
    except CommandError as error:
        _say(str(error))
        return error.code
    except TerraformError as error:
        _say(f"Terraform: {error}")
        return ExitCode.FAILED
    except (BotoCoreError, ClientError) as error:
        _say(described(error))
        return ExitCode.FAILED
    except Interrupted as interruption:
        _say(f"{str(interruption).capitalize()}. Nothing is lost: run the same command again.")
        return 128 + interruption.signal_number


def _say(text: str) -> None:
    err.print(text, markup=False, style="red", soft_wrap=True)


Update = Callable[[int, str], None]


@contextmanager
def progress() -> Iterator[Callable[[str, int | None], Update]]:
    """Shows how far pieces of work are, with an estimate, on a terminal only.

    Yields a function that starts a piece of work of so many units (None: nobody knows) and returns the one to call
    with the number of units done so far and the name of what is waited for. Both may be called from any thread.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[waiting]}"),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:

        def start(what: str, total: int | None) -> Update:
            task = bar.add_task(what, total=total, waiting="")

            def update(done: int, waiting: str) -> None:
                # A resource read twice (refresh, then change) must not push the bar past its end.
                shown = done if total is None else min(done, total)
                bar.update(task, completed=shown, waiting=escape(waiting))

            return update

        yield start


def print_json(value: Any) -> None:
    """Writes a result for programs to standard output, nothing else beside it."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
