"""Errors of AWS User Notifications and its Contacts service."""

from moto.core.exceptions import ServiceException


class ResourceNotFoundException(ServiceException):
    """There is no such resource in the caller's account."""

    code = "ResourceNotFoundException"

    def __init__(self, resource_type: str, resource_id: str) -> None:
        super().__init__(f"{resource_type} {resource_id} does not exist.")
        self.resourceType = resource_type
        self.resourceId = resource_id


class ConflictException(ServiceException):
    """The request contradicts what is there."""

    code = "ConflictException"

    def __init__(self, message: str, resource_type: str, resource_id: str) -> None:
        super().__init__(message)
        self.resourceType = resource_type
        self.resourceId = resource_id


class ServiceQuotaExceededException(ServiceException):
    """There are as many as an account may have."""

    code = "ServiceQuotaExceededException"

    def __init__(self, limit: int, what: str, resource_id: str, service: str = "notifications") -> None:
        super().__init__(f"At most {limit} {what}.")
        self.resourceType = what
        self.resourceId = resource_id
        self.serviceCode = service
        self.quotaCode = ""
