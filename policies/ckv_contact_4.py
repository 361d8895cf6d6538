"""Ensure every AWS account has BILLING and OPERATIONS alternate contacts."""

# mypy: disable-error-code="import-not-found"
from checkov_adapter.contact_check import ContactCheck

check = ContactCheck("CKV_CONTACT_4")
