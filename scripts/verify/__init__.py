"""`make verify`: which contacts cannot be reached."""
