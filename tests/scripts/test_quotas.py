"""Calls keep within AWS's quotas, one operation's two quotas together."""

from __future__ import annotations

import time
from itertools import pairwise

from botocore.exceptions import ClientError

from scripts.shared.pace import Pace, Quota

REFUSED = ClientError(
    {"Error": {"Code": "TooManyRequestsException", "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 429}},  # type: ignore[typeddict-item]
    "StartPrimaryEmailUpdate",
)


def test_a_call_that_waits_for_its_target_leaves_no_room_for_a_second_one_beside_it() -> None:
    pace = Pace(quotas={"account:Start": (Quota(20, 1), Quota(4, 1, per_target=True))})
    times = []
    for target in ("a", "a", "b", "c"):
        pace.call("account:Start", lambda **_: times.append(time.monotonic()), AccountId=target)
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits[0] >= 0.24, "the second call for a waits for a"
    assert min(waits[1:]) >= 0.05, "the next one waits its 1/20 s from then on"


def test_a_refusal_slows_the_operation_and_not_the_target() -> None:
    pace = Pace(quotas={"account:Start": (Quota(40, 6), Quota(0.1, 3, per_target=True))})
    answers = [REFUSED, REFUSED, None]

    def start(**arguments: str) -> str:
        if (answer := answers.pop(0)) is not None:
            raise answer
        return arguments["AccountId"]

    begun = time.monotonic()
    assert pace.call("account:Start", start, AccountId="a") == "a"
    assert time.monotonic() - begun < 5
    assert pace.calls["account:Start"].refused == 2
