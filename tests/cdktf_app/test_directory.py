"""contacts.yaml: what it may say, and what is said when it says something else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

import botocore.session
import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cdktf_app.contacts.directory import Directory, load_directory
from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.contacts.schema import json_schema
from cdktf_app.contacts.sections import Contact, S3Backend
from tests.cdktf_app.conftest import CONTACTS, EXAMPLES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = CONTACTS.read_text()
ALL_EXAMPLES = sorted(EXAMPLES.glob("*/contacts*.yaml"))


def changed(*pairs: tuple[str, str]) -> str:
    text = EXAMPLE
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def problems(folder: Path, text: str | bytes) -> list[str]:
    """What is said of a file with this text, without the folder's name."""
    return [re.sub(r"^.*contacts\.yaml:", "", str(problem)) for problem in found(folder, text)]


def found(folder: Path, text: str | bytes) -> list[Problem]:
    path = folder / "contacts.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InvalidInput) as error:
        load_directory(path)
    return error.value.problems


def loaded(folder: Path, text: str) -> Directory:
    path = folder / "contacts.yaml"
    path.write_text(text)
    return load_directory(path)


def test_the_example_says_what_it_says() -> None:
    directory = load_directory(CONTACTS)
    assert directory.organization is not None
    assert directory.organization.management_account == "111111111111"
    assert directory.contacts.accounts["666666666601"].operations == "none"
    security = directory.contacts.defaults.security
    assert security is not None
    assert security.phone == "+44 20 7946 0110"
    assert directory.review is not None
    assert directory.review.due == date(2026, 12, 30)
    assert directory.notifications is not None
    assert directory.notifications.subscriptions["console-sign-in"].regions == "all"
    assert directory.home_region == "ap-northeast-1"
    assert directory.folder == CONTACTS.parent
    assert directory.warnings == []


@pytest.mark.parametrize("path", ALL_EXAMPLES, ids=lambda path: "/".join(path.parts[-2:]))
def test_examples_are_valid_for_us_and_for_editors(path: Path) -> None:
    assert load_directory(path).warnings == []
    assert path.read_text().startswith("# yaml-language-server: $schema=../../docs/contacts.schema.json\n")
    assert list(_editor_complaints(path.read_text())) == []


def _editor_complaints(text: str) -> list[str]:
    plain = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))
    return [error.message for error in jsonschema.Draft202012Validator(json.loads(json_schema())).iter_errors(plain)]


def test_the_committed_schema_is_the_models() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema))
    assert (ROOT / "docs" / "contacts.schema.json").read_text() == schema, "run make docs"


@pytest.mark.parametrize(
    "pair",
    [
        ("      title: Security team\n", "      titel: Security team\n"),
        ("aws-security@kaede.example\n      phone", "not an address\n      phone"),
        ("preset: abuse", "preset: abuses"),
        ("preset: abuse", "preset: abuse\n      source: aws.health\n      event_type: AWS Health Event"),
        ('"666666666601":\n      operations: none', '"666666666601": {}'),
        ("    Workloads/Prod:", "    /Workloads/Prod:"),
        (
            "    operations:\n      email: aws-operations@kaede.example\n",
            "    'of us':\n      email: a@kaede.example\n",
        ),
        ("home_region: ap-northeast-1", "home_region: ap-northeast-1a"),
    ],
)
def test_editors_refuse_what_we_refuse(pair: tuple[str, str], tmp_path: Path) -> None:
    text = changed(pair)
    assert found(tmp_path, text)
    assert _editor_complaints(text)


WRONG: dict[str, tuple[str, list[str]]] = {
    "duplicate key": (
        changed(("review:\n", "mail: {}\nreview:\n")),
        ["64:1: 'mail': is a duplicate key; it is already on line 12"],
    ),
    "misspelt key": (
        changed(("      title: Security team", "      titel: Security team")),
        ["26:7: 'titel': is not a known key; did you mean 'title'?"],
    ),
    "full-width key": (
        changed(("      title: Security team", "      ｔｉｔｌｅ: Security team")),
        ["26:7: 'ｔｉｔｌｅ': is not a known key; did you mean 'title'?"],
    ),
    "unknown key": (
        changed(("mail:\n", "mail:\n  zzz: 1\n")),
        [
            "13:3: 'zzz': is not a known key; write one of corporate_domains, root_email_patterns, accepted",
        ],
    ),
    "missing key": (
        changed(('      phone: "+44 20 7946 0110"\n', "")),
        ["""24:5: 'phone' is missing in contacts.defaults.security; write it as "+44 20 7946 0110\""""],
    ),
    "empty value": (
        changed(('phone: "+44 20 7946 0110"', "phone:")),
        ["28:7: 'phone' is empty; write a value, or remove it"],
    ),
    "empty override": (
        changed(
            ("      billing:\n        name: Payments Accounting", "      security:\n      billing:\n        name: P")
        ),
        ["56:7: 'security' is empty; write a value, or remove it"],
    ),
    "full-width phone": (
        changed(('phone: "+44 20 7946 0110"', "phone: ＋４４（２０）７９４６−０１１０")),
        ["28:14: '＋４４（２０）７９４６−０１１０': has full-width characters; write '+44(20)7946-0110'"],
    ),
    "phone with an extension": (
        changed(('phone: "+44 20 7946 0110"', "phone: 03.1234.5678 ext 9")),
        [
            "28:14: '03.1234.5678 ext 9': has . e t x; AWS accepts digits, spaces and ( ) + - only: "
            "write it as +44 20 7946 0110"
        ],
    ),
    "long phone": (
        changed(('phone: "+44 20 7946 0110"', "phone: '+44 20 7946 0110 0000 0000'")),
        ["28:14: '+44 20 7946 0110 0000 0000': is 26 characters long; AWS accepts at most 25"],
    ),
    "full-width mail": (
        changed(("aws-security@kaede.example\n      phone", "aws-security＠kaede．example\n      phone")),
        ["27:14: 'aws-security＠kaede．example': has full-width characters; write 'aws-security@kaede.example'"],
    ),
    "look-alike letter in mail": (
        changed(("aws-security@kaede.example\n      phone", "аws-security@kaede.example\n      phone")),
        [
            "27:14: 'аws-security@kaede.example': has a character AWS does not accept: 'а' "
            "(U+0430, cyrillic small letter a); write it in ASCII"
        ],
    ),
    "name and mail in one": (
        changed(("aws-security@kaede.example\n      phone", "Security <aws-security@kaede.example>\n      phone")),
        ["27:14: 'Security <aws-security@kaede.example>': is more than an address; write 'aws-security@kaede.example'"],
    ),
    "two addresses": (
        changed(("aws-security@kaede.example\n      phone", "a@kaede.example, b@kaede.example\n      phone")),
        [
            "27:14: 'a@kaede.example, b@kaede.example': is not a single address; a contact has exactly one: "
            "write that of a mailing list"
        ],
    ),
    "sign AWS refuses in mail": (
        changed(("aws-security@kaede.example\n      phone", "aws/security@kaede.example\n      phone")),
        [
            "27:14: 'aws/security@kaede.example': has / before the @; "
            "AWS accepts letters, digits and _ + = . # | ! & - there"
        ],
    ),
    "sign the provider refuses in mail": (
        changed(("aws-security@kaede.example\n      phone", "'security#@kaede.example'\n      phone")),
        [
            "27:14: 'security#@kaede.example': has a character before the @ that the Terraform AWS provider rejects; "
            "end it in a letter or digit"
        ],
    ),
    "mail without a dot": (
        changed(("aws-security@kaede.example\n      phone", "aws-security@kaede\n      phone")),
        ["27:14: 'aws-security@kaede': has no dot after the @; write the full domain, such as example.com"],
    ),
    "long name": (
        changed(("name: Security Operations", "name: " + "x" * 65)),
        [f"25:13: '{'x' * 59}…': is 65 characters long; AWS accepts at most 64"],
    ),
    "long name in bytes": (
        changed(("name: Security Operations", "name: " + "情報" * 11)),
        [
            f"25:13: '{'情報' * 11}': is 22 characters but 66 bytes in UTF-8; the Terraform AWS provider accepts at "
            "most 64 bytes (a Japanese or Chinese character takes 3)"
        ],
    ),
    "long title": (
        changed(("title: Security team", "title: " + "x" * 51)),
        [f"26:14: '{'x' * 51}': is 51 characters long; AWS accepts at most 50"],
    ),
    "control character": (
        changed(("title: Security team", 'title: "Security\\x07 team"')),
        ["26:14: 'Security\\x07 team': has the control character U+0007; remove it"],
    ),
    "control character as such": (
        changed(("title: Security team", "title: Security\x07 team")),
        ["26:22: has the control character U+0007; remove it"],
    ),
    "direction override": (
        changed(("title: Security team", "title: Security\u202e team")),
        ["26:14: 'Security\\u202e team': has the invisible character U+202E; remove it"],
    ),
    "two lines": (
        changed(("title: Security team", 'title: "Security\\nteam"')),
        ["26:14: 'Security\\nteam': has more than one line; write it on one"],
    ),
    "space at the end": (
        changed(("title: Security team", 'title: "Security team "')),
        ["26:14: 'Security team ': starts or ends with a space; write 'Security team'"],
    ),
    "several things wrong with one value": (
        changed(("title: Security team", f'title: " {"x" * 60}"')),
        [
            f"26:14: ' {'x' * 58}…': starts or ends with a space; write '{'x' * 60}'; "
            "is 61 characters long; AWS accepts at most 50"
        ],
    ),
    "list for text": (
        changed(('phone: "+44 20 7946 0110"', "phone: [1]")),
        ["28:7: is a list; write one text"],
    ),
    "text for mapping": (
        changed(("contacts:\n", "contacts: nobody\nx:\n")),
        [
            "22:11: 'nobody': is a single value; write keys and values under it, each on its own line",
            "23:1: 'x': is not a known key; write one of organization, account, mail, contacts, review, "
            "notifications, backend",
        ],
    ),
    "none in the defaults": (
        changed(("    security:\n      name", "    security: none\n    operations2:\n      name")),
        [
            "24:15: 'none': is for organizational units and accounts; leave it out here to define no contact",
            "25:5: 'operations2': is not a known key; did you mean 'operations'?",
        ],
    ),
    "a word for none": (
        changed(("operations: none", "operations: nobody")),
        [
            "62:19: 'nobody': is not a contact; write name, title, email and phone under it, or none for no contact "
            "at all"
        ],
    ),
    "account id with dashes": (
        changed(('management_account: "111111111111"', "management_account: 1111-1111-1111")),
        ["7:23: '1111-1111-1111': is not a valid account id; write '111111111111'"],
    ),
    "account id that lost zeros": (
        changed(('management_account: "111111111111"', "management_account: 11111111111")),
        ["7:23: '11111111111': has 11 digits; an account id has 12 (were leading zeros lost? '011111111111')"],
    ),
    "misspelt region": (
        changed(("home_region: ap-northeast-1", "home_region: ap-notheast-1")),
        ["8:16: 'ap-notheast-1': is not the name of an AWS Region; write one such as ap-northeast-1 or us-east-1"],
    ),
    "availability zone": (
        changed(("home_region: ap-northeast-1", "home_region: ap-northeast-1a")),
        ["8:16: 'ap-northeast-1a': is an availability zone; write its region 'ap-northeast-1'"],
    ),
    "four hubs": (
        changed(
            ("    - ap-northeast-1\n", "    - ap-northeast-1\n    - us-east-1\n    - us-east-2\n    - us-west-2\n")
        ),
        ["70:3: has 4 entries; write at most 3"],
    ),
    "a hub twice": (
        changed(("    - ap-northeast-1\n", "    - ap-northeast-1\n    - ap-northeast-1\n")),
        ["72:7: 'ap-northeast-1': is listed twice; remove one"],
    ),
    "undefined channel": (
        changed(("channels: [security, operations]", "channels: [security, operation]")),
        [
            "85:28: 'operation': is not a channel defined under notifications.channels; did you mean 'operations'?",
        ],
    ),
    "no channel": (
        changed(("channels: [security, operations]", "channels: []")),
        ["85:7: has 0 entries; write at least 1"],
    ),
    "channel name": (
        changed(("    operations:\n      email: aws-operations", "    of us:\n      email: aws-operations"))
        .replace("[security, operations]", "[security]")
        .replace("[operations]", "[security]"),
        ["75:5: 'of us': may have 1 to 64 ASCII letters, digits, - and _; write 'of-us'"],
    ),
    "an address twice": (
        changed(("      email: aws-operations@kaede.example\n  sub", "      email: aws-security@kaede.example\n  sub")),
        ["76:14: 'aws-security@kaede.example': is already the channel 'security'; use that name in the subscriptions"],
    ),
    "channel address too short": (
        changed(("      email: aws-operations@kaede.example\n  sub", "      email: a@b.c\n  sub")),
        ["76:14: 'a@b.c': is shorter than 6 characters; AWS User Notifications accepts no such address"],
    ),
    "channel of another kind": (
        changed(("      email: aws-operations@kaede.example\n  sub", "      arn: arn:aws:sns:us-east-1:1:x\n  sub")),
        [
            "76:12: 'arn:aws:sns:us-east-1:1:x': is not the ARN of a channel; write that of a chat, mobile or e-mail "
            "channel, such as arn:aws:chatbot::111111111111:chat-configuration/slack-channel/NAME"
        ],
    ),
    "misspelt preset": (
        changed(("preset: abuse", "preset: abuses")),
        ["84:15: 'abuses': is not allowed here; did you mean 'abuse'?"],
    ),
    "preset and source": (
        changed(("preset: abuse", "preset: abuse\n      source: aws.health")),
        ["85:15: 'aws.health': does not go with a preset; remove one of the two"],
    ),
    "neither preset nor source": (
        changed(("      preset: abuse\n", "")),
        ["83:5: has no source; write a preset, or both source and event_type"],
    ),
    "aggregation in small letters": (
        changed(("aggregation: NONE", "aggregation: none")),
        ["81:20: 'none': is not allowed here; did you mean 'NONE'?"],
    ),
    "regions as one text": (
        changed(("regions: all", "regions: us-east-1")),
        ["80:16: 'us-east-1': is not a list; write all, or a list such as [us-east-1]"],
    ),
    "pattern that is not JSON": (
        changed(("""'{"detail": {"userIdentity": {"type": ["Root"]}}}'""", """'{"detail": }'""")),
        [
            """95:16: '{"detail": }': is not JSON (Expecting value at character 12); write an event pattern such as """
            """'{"detail": {"service": ["EC2"]}}'"""
        ],
    ),
    "pattern as YAML": (
        changed(("""'{"detail": {"userIdentity": {"type": ["Root"]}}}'""", """{"detail": {}}""")),
        ["95:7: is a mapping; write one text"],
    ),
    "date in another order": (
        changed(("2026-10-01", "01/10/2026")),
        ["65:18: '01/10/2026': is not a date; write it as year-month-day: 2026-10-01"],
    ),
    "date that is none": (
        changed(("2026-10-01", "2026-02-30")),
        ["65:18: '2026-02-30': is not a date; write it as year-month-day: 2026-10-01"],
    ),
    "days in words": (
        changed(("every_days: 90", "every_days: quarterly")),
        ["67:15: 'quarterly': is not a whole number"],
    ),
    "no days": (changed(("every_days: 90", "every_days: 0")), ["67:15: '0': must be at least 1"]),
    "domain with an at": (
        changed(("    - kaede.example", "    - '@kaede.example'")),
        ["14:7: '@kaede.example': is not a valid domain; write 'kaede.example'"],
    ),
    "accepted twice over": (
        changed(("    - pattern:", "    - address: a@kaede.example\n      pattern:")),
        ["18:7: write either address or pattern"],
    ),
    "role ARN for a name": (
        changed(("OrganizationAccountAccessRole", "arn:aws:iam::111111111111:role/Access")),
        ["10:23: 'arn:aws:iam::111111111111:role/Access': is an ARN; write the role's name 'Access'"],
    ),
    "role in another partition": (
        changed(("    member_role_name", "    role_arn: arn:aws-cn:iam::111111111111:role/X\n    member_role_name")),
        ["10:15: 'arn:aws-cn:iam::111111111111:role/X': is in another partition than ap-northeast-1; write arn:aws:…"],
    ),
    "organization and account": (
        changed(("mail:\n", 'account:\n  id: "123456789012"\n  name: x\n  home_region: us-east-1\nmail:\n')).replace(
            "      accounts: [log-archive]\n", ""
        ),
        [
            "6:1: has organization and account; keep organization (accounts of AWS Organizations) or account "
            "(a single account)"
        ],
    ),
    "notifications in China": (
        changed(("home_region: ap-northeast-1", "home_region: cn-north-1")),
        ["69:1: AWS User Notifications does not exist in the partition aws-cn; remove it"],
    ),
    "unknown backend": (
        EXAMPLE + "backend:\n  type: s4\n",
        ["101:9: 's4': is not allowed here; write one of local, s3"],
    ),
    "backend without a type": (
        EXAMPLE + "backend:\n  bucket: x\n",
        ["100:1: has no 'type'; write type: local or type: s3"],
    ),
    "S3 backend": (
        EXAMPLE + "backend:\n  type: s3\n  bucket: Our_State\n",
        [
            """100:1: 'region' is missing in backend; write it as "us-east-1\"""",
            "102:11: 'Our_State': is not the name of an S3 bucket; write 3 to 63 lower-case letters, digits, - and .",
        ],
    ),
    "no contact at all": (
        "account: {id: '123456789012', name: x, home_region: us-east-1}\ncontacts:\n  defaults: {}\n",
        ["2:1: defines no contact; write security, operations and billing under defaults"],
    ),
    "overrides for a single account": (
        (EXAMPLES / "single-account" / "contacts.yaml").read_text()
        + "  accounts:\n    kaede-shop:\n      billing: none\n",
        ["34:5: has nothing to override in a single account; write it under defaults"],
    ),
    "tab": (
        changed(("    - kaede.example", "\t- kaede.example")),
        ["14:1: has a tab; YAML is indented with spaces only"],
    ),
    "full-width colon": (
        changed(("      title: Security team", "      title：Security team")),
        ["26:12: has a full-width colon; write ':' and a space"],
    ),
    "full-width space": (
        changed(("      title: Security team", "    　 title: Security team")),
        ["26:5: has a full-width space; write ' '"],
    ),
    "sign that needs quotes": (
        changed(("email: aws-security@kaede.example", "email: @kaede.example")),
        ["27:14: starts with a special character of YAML; put the value in quotes"],
    ),
    "open quote": ("a: 'x\n", ["1:4: opens a quote or bracket that is never closed"]),
    "undefined anchor": (
        changed(("mail:\n", "mail: *our-mail\n")),
        ["12:7: found undefined alias 'our-mail'; define it above with &, or put a value that starts with * in quotes"],
    ),
    "second document": (EXAMPLE + "---\n", ["100:1: starts a second document; keep one, remove the --- line"]),
    "tag": (
        changed(("name: Security Operations", "name: !!python/name:os.system x")),
        ["25:13: 'python/name:os.system': is a YAML tag, which is not supported here; remove it"],
    ),
    "list as a key": ("? [a]\n: b\n", ["1:3: is a list or mapping in place of a key; write a name"]),
    "list": ("- a\n", ["1:1: is a list; write keys and values under it, each on its own line"]),
    "text": ("hello\n", ["1:1: 'hello': is a single value; write keys and values under it, each on its own line"]),
    "alias of itself": (
        "contacts: &x\n  defaults: *x\n",
        ["1:11: is an anchor that contains an alias of itself; write the values out"],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_says_what_is_wrong_where_and_what_to_write(case: str, tmp_path: Path) -> None:
    text, expected = WRONG[case]
    assert problems(tmp_path, text) == expected


def test_a_management_role_is_only_for_a_delegated_administrator(tmp_path: Path) -> None:
    def with_roles(role_arn: str, management_role_arn: str) -> str:
        roles = f"    role_arn: {role_arn}\n    management_role_arn: {management_role_arn}\n"
        return changed(("    member_role_name", roles + "    member_role_name"))

    main, other = "arn:aws:iam::111111111111:role/X", "arn:aws:iam::222222222202:role/X"
    loaded(tmp_path, with_roles(other, main))
    assert problems(tmp_path, with_roles(main, main)) == [
        f"11:26: '{main}': is only for a role_arn in a delegated administrator account; remove it"
    ]
    assert problems(tmp_path, with_roles(other, other)) == [
        f"11:26: '{other}': is a role of account 222222222202; write one of the management account 111111111111"
    ]


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = changed(
        ("      title: Security team", "      titel: Security team"),
        ('phone: "+44 20 7946 0120"', "phone: ０３"),
        ("every_days: 90", "every_days: x"),
        ("[security, operations]", "[security, operation]"),
        ("home_region: ap-northeast-1", "home_region: ap-northeast"),
    )
    assert [problem.line for problem in found(tmp_path, text)] == [8, 26, 33, 67, 85]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "contacts.yaml: is empty; start from a file in examples/"),
        (b"# only a comment\n", "contacts.yaml: is empty; start from a file in examples/"),
        (
            "mail:\n  # 連絡先の一覧です\n".encode("cp932"),
            "contacts.yaml:2:5: is not UTF-8 (it looks like Shift_JIS); save it as UTF-8",
        ),
        ("a: b\n".encode("utf-16"), "contacts.yaml:1:1: is not UTF-8 (it looks like UTF-16); save it as UTF-8"),
        (b"a: " + b"[" * 500, "contacts.yaml: is nested too deep; contacts.yaml has six levels"),
    ],
    ids=["empty", "comment", "Shift_JIS", "UTF-16", "deep"],
)
def test_files_that_are_no_directory_at_all(data: bytes, expected: str, tmp_path: Path) -> None:
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in found(tmp_path, data)] == [expected]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, reason in [(tmp_path / "none.yaml", "does not exist"), (tmp_path, "is a directory, not a file")]:
        with pytest.raises(InvalidInput, match=reason):
            load_directory(path)


@pytest.mark.parametrize("line", ["[{}]", "\n  <<: [{}]"])
def test_aliases_that_multiply_are_refused_soon(line: str, tmp_path: Path) -> None:
    levels = ["a: &a {x: 1}"]
    for above, name in zip("abcdefgh", "bcdefghi", strict=True):
        levels.append(f"{name}: &{name} " + line.format(",".join([f"*{above}"] * 10)))
    assert any("300000 values" in problem for problem in problems(tmp_path, "\n".join(levels)))


def test_scalars_stay_what_was_written(tmp_path: Path) -> None:
    text = changed(
        ('management_account: "111111111111"', "management_account: 012345678901"),
        ('phone: "+44 20 7946 0110"', "phone: +81312345678"),
        ('    "666666666601":', "    012345678902:"),
        ("name: Security Operations", "name: 0x1F"),
        ("title: Security team", "title: Yes"),
    )
    directory = loaded(tmp_path, text)
    security = directory.contacts.defaults.security
    assert directory.organization is not None
    assert security is not None
    assert directory.organization.management_account == "012345678901"
    assert (security.phone, security.name, security.title) == ("+81312345678", "0x1F", "Yes")
    assert "012345678902" in directory.contacts.accounts


def test_anchors_and_merge_keys_are_resolved(tmp_path: Path) -> None:
    text = changed(
        ("    security:\n      name: Security Operations", "    security: &security\n      name: Security Operations"),
        (
            "      security:\n        name: Incident Response\n        title: Incident response desk, 24 hours\n"
            "        email: incident-response@kaede.example\n",
            "      security:\n        <<: *security\n        name: Incident Response\n",
        ),
    )
    override = loaded(tmp_path, text).contacts.organizational_units["Workloads/Prod"].security
    assert isinstance(override, Contact)
    assert override.name == "Incident Response"
    assert override.email == "aws-security@kaede.example"
    assert override.phone == "+44 20 7946 0111"
    wrong = text.replace("email: aws-security@kaede.example\n      phone", "email: nobody\n      phone", 1)
    assert [problem.line for problem in found(tmp_path, wrong)] == [27, 27]


def test_what_is_hardly_meant_is_a_warning(tmp_path: Path) -> None:
    text = changed(
        ("aggregation: NONE", "aggregation: LONG"),
        ("regions: all", "regions: [us-east-1]"),
        ("channels: [security, operations]", "channels: [security]"),
        ("channels: [operations]", "channels: [security]"),
    )
    assert [str(warning).removeprefix(f"{tmp_path}/contacts.yaml:") for warning in loaded(tmp_path, text).warnings] == [
        "75:5: no subscription uses the channel 'operations'",
        "80:7: sign-in events are logged in several Regions; write all to cover every sign-in",
        "81:20: an aggregated sign-in notification hides who signed in; write NONE to show it",
    ]


def test_an_s3_backend(tmp_path: Path) -> None:
    backend = loaded(tmp_path, EXAMPLE + "backend: {type: s3, bucket: our-state, region: us-east-1}\n").backend
    assert isinstance(backend, S3Backend)
    assert backend.key_prefix == "aws-contact-baseline"


def test_a_directory_made_in_python_is_checked_as_well() -> None:
    with pytest.raises(ValueError, match="has no organization"):
        Directory.model_validate({"contacts": {"defaults": {}}})
    contact = {"name": "A", "title": "B", "email": "a@kaede.example", "phone": "+44 20 7946 0110"}
    account = {"id": "123456789012", "name": "shop", "home_region": "us-east-1"}
    directory = Directory.model_validate({"account": account, "contacts": {"defaults": {"security": contact}}})
    assert str(directory.problem(("contacts",), "is odd")) == "contacts.yaml: contacts is odd"


def test_reading_a_directory_does_not_wait_for_cdktf() -> None:
    code = (
        "import sys, cdktf_app.contacts.directory, cdktf_app.contacts.assignments;"
        "sys.exit(bool({'cdktf', 'cdktn', 'jsii', 'botocore'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


_ACCOUNT_API = botocore.session.get_session().get_service_model("account")
_GOOD = {"name": "A", "title": "B", "email": "a@kaede.example", "phone": "+44 20 7946 0110"}
_SHAPES = {"name": "Name", "title": "Title", "email": "EmailAddress", "phone": "PhoneNumber"}


@settings(max_examples=300, deadline=None)
@given(
    field=st.sampled_from(sorted(_SHAPES)),
    text=st.text(max_size=70)
    | st.text("ab1.-_@+#|!&=,/ ０＠", max_size=30)
    | st.from_regex(r"[a-z.+#|!&=-]{1,9}@[a-z.-]{1,9}\.[a-z_]{1,5}", fullmatch=True)
    | st.text("0123456789 ()+-", max_size=27),
)
@example(field="email", text="a@b.c\n")
@example(field="phone", text="٣")
def test_what_is_accepted_AWS_accepts(field: str, text: str) -> None:  # noqa: N802
    try:
        contact = Contact.model_validate({**_GOOD, field: text})
    except ValueError:
        return
    accepted = getattr(contact, field)
    shape: Any = _ACCOUNT_API.shape_for(_SHAPES[field])
    assert accepted == unicodedata.normalize("NFC", text)
    assert shape.metadata["min"] <= len(accepted) <= shape.metadata["max"]
    if pattern := shape.metadata.get("pattern"):
        assert re.fullmatch(pattern, accepted, re.ASCII)


@settings(deadline=None)
@given(
    st.from_regex(
        r"[a-zA-Z0-9_+=.#|!&-]{0,20}[a-z0-9]@[a-z0-9-]{1,9}(\.[a-z0-9-]{1,9}){0,2}\.[a-z]{2,6}", fullmatch=True
    ),
    st.from_regex(r"\+?[0-9]([0-9() -]{0,22}[0-9])?", fullmatch=True),
)
def test_ordinary_addresses_and_numbers_are_accepted(email: str, phone: str) -> None:
    assert Contact.model_validate({**_GOOD, "email": email, "phone": phone})


_LINES = EXAMPLE.splitlines(keepends=True)
_FRAGMENTS = [
    "",
    ":",
    "- ",
    "  ",
    "\t",
    "&x ",
    "*x",
    "<<: ",
    "{",
    "]",
    '"',
    "'",
    "none",
    "~",
    "0",
    "#",
    "\u0000",
    "！",
    "|",
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(_LINES) - 1), st.integers(0, 30), st.integers(0, 12), st.sampled_from(_FRAGMENTS)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_written_there_is_an_answer(edits: list[tuple[int, int, int, str]], tmp_path: Path) -> None:
    lines = list(_LINES)
    for line, column, removed, fragment in edits:
        text = lines[line]
        lines[line] = text[:column] + fragment + text[column + removed :]
    path = tmp_path / "contacts.yaml"
    path.write_text("".join(lines))
    try:
        load_directory(path)
    except InvalidInput as error:
        said = error.problems
    else:
        return
    assert said
    for problem in said:
        assert problem.message
        assert str(problem).isprintable()
        assert 1 <= (problem.line or 1) <= path.read_text().count("\n") + 2
