"""The sealed plan: the plans, the hashes of their inputs and the verdict. plan writes it, apply requires it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from cdktf_app import imports
from scripts.shared.files import ROOT, write_private

if TYPE_CHECKING:
    from pathlib import Path

FILE = "sealed-plan.json"


@dataclass
class SealedStack:
    """One stack's saved plan: hashes of its files, how many changes it holds, whether it was applied."""

    plan: str
    plan_json: str
    changes: int
    applied: bool = False


@dataclass
class SealedPlan:
    """The result of `make plan`, with a hash of everything that must be unchanged in `make apply`."""

    inputs: dict[str, str]
    passed: bool
    stacks: dict[str, SealedStack] = field(default_factory=dict)

    def write(self, build: Path) -> None:
        """Saves the sealed plan into the build folder."""
        write_private(build / FILE, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, build: Path) -> SealedPlan | None:
        """The sealed plan of a build folder; None where there is none, or it is damaged."""
        try:
            value = json.loads((build / FILE).read_text())
            stacks = {name: SealedStack(**stack) for name, stack in value["stacks"].items()}
            return cls(inputs=value["inputs"], passed=value["passed"] is True, stacks=stacks)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None


def digest(*paths: Path) -> str:
    """SHA-256 over the names and the contents of the files, folders included whole; absence has a hash, too."""
    sha = hashlib.sha256()
    for path in paths:
        files = sorted(file for file in path.rglob("*") if _counts(file, path)) if path.is_dir() else [path]
        for file in files:
            content = file.read_bytes() if file.is_file() else b"absent"
            name = file.relative_to(path) if path.is_dir() else file.name
            sha.update(f"{name}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()


def _counts(file: Path, folder: Path) -> bool:
    return file.is_file() and not {"__pycache__", "tests", ".terraform"} & set(file.relative_to(folder).parts)


def fingerprint(contacts: Path, inventory: Path) -> dict[str, str]:
    """A hash of each input a plan depends on, by the input's name for messages."""
    paths = {
        "contacts": contacts,
        "inventory": inventory,
        "imports": contacts.parent / imports.FILE,
        "modules": ROOT / "modules",
        "policies": ROOT / "policies",
    }
    return {name: digest(path) for name, path in paths.items()}
