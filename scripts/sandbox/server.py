"""The server process: moto's server with the services it lacks, seeded from an inventory.

Run by `scripts.sandbox.process`, which writes the settings as one line of JSON into standard input and keeps that
pipe open: when it closes, because the parent stopped or died, this process ends. Once it serves, it prints its port.
"""

import importlib
import io
import json
import logging
import os
import re
import socket
import struct
import sys
import threading
from collections.abc import Mapping
from typing import Any

import moto.backend_index as backend_index
from moto.account.models import account_backends
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.organizations.models import organizations_backends
from moto.sts.models import sts_backends
from werkzeug.serving import make_server

from scripts.sandbox import mailbox
from scripts.sandbox.account.models import AccountManagementBackend
from scripts.sandbox.gateway import Gateway, HangUpError
from scripts.sandbox.organizations.models import SeededOrganizationsBackend
from scripts.sandbox.sts.models import TrustingSTSBackend, access

log = logging.getLogger("scripts.sandbox")

NEW_SERVICES = ("notifications", "notificationscontacts")


def register() -> None:
    """Put the sandbox's services in moto's place, or beside moto's."""
    organizations_backends.backend = SeededOrganizationsBackend
    sts_backends.backend = TrustingSTSBackend
    account_backends.backend = AccountManagementBackend
    for name in NEW_SERVICES:
        package = importlib.import_module(f"scripts.sandbox.{name}")
        sys.modules[f"moto.{name}"] = package
        urls = importlib.import_module(f"scripts.sandbox.{name}.urls")
        backend_index.backend_url_patterns += [(name, re.compile(base)) for base in urls.url_bases]


def seed(inventory: Mapping[str, Any], roles: tuple[str, ...]) -> None:
    """Forget everything and start again from an inventory."""
    BackendDict.reset()
    organizations_backends.master_accounts.clear()
    mailbox.empty()
    access.sessions.clear()
    access.roles = roles
    organization, accounts = inventory.get("organization"), inventory["accounts"]
    access.base_account = organization["management_account_id"] if organization else accounts[0]["id"]
    if organization:
        organizations_backends[access.base_account]["aws"].seed(organization["id"], accounts)


class KeepAliveHandler(MotoRequestHandler):
    """moto's request handler, which keeps connections open: it reads every request's body to its end."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 60

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        stream = environ["wsgi.input"]
        chunked = environ.pop("wsgi.input_terminated", False)
        body = stream.read() if chunked else stream.read(int(environ.get("CONTENT_LENGTH") or 0))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        head: list[Any] = []
        try:
            payload = b"".join(self.server.app(environ, lambda *started: head.extend(started)))
        except HangUpError:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        except Exception:
            log.exception("%s failed", self.command)
            head, payload = ["500 Internal Server Error", []], b'{"__type": "InternalFailure"}'
        self._write(head[0], head[1], payload)

    def _write(self, status: str, headers: list[tuple[str, str]], payload: bytes) -> None:
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        own_length = self.command == "HEAD" or code in {"204", "304"}
        for name, value in headers:
            if name.lower() != "content-length" or own_length:
                self.send_header(name, value)
        if not own_length:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: paths may carry activation codes. The gateway logs operations."""


def main() -> None:
    """Serve until standard input closes."""
    settings = json.loads(sys.stdin.readline())
    port_pipe, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115, PTH123
    if settings["log"]:
        logging.basicConfig(
            filename=settings["log"], level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
        )
    else:
        logging.disable(logging.CRITICAL)
    register()

    gateway = Gateway(seed)
    gateway.reset(settings)
    server = make_server("127.0.0.1", settings["port"], gateway, threaded=True, request_handler=KeepAliveHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port_pipe.write(f"{server.server_port}\n")
    port_pipe.close()
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), sys.stderr.fileno())  # a full pipe that nobody reads would stop the server
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
