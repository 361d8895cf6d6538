"""Errors of AWS STS."""

from moto.core.exceptions import ServiceException


class AccessDenied(ServiceException):
    """The role does not exist, or does not trust the caller."""

    code = "AccessDenied"

    def __init__(self, caller: str, role_arn: str) -> None:
        super().__init__(f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
