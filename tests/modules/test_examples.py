"""Each example of a module's README is planned as it stands and must come to what it promises."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.modules.conftest import MODULES, REQUIRED_PROVIDERS, Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.sandbox import Sandbox

MARKER = re.compile(r"# plan: (\d+) to add\n")
SOURCE = re.compile(r'"git::https://[^"]*//modules/([a-z-]+)\?ref=v[\d.]+"')


class Example(NamedTuple):
    name: str
    text: str
    to_add: int


def examples() -> list[Example]:
    found = []
    for readme in sorted(MODULES.glob("*/README.md")):
        before_reference = readme.read_text(encoding="utf-8").partition("\n## Reference\n")[0]
        for number, text in enumerate(re.findall(r"```hcl\n(.*?)```", before_reference, re.DOTALL), 1):
            marker = MARKER.match(text)
            assert marker, f"{readme}: example {number} begins without `# plan: N to add`"
            found.append(Example(f"{readme.parent.name}-{number}", text, int(marker[1])))
    return found


@pytest.fixture(scope="module")
def planned(
    tmp_path_factory: pytest.TempPathFactory, cli_environment: dict[str, str], sandbox: Sandbox, modules: Path
) -> Counter[str]:
    """How many resources each example adds: all of them in one plan, each as a module of its own."""
    folder = tmp_path_factory.mktemp("examples")
    root = REQUIRED_PROVIDERS
    for example in examples():
        (folder / example.name).mkdir()
        text = SOURCE.sub(lambda source: f'"{modules}/{source[1]}"', example.text)
        (folder / example.name / "main.tf").write_text(text, encoding="utf-8")
        root += f'module "{example.name}" {{\n  source = "./{example.name}"\n}}\n'
    (folder / "main.tf").write_text(root, encoding="utf-8")
    terraform = Terraform(folder, {**cli_environment, **sandbox.environment})
    terraform.expect("init", "-input=false")
    return Counter(
        change["address"].split(".")[1]
        for change in terraform.plan()["resource_changes"]
        if change["change"]["actions"] == ["create"]
    )


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_adds_what_it_promises(example: Example, planned: Counter[str]) -> None:
    assert planned[example.name] == example.to_add


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_can_be_pasted(example: Example) -> None:
    assert SOURCE.search(example.text), "an example takes its module by git, with a version"
    assert MODULES.joinpath(SOURCE.findall(example.text)[0]).is_dir()
