"""Calls keep within AWS's quotas, one operation's two quotas together: by a clock that only the tests turn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.quotas import Quotas
from scripts.shared.pace import ACCOUNT_MANAGEMENT, Clock, Pace, Quota, Stopped

if TYPE_CHECKING:
    import threading

THROTTLED = ClientError(
    {"Error": {"Code": "TooManyRequestsException", "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 429}},  # type: ignore[typeddict-item]
    "StartPrimaryEmailUpdate",
)
GET = "account:GetAlternateContact"


class Turned(Clock):
    """A clock that stands still but while something waits."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float, stop: threading.Event) -> None:
        self.time += max(0.0, seconds)


def test_a_call_that_waits_for_its_target_leaves_no_room_for_a_second_one_beside_it() -> None:
    clock = Turned()
    pace = Pace(quotas={"account:Start": (Quota(20, 1), Quota(4, 1, per_target=True))}, clock=clock)
    times = []
    for target in ("a", "a", "b", "c"):
        pace.call("account:Start", lambda **_: times.append(clock.time), AccountId=target)
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits[0] == pytest.approx(1 / 4 / 0.9, rel=0.2), "the second call for a waits for a"
    assert min(waits[1:]) >= 1 / 20, "the next one waits its 1/20 s from then on"


def test_throttling_slows_the_operation_and_not_the_target() -> None:
    clock = Turned()
    pace = Pace(quotas={"account:Start": (Quota(40, 6), Quota(0.1, 3, per_target=True))}, clock=clock)
    answers = [THROTTLED, THROTTLED, None]

    def start(**arguments: str) -> str:
        if (answer := answers.pop(0)) is not None:
            raise answer
        return arguments["AccountId"]

    assert pace.call("account:Start", start, AccountId="a") == "a"
    assert clock.time < 5, "three calls for a are within its burst"
    assert pace.calls["account:Start"].throttled == 2


@pytest.mark.parametrize("share", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("operation", ACCOUNT_MANAGEMENT)
def test_alone_nothing_is_throttled_and_the_quota_is_used(operation: str, share: float) -> None:
    clock = Turned()
    aws = Quotas(scale=share, clock=clock.now)
    pace = Pace(share, clock=clock)

    def call(AccountId: str) -> None:  # noqa: N803
        if not aws.admit(operation, "1", AccountId):
            raise THROTTLED

    for number in range(200):
        pace.call(operation, call, AccountId=str(number))
    counted = pace.calls[operation]
    assert counted.throttled == 0
    assert counted.rate >= 0.85 * pace.rate(operation)


def test_a_quota_that_others_use_too_is_shared() -> None:
    clock = Turned()
    aws = Quotas(clock=clock.now)
    pace = Pace(2, clock=clock)

    def call() -> None:
        if not aws.admit(GET, "1", "1"):
            raise THROTTLED

    for _ in range(400):
        pace.call(GET, call)
    counted = pace.calls[GET]
    assert counted.calls - counted.throttled == 400
    assert 0 < counted.throttled < 400 / 4
    assert counted.rate >= 0.6 * 10, "of the 10 a second that AWS serves"


def test_what_waits_is_given_up_when_the_run_ends() -> None:
    pace = Pace()
    pace.stop()
    with pytest.raises(Stopped):
        pace.call(GET, lambda: None)
