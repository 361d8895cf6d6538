"""`make verify`: which contacts mail does not reach."""
