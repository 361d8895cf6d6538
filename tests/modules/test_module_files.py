"""What every module has: the standard files, HCL in shape, its own tests passing, a reference that is up to date."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, get_args

import pytest

from cdktf_app.contacts.sections import Preset
from tests.modules.conftest import MODULES, Terraform
from tools import docs

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted(folder.name for folder in MODULES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_the_standard_files_are_there(name: str) -> None:
    files = {file.name for file in (MODULES / name).iterdir()}
    assert {"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "tests"} <= files
    assert list((MODULES / name / "tests").glob("*.tftest.hcl"))


def test_hcl_is_formatted(cli_environment: dict[str, str]) -> None:
    assert Terraform(MODULES, cli_environment).expect("fmt", "-check", "-recursive") == ""


@pytest.mark.parametrize("name", NAMES)
def test_terraform_test(name: str, modules: Path, cli_environment: dict[str, str]) -> None:
    terraform = Terraform(modules / name, cli_environment)
    terraform.expect("init", "-input=false")
    passed = re.search(r"Success! (\d+) passed, 0 failed", terraform.expect("test", "-no-color"))
    runs = sum(file.read_text().count("\nrun ") for file in (MODULES / name / "tests").glob("*.tftest.hcl"))
    assert passed
    assert int(passed[1]) == runs


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_up_to_date(name: str) -> None:
    generated = {path.parent.name: text for path, text in docs.module_readmes()}
    assert (MODULES / name / "README.md").read_text(encoding="utf-8") == generated[name], "run `make docs`"


def test_a_variable_without_description_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'terraform {\n  required_version = ">= 1.3.0"\n  required_providers {\n    aws = {\n'
        '      source = "hashicorp/aws"\n      version = ">= 5"\n    }\n  }\n}\n'
        'variable "undescribed" {\n  type = string\n}\noutput "x" {\n  description = "x"\n  value = 1\n}\n'
    )
    with pytest.raises(ValueError, match="undescribed: no description"):
        docs.module_reference(tmp_path)


def test_nested_types_are_written_as_in_hcl(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'terraform {\n  required_version = ">= 1.3.0"\n  required_providers {\n    aws = {\n'
        '      source = "hashicorp/aws"\n      version = ">= 5"\n    }\n  }\n}\n'
        'variable "v" {\n  description = "A | B"\n  default = null\n  type = map(object({\n    a = optional(object({\n'
        "      b = string\n    }))\n    c = optional(list(string), [])\n  }))\n}\n"
        'output "x" {\n  description = "A | B"\n  value = 1\n}\n'
    )
    reference = docs.module_reference(tmp_path)
    assert "**`v`** (default `null`): A | B" in reference
    nested = "  a = optional(object({\n    b = string\n  }))\n  c = optional(list(string), [])\n"
    assert f"```hcl\nmap(object({{\n{nested}}}))\n```" in reference
    assert "| `x` | A \\| B |" in reference


def test_the_presets_named_in_the_message_are_the_presets() -> None:
    folder = MODULES / "user-notifications"
    named = set(
        json.loads(re.search(r"\[\"abuse\",[^\]]*\]", (folder / "variables.tf").read_text())[0])  # type: ignore[index]
    )
    defined = set(json.loads((folder / "presets.json").read_text()))
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", (folder / "README.md").read_text(), re.MULTILINE))
    assert named == defined == set(get_args(Preset))
    assert named == documented & named
