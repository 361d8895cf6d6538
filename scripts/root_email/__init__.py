"""`make root-email`: changes root user emails of member accounts."""
