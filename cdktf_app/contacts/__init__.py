"""The contact model: contacts.yaml, its validation, the organization, who gets which contact. Needs no cdktf."""
