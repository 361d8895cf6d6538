"""A local AWS: moto and what it lacks, with AWS's quotas and refusals, for trying things out and for tests."""

from scripts.sandbox.process import Sandbox as Sandbox
from scripts.sandbox.process import SandboxError as SandboxError
