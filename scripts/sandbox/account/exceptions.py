"""Errors of AWS Account Management."""

from moto.core.exceptions import ServiceException


class AccessDeniedException(ServiceException):
    """The caller lacks permission for that account."""

    code = "AccessDeniedException"

    def __init__(self, user_arn: str, action: str, reason: str = "") -> None:
        note = f" ({reason})" if reason else ""
        super().__init__(f"User: {user_arn} is not authorized to perform: account:{action}{note}")


class ResourceNotFoundException(ServiceException):
    """What was asked for has not been set."""

    code = "ResourceNotFoundException"


class ConflictException(ServiceException):
    """The request contradicts what is there."""

    code = "ConflictException"
