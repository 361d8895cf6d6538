"""The Terraform stacks: which there are, what is in them, and what is left of earlier ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cdktf_app.contacts.assignments import assign
from cdktf_app.contacts.directory import Directory, load_directory
from cdktf_app.contacts.organization import Organization, load_inventory
from cdktf_app.stacks import synthesize
from tests.cdktf_app.conftest import CONTACTS, EXAMPLES, INVENTORY, ROOT, Terraform

MANAGEMENT = "111111111111"


@pytest.fixture(scope="module")
def organization() -> Organization:
    return load_inventory(INVENTORY)


def directory(folder: Path, *pairs: tuple[str, str], more: str = "") -> Directory:
    """The example with some text replaced, in a folder of its own."""
    text = CONTACTS.read_text() + more
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "contacts.yaml"
    path.write_text(text)
    return load_directory(path)


def authentication(**arguments: str) -> tuple[str, str]:
    lines = "".join(f"    {name}: {value}\n" for name, value in arguments.items())
    return "    member_role_name: OrganizationAccountAccessRole\n", lines


def configurations(given: Directory, organization: Organization | None, out: Path, **more: Any) -> dict[str, Any]:
    return {stack.name: json.loads(stack.file.read_text()) for stack in synthesize(given, organization, out, **more)}


def providers(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = configuration["provider"]["aws"]
    return found


def contacts_by_account(configuration: dict[str, Any], module: str = "alternate_contacts") -> dict[str, Any]:
    """What the expression for the module's `accounts` evaluates to."""
    groups = configuration["locals"][f"{module}_groups"]
    assert configuration["module"][module]["accounts"] == (
        f"${{merge([for group in local.{module}_groups : {{for id in group.accounts : id => group.contacts}}]...)}}"
    )
    return {account: group["contacts"] for group in groups for account in group["accounts"]}


def test_the_example(organization: Organization, tmp_path: Path) -> None:
    given = load_directory(CONTACTS)
    stacks = synthesize(given, organization, tmp_path / "build")
    assert [(stack.name, stack.kind, stack.account_id, stack.retired) for stack in stacks] == [
        ("contacts", "contacts", MANAGEMENT, False),
        (f"notifications-{MANAGEMENT}", "notifications", MANAGEMENT, False),
        ("notifications-222222222201", "notifications", "222222222201", False),
    ]
    contacts, management, member = (json.loads(stack.file.read_text()) for stack in stacks)

    assert contacts["data"] == {"aws_organizations_organization": {"this": {}}}
    assert contacts["terraform"]["required_providers"]["aws"]["source"] == "hashicorp/aws"
    common = {"retry_mode": "adaptive", "max_retries": 25}
    assert providers(contacts) == [{**common, "region": "ap-northeast-1", "allowed_account_ids": [MANAGEMENT]}]
    worked_out = assign(given, organization)
    assert contacts_by_account(contacts) == {
        account: {kind: answer.contact.model_dump() for kind, answer in answers.items() if answer.contact}
        for account, answers in worked_out.contacts.items()
    }

    assert providers(management) == [{**common, "region": "us-east-1", "allowed_account_ids": [MANAGEMENT]}]
    assert providers(member) == [
        {
            **common,
            "region": "us-east-1",
            "allowed_account_ids": ["222222222201"],
            "assume_role": [
                {
                    "role_arn": "arn:aws:iam::222222222201:role/OrganizationAccountAccessRole",
                    "session_name": "aws-contact-baseline",
                }
            ],
        }
    ]
    assert "data" not in member
    module = member["module"]["user_notifications"]
    assert module["email_channels"] == {"security": {"email": "aws-security@kaede.example"}}
    assert module["subscriptions"]["root-activity"] == {
        "source": "aws.signin",
        "event_type": "AWS Console Sign In via CloudTrail",
        "event_pattern": '{"detail": {"userIdentity": {"type": ["Root"]}}}',
        "regions": ["all"],
        "aggregation": "NONE",
        "channels": ["security"],
    }


def test_a_single_account(tmp_path: Path) -> None:
    path = EXAMPLES / "single-account" / "contacts.yaml"
    contacts = configurations(load_directory(path), None, tmp_path)["contacts"]
    assert "data" not in contacts
    assert providers(contacts)[0]["allowed_account_ids"] == ["123456789012"]
    module = contacts["module"]["alternate_contacts"]
    assert set(module) == {"source", "contacts"}
    assert module["contacts"]["billing"]["email"] == "aws-billing@kaede.example"


def test_from_a_delegated_administrator(organization: Organization, tmp_path: Path) -> None:
    main, own = "arn:aws:iam::222222222202:role/contacts", f"arn:aws:iam::{MANAGEMENT}:role/contacts"
    roles = authentication(profile="audit", role_arn=main, management_role_arn=own, member_role_name="access")
    found = configurations(directory(tmp_path, roles), organization, tmp_path / "build")
    default, management = providers(found["contacts"])
    assert (default["profile"], default["allowed_account_ids"]) == ("audit", ["222222222202"])
    assert [role["role_arn"] for role in default["assume_role"]] == [main]
    assert (management["alias"], management["allowed_account_ids"]) == ("management", [MANAGEMENT])
    assert [role["role_arn"] for role in management["assume_role"]] == [own]
    assert MANAGEMENT not in contacts_by_account(found["contacts"])
    module = found["contacts"]["module"]["alternate_contacts_management"]
    assert module["providers"] == {"aws": "aws.management"}
    assert module["contacts"]["security"]["name"] == "Security Operations"

    [member] = providers(found["notifications-222222222201"])
    assert [role["role_arn"] for role in member["assume_role"]] == [main, "arn:aws:iam::222222222201:role/access"]
    [of_management] = providers(found[f"notifications-{MANAGEMENT}"])
    assert [role["role_arn"] for role in of_management["assume_role"]] == [own]


def test_a_delegated_administrator_without_a_way_to_the_management_account(
    organization: Organization, tmp_path: Path
) -> None:
    roles = authentication(role_arn="arn:aws:iam::222222222202:role/contacts")
    found = configurations(directory(tmp_path, roles), organization, tmp_path / "build")
    assert set(found) == {"contacts", "notifications-222222222201"}
    assert set(found["contacts"]["module"]) == {"alternate_contacts"}
    assert MANAGEMENT not in contacts_by_account(found["contacts"])


def test_the_administrators_own_notifications_take_no_member_role(organization: Organization, tmp_path: Path) -> None:
    roles = authentication(role_arn="arn:aws:iam::222222222202:role/contacts")
    given = directory(tmp_path, roles, ("[log-archive]", "[security-tooling]"))
    [provider] = providers(configurations(given, organization, tmp_path / "build")["notifications-222222222202"])
    assert [role["role_arn"] for role in provider["assume_role"]] == ["arn:aws:iam::222222222202:role/contacts"]


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_roles_are_in_the_partition_of_the_home_region(
    region: str, partition: str, organization: Organization, tmp_path: Path
) -> None:
    text = CONTACTS.read_text().replace("ap-northeast-1", region)
    path = tmp_path / "contacts.yaml"
    path.write_text(text[: text.index("notifications:")])
    retired = configurations(load_directory(path), organization, tmp_path / "b", retired=["notifications-222222222201"])
    [provider] = providers(retired["notifications-222222222201"])
    assert provider["assume_role"][0]["role_arn"].startswith(f"arn:{partition}:iam::222222222201:role/")


def test_state_is_in_files_beside_contacts_yaml(organization: Organization, tmp_path: Path) -> None:
    found = configurations(directory(tmp_path), organization, tmp_path / "deep" / "build")
    assert {name: content["terraform"]["backend"] for name, content in found.items()} == {
        name: {"local": {"path": f"../../../state/{name}.tfstate"}} for name in found
    }


def test_state_in_s3_is_locked_and_encrypted(organization: Organization, tmp_path: Path) -> None:
    backend = "backend:\n  type: s3\n  bucket: our-state\n  key_prefix: contacts/\n  region: eu-west-1\n"
    role = "  role_arn: arn:aws:iam::111111111111:role/state\n"
    found = configurations(directory(tmp_path, more=backend + role), organization, tmp_path / "build")
    assert found["contacts"]["terraform"]["backend"] == {
        "s3": {
            "bucket": "our-state",
            "key": "contacts/contacts.tfstate",
            "region": "eu-west-1",
            "encrypt": True,
            "use_lockfile": True,
            "assume_role": {"role_arn": "arn:aws:iam::111111111111:role/state"},
        }
    }
    assert found["contacts"]["terraform"]["required_version"] == ">= 1.10"


def test_notifications_that_are_no_more_leave_a_stack_that_removes_them(
    organization: Organization, tmp_path: Path
) -> None:
    given = directory(tmp_path, ("      accounts: [log-archive]\n", ""))
    gone = [f"notifications-{account}" for account in ("222222222201", MANAGEMENT, "777777777701", "999999999999")]
    stacks = synthesize(given, organization, tmp_path / "build", retired=gone)
    assert [(stack.name, stack.retired) for stack in stacks] == [
        ("contacts", False),
        (f"notifications-{MANAGEMENT}", False),
        ("notifications-222222222201", True),
    ]
    left = json.loads(stacks[-1].file.read_text())
    assert set(left) == {"provider", "terraform"}
    assert providers(left)[0]["allowed_account_ids"] == ["222222222201"]
    assert left["terraform"]["backend"]["local"]["path"].endswith("state/notifications-222222222201.tfstate")


def test_configurations_of_earlier_stacks_are_removed_and_nothing_else(
    organization: Organization, tmp_path: Path
) -> None:
    out = tmp_path / "build"
    synthesize(directory(tmp_path), organization, out)
    for folder in ("other", "notifications-x"):
        (out / folder).mkdir()
        (out / folder / "cdk.tf.json").write_text("{}")
    old = out / "notifications-222222222201"
    (old / "plan.json").write_text("{}")
    synthesize(directory(tmp_path, ("      accounts: [log-archive]\n", "")), organization, out)
    assert [path.name for path in old.iterdir()] == ["plan.json"]
    assert (out / "other" / "cdk.tf.json").exists()
    assert (out / "notifications-x" / "cdk.tf.json").exists()


def test_the_same_input_gives_the_same_bytes_which_only_their_owner_can_read(
    organization: Organization, tmp_path: Path
) -> None:
    given = directory(tmp_path)
    first = [stack.file.read_bytes() for stack in synthesize(given, organization, tmp_path / "a")]
    reordered = organization.model_dump()
    reordered["accounts"] = list(reversed(reordered["accounts"]))
    synthesize(given, Organization.model_validate(reordered), tmp_path / "b")
    again = synthesize(given, Organization.model_validate(reordered), tmp_path / "b")
    assert [stack.file.read_bytes() for stack in again] == first
    assert {oct(stack.file.stat().st_mode & 0o777) for stack in again} == {"0o600"}
    assert {oct(stack.folder.stat().st_mode & 0o777) for stack in again} == {"0o700"}
    assert [path.name for path in again[0].folder.iterdir()] == ["cdk.tf.json"]
    assert not any(b'"/' in written for written in first), "an absolute path"


@pytest.mark.parametrize("package", ["cdktf", "cdktn"])
def test_cdktf_and_its_continuation_write_the_same(package: str, organization: Organization, tmp_path: Path) -> None:
    given = directory(tmp_path)
    (tmp_path / "inventory.json").write_bytes(INVENTORY.read_bytes())
    expected = [stack.file.read_bytes() for stack in synthesize(given, organization, tmp_path / "here")]
    environment = {name: value for name, value in os.environ.items() if name != "JSII_NODE"}
    command = "from cdktf_app.__main__ import app; import os, sys; app(standalone_mode=False);"
    command += "print(os.environ['JSII_NODE'], [p for p in ('cdktf', 'cdktn') if p in sys.modules])"
    arguments = ["--contacts", "contacts.yaml", "--inventory", "inventory.json", "--out", "there", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", command, *arguments],
        cwd=tmp_path,
        env={**environment, "CDK_PACKAGE": package, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    node, _, imported = done.stdout.splitlines()[-1].partition(" ")
    assert Path(node).is_file()
    assert Path(node).is_relative_to(sys.prefix)
    assert imported == f"['{package}']"
    assert done.stderr == ""
    result = json.loads(done.stdout[: done.stdout.rindex("}") + 1])
    assert [Path(tmp_path, stack["file"]).read_bytes() for stack in result["stacks"]] == expected


def test_another_package_is_refused_by_name() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import cdktf_app.cdk"],
        cwd=ROOT,
        env={**os.environ, "CDK_PACKAGE": "cdk"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CDK_PACKAGE is 'cdk'; set it to cdktf or cdktn, or leave it out" in done.stderr


def test_the_constructs_serve_another_cdktf_app(tmp_path: Path) -> None:
    from cdktf_app import cdk
    from cdktf_app.constructs import AlternateContacts, AwsProvider, UserNotifications
    from cdktf_app.contacts.sections import Channel, Contact, Subscription

    team = Contact(name="Team", title="Team", email="team@kaede.example", phone="+44 20 7946 0110")
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.TerraformStack(app, "theirs")
    provider = AwsProvider(stack, "aws", region="us-east-1", alias="theirs")
    modules = "git::https://git.kaede.example/aws-contact-baseline.git//modules/"
    accounts = {"222222222222": {"security": team}, "333333333333": {"security": team}}
    AlternateContacts(stack, "contacts", source=f"{modules}alternate-contacts", accounts=accounts)  # type: ignore[arg-type]
    UserNotifications(
        stack,
        "notifications",
        source=f"{modules}user-notifications",
        hub_regions=["us-east-1"],
        channels={
            "mail": Channel(email="team@kaede.example"),
            "chat": Channel(arn="arn:aws:chatbot::111111111111:chat-configuration/slack-channel/team"),
        },
        subscriptions={"abuse": Subscription(preset="abuse", channels=("mail", "chat"))},
        provider=provider,
    )
    app.synth()
    written = json.loads((tmp_path / "stacks" / "theirs" / "cdk.tf.json").read_text())
    assert contacts_by_account(written, "contacts") == {key: {"security": team.model_dump()} for key in accounts}
    module = written["module"]["notifications"]
    assert module["providers"] == {"aws": "aws.theirs"}
    assert module["channel_arns"] == {"chat": "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/team"}
    assert module["subscriptions"] == {"abuse": {"preset": "abuse", "channels": ["mail", "chat"]}}
    assert module["source"] == f"{modules}user-notifications"


def test_terraform_takes_both_kinds_of_stack(organization: Organization, terraform: Terraform, tmp_path: Path) -> None:
    main, own = "arn:aws:iam::222222222202:role/contacts", f"arn:aws:iam::{MANAGEMENT}:role/contacts"
    given = directory(tmp_path, authentication(role_arn=main, management_role_arn=own))
    contacts, notifications, _ = synthesize(given, organization, tmp_path / "build")
    for stack in (contacts, notifications):
        terraform(stack.folder, "init", "-backend=false", "-no-color")
        assert "Success" in terraform(stack.folder, "validate", "-no-color")


def test_contacts_are_shared_among_stacks_and_few_move_when_there_are_more(
    organization: Organization, tmp_path: Path
) -> None:
    def shared(count: int, **more: Any) -> dict[str, set[str]]:
        region = "  home_region: ap-northeast-1\n"
        given = directory(tmp_path, (region, f"{region}  contacts_stacks: {count}\n"))
        stacks = synthesize(given, organization, tmp_path / "build", **more)
        return {stack.name: set(stack.accounts) for stack in stacks if stack.kind == "contacts"}

    managed = set(assign(load_directory(CONTACTS), organization).managed)
    assert shared(1) == {"contacts": managed}
    three, four = shared(3), shared(4)
    assert list(three) == ["contacts-01", "contacts-02", "contacts-03"]
    assert set().union(*four.values()) == managed
    assert sum(map(len, four.values())) == len(managed)
    for name, accounts in three.items():
        assert four[name] <= accounts, "an account stays where it is, or moves to the new stack"
    assert shared(1, retired=["contacts-01", "contacts"]) == {"contacts": managed, "contacts-01": set()}


def test_each_share_holds_its_accounts_alone(organization: Organization, tmp_path: Path) -> None:
    region = "  home_region: ap-northeast-1\n"
    given = directory(tmp_path, (region, f"{region}  contacts_stacks: 2\n"))
    stacks = synthesize(given, organization, tmp_path / "build")
    for stack in stacks[:2]:
        written = json.loads(stack.file.read_text())
        assert set(contacts_by_account(written)) == stack.accounts
        assert written["data"] == {"aws_organizations_organization": {"this": {}}}


def test_a_share_without_accounts_is_planned_all_the_same(organization: Organization, tmp_path: Path) -> None:
    region = "  home_region: ap-northeast-1\n"
    given = directory(tmp_path, (region, f"{region}  contacts_stacks: 99\n"))
    empty = next(stack for stack in synthesize(given, organization, tmp_path / "build") if not stack.accounts)
    written = json.loads(empty.file.read_text())
    assert set(written) == {"data", "provider", "terraform"}
