"""The sandbox as a process: its start, its end, the command."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox import Sandbox, SandboxError
from tests.organizations import account
from tests.organizations import client as client_of

from .conftest import MANAGEMENT, contact

REPOSITORY = Path(__file__).resolve().parents[2]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def falls_silent(port: int, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while listens(port) and time.monotonic() < end:
        time.sleep(0.05)
    return not listens(port)


@pytest.fixture
def inventory_file(inventory: dict[str, Any], tmp_path: Path) -> Path:
    file = tmp_path / "inventory.json"
    file.write_text(json.dumps(inventory), encoding="utf-8")
    return file


@pytest.fixture
def command(inventory_file: Path) -> Iterator[subprocess.Popen[str]]:
    arguments = ["--inventory", str(inventory_file), "--quotas", "--quota-scale", "2"]
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.sandbox", *arguments], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def exported_port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    process.stdout.readline()
    line = process.stdout.readline()
    found = re.fullmatch(r"export AWS_ENDPOINT_URL=http://127\.0\.0\.1:(\d+)\n", line)
    assert found, line
    return int(found[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_command_serves_until_it_is_stopped(command: subprocess.Popen[str], number: signal.Signals) -> None:
    port = exported_port(command)
    assert listens(port)
    command.send_signal(number)
    assert command.wait(10) == (-number if number == signal.SIGKILL else 0)
    assert falls_silent(port)


def test_the_exports_lead_a_shell_to_the_sandbox(command: subprocess.Popen[str]) -> None:
    assert command.stdout is not None
    lines = [command.stdout.readline()]
    while not lines[-1].startswith("export no_proxy"):
        lines.append(command.stdout.readline())
    call = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    script = "".join([*lines, f'{sys.executable} -c "{call}"'])
    environment = {**os.environ, "AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "x"}
    shell = shutil.which("sh") or "sh"
    said = subprocess.run([shell, "-ec", script], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == MANAGEMENT


@pytest.mark.parametrize(
    ("content", "options", "problem"),
    [
        (None, [], "cannot be read (No such file or directory)"),
        ("{", [], "is not JSON"),
        ("[]", [], "an inventory is an object with the keys organization and accounts"),
        ('{"accounts": [{"id": 1}]}', [], "accounts[0].id must be a string"),
        (json.dumps({"accounts": [account("1" * 11, "a")]}), [], "accounts[0].id must be 12 digits, not '11111111111'"),
        (json.dumps({"accounts": [account("1" * 12, "a")] * 2}), [], "accounts[1].id 111111111111 is there twice"),
        (json.dumps({"accounts": []}), [], "without an organization there is one account, not 0"),
        (
            json.dumps({"organization": {"id": "o-a"}, "accounts": [account("1" * 12, "a")]}),
            [],
            "organization.management_account_id must be the id of one of the accounts",
        ),
        (json.dumps({"accounts": [account("1" * 12, "a")]}), ["--quota-scale", "0"], "quota_scale must be above 0"),
        (None, ["--port", "70000"], "should be less than or equal to 65535"),
    ],
)
def test_wrong_inputs_end_with_code_2(tmp_path: Path, content: str | None, options: list[str], problem: str) -> None:
    file = tmp_path / "inventory.json"
    if content is not None:
        file.write_text(content)
    command = [sys.executable, "-m", "scripts.sandbox", "--inventory", str(file), *options]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert problem in re.sub(r"\s+", " ", ended.stderr.replace("│", " "))


def test_it_ends_with_its_parent_however_that_ends(inventory_file: Path) -> None:
    program = (
        "import json, sys, time; from pathlib import Path; from scripts.sandbox import Sandbox\n"
        "sandbox = Sandbox(json.loads(Path(sys.argv[1]).read_text())).__enter__()\n"
        "print(sandbox.port, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(inventory_file)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        assert listens(port)
        parent.kill()
    assert falls_silent(port)


def test_it_ends_when_the_block_raises(inventory: dict[str, Any]) -> None:
    sandbox = Sandbox(inventory)
    with pytest.raises(ZeroDivisionError), sandbox:
        raise ZeroDivisionError
    assert not listens(sandbox.port)


def test_a_port_in_use_is_said(aws: Sandbox, inventory: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match=rf"did not start: Port {aws.port} is in use"):
        Sandbox(inventory, port=aws.port).start()


def test_calls_wait_for_the_latency_and_the_log_has_no_contact_data(inventory: dict[str, Any], tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    with Sandbox(inventory, latency=1.0, log=log) as slow:
        put = threading.Thread(target=client_of(slow, "account").put_alternate_contact, kwargs=contact())
        put.start()
        assert not slow.statistics(), "the call waits"
        put.join()
    text = log.read_text()
    assert f"account:PutAlternateContact {MANAGEMENT} 200" in text
    assert "kaede.example" not in text
    assert "7946" not in text


def test_a_connection_serves_many_calls(aws: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", aws.port), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(b"GET /moto-api/sandbox/mailbox HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert answer.endswith(b"\r\n\r\n[]")


def test_an_operation_the_sandbox_lacks_is_said(aws: Sandbox) -> None:
    account_client = client_of(aws, "account")
    with pytest.raises(Exception, match=r"The sandbox does not have this: .*verify_phone_number") as problem:
        account_client.verify_phone_number(Otp="abc123")
    assert problem.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501  # type: ignore[attr-defined]
