"""From `contacts.yaml` and the accounts of an organization to Terraform stacks. No network, no AWS call."""
