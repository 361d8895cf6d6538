"""The Terraform stacks: `contacts`, and `notifications-<account id>` for each account with User Notifications."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cdktf_app import cdk
from cdktf_app.constructs import AlternateContacts, AwsProvider, UserNotifications, literal
from cdktf_app.contacts.assignments import Assignments, assign
from cdktf_app.contacts.sections import NOTIFICATIONS_REGION, Contact, ContactType, S3Backend, Subscription
from cdktf_app.imports import NotificationsImports, contact_imports, notification_imports
from cdktf_app.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.organization import Organization
    from cdktf_app.imports import ImportBlock, Imports

MODULES = Path(__file__).resolve().parent.parent / "modules"

_STACK_NAME = re.compile(r"contacts(?:-[0-9]{2})?|notifications-([0-9]{12})")


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack that was written."""

    name: str
    kind: Literal["contacts", "notifications"]
    account_id: str
    """The account that its default provider works in."""
    folder: Path
    """Where to run Terraform."""
    accounts: frozenset[str] = frozenset()
    """The accounts whose alternate contacts it holds."""
    retired: bool = False
    """Whether it holds nothing but its provider, so that Terraform removes what it made before."""

    @property
    def file(self) -> Path:
        """The configuration, in Terraform's JSON syntax. It holds contact data: only its owner may read it."""
        return self.folder / "cdk.tf.json"


def stack_name(account_id: str) -> str:
    """The name of an account's notifications stack."""
    return f"notifications-{account_id}"


def synthesize(
    directory: Directory,
    organization: Organization | None,
    out: Path,
    *,
    assignments: Assignments | None = None,
    imports: Imports | None = None,
    retired: Collection[str] = (),
    modules: Path = MODULES,
) -> list[SynthesizedStack]:
    """Writes `out/<stack>/cdk.tf.json` for every stack and returns them, those with contacts first, then by account id.

    The same input gives the same bytes. `retired` are the names of stacks that have state. Those among them that have
    nothing to hold any more get a stack without resources, so that Terraform removes what they made; not so the
    notifications of accounts that are not managed any more, where nobody can. Configurations that an earlier run left
    in `out` for other stacks than those returned are removed. `assignments` saves working them out again. Of `imports`,
    each stack gets those of the resources that it has. Raises InvalidInput as `assign` does.
    """
    worked_out = assignments or assign(directory, organization)
    stacks = _stacks(directory, worked_out, out, retired)
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder)
        for stack in stacks:
            scope = cdk.TerraformStack(app, stack.name)
            _set_backend(scope, directory, stack)
            fill, module = {
                "contacts": (_fill_contacts, "alternate-contacts"),
                "notifications": (_fill_notifications, "user-notifications"),
            }[stack.kind]
            blocks = fill(scope, directory, worked_out, _relative(modules / module, stack.folder), stack, imports)
            if blocks:
                scope.add_override("import", blocks)
        app.synth()
        for stack in stacks:
            text = Path(folder, "stacks", stack.name, "cdk.tf.json").read_text(encoding="utf-8")
            _write(stack.file, _without_comments(json.loads(text)))
    _remove_others(out, {stack.name for stack in stacks})
    return stacks


def _stacks(
    directory: Directory, assignments: Assignments, out: Path, retired: Collection[str]
) -> list[SynthesizedStack]:
    main = directory.main_account
    count = directory.organization.contacts_stacks if directory.organization else 1
    names = ["contacts"] if count == 1 else [f"contacts-{number:02}" for number in range(1, count + 1)]
    shares: dict[str, set[str]] = {name: set() for name in names}
    for account in assignments.managed:
        shares[_share(account, names)].add(account)
    left = sorted(name for name in retired if _STACK_NAME.fullmatch(name) and name not in shares)
    emptied = {match[1] for name in left if (match := _STACK_NAME.fullmatch(name)) and match[1]}
    notified = sorted({*assignments.subscriptions, *emptied.intersection(assignments.managed)})
    return [
        *(SynthesizedStack(name, "contacts", main, out / name, frozenset(shares[name])) for name in names),
        *(
            SynthesizedStack(name, "contacts", main, out / name, retired=True)
            for name in left
            if name.startswith("contacts")
        ),
        *(
            SynthesizedStack(
                name, "notifications", account, out / name, retired=account not in assignments.subscriptions
            )
            for account in notified
            for name in [stack_name(account)]
        ),
    ]


def _share(account: str, names: list[str]) -> str:
    """The stack that holds an account's contacts: by rendezvous hashing, so that few accounts move to a new stack."""
    return names[0] if len(names) == 1 else max(names, key=lambda name: sha256(f"{account}/{name}".encode()).digest())


def _fill_contacts(
    scope: cdk.TerraformStack,
    directory: Directory,
    assignments: Assignments,
    source: str,
    stack: SynthesizedStack,
    imports: Imports | None,
) -> list[ImportBlock]:
    """Puts the stack's content into it; the imports that apply to it."""
    blocks: list[ImportBlock] = []

    def module(
        name: str,
        own: str,
        contacts: Mapping[ContactType, Contact] | None = None,
        accounts: Mapping[str, Mapping[ContactType, Contact]] | None = None,
        provider: AwsProvider | None = None,
    ) -> None:
        AlternateContacts(scope, name, source=source, contacts=contacts, accounts=accounts, provider=provider)
        if imports is not None:
            blocks.extend(contact_imports(imports, name, accounts or {"self": contacts or {}}, own))

    main = directory.main_account
    _provider(scope, directory, main, directory.home_region)
    if stack.retired:
        return blocks
    assigned = {
        account: _assigned(assignments, account) for account in assignments.managed if account in stack.accounts
    }
    if directory.account is not None:
        module("alternate_contacts", main, contacts=assigned[main])
        return blocks
    assert directory.organization is not None
    cdk.TerraformDataSource(scope, "this", terraform_resource_type="aws_organizations_organization")
    management = directory.organization.management_account
    if main != management and management in assigned:
        own = assigned.pop(management)
        provider = _provider(scope, directory, management, directory.home_region, alias="management")
        if own:
            module("alternate_contacts_management", management, contacts=own, provider=provider)
    if any(assigned.values()):
        module("alternate_contacts", main, accounts=assigned)
    return blocks


def _fill_notifications(
    scope: cdk.TerraformStack,
    directory: Directory,
    assignments: Assignments,
    source: str,
    stack: SynthesizedStack,
    imports: Imports | None,
) -> list[ImportBlock]:
    """Puts the stack's content into it; the imports that apply to it."""
    _provider(scope, directory, stack.account_id, NOTIFICATIONS_REGION)
    notifications = directory.notifications
    if stack.retired or notifications is None:
        return []
    subscriptions = {name: notifications.subscriptions[name] for name in assignments.subscriptions[stack.account_id]}
    used = {channel for subscription in subscriptions.values() for channel in subscription.channels}
    channels = {name: channel for name, channel in notifications.channels.items() if name in used}
    UserNotifications(
        scope,
        "user_notifications",
        source=source,
        hub_regions=notifications.hub_regions,
        channels=channels,
        subscriptions=subscriptions,
    )
    return list(
        notification_imports(
            (imports.notifications if imports else {}).get(stack.account_id, NotificationsImports()),
            "user_notifications",
            notifications.hub_regions,
            [name for name, channel in channels.items() if channel.email],
            {name: (subscription, _event_types(subscription)) for name, subscription in subscriptions.items()},
        )
    )


def _event_types(subscription: Subscription) -> list[str]:
    if subscription.preset is not None:
        return [event.event_type for event in PRESETS[subscription.preset].events]
    return [subscription.event_type or ""]


def _assigned(assignments: Assignments, account: str) -> dict[ContactType, Contact]:
    by_type = assignments.contacts[account]
    return {kind: answer.contact for kind, answer in by_type.items() if answer.contact is not None}


def _provider(
    scope: cdk.TerraformStack, directory: Directory, account: str, region: str, alias: str | None = None
) -> AwsProvider:
    settings = directory.organization or directory.account
    assert settings is not None
    roles = [{"role_arn": arn, "session_name": "aws-contact-baseline"} for arn in directory.roles(account)]
    return AwsProvider(
        scope,
        f"aws_{alias}" if alias else "aws",
        alias=alias,
        region=region,
        profile=settings.authentication.profile,
        assume_role=roles or None,
        allowed_account_ids=[account],
        retry_mode="adaptive",
        max_retries=25,
    )


def _set_backend(scope: cdk.TerraformStack, directory: Directory, stack: SynthesizedStack) -> None:
    backend = directory.backend
    state = f"{stack.name}.tfstate"
    if not isinstance(backend, S3Backend):
        cdk.LocalBackend(scope, path=literal(_relative(directory.folder / backend.path / state, stack.folder)))
        return
    arguments: dict[str, Any] = {
        "bucket": backend.bucket,
        "key": f"{backend.key_prefix.strip('/')}/{state}",
        "region": backend.region,
        "encrypt": True,
        "kms_key_id": backend.kms_key_id,
        "profile": backend.profile,
        "assume_role": {"role_arn": backend.role_arn} if backend.role_arn else None,
    }
    given = {name: literal(value) for name, value in arguments.items() if value is not None}
    cdk.S3Backend(scope, **given).add_override("use_lockfile", True)
    # The S3 backend locks with a lock file since Terraform 1.10 and OpenTofu 1.10.
    scope.add_override("terraform.required_version", ">= 1.10")


def _relative(path: Path, folder: Path) -> str:
    relative = Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    return relative if relative.startswith("../") else f"./{relative}"


def _without_comments(configuration: dict[str, Any]) -> dict[str, Any]:
    def blocks(value: Mapping[str, Any], depth: int) -> dict[str, Any]:
        return {
            key: blocks(item, depth - 1) if depth and isinstance(item, dict) else item
            for key, item in value.items()
            if key != "//"
        }

    depths = {"module": 1, "data": 2}
    return {
        kind: blocks(content, depths[kind]) if kind in depths else content
        for kind, content in configuration.items()
        if kind != "//"
    }


def _write(file: Path, configuration: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    descriptor, written = tempfile.mkstemp(dir=file.parent, prefix=".cdk.tf.json-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            json.dump(configuration, stream, indent=2, sort_keys=True, ensure_ascii=False)
            stream.write("\n")
        Path(written).replace(file)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise


def _remove_others(out: Path, current: Iterable[str]) -> None:
    for folder in out.iterdir():
        if _STACK_NAME.fullmatch(folder.name) and folder.name not in current:
            (folder / "cdk.tf.json").unlink(missing_ok=True)
