"""`make adopt`: contacts.yaml and Terraform imports from what the accounts have now."""
