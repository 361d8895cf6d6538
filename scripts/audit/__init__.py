"""`make audit`: what every account has now, and what is wrong with it."""
