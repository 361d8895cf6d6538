"""The judgement of addresses: examples of every clause, the labelled list, and what must hold for any text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.contact_rules import address
from policies.contact_rules.address import judge
from tests.policies.measure_addresses import JUDGEMENTS, judgements, labelled, score


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("aws.root@gmail.com", "gmail.com is a public or carrier mail service"),
        ("security@docomo.ne.jp", "docomo.ne.jp"),
        ("security@mail.ocn.ne.jp", "ocn.ne.jp"),
        ("hanako.yamada@corp.example", "hanako"),
        ("yamada-h@corp.example", "yamada"),
        ("h_yamada@corp.example", "yamada"),
        ("hyamada@corp.example", "an initial and the family name “yamada”"),
        ("yamadah@corp.example", "the family name “yamada” and an initial"),
        ("yamadataro@corp.example", "run together"),
        ("Yamada@corp.example", "given or family name"),
        ("ohno@corp.example", "given or family name"),
        ("john.smith@corp.example", "john"),
        ("jsmith@corp.example", "smith"),
        ("wei.zhang@corp.example", "zhang"),
        ("priya.krishnamurthy@corp.example", "priya"),
        ("hanako.yamada+aws-prod@corp.example", "hanako"),
        ("john.smith-aws@corp.example", "john"),
        ("e1234567@corp.example", "staff number"),
        ("ｈａｎａｋｏ．ｙａｍａｄａ@corp.example", "hanako"),
    ],
)
def test_personal(email: str, reason: str) -> None:
    judgement = judge(email)
    assert judgement.verdict == "personal"
    assert reason in judgement.reason


@pytest.mark.parametrize(
    "local",
    [
        "security",
        "aws-root+payments-prod",
        "keiri",
        "joho-system",
        "johosystem",
        "kanri-bu",
        "cloudteam",
        "awsroot",
        "123456789012",
        "aws+123456789012",
        "prod",
        "log-archive",
        "accounts-payable",
        "team-tokyo",
        "sicherheit",
    ],
)
def test_shared(local: str) -> None:
    assert judge(f"{local}@corp.example").verdict == "shared"


@pytest.mark.parametrize("email", ["zephyr@corp.example", "kaede-xyzzy@corp.example", "token@corp.example"])
def test_unsure_is_its_own_answer(email: str) -> None:
    assert judge(email).verdict == "unsure"


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b@c", "a b@corp.example", "x" * 300 + "@corp.example", "@corp.example"]
)
def test_no_address(email: str) -> None:
    assert judge(email).verdict == "invalid"


def test_corporate_domains() -> None:
    assert judge("security@other.example", ["corp.example"]).verdict == "personal"
    assert "corp.example" in judge("security@other.example", ["corp.example"]).reason
    assert judge("security@mail.Corp.example", ["corp.EXAMPLE"]).verdict == "shared"
    assert judge("security@notcorp.example", ["corp.example"]).verdict == "personal"


@pytest.mark.parametrize("half", [1, 2])
def test_labelled_list(half: int) -> None:
    assert len(labelled()) >= 300
    result = score(half)
    assert result.precision >= 0.98
    assert result.recall >= 0.88
    assert result.shared_recognized >= 0.94


def test_judgements_read_as_recorded() -> None:
    """Verdict and reason of every labelled address; to record them anew, see measure_addresses.py."""
    assert judgements() == json.loads(JUDGEMENTS.read_text(encoding="utf-8"))


@given(st.text(max_size=400))
def test_any_text_is_judged(text: str) -> None:
    assert judge(text).reason
    assert judge(f"{text}@corp.example").reason


LOCALS = [row.partition("@")[0].partition("+")[0] for label, row in labelled() if row.endswith("@corp.example")]


@given(st.sampled_from(LOCALS), st.sampled_from(["aws", "prod", "123456789012", "security"]))
def test_a_plus_tag_changes_nothing(local: str, tag: str) -> None:
    assert judge(f"{local}+{tag}@corp.example") == judge(f"{local}@corp.example")


@given(st.sampled_from(LOCALS))
def test_case_and_space_around_change_nothing(local: str) -> None:
    assert judge(f" {local.upper()}@Corp.Example ").verdict == judge(f"{local}@corp.example").verdict


def test_changed_word_lists_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "LISTS_DIGEST", "0" * 64)
    with pytest.raises(ValueError, match="not the ones of this version"):
        address._words.__wrapped__()


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("+aws@corp.example", "nothing stands before the plus tag"),
        ("._-@corp.example", "nothing stands before the plus tag"),
        ("1234567890123@corp.example", "it has no word in it"),
        ("hanako-prod@corp.example", "may be a person's name"),
        ("security-yamada-hanako@corp.example", "look like a person's name"),
        ("security-yamada@corp.example", "names a role"),
        ("x-zephyr@corp.example", "no word of it says"),
        ("x.zephyr@corp.example", "has the form of an initial and a name"),
        ("x.zephyr.prod@corp.example", "no word of it says"),
        ("x.zz@corp.example", "no word of it says"),
        ("tanaka.zephyr@corp.example", "has the form of a first and a last name"),
        ("tanaka.zephyr.xyzzy@corp.example", "no word of it says"),
        ("baseline@corp.example", "does not say whether"),
        ("zephyr@corp.example", "does not say whether"),
    ],
)
def test_reasons(email: str, told: str) -> None:
    assert told in judge(email).reason
