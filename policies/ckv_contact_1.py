"""Ensure every AWS account has a SECURITY alternate contact."""

# mypy: disable-error-code="import-not-found"
from checkov_adapter.contact_check import ContactCheck

check = ContactCheck("CKV_CONTACT_1")
