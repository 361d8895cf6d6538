"""AWS's request quotas as AWS enforces them: token buckets."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scripts.shared.pace import ACCOUNT_MANAGEMENT, Quota


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


@dataclass
class Quotas:
    """Says which calls are within the quotas; not safe for threads by itself.

    `scale` multiplies every rate, so that a test under quotas need not take AWS's time; bursts stay.
    """

    scale: float = 1.0
    clock: Callable[[], float] = time.monotonic
    limits: Mapping[str, tuple[Quota, ...]] = field(default_factory=lambda: ACCOUNT_MANAGEMENT)
    _buckets: dict[tuple[str, str, str, int], _Bucket] = field(default_factory=dict)

    def admit(self, operation: str, caller: str, target: str) -> bool:
        """Return whether the call is within its quotas, and count it if so."""
        buckets = [
            self._filled((operation, caller, target if quota.per_target else "", index), quota)
            for index, quota in enumerate(self.limits.get(operation, ()))
        ]
        if any(bucket.tokens < 1 for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.tokens -= 1
        return True

    def _filled(self, key: tuple[str, str, str, int], quota: Quota) -> _Bucket:
        now = self.clock()
        bucket = self._buckets.setdefault(key, _Bucket(quota.burst, now))
        bucket.tokens = min(quota.burst, bucket.tokens + (now - bucket.filled_at) * quota.rate * self.scale)
        bucket.filled_at = now
        return bucket
