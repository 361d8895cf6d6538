"""What was planned, from which inputs, and how it was judged: written by plan, demanded by apply."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cdktf_app import imports
from scripts.terraform import write_private

ROOT = Path(__file__).resolve().parent.parent
FILE = "review.json"


@dataclass
class StackReview:
    """One stack's saved plan: hashes of its files, how many changes it holds, whether it was applied."""

    plan: str
    plan_json: str
    changes: int
    applied: bool = False


@dataclass
class Review:
    """The state of a build folder between plan and apply."""

    inputs: dict[str, str]
    passed: bool
    stacks: dict[str, StackReview] = field(default_factory=dict)

    def write(self, build: Path) -> None:
        """Saves the review into the build folder."""
        write_private(build / FILE, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, build: Path) -> Review | None:
        """The review of a build folder; None where nothing whole was planned."""
        try:
            value = json.loads((build / FILE).read_text())
            stacks = {name: StackReview(**stack) for name, stack in value["stacks"].items()}
            return cls(inputs=value["inputs"], passed=value["passed"] is True, stacks=stacks)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None


def digest(*paths: Path) -> str:
    """SHA-256 over the names and the contents of the files, folders included whole; what is absent counts as such."""
    sha = hashlib.sha256()
    for path in paths:
        files = sorted(file for file in path.rglob("*") if _counts(file)) if path.is_dir() else [path]
        for file in files:
            content = file.read_bytes() if file.is_file() else b"absent"
            name = file.relative_to(path) if path.is_dir() else file.name
            sha.update(f"{name}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()


def _counts(file: Path) -> bool:
    return file.is_file() and not {"__pycache__", "tests", ".terraform"} & set(file.parts)


def fingerprint(contacts: Path, inventory: Path) -> dict[str, str]:
    """A hash for each input a plan depends on, by the name to tell the user when it changed."""
    paths = {
        "contacts": contacts,
        "inventory": inventory,
        "imports": contacts.parent / imports.FILE,
        "modules": ROOT / "modules",
        "policies": ROOT / "policies",
    }
    return {name: digest(path) for name, path in paths.items()}
