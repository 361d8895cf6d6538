"""Sessions with AWS, as contacts.yaml says to authenticate, and what they retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from cdktf_app.directory import AccountAuthentication, Authentication

# AWS's own advice for throttled APIs: a client-side rate that adapts to 429s
# (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
CONFIG = Config(retries={"mode": "adaptive", "max_attempts": 10}, user_agent_extra="aws-contact-baseline")


def session(authentication: Authentication | AccountAuthentication, region: str) -> boto3.Session:
    """A session in the account that reads the organization: the profile's, or the role assumed from it.

    Raises:
        botocore.exceptions.ClientError: the role cannot be assumed.
        botocore.exceptions.ProfileNotFound: there is no such profile.
    """
    base = boto3.Session(profile_name=authentication.profile, region_name=region)
    if authentication.role_arn is None:
        return base
    return assume_role(base, authentication.role_arn)


def assume_role(base: boto3.Session, role_arn: str) -> boto3.Session:
    """A session with the role's credentials, good for an hour.

    Raises:
        botocore.exceptions.ClientError: the role cannot be assumed.
    """
    sts: Any = base.client("sts", config=CONFIG)
    credentials = sts.assume_role(RoleArn=role_arn, RoleSessionName="aws-contact-baseline")["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=base.region_name,
    )
