"""The sandbox as seen from Python: its own process, its address, its mailbox, its statistics."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60


class SandboxError(RuntimeError):
    """The sandbox did not start, or its settings are invalid."""


class Sandbox:
    """A local AWS for the accounts of an inventory; a context manager.

    Args:
        inventory: as in `build/inventory.json`: `organization` (or None for a single account that belongs to none)
            and `accounts`. Checked only as far as the sandbox needs it.
        quotas: enforce AWS's request quotas (HTTP 429).
        quota_scale: multiplies the quotas' rates; 10 lets a test under quotas take a tenth of the time.
        latency: seconds every AWS call waits before it is served.
        port: the port on 127.0.0.1; 0 takes a free one.
        roles: names of roles that can be assumed in every active account. `OrganizationAccountAccessRole` does not
            exist in the management account, as at AWS.
        log: a file for the calls made (operation, account, HTTP status; no contact data); None discards them.

    The server is a process of its own and ends when the context is left or this process ends, however it ends.
    """

    def __init__(
        self,
        inventory: Mapping[str, Any],
        *,
        quotas: bool = False,
        quota_scale: float = 1.0,
        latency: float = 0.0,
        port: int = 0,
        roles: Iterable[str] = ("OrganizationAccountAccessRole",),
        log: Path | None = None,
    ) -> None:
        self._settings: dict[str, Any] = {
            "inventory": inventory,
            "quotas": quotas,
            "quota_scale": quota_scale,
            "latency": latency,
            "port": port,
            "roles": list(roles),
            "log": str(log) if log else None,
        }
        _check_settings(self._settings)
        self._process: subprocess.Popen[str] | None = None
        self.port = port

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            SandboxError: it did not, for instance because the port is taken.
        """
        if self._process:
            raise SandboxError("this sandbox runs already")
        paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MOTO_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.sandbox.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**kept, "MOTO_DISABLE_GLOBAL_CORS": "true", "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
        )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(self._settings) + "\n")
            self._process.stdin.flush()
        line = self._first_line()
        if not line:
            problem = self._last_words()
            self.stop()
            raise SandboxError(f"the sandbox did not start: {problem}")
        self.port = int(line)

    def stop(self) -> None:
        """Stop the server; nothing happens if it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()

    def _first_line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            return self._process.stdout.readline() if selector.select(START_SECONDS) else ""

    def _last_words(self) -> str:
        assert self._process is not None
        if self._process.poll() is None:
            time.sleep(0.2)
        if self._process.poll() is None:
            return f"it was silent for {START_SECONDS} seconds"
        assert self._process.stderr is not None
        return (self._process.stderr.read().strip().splitlines() or ["no reason given"])[-1]

    @property
    def endpoint_url(self) -> str:
        """The address of every AWS service of the sandbox."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that make AWS SDKs, the AWS CLI and Terraform use the sandbox and nothing else."""
        direct = ",".join(filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1"]))
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "AKIASANDBOXMANAGEMNT",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": direct,
            "no_proxy": direct,
        }

    def applied_to(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return `environment` with the sandbox's variables, and without any other `AWS_` variable (a profile's)."""
        return {**{key: value for key, value in environment.items() if not key.startswith("AWS_")}, **self.environment}

    def statistics(self) -> dict[str, dict[str, float]]:
        """Return what was called, by operation (`account:GetAlternateContact`).

        `calls`, of these `throttled` (over a quota) and `failed` (HTTP 5xx or no answer); `first` and `last` call in
        seconds since the epoch, `seconds` between them and the `rate` of calls per second that this makes.
        """
        statistics: dict[str, dict[str, float]] = self._administer("GET", "statistics")
        return statistics

    def reset_statistics(self) -> None:
        """Count from zero again."""
        self._administer("DELETE", "statistics")

    def mailbox(self) -> list[dict[str, str]]:
        """Return the mails AWS would have sent, oldest first: `to`, `subject`, `account_id`, `reference`, `code`."""
        mails: list[dict[str, str]] = self._administer("GET", "mailbox")
        return mails

    def set_faults(self, *rules: Mapping[str, Any]) -> None:
        """Replace the fault rules; none means that nothing fails on purpose.

        A rule has `fault` (access-denied, internal-error, throttling, expired-token, connection-reset) and may have
        `operation` and `account` (shell patterns), `after_calls`, `after_seconds`, `every`, `times`.

        Raises:
            SandboxError: a rule is not understood.
        """
        self._administer("PUT", "faults", list(rules))

    def set_quotas(self, scale: float | None) -> None:
        """Enforce AWS's request quotas from now on, their rates times `scale`, with full buckets; None: none."""
        self._administer("PUT", "quotas", {"scale": scale})

    def reset(self, inventory: Mapping[str, Any] | None = None, **settings: Any) -> None:
        """Make the sandbox as it was at its start, or as if it had been started otherwise; a start takes much longer.

        Args:
            inventory: another inventory.
            settings: other `quotas`, `quota_scale`, `latency` and `roles`. The next reset does not keep them.

        Raises:
            SandboxError: the inventory or a setting is not understood.
        """
        if unknown := settings.keys() - {"quotas", "quota_scale", "latency", "roles"}:
            raise SandboxError(f"a running sandbox cannot be given another {', '.join(sorted(unknown))}")
        new = {
            **self._settings,
            **settings,
            "inventory": self._settings["inventory"] if inventory is None else inventory,
        }
        _check_settings(new)
        self._administer("POST", "reset", new)

    def activate(self, email_contact_arn: str) -> None:
        """Activate an e-mail contact with the code in the mailbox, as its owner would by the link in the mail.

        Raises:
            SandboxError: no code was mailed for it, or AWS rejects the code.
        """
        codes = [mail for mail in self.mailbox() if mail["reference"] == email_contact_arn]
        if not codes:
            raise SandboxError(f"no activation code was sent for {email_contact_arn}")
        self._administer("POST", "activate", {"arn": email_contact_arn, "code": codes[-1]["code"]})

    def _administer(self, method: str, action: str, content: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.endpoint_url}/moto-api/sandbox/{action}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as problem:
            with problem:
                raise SandboxError(json.loads(problem.read())["message"]) from None


def _check_settings(settings: Mapping[str, Any]) -> None:
    check(settings["inventory"])
    if settings["quota_scale"] <= 0 or settings["latency"] < 0:
        raise SandboxError("quota_scale must be above 0, and latency 0 or more")


def check(inventory: Mapping[str, Any]) -> None:
    """Check that an inventory has what the sandbox needs.

    Raises:
        SandboxError: it has not; the message says where.
    """
    if not isinstance(inventory, Mapping) or not isinstance(inventory.get("accounts"), list):
        raise SandboxError("an inventory is an object with the keys organization and accounts")
    ids: set[str] = set()
    for index, account in enumerate(inventory["accounts"]):
        where = f"accounts[{index}]"
        for key in ("id", "name", "email", "status", "ou_path"):
            if not isinstance(account, Mapping) or not isinstance(account.get(key), str):
                raise SandboxError(f"{where}.{key} must be a string")
        if not (len(account["id"]) == 12 and account["id"].isascii() and account["id"].isdecimal()):
            raise SandboxError(f"{where}.id must be 12 digits, not {account['id']!r}")
        if account["id"] in ids:
            raise SandboxError(f"{where}.id {account['id']} is there twice")
        ids.add(account["id"])
    organization = inventory.get("organization")
    if organization is None:
        if len(ids) != 1:
            raise SandboxError(f"without an organization there is one account, not {len(ids)}")
    elif not isinstance(organization, Mapping) or not isinstance(organization.get("id"), str):
        raise SandboxError("organization.id must be a string")
    elif organization.get("management_account_id") not in ids:
        raise SandboxError("organization.management_account_id must be the id of one of the accounts")
