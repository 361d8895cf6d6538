"""Policies for AWS contacts: checks for checkov, and a runner of their own (`python -m policies`)."""
