"""Changes root user emails: the calls of AWS Account Management, and the reasons of AWS's errors."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from scripts.root_email.codes import parse_date
from scripts.root_email.outcomes import Event, Happened, Outcome
from scripts.shared.aws_errors import code_of, explained
from scripts.shared.console import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from scripts.root_email.planning import Change
    from scripts.shared.journal import Journal

_GIVING_UP: Final = 3
"""Accounts in a row that fail for a reason that is the caller's, before the run ends without trying the others."""


class Changer:
    """Makes the changes, one account after the other: AWS allows one StartPrimaryEmailUpdate and one
    AcceptPrimaryEmailUpdate a second, which leaves nothing to gain from several at once.

    Args:
        client: of AWS Account Management in the management or delegated administrator account, paced.
    """

    def __init__(self, client: Any, journal: Journal) -> None:
        self._client = client
        self._journal = journal
        self._failed_alike = Counter[str]()

    def start(self, outcome: Outcome) -> None:
        """Lets AWS mail a code to the new address, if the account still has the old one."""
        change = outcome.change
        try:
            current = self._current(change)
            if current.casefold() == change.new.casefold():
                self._note(outcome, "accepted", "already had the address")
            elif current.casefold() != change.old.casefold():
                self._note(
                    outcome, "start-failed", f"now has the address {current}: run `make inventory`, then plan again"
                )
            else:
                answer = self._client.start_primary_email_update(AccountId=change.account_id, PrimaryEmail=change.new)
                if answer["Status"] == "FAILED":
                    self._note(outcome, "start-failed", "AWS returned FAILED: try again")
                else:
                    self._note(outcome, "started", at=_time_at_aws(answer))
        except (BotoCoreError, ClientError) as error:
            self._failed(outcome, "start-failed", error)

    def accept(self, outcome: Outcome, code: SecretStr) -> None:
        """Hands the code to AWS, and from then on the account has the new address."""
        change = outcome.change
        try:
            if self._current(change).casefold() == change.new.casefold():
                self._note(outcome, "accepted", "already had the address")
                return
            answer = self._client.accept_primary_email_update(
                AccountId=change.account_id, PrimaryEmail=change.new, Otp=code.get_secret_value()
            )
            if answer["Status"] in ("ACCEPTED", "COMPLETED"):
                self._note(outcome, "accepted")
            else:
                self._note(outcome, "accept-failed", f"AWS returned {answer['Status']}: run `accept` again")
        except (BotoCoreError, ClientError) as error:
            # When the answer to an Accept is lost, AWS rejects the repeated one.
            if isinstance(error, ClientError) and code_of(error) in _OF_THE_ACCOUNT and self._has_it(change):
                self._note(outcome, "accepted")
            else:
                self._failed(outcome, "accept-failed", error, code)

    def _current(self, change: Change) -> str:
        return str(self._client.get_primary_email(AccountId=change.account_id)["PrimaryEmail"])

    def _has_it(self, change: Change) -> bool:
        try:
            return self._current(change).casefold() == change.new.casefold()
        except (BotoCoreError, ClientError):
            return False

    def _note(self, outcome: Outcome, happened: Happened, reason: str = "", at: datetime | None = None) -> None:
        change = outcome.change
        event = Event(at=at or utc_now(), account_id=change.account_id, new=change.new, event=happened, reason=reason)
        self._journal.add(event.model_dump_json())
        outcome.take(event)
        if not happened.endswith("failed"):
            self._failed_alike.clear()

    def _failed(
        self, outcome: Outcome, happened: Happened, error: BotoCoreError | ClientError, code: SecretStr | None = None
    ) -> None:
        """Notes the failure of one account. Raises CommandError once it is plain that it is not the account's."""
        kind = code_of(error)
        self._note(outcome, happened, _reason(error, happened, code))
        if kind not in _OF_THE_ACCOUNT:
            self._failed_alike[kind] += 1
            if self._failed_alike[kind] >= _GIVING_UP:
                text = f"{_GIVING_UP} accounts in a row failed with {kind}: stopped before the others"
                raise CommandError(text, ExitCode.FAILED)


_OF_THE_ACCOUNT = frozenset({"ConflictException", "ResourceNotFoundException", "ValidationException"})


def _reason(error: BotoCoreError | ClientError, happened: Happened, code: SecretStr | None) -> str:
    """AWS's reason and what to do, on one line, without the code and without who is signed in."""
    if not isinstance(error, ClientError):
        return explained(error)
    kind, operation = code_of(error), error.operation_name
    if kind.startswith("AccessDenied"):
        return (
            f"{explained(error)}; or the account has left the organization, or the caller is in neither the management"
            " nor a delegated administrator account"
        )
    message = str(error.response.get("Error", {}).get("Message", ""))
    if code is not None:
        message = re.sub(re.escape(code.get_secret_value()), "(the code)", message, flags=re.IGNORECASE)
    advice = {
        ("ConflictException", "start-failed"): ": plan another address",
        ("ValidationException", "accept-failed"): ": the code is wrong, or not the newest one that was mailed; try"
        " again, or let `start` send another",
        ("ResourceNotFoundException", "accept-failed"): ": the code has expired; let `start` send another",
    }.get((kind, happened), "")
    return f"AWS rejected {operation}: {kind}: {message}{advice}"


def utc_now() -> datetime:
    return datetime.now(UTC)


def _time_at_aws(answer: Mapping[str, Any]) -> datetime:
    """When AWS answered, by its own clock: that is the one its mails are dated by."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return parse_date(headers.get("date", "")) or utc_now()
