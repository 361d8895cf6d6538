"""Fault rules: make chosen calls fail as they fail at AWS."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

Fault = Literal["access-denied", "internal-error", "throttling", "expired-token", "connection-reset"]


@dataclass
class FaultRule:
    """One rule; the calls it matches fail with `fault`.

    `operation` (`account:GetAlternateContact`) and `account` (the account that is read or written) are shell
    patterns. Of the calls that match, the first `after_calls` pass, and so do those in the first `after_seconds`;
    from then on each `every`-th fails, at most `times` of them. For `expired-token` calls and seconds are counted
    for each access key by itself, so that new credentials work again.
    """

    fault: Fault
    operation: str = "*"
    account: str = "*"
    after_calls: int = 0
    after_seconds: float = 0.0
    every: int = 1
    times: int | None = None
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict, repr=False)
    _fired: int = field(default=0, repr=False)
    _made_at: float = field(default_factory=time.monotonic, repr=False)

    @classmethod
    def from_mapping(cls, rule: Mapping[str, Any]) -> "FaultRule":
        """Return the rule that `rule` describes.

        Raises:
            ValueError: an unknown key or fault, or a number out of range.
        """
        known = [item.name for item in fields(cls) if not item.name.startswith("_")]
        unknown = sorted(set(rule) - set(known))
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r} in a fault rule, known: {', '.join(known)}")
        if rule.get("fault") not in get_args(Fault):
            raise ValueError(f"unknown fault {rule.get('fault')!r}, known: {', '.join(get_args(Fault))}")
        made = cls(**rule)
        if made.every < 1 or made.after_calls < 0 or made.after_seconds < 0:
            raise ValueError("every must be 1 or more, after_calls and after_seconds 0 or more")
        return made

    def strikes(self, operation: str, account: str, access_key: str, now: float) -> bool:
        """Return whether this call fails; counts it if the rule matches."""
        if not (fnmatchcase(operation, self.operation) and fnmatchcase(account, self.account)):
            return False
        key = access_key if self.fault == "expired-token" else ""
        calls, since = self._seen.get(key, (0, now if key else self._made_at))
        calls += 1
        self._seen[key] = (calls, since)
        if calls <= self.after_calls or now - since < self.after_seconds:
            return False
        if (calls - self.after_calls - 1) % self.every or (self.times is not None and self._fired >= self.times):
            return False
        self._fired += 1
        return True


@dataclass
class Faults:
    """The active rules; the first that matches decides. Not safe for threads by itself."""

    rules: list[FaultRule] = field(default_factory=list)
    clock: Callable[[], float] = time.monotonic

    def strike(self, operation: str, account: str, access_key: str) -> Fault | None:
        """Return how the call fails, None if it does not."""
        now = self.clock()
        struck = [rule.fault for rule in self.rules if rule.strikes(operation, account, access_key, now)]
        return struck[0] if struck else None
