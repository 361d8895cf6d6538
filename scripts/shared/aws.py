"""Sessions with AWS by the authentication in contacts.yaml, and their retries."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, Credentials, ReadOnlyCredentials

from scripts.shared.aws_errors import SIGN_IN_AGAIN
from scripts.shared.console import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cdktf_app.contacts.sections import AccountAuthentication, Authentication

# AWS's own advice for throttled APIs: a client-side rate that adapts to 429s
# (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
CONFIG = Config(retries={"mode": "adaptive", "max_attempts": 10}, user_agent_extra="aws-contact-baseline")


def session(authentication: Authentication | AccountAuthentication, region: str) -> boto3.Session:
    """A session in the account that reads the organization: the profile's, or the role assumed from it.

    Raises:
        botocore.exceptions.ClientError: the role cannot be assumed.
        botocore.exceptions.ProfileNotFound: there is no such profile.
    """
    base = boto3.Session(profile_name=authentication.profile, region_name=region)
    if authentication.role_arn is None:
        return base
    return assume_role(base, authentication.role_arn)


def assume_role(base: boto3.Session, role_arn: str) -> boto3.Session:
    """A session with the role's credentials, good for an hour.

    Raises:
        botocore.exceptions.ClientError: the role cannot be assumed.
    """
    sts: Any = base.client("sts", config=CONFIG)
    credentials = sts.assume_role(RoleArn=role_arn, RoleSessionName="aws-contact-baseline")["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=base.region_name,
    )


PACED = Config(
    # `scripts.shared.pace.Pace` repeats calls; botocore repeating them as well would multiply the attempts.
    retries={"mode": "standard", "total_max_attempts": 1},
    connect_timeout=10,
    read_timeout=30,
    max_pool_connections=64,
    user_agent_extra="aws-contact-baseline",
)


class SignedOut(CommandError):
    """The credentials that everything began with are used up, and there are no others."""

    def __init__(self) -> None:
        super().__init__(SIGN_IN_AGAIN, ExitCode.FAILED)


class Login:
    """Credentials of one account. Safe for threads.

    Args:
        obtain: fetches them; what it returns may renew itself until it expires.
    """

    def __init__(self, obtain: Callable[[], Credentials]) -> None:
        self._obtain = obtain
        self._lock = threading.Lock()
        self._credentials: Credentials | None = None

    def frozen(self) -> ReadOnlyCredentials:
        """The credentials for one call. Raises what fetching them raises."""
        with self._lock:
            if self._credentials is None:
                self._credentials = self._obtain()
            return self._credentials.get_frozen_credentials()

    def renew(self, refused: ReadOnlyCredentials) -> bool:
        """Fetches others after AWS rejected these as expired; whether there are any. Raises what fetching raises."""
        with self._lock:
            if self._credentials is None or self._credentials.get_frozen_credentials() == refused:
                self._credentials = self._obtain()
            return self._credentials.get_frozen_credentials().access_key != refused.access_key


_current: ContextVar[ReadOnlyCredentials] = ContextVar("credentials")


class _CurrentCredentials(Credentials):
    """The credentials of the call that is being made, so that one client serves every account."""

    def __init__(self) -> None:
        super().__init__("", "", method="aws-contact-baseline")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _current.get()


class _CurrentProvider(CredentialProvider):
    METHOD = "aws-contact-baseline"

    def load(self) -> Credentials:
        return _CurrentCredentials()


class Clients:
    """One boto3 client for each service, whatever the number of accounts. Making one takes 20 ms and 1 MB or more.

    Args:
        profile: a profile of the AWS configuration files, for its settings other than credentials.
    """

    def __init__(self, profile: str | None) -> None:
        core = botocore.session.Session(profile=profile)
        core.register_component("credential_provider", CredentialResolver([_CurrentProvider()]))
        self._session = boto3.Session(botocore_session=core)
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}

    def get(self, service: str, region: str) -> Any:
        """The service's client in a Region; its calls are signed with the credentials of `signed_by`."""
        with self._lock:
            if (service, region) not in self._made:
                make: Any = self._session.client
                self._made[service, region] = make(service, region_name=region, config=PACED)
            return self._made[service, region]


@contextmanager
def signed_by(credentials: ReadOnlyCredentials) -> Iterator[None]:
    """Signs the calls made in this context with these credentials."""
    token = _current.set(credentials)
    try:
        yield
    finally:
        _current.reset(token)
