"""A local AWS: moto and the services it lacks, with AWS's quotas and errors, for trials and tests."""

from scripts.sandbox.process import Sandbox as Sandbox
from scripts.sandbox.process import SandboxError as SandboxError
