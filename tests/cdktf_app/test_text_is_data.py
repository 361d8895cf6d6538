"""Text is data: whatever it means to cdktf or Terraform, it arrives as it was written."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cdktf_app import cdk
from cdktf_app.constructs import AlternateContacts, AwsProvider, literal
from cdktf_app.contacts.sections import Contact

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cdktf_app.conftest import Terraform

HOSTILE = [
    '${file("/etc/hostname")}',
    "%{ if true }x%{ endif }",
    "$${escaped already}",
    "$$$%%%{",
    "${",
    "%{",
    "}",
    "${TfToken[TOKEN.1]}",
    "#{TfToken[TOKEN.1]}",
    "&{TfToken[TOKEN.1]}",
    "TfToken[",
    "-1.8881545897087626e+289",
    "1e5",
    "team-e2e-1",
    "String Map Token Value",
    "Any Map Token Value",
    '"quoted\\" \\n',
    "<<EOT",
    "//",
    "a/*b*/",
    "日本語　チーム",
    "👩‍👩‍👧",
    "null",
    "true",
]
_PIECES = st.sampled_from(
    [*HOSTILE, "$", "%", "{", "}", "[", "]", "e", "+", "-", "|", ".", "0", "9", "\\", '"', " ", "TfToken"]
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=6).map("".join) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=64
).map(lambda text: unicodedata.normalize("NFC", text))


def evaluated(terraform: Terraform, folder: Path, values: Any) -> Any:
    """What Terraform makes of values that went through `literal` and cdktf."""
    app = cdk.App(outdir=str(folder / "synthesized"))
    stack = cdk.TerraformStack(app, "texts")
    cdk.TerraformLocal(stack, "texts", literal(values))
    app.synth()
    written = json.loads((folder / "synthesized" / "stacks" / "texts" / "cdk.tf.json").read_text())
    run = folder / "run"
    run.mkdir(exist_ok=True)
    (run / "terraform.tfstate").unlink(missing_ok=True)
    configuration = {"locals": written["locals"], "output": {"texts": {"value": "${local.texts}"}}}
    (run / "main.tf.json").write_text(json.dumps(configuration))
    terraform(run, "apply", "-auto-approve", "-no-color")
    return json.loads(terraform(run, "output", "-json"))["texts"]["value"]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_TEXTS, min_size=20, max_size=60))
@example(HOSTILE)
def test_any_text_arrives_unchanged(terraform: Terraform, tmp_path: Path, texts: list[str]) -> None:
    values = {"list": texts, "keys": dict.fromkeys(texts, "x"), "nested": [{"name": text} for text in texts]}
    assert evaluated(terraform, tmp_path, values) == values


def test_a_hostile_contact_reaches_the_module_as_it_is(terraform: Terraform, tmp_path: Path) -> None:
    """Through the construct itself, into a module that hands back what it got."""
    names = [text for text in HOSTILE if text == text.strip()]
    accounts = {
        f"{number:012d}": {
            "security": Contact(name=name, title="Team", email="team@kaede.example", phone="+44 20 7946 0110")
        }
        for number, name in enumerate(names)
    }
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "main.tf").write_text(
        'variable "accounts" {\n  type = any\n}\noutput "accounts" {\n  value = var.accounts\n}\n'
    )
    app = cdk.App(outdir=str(tmp_path / "synthesized"))
    stack = cdk.TerraformStack(app, "contacts")
    AlternateContacts(stack, "contacts", source="../module", accounts=accounts)  # type: ignore[arg-type]
    app.synth()
    run = tmp_path / "run"
    run.mkdir()
    written = json.loads((tmp_path / "synthesized" / "stacks" / "contacts" / "cdk.tf.json").read_text())
    del written["terraform"]
    written["output"] = {"accounts": {"value": "${module.contacts.accounts}"}}
    (run / "main.tf.json").write_text(json.dumps(written))
    terraform(run, "init", "-no-color")
    terraform(run, "apply", "-auto-approve", "-no-color")
    arrived = json.loads(terraform(run, "output", "-json"))["accounts"]["value"]
    assert [arrived[account]["security"]["name"] for account in sorted(arrived)] == names


@pytest.mark.parametrize("profile", ["${env}", "String Map Token Value", "1e5"])
def test_provider_arguments_are_data_too(profile: str, tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.TerraformStack(app, "p")
    AwsProvider(stack, "aws", profile=profile)
    app.synth()
    written = json.loads((tmp_path / "stacks" / "p" / "cdk.tf.json").read_text())
    assert written["provider"]["aws"] == [{"profile": literal(profile)}]
