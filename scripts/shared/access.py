"""Calls to AWS for each account: which credentials and role, within AWS's quotas."""

from __future__ import annotations

import functools
import os
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import (
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
from cdktf_app.contacts.sections import NOTIFICATIONS_REGION
from policies.contact_rules.findings import Message
from scripts.shared.aws import Clients, Login, SignedOut, signed_by
from scripts.shared.aws_errors import EXPIRED, EXPIRED_CREDENTIALS, code_of, explanation, sentence
from scripts.shared.console import CommandError, ExitCode
from scripts.shared.organization import listed_account
from scripts.shared.pace import CallCount, Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.organization import Organization

_RENEWALS: Final = 3
"""How often a call is made again with new credentials: several threads may use up the same old ones."""
_BROKEN_AFTER: Final = 20
"""After so many calls in a row without a connection, each retried, there is none."""
SIGNED_OUT: Final = (CredentialRetrievalError, NoCredentialsError, SignedOut, SSOError, TokenRetrievalError)


class Unreachable(CommandError):
    """AWS cannot be called: the credentials have expired, there is no network, or no role reaches the account.

    `aws_code` is AWS's code for it, if there is one.
    """

    def __init__(self, aws_code: str, reason: Message, exit_code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(sentence(reason), exit_code)
        self.aws_code = aws_code
        self.reason = reason


class Access:
    """Calls AWS with the credentials that a directory, or else the environment, names. Safe for threads.

    Args:
        directory: how to authenticate. None: the credentials of the environment, the Region of AWS_REGION, and the role
            OrganizationAccountAccessRole in members.
        organization: an inventory, for which account is the management account where AWS does not answer that.
        share: the part of AWS's quotas to use; above 1 for quotas that AWS raised.
    """

    def __init__(self, directory: Directory | None, organization: Organization | None, *, share: float = 1.0) -> None:
        self.pace = Pace(share)
        self._directory = directory
        self._inventory = organization
        settings = (directory.organization or directory.account) if directory else None
        self._profile = settings.authentication.profile if settings else None
        self.region = directory.home_region if directory else _region_of_environment()
        self._base = Login(self._sign_in)
        self._main = self._base
        role_arn = settings.authentication.role_arn if settings else None
        if role_arn:
            self._main = Login(partial(self._assume, self._base, role_arn))
        self._lock = threading.RLock()
        self._caller: str | None = None
        self._details: OrganizationDetails | None = None
        self._listed: dict[str, Account] | None = None
        self._unconnected = 0
        self._over: tuple[str, Message] | None = None

    @functools.cached_property
    def _clients(self) -> Clients:
        return Clients(self._profile)

    @property
    def calls(self) -> Mapping[str, CallCount]:
        """What was called so far, by operation (`account:GetAlternateContact`)."""
        return self.pace.calls

    @property
    def caller(self) -> str:
        """The id of the account that contacts are read from.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS error, or no connection.
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

        A single account has an empty `email`: no operation of AWS returns it.

        Raises:
            botocore.exceptions.ClientError: AWS rejected a call, for instance organizations:ListAccounts.
            botocore.exceptions.BotoCoreError: no connection to AWS.
            CommandError: as `caller`.
        """
        with self._lock:
            caller = self.caller
            if self._details is None:
                single = self._directory.account if self._directory else None
                name = single.name if single else caller
                return [Account.model_construct(id=caller, name=name, email="", status="ACTIVE")]
            if self._listed is None:
                client = self.client(caller, "organizations")
                entries = pages(client.list_accounts, "Accounts", token="NextToken")
                self._listed = {entry["Id"]: listed_account(entry) for entry in entries}
            return sorted(self._listed.values(), key=lambda account: account.id)

    def client(self, account_id: str, service: str, login: Login | None = None) -> Any:
        """Something like a boto3 client of the service in an account, paced, with its own or the member's role.

        Its methods take what boto3's take and raise what boto3's raise; SignedOut, Stopped and Unreachable besides.

        Args:
            login: what `login` gave for the account, to assume its role once for several services.

        Raises:
            CommandError: the account cannot be reached with what the directory says.
        """
        return _PacedClient(partial(self._call, login or self.login(account_id)), self._client(service))

    def contacts_client(self, account_id: str) -> tuple[Any, dict[str, str]]:
        """A client of AWS Account Management to ask about an account, and the arguments that name the account.

        No account passes its own id, and none but itself can ask about the management account.

        Raises:
            CommandError: the account cannot be reached with what the directory says.
        """
        management = self._details.management_account_id if self._details else None
        if account_id in (self.caller, management):
            return self.client(account_id, "account"), {}
        return self.client(self.caller, "account"), {"AccountId": account_id}

    def login(self, account_id: str) -> Login:
        """Credentials in an account: the caller's own, or those of the role to assume there.

        Raises:
            CommandError: the account cannot be reached with what the directory says.
        """
        if account_id == self.caller:
            return self._main
        management = self._details.management_account_id if self._details else None
        if self._directory is None:
            partition = fields.partition(self.region)
            return self._role(self._main, f"arn:{partition}:iam::{account_id}:role/OrganizationAccountAccessRole")
        chain = self._directory.roles(account_id)
        settings = self._directory.organization
        if settings is None:
            reason = Message("another-account", {"account": account_id, "file": self._directory.file})
            raise Unreachable("NotReached", reason, ExitCode.BAD_INPUT)
        if account_id == management:
            if not settings.authentication.management_role_arn:
                raise Unreachable("NotReached", Message("management-out-of-reach", {"account": self.caller}))
            return self._role(self._base, chain[0])
        return self._role(self._main, chain[-1])

    def _role(self, parent: Login, role_arn: str) -> Login:
        return Login(partial(self._assume, parent, role_arn))

    def _sign_in(self) -> Credentials:
        found = boto3.Session(profile_name=self._profile).get_credentials()
        if found is None:
            raise NoCredentialsError
        return found

    def _assume(self, parent: Login, role_arn: str) -> Credentials:
        def fetch() -> dict[str, str]:
            sts = self._clients.get("sts", self.region)
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

    def _client(self, service: str) -> Any:
        return self._clients.get(service, NOTIFICATIONS_REGION if service.startswith("notifications") else self.region)

    def _identify(self) -> None:
        sts = self._clients.get("sts", self.region)
        self._caller = str(self._call(self._main, sts, "get_caller_identity")["Account"])
        single = self._directory.account if self._directory else None
        if single is not None:
            if single.id != self._caller:
                self._wrong_credentials("account.id", single.id, f"are of account {self._caller}")
            return
        client = self._clients.get("organizations", self.region)
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
                self._wrong_credentials(key, str(expected), seen)

    def _wrong_credentials(self, key: str, expected: str, seen: str) -> None:
        self._caller = None
        raise CommandError(f"{key} is {expected}, but these credentials {seen}; correct one of the two")

    def _call(self, login: Login, client: Any, method: str, /, **arguments: Any) -> Any:
        """One call, signed with the login's credentials; they are renewed if AWS takes them no longer."""
        if self._over:
            raise Unreachable(*self._over)
        try:
            answer = self._signed(login, client, method, arguments)
        except SIGNED_OUT:
            self._over = ("ExpiredTokenException", EXPIRED_CREDENTIALS)
            raise
        except (ConnectionError, HTTPClientError) as error:
            self._unconnected += 1
            if self._unconnected >= _BROKEN_AFTER:
                self._over = ("NotReached", explanation(error))
            raise
        except ClientError:
            self._unconnected = 0
            raise
        self._unconnected = 0
        return answer

    def _signed(self, login: Login, client: Any, method: str, arguments: Mapping[str, Any]) -> Any:
        operation = f"{client.meta.service_model.service_name}:{client.meta.method_to_api_mapping[method]}"
        for attempt in range(_RENEWALS + 1):
            credentials = login.frozen()
            try:
                with signed_by(credentials):
                    return self.pace.call(operation, getattr(client, method), **arguments)
            except ClientError as error:
                if code_of(error) not in EXPIRED:
                    raise
                if attempt < _RENEWALS and login.renew(credentials):
                    continue
                if login in (self._base, self._main):
                    raise SignedOut from error
                raise
        raise AssertionError("unreachable")


class _PacedClient:
    """A boto3 client whose methods are paced and signed."""

    def __init__(self, call: Callable[..., Any], client: Any) -> None:
        self._call = call
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name in self._client.meta.method_to_api_mapping:
            return partial(self._call, self._client, name)
        return getattr(self._client, name)


def pages(method: Callable[..., Any], key: str, *, token: str = "nextToken", **arguments: Any) -> Iterator[Any]:
    """The entries under `key` in all pages that a client's method answers, `token` leading from one to the next."""
    while True:
        answer = method(**arguments)
        yield from answer.get(key) or ()
        if not answer.get(token):
            return
        arguments[token] = answer[token]


def _region_of_environment() -> str:
    configured = botocore.session.Session().get_config_variable("region")
    return os.environ.get("AWS_REGION") or configured or NOTIFICATIONS_REGION
