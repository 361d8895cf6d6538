"""AWS's quotas, and what goes wrong on purpose."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from scripts.sandbox import Sandbox, SandboxError
from scripts.sandbox.quotas import Quotas
from tests.organizations import client as client_of

from .conftest import MEMBER, ORGANIZATION, OTHER, Client, contact, refused


def test_calls_over_the_quota_are_throttled_with_429(sandbox_of: Callable[..., Sandbox]) -> None:
    limited = sandbox_of(ORGANIZATION, quotas=True)
    account = client_of(limited, "account")
    with refused("TooManyRequestsException") as problem:
        for _ in range(100):
            account.put_alternate_contact(**contact())
    assert problem.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    counted = limited.statistics()["account:PutAlternateContact"]
    assert counted["throttled"] == 1
    assert counted["calls"] >= 9, "a burst of 8 is within the quota"
    assert counted["rate"] == pytest.approx((counted["calls"] - 1) / counted["seconds"])
    limited.set_quotas(None)
    for _ in range(20):
        account.put_alternate_contact(**contact())


def test_calls_are_admitted_at_the_quotas_rate() -> None:
    now = 0.0
    quotas = Quotas(scale=10, clock=lambda: now)
    admitted = 0
    for tick in range(1000):
        now = tick / 200
        admitted += quotas.admit("account:GetAlternateContact", "1", "1")
    assert admitted == pytest.approx(15 + 10 * 10 * now, abs=1)


def test_quotas_are_counted_for_each_calling_account() -> None:
    now = 0.0
    quotas = Quotas(clock=lambda: now)
    burst = [quotas.admit("account:DeleteAlternateContact", "1", "2") for _ in range(7)]
    assert burst == [True] * 6 + [False]
    assert quotas.admit("account:DeleteAlternateContact", "2", "2")
    now = 1.0
    assert quotas.admit("account:DeleteAlternateContact", "1", "3")
    assert not quotas.admit("account:DeleteAlternateContact", "1", "3")
    assert all(quotas.admit("notifications:ListChannels", "1", "1") for _ in range(1000))


def test_root_email_updates_are_three_in_thirty_seconds_for_one_account() -> None:
    now = 0.0
    quotas = Quotas(clock=lambda: now)
    admitted = []
    for second in range(12):
        now = float(second)
        admitted.append(quotas.admit("account:StartPrimaryEmailUpdate", "1", "2"))
    assert admitted == [True] * 3 + [False] * 7 + [True, False]
    now = 13.0
    assert quotas.admit("account:StartPrimaryEmailUpdate", "1", "3")


def test_statistics_count_from_zero_again(client: Client, aws: Sandbox) -> None:
    client("account").put_alternate_contact(**contact())
    assert aws.statistics()["account:PutAlternateContact"]["calls"] == 1
    aws.reset_statistics()
    assert aws.statistics() == {}


def test_access_is_denied_to_chosen_accounts(client: Client, aws: Sandbox) -> None:
    aws.set_faults({"fault": "access-denied", "operation": "account:Get*", "account": MEMBER})
    account = client("account")
    account.put_alternate_contact(AccountId=MEMBER, **contact())
    account.put_alternate_contact(AccountId=OTHER, **contact())
    with refused("AccessDeniedException", "not authorized to perform: account:GetAlternateContact"):
        account.get_alternate_contact(AccountId=MEMBER, AlternateContactType="SECURITY")
    account.get_alternate_contact(AccountId=OTHER, AlternateContactType="SECURITY")
    aws.set_faults()
    account.get_alternate_contact(AccountId=MEMBER, AlternateContactType="SECURITY")


@pytest.mark.parametrize(
    ("service", "operation", "fault", "code", "status"),
    [
        ("account", "list_regions", "internal-error", "InternalServerException", 500),
        ("account", "list_regions", "throttling", "TooManyRequestsException", 429),
        ("notifications", "list_notification_hubs", "throttling", "ThrottlingException", 429),
        ("organizations", "list_accounts", "throttling", "TooManyRequestsException", 400),
        ("organizations", "list_accounts", "access-denied", "AccessDeniedException", 400),
        ("sts", "get_caller_identity", "access-denied", "AccessDenied", 403),
        ("sts", "get_caller_identity", "expired-token", "ExpiredToken", 403),
        ("s3", "list_buckets", "internal-error", "InternalError", 500),
        ("ec2", "describe_regions", "access-denied", "UnauthorizedOperation", 403),
    ],
)
def test_faults_speak_each_services_language(
    client: Client, aws: Sandbox, service: str, operation: str, fault: str, code: str, status: int
) -> None:
    aws.set_faults({"fault": fault, "operation": f"{service}:*"})
    with refused(code) as problem:
        getattr(client(service), operation)()
    assert problem.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_storm_passes(client: Client, aws: Sandbox) -> None:
    aws.set_faults(
        {"fault": "internal-error", "operation": "account:ListRegions", "after_calls": 1, "times": 2, "every": 2}
    )
    account, outcomes = client("account"), []
    for _ in range(7):
        try:
            account.list_regions()
            outcomes.append("ok")
        except account.exceptions.InternalServerException:
            outcomes.append("failed")
    assert outcomes == ["ok", "failed", "ok", "failed", "ok", "ok", "ok"]
    assert aws.statistics()["account:ListRegions"]["failed"] == 2


def test_a_connection_is_reset(client: Client, aws: Sandbox) -> None:
    aws.set_faults({"fault": "connection-reset", "operation": "account:*", "times": 1})
    with pytest.raises(ConnectionClosedError):
        client("account").list_regions()
    client("account").list_regions()
    assert aws.statistics()["account:ListRegions"]["failed"] == 1


def test_credentials_expire_and_new_ones_work(client: Client, aws: Sandbox, become: Callable[..., Any]) -> None:
    aws.set_faults({"fault": "expired-token", "operation": "account:*", "account": MEMBER, "after_calls": 2})
    for _ in range(2):
        member = client("account", become(MEMBER))
        member.list_regions()
        member.list_regions()
        for _ in range(2):
            with refused("ExpiredTokenException"):
                member.list_regions()


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"fault": "flood"}, "unknown fault 'flood', known: access-denied"),
        ({"fault": "throttling", "acount": "1"}, "unknown key 'acount' in a fault rule, known: fault, operation"),
        ({"fault": "throttling", "every": 0}, "every must be 1 or more"),
    ],
)
def test_rules_that_make_no_sense(aws: Sandbox, rule: dict[str, Any], problem: str) -> None:
    with pytest.raises(SandboxError, match=problem):
        aws.set_faults(rule)
