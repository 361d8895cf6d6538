"""What the accounts of an organization really have, read from AWS: paced, concurrent, and honest about gaps."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from cdktf_app.contacts import fields
from cdktf_app.contacts.organization import Account, OrganizationDetails
from cdktf_app.contacts.sections import CONTACT_TYPES, NOTIFICATIONS_REGION
from policies.contact_rules.live import (
    EmailContact,
    EventRule,
    LiveAccount,
    LiveNotifications,
    NotificationConfiguration,
    Unread,
)
from scripts.shared.aws import Clients, Login, SignedOut, signed_by
from scripts.shared.aws_errors import EXPIRED, SIGN_IN_AGAIN, code_of, explained
from scripts.shared.console import CommandError, ExitCode
from scripts.shared.organization import listed_account
from scripts.shared.pace import CallCount, Pace, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping

    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.organization import Organization

PARTS: Final = ("contacts", "primary-contact", "notifications")
SIGN_IN: Final = "aws.signin"

_WINDOW: Final = 2_000
"""Accounts that may be under way: so far the quickest part may be ahead of the slowest."""
_RENEWALS: Final = 3
"""How often a call is made again with new credentials: several threads may use up the same old ones."""
_BROKEN_AFTER: Final = 20
"""So many calls in a row that found no connection, each tried several times, mean that there is none."""
_SIGNED_OUT: Final = (CredentialRetrievalError, NoCredentialsError, SignedOut, SSOError, TokenRetrievalError)


@dataclass
class _Draft:
    """An account while it is being read; each part is filled in by one thread at a time."""

    account: Account
    parts_left: int
    contacts: dict[str, Mapping[str, str] | None] = field(default_factory=dict)
    primary_contact: Mapping[str, Any] | None = None
    notifications: LiveNotifications | None = None
    unread: list[Unread] = field(default_factory=list)


class _Over(CommandError):
    """Nothing can be read any more, as `Reader.over` says."""


class Reader:
    """Reads accounts with the credentials that a directory, or else the environment, names. Changes nothing.

    Args:
        directory: how to authenticate. None: the credentials of the environment, the Region of AWS_REGION, and the role
            OrganizationAccountAccessRole in members.
        organization: an inventory; tells which account is the management account where AWS does not.
        share: the part of AWS's quotas to use; above 1 for quotas that AWS raised.
        parts: what is read of each account, of `PARTS`.
        workers: calls under way at once, for each part.
    """

    def __init__(
        self,
        directory: Directory | None,
        organization: Organization | None,
        *,
        share: float = 1.0,
        parts: Collection[str] = PARTS,
        workers: int = 8,
    ) -> None:
        self._directory = directory
        self._inventory = organization
        self._pace = Pace(share)
        self._workers = workers
        settings = (directory.organization or directory.account) if directory else None
        self._profile = settings.authentication.profile if settings else None
        self._region = directory.home_region if directory else _region_of_environment()
        exists = fields.partition(self._region) == "aws"
        self._parts = tuple(part for part in PARTS if part in parts and (part != "notifications" or exists))
        self._clients = Clients(self._profile)
        self._base = Login(self._sign_in)
        self._main = self._base
        role_arn = settings.authentication.role_arn if settings else None
        if role_arn:
            self._main = Login(partial(self._assume, self._base, role_arn))
        self._lock = threading.RLock()
        self._caller: str | None = None
        self._details: OrganizationDetails | None = None
        self._listed: dict[str, Account] | None = None
        self._not_listed: Unread | None = None
        self._unconnected = 0
        self.over: Unread | None = None
        """Why nothing can be read any more, once that is so: the credentials have expired, the network is gone."""

    @property
    def calls(self) -> Mapping[str, CallCount]:
        """What was called so far, by operation (`account:GetAlternateContact`)."""
        return self._pace.calls

    def rate(self, operation: str) -> float:
        """Calls a second that the share of AWS's quota allows."""
        return self._pace.rate(operation)

    @property
    def caller(self) -> str:
        """The id of the account that contacts are read from.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS refused, or could not be asked.
            CommandError: the credentials are of another organization or account than the directory says.
        """
        with self._lock:
            if self._caller is None:
                self._identify()
            assert self._caller is not None
            return self._caller

    @property
    def organization(self) -> OrganizationDetails | None:
        """The organization; None for an account that is in none, or is to be read by itself. Raises as `caller`."""
        self.caller  # noqa: B018
        return self._details

    def accounts(self) -> list[Account]:
        """The accounts that AWS Organizations lists now, sorted by id, at the root (`ou_path` is not asked for).

        A single account has an empty `email`: no operation tells it.

        Raises:
            botocore.exceptions.ClientError: AWS refused, for instance organizations:ListAccounts.
            botocore.exceptions.BotoCoreError: AWS could not be asked.
            CommandError: as `caller`.
        """
        with self._lock:
            caller = self.caller
            if self._details is None:
                single = self._directory.account if self._directory else None
                name = single.name if single else caller
                return [Account.model_construct(id=caller, name=name, email="", status="ACTIVE")]
            if self._listed is None:
                client = self._clients.get("organizations", self._region)
                pages = self._pages(self._main, client, "list_accounts", "Accounts", token="NextToken")
                self._listed = {entry["Id"]: listed_account(entry) for entry in pages}
            return sorted(self._listed.values(), key=lambda account: account.id)

    def read(self, accounts: Iterable[Account]) -> Generator[LiveAccount, None, None]:
        """Each account as AWS answers, as soon as it is read, in any order. No account makes it raise: what could not
        be read is in `LiveAccount.unread`.

        Close the iterator (`contextlib.closing`) if you stop before its end: what is under way is given up, and this
        reader reads no more.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, CommandError: as `caller`, before the
                first account.
        """
        self.caller  # noqa: B018
        self._know_root_emails()
        finished: SimpleQueue[LiveAccount] = SimpleQueue()
        under_way = 0
        with ExitStack() as stack:
            pools = {
                part: stack.enter_context(ThreadPoolExecutor(self._workers, thread_name_prefix=part))
                for part in self._parts
            }
            try:
                for account in accounts:
                    draft = _Draft(account, len(pools))
                    under_way += 1
                    if account.status != "ACTIVE" or not pools:
                        finished.put(self._finished(draft))
                    else:
                        for part, pool in pools.items():
                            pool.submit(self._read_part, draft, part, finished)
                    while under_way and (under_way >= _WINDOW or not finished.empty()):
                        yield finished.get()
                        under_way -= 1
                for _ in range(under_way):
                    yield finished.get()
            except BaseException:
                self._pace.stop()
                for pool in pools.values():
                    pool.shutdown(wait=False, cancel_futures=True)
                raise

    def client(self, account_id: str, service: str) -> Any:
        """Something like a boto3 client of the service in an account, paced, with its own or the member's role.

        Its methods take what boto3's take and raise what boto3's raise; SignedOut and Stopped besides.

        Raises:
            CommandError: the account cannot be reached with what the directory says.
        """
        login = self._login(account_id)
        return _PacedClient(partial(self._call, login), self._client(service))

    def _client(self, service: str) -> Any:
        here = NOTIFICATIONS_REGION if service.startswith("notifications") else self._region
        return self._clients.get(service, here)

    # Credentials

    def _sign_in(self) -> Credentials:
        found = boto3.Session(profile_name=self._profile).get_credentials()
        if found is None:
            raise NoCredentialsError
        return found

    def _assume(self, parent: Login, role_arn: str) -> Credentials:
        def fetch() -> dict[str, str]:
            sts = self._clients.get("sts", self._region)
            answer = self._call(parent, sts, "assume_role", RoleArn=role_arn, RoleSessionName="aws-contact-baseline")[
                "Credentials"
            ]
            return {
                "access_key": answer["AccessKeyId"],
                "secret_key": answer["SecretAccessKey"],
                "token": answer["SessionToken"],
                "expiry_time": answer["Expiration"].isoformat(),
            }

        return RefreshableCredentials.create_from_metadata(fetch(), refresh_using=fetch, method="assume-role")

    def _login(self, account_id: str) -> Login:
        if account_id == self.caller:
            return self._main
        management = self._management
        if self._directory is None:
            partition = fields.partition(self._region)
            return self._role(self._main, f"arn:{partition}:iam::{account_id}:role/OrganizationAccountAccessRole")
        chain = self._directory.roles(account_id)
        settings = self._directory.organization
        if settings is None:
            raise CommandError(f"account {account_id} is not the account of {self._directory.file}")
        if account_id == management:
            if not settings.authentication.management_role_arn:
                raise CommandError(
                    f"account {self.caller} cannot reach the management account; set management_role_arn",
                    ExitCode.FAILED,
                )
            return self._role(self._base, chain[0])
        return self._role(self._main, chain[-1])

    def _role(self, parent: Login, role_arn: str) -> Login:
        return Login(partial(self._assume, parent, role_arn))

    @property
    def _management(self) -> str | None:
        if self._details:
            return self._details.management_account_id
        return None

    def _identify(self) -> None:
        sts = self._clients.get("sts", self._region)
        self._caller = str(self._call(self._main, sts, "get_caller_identity")["Account"])
        single = self._directory.account if self._directory else None
        if single is not None:
            if single.id != self._caller:
                self._refuse_credentials("account.id", single.id, f"are of account {self._caller}")
            return
        client = self._clients.get("organizations", self._region)
        try:
            described = self._call(self._main, client, "describe_organization")["Organization"]
            self._details = OrganizationDetails(id=described["Id"], management_account_id=described["MasterAccountId"])
        except ClientError as error:
            code = code_of(error)
            if code == "AWSOrganizationsNotInUseException" and self._directory is None:
                return
            if self._inventory is None or code == "AWSOrganizationsNotInUseException":
                raise
            self._details = self._inventory.organization
        settings = self._directory.organization if self._directory else None
        for key, expected in (
            ("organization.management_account", settings.management_account if settings else None),
            ("the inventory's management account", self._inventory.management_account_id if self._inventory else None),
        ):
            if expected not in (None, self._details.management_account_id):
                seen = f"see the organization of {self._details.management_account_id}"
                self._refuse_credentials(key, str(expected), seen)

    def _refuse_credentials(self, key: str, expected: str, seen: str) -> None:
        self._caller = None
        raise CommandError(f"{key} is {expected}, but these credentials {seen}; correct one of the two")

    # Calls

    def _call(self, login: Login, client: Any, method: str, /, **arguments: Any) -> Any:
        """One call, signed with the login's credentials; they are renewed if AWS takes them no longer."""
        if self.over:
            raise _Over(self.over.reason, ExitCode.FAILED)
        operation = f"{client.meta.service_model.service_name}:{client.meta.method_to_api_mapping[method]}"
        for attempt in range(_RENEWALS + 1):
            credentials = login.frozen()
            try:
                with signed_by(credentials):
                    answer = self._pace.call(operation, getattr(client, method), **arguments)
            except ClientError as error:
                self._unconnected = 0
                if code_of(error) not in EXPIRED:
                    raise
                if attempt < _RENEWALS and login.renew(credentials):
                    continue
                if login in (self._base, self._main):
                    raise SignedOut from error
                raise
            self._unconnected = 0
            return answer
        raise AssertionError("unreachable")

    def _pages(
        self, login: Login, client: Any, method: str, key: str, *, token: str = "nextToken", **arguments: Any
    ) -> Iterator[Any]:
        while True:
            answer = self._call(login, client, method, **arguments)
            yield from answer.get(key) or ()
            if not answer.get(token):
                return
            arguments[token] = answer[token]

    # Reading

    def _know_root_emails(self) -> None:
        if self._details is None:
            sentence = "no API of AWS tells the root user email of an account outside AWS Organizations"
            self._not_listed = Unread("root user email", "NotOffered", sentence)
            return
        try:
            self.accounts()
        except (BotoCoreError, ClientError, SignedOut) as error:
            self._not_listed = self._described("root user email", error)

    def _read_part(self, draft: _Draft, part: str, finished: SimpleQueue[LiveAccount]) -> None:
        try:
            {
                "contacts": self._read_contacts,
                "primary-contact": self._read_primary_contact,
                "notifications": self._read_notifications,
            }[part](draft)
        except Stopped:
            return
        with self._lock:
            draft.parts_left -= 1
            done = draft.parts_left == 0
        if done:
            finished.put(self._finished(draft))

    def _attempt(self, draft: _Draft, what: str, read: Callable[[], None]) -> None:
        """Whatever goes wrong becomes something unread: never a gap that nobody sees."""
        try:
            read()
        except Stopped:
            raise
        except Exception as error:
            draft.unread.append(self._described(what, error))

    def _of_account(self, account_id: str) -> tuple[Login, dict[str, str]]:
        """How AWS Account Management is asked about an account: no account passes its own id, and none but itself can
        ask about the management account."""
        if account_id == self.caller:
            return self._main, {}
        if account_id == self._management:
            return self._login(account_id), {}
        return self._main, {"AccountId": account_id}

    def _read_contacts(self, draft: _Draft) -> None:
        client = self._client("account")

        def read(kind: str) -> None:
            login, target = self._of_account(draft.account.id)
            try:
                found = self._call(login, client, "get_alternate_contact", AlternateContactType=kind, **target)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                draft.contacts[kind] = None
                return
            contact = found["AlternateContact"]
            draft.contacts[kind] = {
                "name": contact.get("Name", ""),
                "title": contact.get("Title", ""),
                "email": contact.get("EmailAddress", ""),
                "phone": contact.get("PhoneNumber", ""),
            }

        for kind in (contact_type.upper() for contact_type in CONTACT_TYPES):
            self._attempt(draft, f"{kind} contact", partial(read, kind))

    def _read_primary_contact(self, draft: _Draft) -> None:
        def read() -> None:
            login, target = self._of_account(draft.account.id)
            answer = self._call(login, self._client("account"), "get_contact_information", **target)
            draft.primary_contact = answer["ContactInformation"]

        self._attempt(draft, "primary contact", read)

    def _read_notifications(self, draft: _Draft) -> None:
        def read() -> None:
            login = self._login(draft.account.id)
            pages = partial(self._pages, login, self._client("notifications"))
            hubs = pages("list_notification_hubs", "notificationHubs")
            contacts = self._pages(login, self._client("notificationscontacts"), "list_email_contacts", "emailContacts")
            configurations = tuple(
                NotificationConfiguration(
                    arn=found["arn"],
                    name=found["name"],
                    description=found.get("description", ""),
                    aggregation=found.get("aggregationDuration", "NONE"),
                    rules=tuple(
                        EventRule(rule["arn"], rule["source"], rule["eventType"], rule["eventPattern"], _regions(rule))
                        for rule in pages("list_event_rules", "eventRules", notificationConfigurationArn=found["arn"])
                    ),
                    channels=tuple(pages("list_channels", "channels", notificationConfigurationArn=found["arn"])),
                )
                for found in pages("list_notification_configurations", "notificationConfigurations")
            )
            about_sign_in = any(rule.source == SIGN_IN for item in configurations for rule in item.rules)
            draft.notifications = LiveNotifications(
                hubs=tuple(sorted(hub["notificationHubRegion"] for hub in hubs)),
                configurations=tuple(sorted(configurations, key=lambda item: item.name)),
                email_contacts=tuple(
                    EmailContact(item["arn"], item["name"], item["address"], item["status"]) for item in contacts
                ),
                enabled_regions=self._enabled_regions(login) if about_sign_in else (),
            )

        self._attempt(draft, "notifications", read)

    def _enabled_regions(self, login: Login) -> tuple[str, ...]:
        found = self._pages(
            login,
            self._client("account"),
            "list_regions",
            "Regions",
            token="NextToken",
            RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"],
        )
        return tuple(sorted(region["RegionName"] for region in found))

    def _finished(self, draft: _Draft) -> LiveAccount:
        account, unread = draft.account, list(draft.unread)
        root_email = None
        if account.status != "ACTIVE":
            unread = [Unread("account", "Suspended", f"it is {account.status}: AWS tells and takes no contacts")]
        elif self._not_listed is not None:
            unread.append(self._not_listed)
        elif self._listed is not None and account.id in self._listed:
            root_email = self._listed[account.id].email
        else:
            unread.append(Unread("root user email", "NotReached", "AWS Organizations does not list the account"))
        return LiveAccount(
            id=account.id,
            name=account.name,
            read_at=datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
            root_email=root_email,
            contacts=draft.contacts,
            primary_contact=draft.primary_contact,
            notifications=draft.notifications,
            unread=tuple(unread),
        )

    def _described(self, what: str, error: Exception) -> Unread:
        """Why something is unread, without what AWS said: it names people who are signed in."""
        if isinstance(error, _Over) and self.over:
            return Unread(what, self.over.code, self.over.reason)
        if isinstance(error, _SIGNED_OUT):
            self.over = Unread(what, "ExpiredTokenException", SIGN_IN_AGAIN)
            return self.over
        if isinstance(error, CommandError):
            return Unread(what, "NotReached", str(error))
        if isinstance(error, ClientError):
            return Unread(what, code_of(error), explained(error))
        if isinstance(error, ConnectionError | HTTPClientError):
            self._unconnected += 1
            reason = explained(error)
            if self._unconnected >= _BROKEN_AFTER:
                self.over = Unread(what, "NotReached", reason)
            return Unread(what, "NotReached", reason)
        return Unread(what, type(error).__name__, "the answer could not be understood")


class _PacedClient:
    """A boto3 client whose methods go through `Reader._call`."""

    def __init__(self, call: Callable[..., Any], client: Any) -> None:
        self._call = call
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name in self._client.meta.method_to_api_mapping:
            return partial(self._call, self._client, name)
        return getattr(self._client, name)


def _region_of_environment() -> str:
    configured = botocore.session.Session().get_config_variable("region")
    return os.environ.get("AWS_REGION") or configured or NOTIFICATIONS_REGION


def _regions(rule: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(rule.get("regions") or ()))
