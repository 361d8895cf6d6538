"""`python -m scripts.sandbox`: the sandbox in the foreground, until SIGINT or SIGTERM."""

import json
import shlex
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from scripts.sandbox import Sandbox, SandboxError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    inventory: Annotated[Path, typer.Option(help="The organization to seed, as `make inventory` writes it.")],
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)] = 0,
    quotas: Annotated[bool, typer.Option(help="Enforce AWS's request quotas.")] = False,
    quota_scale: Annotated[float, typer.Option(help="Multiply the quotas' rates.")] = 1.0,
    latency: Annotated[float, typer.Option(help="Seconds every call waits.")] = 0.0,
    log: Annotated[Path | None, typer.Option(help="File for the calls made; no contact data.")] = None,
) -> None:
    """Run a local AWS and print the environment variables that lead to it."""
    try:
        content = json.loads(inventory.read_text(encoding="utf-8"))
        with Sandbox(content, port=port, quotas=quotas, quota_scale=quota_scale, latency=latency, log=log) as sandbox:
            signals = {signal.SIGINT, signal.SIGTERM}
            signal.pthread_sigmask(signal.SIG_BLOCK, signals)
            typer.echo("unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN")
            for name, value in sandbox.environment.items():
                typer.echo(f"export {name}={shlex.quote(value)}")
            sys.stdout.flush()
            signal.sigwait(signals)
    except OSError as problem:
        fail(f"{inventory}: cannot be read ({problem.strerror}); name an inventory file")
    except ValueError as problem:
        fail(f"{inventory}: is not JSON ({problem}); name an inventory file")
    except SandboxError as problem:
        fail(f"{inventory}: {problem}")


def fail(problem: str) -> NoReturn:
    """Print what is wrong and end with exit code 2."""
    typer.echo(problem, err=True)
    raise typer.Exit(2)


if __name__ == "__main__":
    app()
