"""AWS STS: moto's, where a role can be assumed only if it exists and trusts the caller."""
