"""The gateway before moto: identifies calls, counts them, and applies quotas and faults."""

import importlib
import io
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException

from scripts.sandbox import mailbox
from scripts.sandbox.faults import FaultRule, Faults
from scripts.sandbox.notificationscontacts.models import notificationscontacts_backends
from scripts.sandbox.quotas import Quotas
from scripts.sandbox.sts.models import access

log = logging.getLogger("scripts.sandbox")

ADMIN = "/moto-api/sandbox/"
BOTOCORE_NAMES = {"notifications-contacts": "notificationscontacts"}
"""Services whose name in a signature is not botocore's."""

CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")

Reply = tuple[int, list[tuple[str, str]], bytes]


class HangUpError(Exception):
    """The caller's connection is to be reset without an answer."""


@dataclass(frozen=True)
class Call:
    """One call of an AWS operation: `caller` is the account it is made from, `target` the one it is about."""

    service: str
    operation: str
    caller: str
    target: str
    access_key: str

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass
class Tally:
    """How often an operation was called; times in seconds since the epoch."""

    calls: int = 0
    throttled: int = 0
    failed: int = 0
    first: float = 0.0
    last: float = 0.0

    def describe(self) -> dict[str, float]:
        seconds = self.last - self.first
        return {
            "calls": self.calls,
            "throttled": self.throttled,
            "failed": self.failed,
            "first": self.first,
            "last": self.last,
            "seconds": seconds,
            "rate": (self.calls - 1) / seconds if seconds else 0.0,
        }


class Dispatcher(DomainDispatcherApplication):
    """moto's dispatcher, which would look for every host on the disk anew."""

    @cache  # noqa: B019  there is one dispatcher in a process
    def get_backend_for_host(self, host: str | None) -> Any:
        return super().get_backend_for_host(host)


def create_app(service: str) -> Any:
    """Return moto's application for a service. EC2 is changed only once it is asked for: moto's takes a second."""
    if service == "ec2":
        importlib.import_module("scripts.sandbox.ec2.responses")
    return create_backend_app(service)


@dataclass
class Gateway:
    """A WSGI application in front of moto's. Requests are served one after the other, `latency` aside (seconds)."""

    seed: Callable[[Mapping[str, Any], tuple[str, ...]], None]
    quotas: Quotas | None = None
    latency: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    lock: threading.RLock = field(default_factory=threading.RLock)
    moto: Dispatcher = field(default_factory=lambda: Dispatcher(create_app))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(ADMIN):
            with self.lock:
                reply = self._admin(environ)
        else:
            if self.latency:
                time.sleep(self.latency)
            with self.lock:
                reply = self._aws(environ)
        status, headers, body = reply
        start_response(f"{status} {'OK' if status < 400 else 'Error'}", headers)
        return [body]

    def _aws(self, environ: dict[str, Any]) -> Reply:
        call = identify(environ)
        if call is None:
            return self._moto(environ)
        tally = self.tallies.setdefault(call.name, Tally(first=time.time()))
        tally.calls += 1
        tally.last = time.time()
        kind = self._fault_of(call)
        if kind == "connection-reset":
            tally.failed += 1
            raise HangUpError
        if kind is None:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.caller
            status, headers, body = self._moto(environ)
        else:
            status, headers, body = error_reply(call, kind)
        tally.throttled += kind == "throttling"
        tally.failed += status >= 500
        log.info("%s %s %s", call.name, call.target, status)
        return status, headers, body

    def _fault_of(self, call: Call) -> str | None:
        session = access.sessions.get(call.access_key)
        if call.access_key.startswith("ASIA") and session is None:
            return "invalid-token"
        if session and session.expires_at.replace(tzinfo=UTC) <= datetime.now(UTC):
            return "expired-token"
        fault = self.faults.strike(call.name, call.target, call.access_key)
        if fault is None and self.quotas and not self.quotas.admit(call.name, call.caller, call.target):
            return "throttling"
        return fault

    def _moto(self, environ: dict[str, Any]) -> Reply:
        answer: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            answer[:] = [int(status.split(" ", 1)[0]), headers]

        try:
            body = b"".join(self.moto(environ, start_response))
        except (NotImplementedError, HTTPException) as problem:
            log.warning("%s", problem)
            message = {"__type": "InternalFailure", "message": f"The sandbox does not have this: {problem}"}
            return 501, [("Content-Type", "application/json")], json.dumps(message).encode()
        return answer[0], answer[1], body

    def reset(self, settings: Mapping[str, Any]) -> None:
        """Begin anew with an inventory and settings, as `Sandbox` names them."""
        self.tallies.clear()
        self.faults.rules.clear()
        self.quotas = Quotas(settings["quota_scale"]) if settings["quotas"] else None
        self.latency = settings["latency"]
        self.seed(settings["inventory"], tuple(settings["roles"]))

    def _admin(self, environ: dict[str, Any]) -> Reply:
        action = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'][len(ADMIN) :]}"
        try:
            posted = json.loads(environ["wsgi.input"].read() or b"null")
            answer = self._administer(action, posted)
        except (ValueError, TypeError, LookupError, ServiceException) as problem:
            return 400, [("Content-Type", "application/json")], json.dumps({"message": str(problem)}).encode()
        return 200, [("Content-Type", "application/json")], json.dumps(answer).encode()

    def _administer(self, action: str, posted: Any) -> Any:
        if action == "GET statistics":
            return {name: tally.describe() for name, tally in sorted(self.tallies.items())}
        if action == "DELETE statistics":
            self.tallies.clear()
        elif action == "GET mailbox":
            return mailbox.mails()
        elif action == "POST activate":
            account_id = str(posted["arn"]).split(":")[4]
            notificationscontacts_backends[account_id]["aws"].activate(posted["arn"], posted["code"])
        elif action == "PUT faults":
            self.faults.rules = [FaultRule.from_mapping(rule) for rule in posted]
        elif action == "PUT quotas":
            self.quotas = Quotas(float(posted["scale"])) if posted["scale"] else None
        elif action == "POST reset":
            self.reset(posted)
        else:
            raise LookupError(f"the sandbox has no {action!r}")
        return None


def identify(environ: Mapping[str, Any]) -> Call | None:
    """Return the AWS call a request makes; None if it is not signed as one."""
    signature = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not signature:
        return None
    service = BOTOCORE_NAMES.get(signature["service"], signature["service"])
    body: bytes = environ["wsgi.input"].getvalue()
    parameters = _parameters(environ, body)
    target_header = environ.get("HTTP_X_AMZ_TARGET", "")
    operation = target_header.rpartition(".")[2] or parameters.get("Action") or _routed(service, environ)
    session = access.sessions.get(signature["key"])
    caller = session.account_id if session else access.base_account
    role = re.match(r"arn:[^:]*:iam::(\d{12}):", str(parameters.get("RoleArn", "")))
    target = role[1] if role else parameters.get("AccountId") if service == "account" else None
    return Call(service, operation, caller, target if isinstance(target, str) else caller, signature["key"])


def _parameters(environ: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    try:
        if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            return {key: values[0] for key, values in parse_qs(body.decode()).items()}
        parsed = json.loads(body) if body.startswith(b"{") else {}
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _routed(service: str, environ: Mapping[str, Any]) -> str:
    try:
        operation, _ = get_service_router(service).match(Request(dict(environ, **{"wsgi.input": io.BytesIO()})))
    except Exception:  # moto's router raises werkzeug's, botocore's and its own exceptions
        return f"{environ['REQUEST_METHOD']} {unquote(environ['PATH_INFO'])}"
    return str(operation.name)


@dataclass(frozen=True)
class ErrorResponse:
    """An error of AWS's front door: its code by protocol family, and its HTTP status."""

    status: int
    json: str
    query: str
    message: str


ERROR_RESPONSES = {
    "access-denied": ErrorResponse(
        403, "AccessDeniedException", "AccessDenied", "User: {caller} is not authorized to perform: {name}"
    ),
    "internal-error": ErrorResponse(500, "InternalServerException", "InternalFailure", "An internal error occurred."),
    "throttling": ErrorResponse(429, "ThrottlingException", "Throttling", "Rate exceeded"),
    "expired-token": ErrorResponse(
        403, "ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired"
    ),
    "invalid-token": ErrorResponse(
        403,
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    ),
}
CODES_OF_ITS_OWN = {
    ("account", "throttling"): "TooManyRequestsException",
    ("organizations", "throttling"): "TooManyRequestsException",
    ("organizations", "internal-error"): "ServiceException",
    ("ec2", "access-denied"): "UnauthorizedOperation",
    ("ec2", "throttling"): "RequestLimitExceeded",
    ("ec2", "expired-token"): "RequestExpired",
    ("s3", "throttling"): "SlowDown",
    ("s3", "internal-error"): "InternalError",
}


class FrontDoorError(ServiceException):
    """An error of no service's own. A class of its own, because moto looks a plain one up as a service's."""


def error_reply(call: Call, kind: str) -> Reply:
    """Return the error in the wire format of the call's service."""
    error = ERROR_RESPONSES[kind]
    model = get_service_model(call.service)
    usual = error.json if "json" in model.protocol else error.query
    code = CODES_OF_ITS_OWN.get((call.service, kind), usual)
    message = error.message.format(caller=f"arn:aws:iam::{call.caller}:user/sandbox", name=call.name)
    serializer = get_serializer_class(model.service_name, model.protocol)(_any_operation(call.service))
    answer = serializer.serialize(FrontDoorError(code, message))
    status = 400 if model.protocol == "json" and error.status < 500 else error.status
    return status, list(answer["headers"].items()), answer["body"].encode()


@cache
def _any_operation(service: str) -> Any:
    model = get_service_model(service)
    return model.operation_model(model.operation_names[0])
