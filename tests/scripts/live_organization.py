"""An organization in the sandbox, furnished with boto3 and not with what is tested, and audits of it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from cdktf_app.contacts.assignments import Assignments, load
from cdktf_app.presets import PRESETS
from scripts.audit.__main__ import main as audit_main
from scripts.shared.console import command
from scripts.shared.files import ROOT
from tests.organizations import EXAMPLE, MANAGEMENT, client

if TYPE_CHECKING:
    from cdktf_app.contacts.directory import Directory
    from scripts.sandbox import Sandbox

_FOLDER = TemporaryDirectory()
CONTACTS = Path(_FOLDER.name) / "contacts.yaml"
"""The example's, reviewed today."""
CONTACTS.write_text((EXAMPLE / "contacts.yaml").read_text(encoding="utf-8").replace("2026-10-01", str(date.today())))
INVENTORY = EXAMPLE / "inventory.json"
QUICK = "1000"
"""For --share: the sandbox without quotas need not be spared."""


def put_contact(account: Any, account_id: str, kind: str, **changes: str) -> None:
    """Sets an alternate contact that no rule objects to, but for `changes`."""
    contact = {
        "name": "Team",
        "title": "Team",
        "email": f"aws-{kind.lower()}@kaede.example",
        "phone": "+44 20 7946 0110",
    }
    contact |= changes
    target = {} if account_id == MANAGEMENT else {"AccountId": account_id}
    account.put_alternate_contact(
        AlternateContactType=kind,
        Name=contact["name"],
        Title=contact["title"],
        EmailAddress=contact["email"],
        PhoneNumber=contact["phone"],
        **target,
    )


def furnish(aws: Sandbox, contacts: Path = CONTACTS, inventory: Path = INVENTORY) -> None:
    """Sets everything that a directory says, e-mail contacts activated."""
    directory, _, assignments = load(contacts, inventory)
    account = client(aws, "account")
    for account_id in assignments.managed:
        for kind, answer in assignments.contacts[account_id].items():
            if answer.contact is not None:
                put_contact(account, account_id, kind.upper(), **answer.contact.model_dump())
    for account_id, names in assignments.subscriptions.items():
        _subscribe(aws, account_id, directory, names)


def _subscribe(aws: Sandbox, account_id: str, directory: Directory, names: tuple[str, ...]) -> None:
    assert directory.notifications is not None
    notifications, contacts = client(aws, "notifications", account_id), client(aws, "notificationscontacts", account_id)
    regions = client(aws, "account", account_id).list_regions(
        RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"], MaxResults=50
    )["Regions"]
    for region in directory.notifications.hub_regions:
        notifications.register_notification_hub(notificationHubRegion=region)
    channels: dict[str, str] = {}
    for name in names:
        wanted = directory.notifications.subscriptions[name]
        for channel in wanted.channels:
            if channel not in channels:
                address = str(directory.notifications.channels[channel].email)
                channels[channel] = contacts.create_email_contact(name=channel, emailAddress=address)["arn"]
                contacts.send_activation_code(arn=channels[channel])
                aws.activate(channels[channel])
        preset = PRESETS[wanted.preset] if wanted.preset else None
        arn = notifications.create_notification_configuration(
            name=name,
            description=name,
            aggregationDuration=wanted.aggregation or (preset.aggregation if preset else "NONE"),
        )["arn"]
        said = wanted.regions or (preset.regions if preset else "all")
        covered = [region["RegionName"] for region in regions] if said in ("all", ("all",)) else list(said)
        events = (
            [(event.source, event.event_type, event.pattern) for event in preset.events]
            if preset
            else [(wanted.source, wanted.event_type, wanted.pattern or "")]
        )
        for source, event_type, pattern in events:
            notifications.create_event_rule(
                notificationConfigurationArn=arn,
                source=source,
                eventType=event_type,
                eventPattern=pattern,
                regions=covered,
            )
        for channel in wanted.channels:
            notifications.associate_channel(notificationConfigurationArn=arn, arn=channels[channel])


@dataclass
class Finished:
    """What an audit came to: its exit code, what it printed, and what it said beside."""

    code: int
    printed: str
    said: str

    def __post_init__(self) -> None:
        assert "Traceback" not in self.said, self.said

    @property
    def document(self) -> dict[str, Any]:
        """The audit document, of `--json`."""
        document: dict[str, Any] = json.loads(self.printed)
        return document

    def found(self, check: str, level: str = "failure") -> list[dict[str, Any]]:
        """The findings of a check."""
        return [item for item in self.document["findings"] if (item["check"], item["level"]) == (check, level)]


def arguments(folder: Path, *options: str) -> list[str]:
    """The command line of an audit that keeps everything in `folder`."""
    return [sys.executable, "-m", "scripts.audit", "--build", str(folder / "build"), "--share", QUICK, *options]


def environment(aws: Sandbox) -> dict[str, str]:
    """The environment of an audit of the sandbox."""
    return {**aws.applied_to(os.environ), "PYTHONPATH": str(ROOT), "COLUMNS": "160"}


def audit_process(aws: Sandbox, folder: Path, *options: str) -> Finished:
    """Runs an audit as a user does. A later option of the same name wins."""
    line = arguments(folder, *options)
    done = subprocess.run(line, cwd=folder, env=environment(aws), capture_output=True, text=True, check=False)
    return Finished(done.returncode, done.stdout, done.stderr)


def audit(aws: Sandbox, folder: Path, *options: str) -> Finished:
    """The same in this process, which saves the time of its start."""
    printed, said = io.StringIO(), io.StringIO()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with (
        mock.patch.dict(os.environ, environment(aws), clear=True),
        mock.patch.object(sys, "argv", arguments(folder, *options)[2:]),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(said),
        pytest.raises(SystemExit) as ended,
    ):
        command(audit_main)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    assert isinstance(ended.value.code, int)
    return Finished(ended.value.code, printed.getvalue(), said.getvalue())


def compared(aws: Sandbox, folder: Path, *options: str) -> Finished:
    """Runs an audit of the example organization against its directory and inventory, as JSON."""
    return audit(aws, folder, "--contacts", str(CONTACTS), "--inventory", str(INVENTORY), "--json", *options)


def assigned() -> Assignments:
    """What the example's directory says."""
    return load(CONTACTS, INVENTORY)[2]
