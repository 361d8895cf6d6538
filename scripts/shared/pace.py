"""AWS's request quotas, and calls that keep within them.

Source of the rates: AWS Account Management Reference Guide, "Quotas for AWS Account Management"
(https://docs.aws.amazon.com/accounts/latest/reference/quotas.html). All are counted per calling account.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from scripts.shared.aws_errors import is_throttled, is_transient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Quota:
    """`rate` requests per second, after a burst of `burst`; for each target account by itself if `per_target`."""

    rate: float
    burst: int
    per_target: bool = False


ACCOUNT_MANAGEMENT: Final[Mapping[str, tuple[Quota, ...]]] = {
    "account:GetAlternateContact": (Quota(10, 15),),
    "account:PutAlternateContact": (Quota(5, 8),),
    "account:DeleteAlternateContact": (Quota(1, 6),),
    "account:GetContactInformation": (Quota(10, 15),),
    "account:PutContactInformation": (Quota(5, 8),),
    "account:GetAccountInformation": (Quota(3, 3),),
    "account:PutAccountName": (Quota(1, 1),),
    "account:GetPrimaryEmail": (Quota(3, 3),),
    "account:StartPrimaryEmailUpdate": (Quota(1, 1), Quota(3 / 30, 3, per_target=True)),
    "account:AcceptPrimaryEmailUpdate": (Quota(1, 1),),
    "account:ListRegions": (Quota(5, 5),),
    "account:GetRegionOptStatus": (Quota(5, 5),),
}

UNDOCUMENTED: Final = Quota(20, 10)
"""Where to begin with an operation whose quota AWS does not publish; throttled calls lower the rate."""


class Stopped(Exception):
    """The run ends: calls that wait for their turn are given up."""


@dataclass
class CallCount:
    """How often an operation was called: `throttled`, `retried` for any reason; `first` and `last` call in
    seconds of the clock."""

    calls: int = 0
    throttled: int = 0
    retried: int = 0
    first: float = 0.0
    last: float = 0.0

    @property
    def seconds(self) -> float:
        """Seconds between the first and the last call."""
        return self.last - self.first

    @property
    def rate(self) -> float:
        """Calls that were not throttled, per second between the first and the last."""
        return (self.calls - self.throttled) / self.seconds if self.seconds else 0.0


class _Bucket:
    """A token bucket as a schedule: the time at which the next call may be made.

    Its burst is a third of AWS's: after a delay it comes on top of the calls that were under way and arrive together,
    and both must be within AWS's. Where AWS's burst is too small for that, its rate is a tenth lower. Calls for one
    target are made one after the other, so there its burst is AWS's.

    Throttling means that other callers use the quota, too: the rate falls to 70 % of what AWS served since the last
    fall, at most once a second and down to a fiftieth. It recovers within ten seconds after the first throttled call;
    each further one doubles that time, so that a quota shared for long is seldom overdrawn. All times are those of
    the documented quotas: a share of 4 shortens them to a fourth.
    """

    def __init__(self, quota: Quota, share: float, now: float) -> None:
        burst = quota.burst if quota.per_target else max(1, quota.burst // 3)
        self._full_rate = quota.rate * share * (1 if burst < quota.burst else 0.9)
        self._burst = burst
        self._second = 1 / share
        self._rate = self._full_rate
        self._recovery = 5.0  # seconds in which the whole rate comes back; doubled by the first throttled call
        self._recovered_at = self._fell_at = now
        self._served = 0
        self._next = now  # when all tokens would be there again, had nobody taken any

    def next_turn(self, now: float) -> float:
        """The time from which the next call may be made."""
        if self._rate < self._full_rate:
            recovered = (now - self._recovered_at) / (self._recovery * self._second) * self._full_rate
            self._rate = min(self._full_rate, self._rate + recovered)
            if self._rate == self._full_rate:
                self._recovery = max(5.0, self._recovery / 2)
        self._recovered_at = now
        return max(now, self._next - (self._burst - 1) / self._rate)

    def take(self, start: float) -> None:
        """Takes the token of a call that is made at `start`."""
        self._next = max(self._next, start) + 1 / self._rate

    def served(self) -> None:
        """Counts a call that was not throttled."""
        self._served += 1

    def throttled(self, now: float) -> None:
        """Slows down, and starts again with an empty bucket."""
        elapsed = now - self._fell_at
        if elapsed >= self._second or self._rate == self._full_rate:
            measured = self._served / elapsed if elapsed >= self._second else self._rate
            self._rate = max(self._full_rate / 50, 0.7 * min(self._rate, measured))
            self._recovery = min(160.0, 2 * self._recovery)
            self._fell_at, self._served = now, 0
        self._next = max(self._next, now + self._burst / self._rate)


class Clock:
    """The seconds of a clock that never goes back, and waiting by it."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Returns after so many seconds, or at once when `stop` is set."""
        stop.wait(max(0.0, seconds))


@dataclass
class Pace:
    """Calls AWS no faster than its quotas allow, slower when it throttles, and repeats calls that may succeed later.

    Safe for threads. `share` is the part of AWS's quotas to use; above 1 for quotas that AWS raised. A call is made at
    most `attempts` times.
    """

    share: float = 1.0
    quotas: Mapping[str, tuple[Quota, ...]] = field(default_factory=lambda: ACCOUNT_MANAGEMENT)
    attempts: int = 8
    clock: Clock = field(default_factory=Clock)
    calls: dict[str, CallCount] = field(default_factory=dict)
    _buckets: dict[tuple[str, str, int], _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def rate(self, operation: str) -> float:
        """Calls a second that the share of AWS's quota allows, for estimates."""
        return min(quota.rate for quota in self._quotas(operation) if not quota.per_target) * self.share

    def call(self, operation: str, function: Callable[..., Answer], /, **arguments: Any) -> Answer:
        """The answer of `function(**arguments)`, a boto3 client's method for `operation` (`account:PutAccountName`).

        Waits for its turn. Throttling, HTTP 5xx and broken connections are tried again, later each time; so the
        operation must bear being done twice. `AccountId` among the arguments is the target account.

        Raises:
            botocore.exceptions.ClientError: AWS rejected the call, the last time if it was tried several times.
            botocore.exceptions.BotoCoreError: no connection to AWS.
            Stopped: `stop` was called.
        """
        target = str(arguments.get("AccountId", ""))
        for attempt in range(1, self.attempts + 1):
            self._take_turn(operation, target, attempt)
            try:
                answer = function(**arguments)
            except (BotoCoreError, ClientError) as error:
                self._ended(operation, throttled=is_throttled(error))
                if attempt == self.attempts or not is_transient(error):
                    raise
            else:
                self._ended(operation, throttled=False)
                return answer
            # The time of two calls, then four …: a queue of its own behind the one at the bucket.
            self._wait(min(2**attempt / self.rate(operation), 20.0) * random.uniform(0.5, 1.0))
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Makes every call that waits, and every further one, raise Stopped."""
        self._stop.set()

    def _quotas(self, operation: str) -> tuple[Quota, ...]:
        return self.quotas.get(operation, (UNDOCUMENTED,))

    def _of(self, operation: str, target: str | None, now: float) -> list[_Bucket]:
        """The buckets of an operation; without a target those that all targets share."""
        found = []
        for index, quota in enumerate(self._quotas(operation)):
            if quota.per_target and target is None:
                continue
            key = (operation, target or "" if quota.per_target else "", index)
            if key not in self._buckets:
                self._buckets[key] = _Bucket(quota, self.share, now)
            found.append(self._buckets[key])
        return found

    def _take_turn(self, operation: str, target: str, attempt: int) -> None:
        with self._lock:
            now = self.clock.now()
            buckets = self._of(operation, target, now)
            start = max(bucket.next_turn(now) for bucket in buckets)
            for bucket in buckets:
                bucket.take(start)
        self._wait(start - now)
        with self._lock:
            now = self.clock.now()
            count = self.calls.setdefault(operation, CallCount(first=now))
            count.calls += 1
            count.retried += attempt > 1
            count.last = now

    def _ended(self, operation: str, *, throttled: bool) -> None:
        with self._lock:
            now = self.clock.now()
            self.calls[operation].throttled += throttled
            for bucket in self._of(operation, None, now):
                if throttled:
                    bucket.throttled(now)
                else:
                    bucket.served()

    def _wait(self, seconds: float) -> None:
        self.clock.wait(seconds, self._stop)
        if self._stop.is_set():
            raise Stopped
