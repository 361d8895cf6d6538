"""Signed packs, the GitHub Action, the pre-commit hook, the GitLab job and the pack taken from a git repository."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from ecdsa import NIST256p, SigningKey  # type: ignore[import-untyped]
from ecdsa.util import sigencode_der  # type: ignore[import-untyped]
from ruamel.yaml import YAML

from policies.contact_rules.configuration import ENVIRONMENT_VARIABLE
from tests.policies.support import PLANS, POLICY_FILE, ROOT
from tests.policies.test_checkov import SCAN, report
from tools.parity import Checkov, results

if TYPE_CHECKING:
    from pathlib import Path

BAD = PLANS / "listed_bad" / "plan.json"
GOOD = PLANS / "listed_good" / "plan.json"
BAD_PLAN = ("-f", str(BAD), *SCAN)


def copied(folder: Path) -> Path:
    target = folder / "policies"
    shutil.copytree(ROOT / "policies", target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def sign(pack: Path, folder: Path) -> Path:
    """Signs every Python file of the pack as docs/policies/using.md says; the path of the public key."""
    key = SigningKey.generate(curve=NIST256p)
    for path in pack.rglob("*.py"):
        signature = key.sign_deterministic(path.read_bytes(), hashfunc=hashlib.sha256, sigencode=sigencode_der)
        with path.open("ab") as file:
            file.write(b"# checkov-digest: " + signature.hex().encode() + b"\n")
    public = folder / "public.pem"
    public.write_bytes(key.get_verifying_key().to_pem())
    return public


def test_a_signed_pack_gives_the_same_results_and_a_changed_one_none(checkov: Checkov, tmp_path: Path) -> None:
    pack = copied(tmp_path)
    public = sign(pack, tmp_path)
    signed = results(report(checkov, *BAD_PLAN, "--external-checks-public-key", str(public), pack=pack))
    assert signed["/plan.json", "CKV_CONTACT_1", "aws.default"] == "FAILED"
    assert len(signed) == 8

    names = pack / "contact_rules" / "data" / "given_names.txt"
    names.write_text(names.read_text(encoding="utf-8") + "security\n", encoding="utf-8")
    changed = results(report(checkov, *BAD_PLAN, "--external-checks-public-key", str(public), pack=pack))
    assert changed["/plan.json", "CKV_CONTACT_2", "aws.default"] == "FAILED"

    rules = pack / "contact_rules" / "checks" / "ckv_contact_1.py"
    rules.write_text(rules.read_text(encoding="utf-8").replace("if not found", "if found") + "\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="signature"):
        report(checkov, *BAD_PLAN, "--external-checks-public-key", str(public), pack=pack)


def test_the_pack_from_a_git_repository(checkov: Checkov, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    copied(repository)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "policies"]):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *command], cwd=repository, check=True)
    (tmp_path / "empty").mkdir()
    source = ("--external-checks-git", f"file://{repository}")
    found = results(report(checkov, *BAD_PLAN, *source, pack=tmp_path / "empty", cwd=tmp_path))
    assert found["/plan.json", "CKV_CONTACT_1", "aws.default"] == "FAILED"


@pytest.mark.parametrize(("plan", "code"), [(GOOD, 0), (BAD, 1), (PLANS / "policy.toml", 2)])
def test_the_action_writes_sarif_and_a_summary(tmp_path: Path, plan: Path, code: int) -> None:
    action = YAML(typ="safe").load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = action["runs"]["steps"]
    assert set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", json.dumps(step))) == set(action["inputs"])
    shutil.copy(plan, tmp_path / "plan.json")
    summary = tmp_path / "summary.md"
    environment = {
        "PATH": os.environ["PATH"],
        "PLANS": "plan.json\n\n",
        "CONFIG": str(POLICY_FILE),
        "SARIF": "out.sarif",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert done.returncode == code
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("## AWS contact policies")
    if code < 2:
        assert "| CKV_CONTACT_8 |" in text
        found = json.loads((tmp_path / "out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
        assert bool(found) == (code == 1)
    else:
        assert "could not be judged" in text


def test_the_pre_commit_hook_runs_on_plan_files(tmp_path: Path) -> None:
    (hook,) = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for name in ("plan.json", "stacks/a/plan.json", "network-plan.json", "network.plan.json", "prod.tfplan.json"):
        assert re.search(hook["files"], name)
    for name in ("package.json", "planet.json", "plan.json.bak", "airplane.json"):
        assert not re.search(hook["files"], name)
    entry = ROOT / hook["entry"]
    assert os.access(entry, os.X_OK)
    environment = {"PATH": os.environ["PATH"], ENVIRONMENT_VARIABLE: str(POLICY_FILE)}
    for plan, code in ((GOOD, 0), (BAD, 1)):
        shutil.copy(plan, tmp_path / "plan.json")
        done = subprocess.run([entry, "plan.json"], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == code, done.stderr


def test_the_gitlab_job_names_what_exists() -> None:
    job = YAML(typ="safe").load((ROOT / "docs/policies/contact-policies.gitlab-ci.yml").read_text(encoding="utf-8"))
    script = " ".join(job["contact-policies"]["script"])
    assert "python3 .contact-policies/policies --markdown contact-policies.md" in script
    assert set(job["contact-policies"]["artifacts"]["paths"]) == set(
        re.findall(r"contact-policies\.(?:md|sarif)", script)
    )


def test_examples_on_the_pages_are_well_formed_hcl() -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not on PATH")
    for page in sorted((ROOT / "docs" / "policies").glob("CKV_CONTACT_*.md")):
        for example in re.findall(r"```hcl\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
            done = subprocess.run([terraform, "fmt", "-"], input=example, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (page.name, done.stderr)
            assert done.stdout == example, page.name
