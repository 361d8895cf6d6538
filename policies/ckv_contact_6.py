"""Ensure no plan removes a SECURITY alternate contact without putting one back."""

# mypy: disable-error-code="import-not-found"
from checkov_adapter.contact_check import ContactCheck

check = ContactCheck("CKV_CONTACT_6")
