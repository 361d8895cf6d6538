"""AWS's Regions and which of them an account may use."""

from functools import cache

from botocore.session import get_session

ENABLED_BY_DEFAULT = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)
"""Account Management Reference Guide, "Enable or disable AWS Regions in your account"; all others are opt-in."""


@cache
def all_regions() -> frozenset[str]:
    """Return the names of all Regions of the commercial partition that botocore knows."""
    return ENABLED_BY_DEFAULT | frozenset(get_session().get_available_regions("ec2", partition_name="aws"))
