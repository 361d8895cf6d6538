"""Errors of AWS Organizations."""

from moto.organizations.exceptions import OrganizationsClientError


class AccessDeniedException(OrganizationsClientError):
    """The caller is neither the management account nor a delegated administrator."""

    def __init__(self) -> None:
        super().__init__("AccessDeniedException", "You don't have permissions to access this resource.")
