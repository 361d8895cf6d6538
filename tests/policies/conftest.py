"""Machines that run the tests are slower at times than hypothesis's deadline allows."""

from hypothesis import settings

settings.register_profile("policies", deadline=None)
settings.load_profile("policies")
