"""A local AWS: moto and what it lacks, with AWS's quotas and errors, for trials and tests."""

from scripts.sandbox.process import Sandbox as Sandbox
from scripts.sandbox.process import SandboxError as SandboxError
