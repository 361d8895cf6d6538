"""What a finding of the audit is called, why it matters and how it is fixed in a live account, in English and "
"Japanese.

Japanese words for AWS's things are those of AWS's Japanese console and documentation. Why a check exists is said in
English in `policies.contact_rules.catalogue`, and taken from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from policies.contact_rules.catalogue import BY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "ja"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "ja")


@dataclass(frozen=True)
class Text:
    """Plain text. Lines of `fix` that begin with two spaces are to be copied: a command, or lines of contacts.yaml."""

    title: str
    why: str
    fix: str


def text(check: str, kind: str, lang: Language) -> Text:
    """The text of one kind of finding; of its check if the kind is not known, and a general one if neither is.

    A note of kind `personal` is of the kind `unsure`. `{account_id}` in a fix is for `filled`.
    """
    if kind == "error":
        return _ERROR[lang]
    return (_TEXTS.get((check, kind)) or _TEXTS.get((check, "")) or _GENERAL)[lang]


def filled(fix: str, account_id: str | None, management_account_id: str | None = None) -> str:
    """The fix with the account's id in it, or `ACCOUNT_ID` where there is none to put in.

    AWS refuses its own id from the management account
    (https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html), so it is left out there.
    """
    if account_id is not None and account_id == management_account_id:
        fix = fix.replace(" --account-id {account_id}", "")
    known = account_id is not None and re.fullmatch(r"[0-9]{12}", account_id)
    return fix.replace("{account_id}", account_id if account_id and known else "ACCOUNT_ID")


_APPLY: Final = {"en": "Then run make plan and make apply.", "ja": "その後、make plan、make apply を実行します。"}
_OR_CLI: Final = {
    "en": "Or for this account alone, with the AWS CLI:",
    "ja": "このアカウントだけに設定する場合は、AWS CLI で次のコマンドを実行します。",
}
_TYPES: Final = {"SECURITY": "セキュリティ", "OPERATIONS": "オペレーション", "BILLING": "請求"}
_TEAMS: Final = {
    "SECURITY": ("Security Operations", "Security team"),
    "OPERATIONS": ("Platform Operations", "Platform team"),
    "BILLING": ("Accounting", "Accounting team"),
}


def _yaml(*kinds: str) -> str:
    lines = ["  contacts:", "    defaults:"]
    for kind in kinds:
        name, title = _TEAMS[kind]
        word = kind.lower()
        entry = f'{{name: {name}, title: {title}, email: aws-{word}@YOUR-DOMAIN, phone: "+…"}}'
        lines.append(f"      {word}: {entry}")
    return "\n".join(lines)


def _put(kind: str) -> str:
    name, title = _TEAMS[kind]
    return (
        f"  aws account put-alternate-contact --account-id {{account_id}} --alternate-contact-type {kind} "
        f"--name '{name}' --title '{title}' --email-address 'aws-{kind.lower()}@YOUR-DOMAIN' --phone-number '+…'"
    )


def _pair(english: tuple[str, str, str], japanese: tuple[str, str, str]) -> dict[Language, Text]:
    return {"en": Text(*english), "ja": Text(*japanese)}


def _why(check: str) -> str:
    return BY_ID[check].why


_GENERAL: Final = _pair(
    (
        "Something that needs attention",
        "The audit objects to this; the reason beside each account says what it saw.",
        "Look at the reason and correct it in contacts.yaml, then run make plan and make apply.",
    ),
    (
        "確認が必要な事項",
        "監査で問題が検出されました。詳細は各アカウントの理由欄に記載しています。",
        "理由を確認して contacts.yaml を修正し、make plan、make apply を実行してください。",
    ),
)

_WHY_JA: Final = {
    "CKV_CONTACT_1": "AWS は、アクセスキーの漏えい、不正使用、侵害の疑いを、ルートユーザーの E メールアドレスと"
    "セキュリティの代替の連絡先に知らせます。この連絡先がなければ、知らせは誰も見ていないメールボックスに残った"
    "ままになり、対応が遅れれば AWS がアカウントを制限することもあります。",
    "CKV_CONTACT_2": "ルートユーザー宛てのメールを読める人は、ルートユーザーのパスワードをリセットできます。"
    "また、AWS からのすべてのメールを確実に受け取れるのは、このアドレスだけです。個人は異動や退職、"
    "休暇で不在になりますが、専用のメーリングリストなら途切れません。",
    "CKV_CONTACT_3": "連絡先が 1 人だけでは、夜間や休暇、異動、退職のときに連絡がつきません。"
    "メーリングリストや共有メールボックスであれば、その時の担当者に届きます。",
    "CKV_CONTACT_4": "未払いの請求は請求の連絡先に、ホストのリタイアやメンテナンスはオペレーションの連絡先に通"
    "知されます。請求を見落とせばアカウントの停止に、リタイアを見落とせば障害につながります。",
    "CKV_CONTACT_7": "AWS は、どのようなアドレスや電話番号でも受け付けます。実在しないもの (例示用のドメイン、"
    "0 が並ぶ番号など) は連絡先になりません。国番号のない電話番号には、AWS から電話をかけられません。",
    "CKV_CONTACT_8": "イベントルールのない通知設定は何も検知せず、配信チャネルのない通知設定は誰にも知らせませ"
    "ん。通知ハブがなければ通知は保存されません。コンソールへのサインインは、経由したリージョンに記録されるた"
    "め、1 つのリージョンだけのルールでは他のリージョンのサインインを見逃します。集約された通知メールでは、"
    "誰がサインインしたのか分かりません。",
}

_READ_AGAIN: Final = (
    "Give the audit the permissions that make audit ARGS=--iam-policy prints, check that trusted access for Account "
    "Management is on, and run it again:\n"
    "  aws organizations enable-aws-service-access --service-principal account.amazonaws.com\n"
    "  make audit",
    "make audit ARGS=--iam-policy が表示する権限を監査に使うロールに与え、アカウント管理の「信頼されたアクセ"
    "ス」が有効であることを確認してから、もう一度監査してください。\n"
    "  aws organizations enable-aws-service-access --service-principal account.amazonaws.com\n"
    "  make audit",
)
_NOT_A_PASS: Final = (
    "What could not be read may be wrong or may be fine: nobody knows, so it does not count as passed.",
    "読み取れなかったものは、正しいかどうか誰にも分かりません。そのため合格とは扱いません。",
)


def _unread(english: str, japanese: str) -> dict[Language, Text]:
    return _pair((english, _NOT_A_PASS[0], _READ_AGAIN[0]), (japanese, _NOT_A_PASS[1], _READ_AGAIN[1]))


def _missing(check: str, kind: str) -> dict[Language, Text]:
    return _pair(
        (
            f"No {kind} alternate contact",
            _why(check),
            f"Write it in contacts.yaml, for all accounts or for one:\n{_yaml(kind)}\n{_APPLY['en']} {_OR_CLI['en']}\n"
            f"{_put(kind)}",
        ),
        (
            f"{_TYPES[kind]}の代替の連絡先が設定されていない",
            _WHY_JA[check],
            f"contacts.yaml に、全アカウント共通またはアカウントごとに記述します。\n{_yaml(kind)}\n{_APPLY['ja']}"
            f"{_OR_CLI['ja']}\n{_put(kind)}",
        ),
    )


def _elsewhere(what: str, what_ja: str) -> dict[Language, Text]:
    return _pair(
        (
            f"{what} is managed elsewhere",
            "An exception says that another configuration manages this contact, so its absence is no failure here.",
            "Nothing, as long as the exception is right. Else take it out of covered_elsewhere.",
        ),
        (
            f"{what_ja}は別の構成で管理されている",
            "この連絡先は別の構成で管理されているという例外が登録されているため、ここでは不合格としません。",
            "例外が正しければ対応は不要です。正しくなければ covered_elsewhere から削除してください。",
        ),
    )


_ROOT_EMAIL_COMMANDS: Final = (
    "  make root-email ARGS=\"plan --pattern 'aws-root+{account_name}@YOUR-DOMAIN'\"\n"
    "  make root-email ARGS=start\n"
    "  make root-email ARGS=accept"
)
_ROOT_EMAIL_FIX: Final = (
    "Make a distribution list that only root mail goes to, such as aws-root+ACCOUNT-NAME@YOUR-DOMAIN, then change the "
    "address in AWS. Terraform alone would replace the account.\n"
    f"{_ROOT_EMAIL_COMMANDS}\n"
    "Or one account, with the AWS CLI from the management account. Its own root user email is changed in the console "
    "only.\n"
    "  aws account start-primary-email-update --account-id {account_id} "
    "--primary-email 'aws-root+ACCOUNT-NAME@YOUR-DOMAIN'",
    "aws-root+アカウント名@自社ドメイン のような、ルートユーザー宛てのメール専用のメーリングリストを用意してか"
    "ら、AWS 側のアドレスを変更します。Terraform だけで変更すると、アカウントが作り直されます。\n"
    f"{_ROOT_EMAIL_COMMANDS}\n"
    "1 つのアカウントだけを変更する場合は、管理アカウントから AWS CLI で次のコマンドを実行します。"
    "管理アカウント自身のルートユーザーの E メールアドレスは、マネジメントコンソールでのみ変更できます。\n"
    "  aws account start-primary-email-update --account-id {account_id} "
    "--primary-email 'aws-root+ACCOUNT-NAME@YOUR-DOMAIN'",
)
_MAILBOX_FIX: Final = (
    "Put a distribution list or a shared mailbox in its place in contacts.yaml, such as:\n"
    f"{_yaml('SECURITY')}\n{_APPLY['en']}",
    "contacts.yaml のアドレスを、次のようにメーリングリストまたは共有メールボックスに変更します。\n"
    f"{_yaml('SECURITY')}\n{_APPLY['ja']}",
)
_ACCEPT: Final = (
    "If several people read it, say so in contacts.yaml, with a reason and an expiry; else replace it:\n"
    "  mail:\n"
    "    accepted:\n"
    '      - {address: ADDRESS, reason: the team\'s mailbox, expires: "YYYY-MM-DD"}',
    "複数の担当者が読むアドレスであれば、理由と期限を付けて contacts.yaml に記述します。"
    "そうでなければ変更してください。\n"
    "  mail:\n"
    "    accepted:\n"
    '      - {address: ADDRESS, reason: the team\'s mailbox, expires: "YYYY-MM-DD"}',
)
_SUBSCRIPTION: Final = (
    "  notifications:\n"
    "    hub_regions: [us-east-1]\n"
    "    channels:\n"
    "      security: {email: aws-security@YOUR-DOMAIN}\n"
    "    subscriptions:\n"
    "      console-sign-in: {preset: console-sign-in, regions: all, aggregation: NONE, channels: [security]}"
)


def _notifications(title: str, title_ja: str, lead: str, lead_ja: str, command: str) -> dict[Language, Text]:
    check = "CKV_CONTACT_8"
    return _pair(
        (
            title,
            _why(check),
            f"{lead}\n{_SUBSCRIPTION}\n{_APPLY['en']} Or with the AWS CLI, signed in to account {{account_id}}:\n"
            f"{command}",
        ),
        (
            title_ja,
            _WHY_JA[check],
            f"{lead_ja}\n{_SUBSCRIPTION}\n{_APPLY['ja']}AWS CLI の場合は、アカウント {{account_id}} で次のコマンドを"
            f"実行します。\n{command}",
        ),
    )


_PRIMARY: Final = (
    "  aws account get-contact-information --account-id {account_id} > primary.json\n"
    "  aws account put-contact-information --account-id {account_id} --cli-input-json file://primary.json"
)
_ARN: Final = "'arn:aws:notifications::{account_id}:configuration/…'"

_ERROR: Final = _unread("A rule could not be evaluated", "ルールを評価できない")

_TEXTS: Final[Mapping[tuple[str, str], Mapping[Language, Text]]] = {
    ("CKV_CONTACT_1", ""): _missing("CKV_CONTACT_1", "SECURITY"),
    ("CKV_CONTACT_1", "missing SECURITY"): _missing("CKV_CONTACT_1", "SECURITY"),
    ("CKV_CONTACT_1", "unread"): _unread(
        "Nobody could tell whether there is a SECURITY contact", "セキュリティの代替の連絡先の有無を確認できない"
    ),
    ("CKV_CONTACT_1", "nothing"): _unread("No account was found", "アカウントが 1 つも見つからない"),
    ("CKV_CONTACT_1", "covered"): _elsewhere("The SECURITY contact", "セキュリティの代替の連絡先"),
    ("CKV_CONTACT_1", "untraceable"): _unread(
        "A contact that belongs to no known account", "どのアカウントの連絡先か特定できない"
    ),
    ("CKV_CONTACT_2", ""): _pair(
        ("The root user email is not right", _why("CKV_CONTACT_2"), _ROOT_EMAIL_FIX[0]),
        ("ルートユーザーの E メールアドレスが適切でない", _WHY_JA["CKV_CONTACT_2"], _ROOT_EMAIL_FIX[1]),
    ),
    ("CKV_CONTACT_2", "personal"): _pair(
        ("The root user email is personal, or outside the company", _why("CKV_CONTACT_2"), _ROOT_EMAIL_FIX[0]),
        (
            "ルートユーザーの E メールアドレスが個人または社外のもの",
            _WHY_JA["CKV_CONTACT_2"],
            _ROOT_EMAIL_FIX[1],
        ),
    ),
    ("CKV_CONTACT_2", "unsure"): _pair(
        ("It is not clear whether the root user email is shared", _why("CKV_CONTACT_2"), _ACCEPT[0]),
        ("ルートユーザーの E メールアドレスが共有かどうか判断できない", _WHY_JA["CKV_CONTACT_2"], _ACCEPT[1]),
    ),
    ("CKV_CONTACT_2", "unread"): _unread(
        "The root user email could not be read", "ルートユーザーの E メールアドレスを読み取れない"
    ),
    ("CKV_CONTACT_2", "unknown"): _unread(
        "The root user email could not be judged", "ルートユーザーの E メールアドレスを判定できない"
    ),
    ("CKV_CONTACT_2", "absent"): _unread(
        "AWS did not tell the root user email", "AWS からルートユーザーの E メールアドレスが返されない"
    ),
    ("CKV_CONTACT_3", ""): _pair(
        ("An alternate contact is one person's mailbox", _why("CKV_CONTACT_3"), _MAILBOX_FIX[0]),
        ("代替の連絡先が個人のメールボックス", _WHY_JA["CKV_CONTACT_3"], _MAILBOX_FIX[1]),
    ),
    ("CKV_CONTACT_3", "personal"): _pair(
        ("An alternate contact is personal, or outside the company", _why("CKV_CONTACT_3"), _MAILBOX_FIX[0]),
        ("代替の連絡先が個人または社外のアドレス", _WHY_JA["CKV_CONTACT_3"], _MAILBOX_FIX[1]),
    ),
    ("CKV_CONTACT_3", "unsure"): _pair(
        ("It is not clear whether an alternate contact is shared", _why("CKV_CONTACT_3"), _ACCEPT[0]),
        ("代替の連絡先が共有のアドレスかどうか判断できない", _WHY_JA["CKV_CONTACT_3"], _ACCEPT[1]),
    ),
    ("CKV_CONTACT_3", "unjudged"): _unread(
        "The address of an alternate contact could not be judged", "代替の連絡先のアドレスを判定できない"
    ),
    ("CKV_CONTACT_4", ""): _pair(
        (
            "A BILLING or OPERATIONS alternate contact is missing",
            _why("CKV_CONTACT_4"),
            f"Write them in contacts.yaml:\n{_yaml('BILLING', 'OPERATIONS')}\n{_APPLY['en']}",
        ),
        (
            "請求またはオペレーションの代替の連絡先が設定されていない",
            _WHY_JA["CKV_CONTACT_4"],
            f"contacts.yaml に記述します。\n{_yaml('BILLING', 'OPERATIONS')}\n{_APPLY['ja']}",
        ),
    ),
    ("CKV_CONTACT_4", "missing BILLING"): _missing("CKV_CONTACT_4", "BILLING"),
    ("CKV_CONTACT_4", "missing OPERATIONS"): _missing("CKV_CONTACT_4", "OPERATIONS"),
    ("CKV_CONTACT_4", "covered"): _elsewhere(
        "The BILLING or OPERATIONS contact", "請求またはオペレーションの代替の連絡先"
    ),
    ("CKV_CONTACT_4", "unread"): _unread(
        "Nobody could tell whether there are BILLING and OPERATIONS contacts",
        "請求とオペレーションの代替の連絡先の有無を確認できない",
    ),
    ("CKV_CONTACT_7", ""): _pair(
        (
            "A contact cannot be reached",
            _why("CKV_CONTACT_7"),
            f"Correct the address and the phone number in contacts.yaml. {_APPLY['en']}",
        ),
        (
            "連絡のつかない連絡先がある",
            _WHY_JA["CKV_CONTACT_7"],
            f"contacts.yaml のアドレスと電話番号を修正します。{_APPLY['ja']}",
        ),
    ),
    ("CKV_CONTACT_7", "mail"): _pair(
        (
            "No mail can arrive at a contact's address",
            _why("CKV_CONTACT_7"),
            "Correct the address in contacts.yaml to one that receives mail from outside:\n"
            f"  email: aws-security@YOUR-DOMAIN\n{_APPLY['en']}",
        ),
        (
            "連絡先のアドレスにメールが届かない",
            _WHY_JA["CKV_CONTACT_7"],
            "contacts.yaml のアドレスを、社外からのメールを受信できるものに修正します。\n"
            f"  email: aws-security@YOUR-DOMAIN\n{_APPLY['ja']}",
        ),
    ),
    ("CKV_CONTACT_7", "phone"): _pair(
        (
            "Nobody can be called at a contact's phone number",
            _why("CKV_CONTACT_7"),
            "Correct the number in contacts.yaml: country code first, answered at night too.\n"
            f'  phone: "+81 3 …"\n{_APPLY["en"]} The primary contact is not in contacts.yaml; correct it with:\n'
            f"{_PRIMARY}",
        ),
        (
            "連絡先の電話番号に電話がつながらない",
            _WHY_JA["CKV_CONTACT_7"],
            "contacts.yaml の電話番号を、国番号から始まり、夜間もつながるものに修正します。\n"
            f'  phone: "+81 3 …"\n{_APPLY["ja"]}主要連絡先は contacts.yaml の対象外です。次のコマンドで修正します。\n'
            f"{_PRIMARY}",
        ),
    ),
    ("CKV_CONTACT_7", "unjudged"): _unread(
        "A contact's address or phone number could not be judged", "連絡先のアドレスまたは電話番号を判定できない"
    ),
    ("CKV_CONTACT_8", ""): _notifications(
        "Notifications do not arrive",
        "通知が届かない",
        "Complete the notifications in contacts.yaml:",
        "contacts.yaml の notifications を補います。",
        "  aws notifications list-notification-configurations --region us-east-1",
    ),
    ("CKV_CONTACT_8", "hub"): _notifications(
        "Notifications are configured without a notification hub",
        "通知設定はあるが通知ハブがない",
        "Name a region for the notification hub in contacts.yaml:",
        "contacts.yaml に通知ハブのリージョンを記述します。",
        "  aws notifications register-notification-hub --notification-hub-region us-east-1 --region us-east-1",
    ),
    ("CKV_CONTACT_8", "rule"): _notifications(
        "A notification configuration has no event rule",
        "イベントルールのない通知設定がある",
        "Say in contacts.yaml which events it is for, by a preset or by source and event_type:",
        "contacts.yaml に、対象のイベントを preset または source と event_type で記述します。",
        f"  aws notifications create-event-rule --notification-configuration-arn {_ARN} --source aws.signin "
        "--event-type 'AWS Console Sign In via CloudTrail' --regions us-east-1 … --region us-east-1",
    ),
    ("CKV_CONTACT_8", "channel"): _notifications(
        "A notification configuration has no channel",
        "配信チャネルのない通知設定がある",
        "Name the channels of the subscription in contacts.yaml:",
        "contacts.yaml に、通知の配信チャネルを記述します。",
        "  aws notifications associate-channel --arn 'arn:aws:notifications-contacts::{account_id}:emailcontact/…' "
        f"--notification-configuration-arn {_ARN} --region us-east-1",
    ),
    ("CKV_CONTACT_8", "aggregated"): _notifications(
        "Console sign-in notifications are aggregated",
        "コンソールへのサインイン通知が集約されている",
        "Set the aggregation to NONE in contacts.yaml:",
        "contacts.yaml で集約を NONE にします。",
        f"  aws notifications update-notification-configuration --arn {_ARN} --aggregation-duration NONE "
        "--region us-east-1",
    ),
    ("CKV_CONTACT_8", "regions"): _notifications(
        "Console sign-ins in some regions are not notified",
        "サインイン通知の対象になっていないリージョンがある",
        "Cover every enabled region in contacts.yaml:",
        "contacts.yaml で、有効なすべてのリージョンを対象にします。",
        "  aws notifications update-event-rule --arn "
        "'arn:aws:notifications::{account_id}:configuration/…/rule/…' --regions us-east-1 … --region us-east-1",
    ),
    ("CKV_CONTACT_8", "unjudged"): _unread("Notifications could not be judged", "通知の設定を判定できない"),
    ("CKV_CONTACT_8", "unread"): _unread("Notifications could not be read", "通知の設定を読み取れない"),
    ("AUDIT_UNREAD", ""): _unread("The account could not be read", "アカウントを読み取れない"),
    ("AUDIT_UNREAD", "account"): _unread("Nothing of the account could be read", "アカウントの情報を何も読み取れない"),
    ("AUDIT_UNREAD", "SECURITY contact"): _unread(
        "The SECURITY contact could not be read", "セキュリティの代替の連絡先を読み取れない"
    ),
    ("AUDIT_UNREAD", "OPERATIONS contact"): _unread(
        "The OPERATIONS contact could not be read", "オペレーションの代替の連絡先を読み取れない"
    ),
    ("AUDIT_UNREAD", "BILLING contact"): _unread(
        "The BILLING contact could not be read", "請求の代替の連絡先を読み取れない"
    ),
    ("AUDIT_UNREAD", "primary contact"): _unread("The primary contact could not be read", "主要連絡先を読み取れない"),
    ("AUDIT_UNREAD", "root user email"): _unread(
        "The root user email could not be read", "ルートユーザーの E メールアドレスを読み取れない"
    ),
    ("AUDIT_UNREAD", "notifications"): _unread("The notifications could not be read", "通知の設定を読み取れない"),
    ("AUDIT_DRIFT", ""): _pair(
        (
            "The account differs from contacts.yaml",
            "contacts.yaml is what was reviewed. What AWS has instead, nobody agreed to, and mail goes there.",
            "See what would change, then apply it:\n  make plan\n  make apply\n"
            "If what AWS has is right, write it into contacts.yaml instead.",
        ),
        (
            "アカウントの設定が contacts.yaml と異なる",
            "レビュー済みなのは contacts.yaml の内容です。AWS 側の実際の設定は誰も承認しておらず、"
            "メールはそちらに送られます。",
            "変更内容を確認してから適用します。\n  make plan\n  make apply\n"
            "AWS 側の設定が正しい場合は、その内容を contacts.yaml に反映してください。",
        ),
    ),
    ("AUDIT_DRIFT", "missing"): _pair(
        (
            "The account lacks what contacts.yaml says",
            "It was reviewed and agreed but is not, or no longer, in AWS: nobody is told.",
            "Set it again:\n  make plan\n  make apply",
        ),
        (
            "contacts.yaml の設定がアカウントに存在しない",
            "レビューで合意された設定が AWS に存在しません (または削除されました)。通知は誰にも届きません。",
            "もう一度適用します。\n  make plan\n  make apply",
        ),
    ),
    ("AUDIT_DRIFT", "different"): _pair(
        (
            "The account differs from contacts.yaml",
            "Somebody changed it in AWS, or it was never applied. Mail goes where nobody agreed to.",
            "See what would change, then apply it:\n  make plan\n  make apply\n"
            "If what AWS has is right, write it into contacts.yaml instead.",
        ),
        (
            "アカウントの設定が contacts.yaml と異なる",
            "AWS 側で変更されたか、まだ適用されていません。メールは、合意されていない宛先に送られています。",
            "変更内容を確認してから適用します。\n  make plan\n  make apply\n"
            "AWS 側の設定が正しい場合は、その内容を contacts.yaml に反映してください。",
        ),
    ),
    ("AUDIT_DRIFT", "unexpected"): _pair(
        (
            "The account has something that contacts.yaml does not say",
            "Somebody set it by hand. Nobody reviews it, and nobody will correct it when it goes out of date.",
            "Write it into contacts.yaml if it is right. If it is not, delete it; an alternate contact with:\n"
            "  aws account delete-alternate-contact --account-id {account_id} --alternate-contact-type TYPE",
        ),
        (
            "contacts.yaml にない設定がアカウントにある",
            "手作業で設定されたものです。レビューの対象にならず、古くなっても誰も修正しません。",
            "正しい設定であれば contacts.yaml に記述します。不要であれば削除します。代替の連絡先の場合は、"
            "次のコマンドを実行します。\n"
            "  aws account delete-alternate-contact --account-id {account_id} --alternate-contact-type TYPE",
        ),
    ),
    ("AUDIT_REVIEW", ""): _pair(
        (
            "The review of the contacts is overdue",
            "People move, teams are renamed, mailing lists are closed. Contacts that nobody confirmed within "
            "the period "
            "may no longer reach anybody.",
            "Confirm every contact with its team, then write the date back:\n  make verify ARGS='--reviewed-by TEAM'",
        ),
        (
            "連絡先のレビュー期限を過ぎている",
            "担当者の異動、組織の改編、メーリングリストの廃止は日常的に起こります。"
            "期限内に確認されていない連絡先は、すでに誰にも届かないかもしれません。",
            "各チームと連絡先を確認してから、レビュー日を記録します。\n  make verify ARGS='--reviewed-by TEAM'",
        ),
    ),
    ("AUDIT_REVIEW", "absent"): _pair(
        (
            "No review of the contacts is planned",
            "Contacts go out of date without anybody noticing, unless they are confirmed regularly, for "
            "instance every "
            "quarter.",
            'Write it in contacts.yaml:\n  review: {last_reviewed: "YYYY-MM-DD", reviewed_by: TEAM, every_days: 90}',
        ),
        (
            "連絡先の定期レビューが決められていない",
            "連絡先は、四半期ごとなど定期的に確認しない限り、気付かないうちに古くなります。",
            'contacts.yaml に記述します。\n  review: {last_reviewed: "YYYY-MM-DD", reviewed_by: TEAM, every_days: 90}',
        ),
    ),
    ("AUDIT_ACTIVATION", ""): _pair(
        (
            "An e-mail contact was never activated",
            "AWS User Notifications delivers nothing to an e-mail contact until its owner opens the link in the "
            "activation mail.",
            "Send the activation mail again, and have the owner of the mailbox open its link while signed in "
            "to account "
            "{account_id}:\n"
            "  make verify ARGS=--resend",
        ),
        (
            "有効化されていない E メール連絡先がある",
            "アドレスの持ち主が確認メールのリンクを開いて有効化するまで、AWS User Notifications からその E メー"
            "ル連絡先には何も配信されません。",
            "確認メールを再送し、アドレスの担当者に、アカウント {account_id} にサインインした状態でリンクを開い"
            "てもらいます。\n"
            "  make verify ARGS=--resend",
        ),
    ),
    ("AUDIT_INVENTORY", ""): _pair(
        (
            "The inventory is not up to date",
            "make plan works on the accounts of the inventory: an account that is not in it gets no contacts.",
            "Read the accounts again:\n  make inventory\n  make plan\n  make apply",
        ),
        (
            "アカウントの一覧が最新でない",
            "make plan の対象は一覧 (inventory) にあるアカウントです。一覧にないアカウントには連絡先が設定されません。",
            "アカウントの一覧を読み直します。\n  make inventory\n  make plan\n  make apply",
        ),
    ),
    ("AUDIT_INVENTORY", "new"): _pair(
        (
            "The account is not in the inventory",
            "make plan works on the accounts of the inventory: a new account has no contacts until it is read again.",
            "Read the accounts again:\n  make inventory\n  make plan\n  make apply",
        ),
        (
            "アカウントの一覧にない新しいアカウント",
            "make plan の対象は一覧 (inventory) にあるアカウントです。一覧を読み直すまで、"
            "新しいアカウントには連絡先が設定されません。",
            "アカウントの一覧を読み直します。\n  make inventory\n  make plan\n  make apply",
        ),
    ),
    ("AUDIT_INVENTORY", "gone"): _pair(
        (
            "The account is no longer in the organization",
            "The inventory lists it, AWS Organizations does not: it was closed, or it left.",
            "Read the accounts again:\n  make inventory",
        ),
        (
            "組織に存在しないアカウントが一覧に残っている",
            "一覧 (inventory) にはありますが、AWS Organizations にはありません。閉鎖されたか、組織から離脱しています。",
            "アカウントの一覧を読み直します。\n  make inventory",
        ),
    ),
}


def in_japanese(reason: str) -> str | None:
    """The reason of a finding in Japanese; None for one that nobody translated, which is then shown in English."""
    head = _HEAD.match(reason)
    prefix = f"{_PARTS[head[1]]}: " if head else ""
    rest, suffix = reason[head.end() :] if head else reason, ""
    for pattern, japanese in _SUFFIXES:
        found = pattern.search(rest)
        if found:
            rest, suffix = rest[: found.start()], found.expand(japanese) + suffix
    for pattern, japanese in _REASONS:
        found = pattern.fullmatch(rest)
        if found:
            said = {name: _PARTS.get(value) or in_japanese(value) or value for name, value in found.groupdict().items()}
            return prefix + japanese.format(*found.groups(), **said) + suffix
    return None


def _patterns(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(english, re.DOTALL), japanese) for english, japanese in pairs)


_PARTS: Final = {
    **{f"{kind} contact": f"{name}の代替の連絡先" for kind, name in _TYPES.items()},
    "root user email": "ルートユーザーの E メールアドレス",
    "primary contact": "主要連絡先",
    "notifications": "通知の設定",
    "account": "アカウント",
}
_HEAD: Final = re.compile(rf"({'|'.join(_PARTS)}): ")
_SUFFIXES: Final = _patterns(
    (r"; its acceptance expired on (\d{4}-\d\d-\d\d)$", r" (例外の期限が \1 に切れています)"),
    (r", and strict is set$", r" (strict が設定されているため不合格とします)"),
)
_REASONS: Final = _patterns(
    (
        r"(.+) is a public or carrier mail service, not a company's",
        r"{0} は一般向けまたは携帯電話事業者のメールサービスです",
    ),
    (r"(.+) is not one of the corporate domains \((.+)\)", r"{0} は自社のドメイン ({1}) ではありません"),
    (r"nothing stands before the plus tag", "+ の前に文字がありません"),
    (r"(.+) looks like a staff number", r"{0} は社員番号のように見えます"),
    (r"it has no word in it", "単語が含まれていません"),
    (r"“(.+)” and “(.+)” look like a person's name", r"「{0}」と「{1}」は人名のように見えます"),
    (r"“(.+)” with an initial looks like a person's name", r"「{0}」とイニシャルの組み合わせは人名のように見えます"),
    (r"“(.+)” is a given or family name", r"「{0}」は人名 (姓または名) です"),
    (r"“(.+)” may be a person's name", r"「{0}」は人名の可能性があります"),
    (r"“(.+)” has the form of an initial and a name", r"「{0}」はイニシャルと名前の形をしています"),
    (
        r"“(.+)” looks like an initial and the family name “(.+)”",
        r"「{0}」はイニシャルと姓「{1}」のように見えます",
    ),
    (
        r"“(.+)” looks like the family name “(.+)” and an initial",
        r"「{0}」は姓「{1}」とイニシャルのように見えます",
    ),
    (
        r"“(.+)” looks like the names “(.+)” and “(.+)” run together",
        r"「{0}」は人名「{1}」と「{2}」をつなげたもののように見えます",
    ),
    (
        r"“(.+)” is a name, and “(.+)” has the form of a first and a last name",
        r"「{0}」は人名で、「{1}」は姓名の形をしています",
    ),
    (
        r"“(.+)” does not say whether a person or a team reads it",
        r"「{0}」だけでは、個人とチームのどちらが読むのか判断できません",
    ),
    (
        r"no word of it says whether a person or a team reads it",
        "個人とチームのどちらが読むのか、アドレスから判断できません",
    ),
    (r"is not an e-mail address", "E メールアドレスではありません"),
    (
        r"the domain (.+) is reserved: nobody can receive mail there",
        r"{0} は予約済みのドメインで、メールを受信できません",
    ),
    (r"(.+) is not a domain: it has no dot", r"{0} はドメインではありません (ドットがありません)"),
    (r"(.+) is not a domain that mail can be sent to", r"{0} はメールを送信できるドメインではありません"),
    (r"is not a phone number", "電話番号ではありません"),
    (r"is a placeholder: it repeats one digit", "同じ数字が並んだ仮の番号です"),
    (r"is a placeholder: it counts up or down", "連番の仮の番号です"),
    (r"is a number set aside for fiction \(555-01xx\)", "架空の番号として確保されている番号です (555-01xx)"),
    (r"has no country code; write it like (.+)", r"国番号がありません。{0} のように記述してください"),
    (
        r"begins with \+(\d+), which is no country code; write it like (.+)",
        r"先頭の +{0} は国番号ではありません。{1} のように記述してください",
    ),
    (
        r"has (.+); AWS accepts digits, spaces and \( \) \+ - only, and no extension",
        r"使用できない文字 {0} があります。AWS で使用できるのは数字、スペース、( ) + - だけです (内線番号は不可)",
    ),
    (
        r"is (\d+) characters long; AWS accepts at most (\d+)",
        r"{0} 文字あります。AWS で使用できるのは {1} 文字までです",
    ),
    (
        r"has (\d+) after the country code \+(\d+) \(.+\); \d+ is dialled before a number only inside the country: "
        r"leave it out",
        r"国番号 +{1} の後に {0} があります。{0} は国内からかけるときだけ番号の前に付けるものです。取り除いてください",
    ),
    (
        r"\+(\d+) \(.+\) takes (\d+) digits after the country code, and this has (\d+)",
        r"国番号 +{0} の後は {1} 桁ですが、{2} 桁です",
    ),
    (
        r"\+(\d+) \(.+\) takes (\d+) to (\d+) digits after the country code, and this has (\d+)",
        r"国番号 +{0} の後は {1}〜{2} 桁ですが、{3} 桁です",
    ),
    (
        r"\+(\d+) \(.+\) takes ([\d, ]+) or (\d+) digits after the country code, and this has (\d+)",
        r"国番号 +{0} の後は {1} または {2} 桁ですが、{3} 桁です",
    ),
    (r"has no SECURITY alternate contact(?: \(.*\))?", "セキュリティの代替の連絡先がありません"),
    (r"has no OPERATIONS alternate contact(?: \(.*\))?", "オペレーションの代替の連絡先がありません"),
    (r"has no BILLING alternate contact(?: \(.*\))?", "請求の代替の連絡先がありません"),
    (r"its \w+ contact is managed elsewhere: (.+)", r"連絡先は別の構成で管理されています: {0}"),
    (
        r"notifications are configured, but no notification hub: they are stored and shown nowhere",
        "通知設定はありますが通知ハブがないため、通知はどこにも保存も表示もされません",
    ),
    (
        r"notification configuration (.+) has no event rule, so nothing reaches it",
        r"通知設定「{0}」にイベントルールがなく、何も検知されません",
    ),
    (
        r"notification configuration (.+) has no channel, so nobody is told",
        r"通知設定「{0}」に配信チャネルがなく、誰にも通知されません",
    ),
    (
        r"notification configuration (.+) is about console sign-in and aggregated: one mail for several "
        r"sign-ins hides "
        r"who signed in",
        r"コンソールへのサインインを知らせる通知設定「{0}」が集約されています。複数のサインインが 1 "
        r"通のメールにまとめられ、誰がサインイン"
        r"したのか分かりません",
    ),
    (
        r"sign-ins in (.+) are not covered; AWS logs a sign-in in the region it went through",
        r"{0} でのサインインが対象外です。サインインは、経由したリージョンに記録されます",
    ),
    (r"has no phone number", "電話番号がありません"),
    (r"the rule could not be evaluated \((.+)\)", "ルールを評価できません ({0})"),
    (
        rf"(?P<what>{'|'.join(_PARTS)}) not read \((.+?)\): (?P<why>.+)",
        "{what}を読み取れません ({1}): {why}",
    ),
    (
        r"it is (\w+): AWS tells and takes no contacts",
        "アカウントの状態が {0} のため、AWS は連絡先を返さず、設定もできません",
    ),
    (r"AWS Organizations does not list the account", "AWS Organizations の一覧にないアカウントです"),
    (
        r"no API of AWS tells the root user email of an account outside AWS Organizations",
        "AWS Organizations に属さないアカウントのルートユーザーの E メールアドレスを返す API は AWS にありません",
    ),
    (r"the credentials have expired: sign in again", "認証情報の有効期限が切れました。サインインし直してください"),
    (r"the connection to AWS broke, again and again", "AWS への接続が繰り返し切断されました"),
    (r"the answer could not be understood", "AWS からの応答を解釈できません"),
    (
        r"AWS refused (\w+) again and again for too many requests: others use the quota, too",
        "リクエストが多すぎるため {0} が繰り返し拒否されました (ほかの利用者も同じクォータを使っています)",
    ),
    (r"AWS failed to answer (\w+) again and again \((.+)\)", "{0} が繰り返しエラーになりました ({1})"),
    (r"AWS takes the credentials for (\w+) no longer", "{0} に使う認証情報が無効になりました"),
    (
        r"its role cannot be assumed: it does not exist there, or does not trust the caller",
        "ロールを引き受けられません。アカウントに存在しないか、呼び出し元を信頼していません",
    ),
    (
        r"AWS denied (\w+): the permission is missing, or trusted access for Account Management is off",
        "{0} が拒否されました。権限がないか、アカウント管理の「信頼されたアクセス」が無効です",
    ),
    (r"AWS refused (\w+)", "{0} が拒否されました"),
    (
        r"the e-mail contact (.+) is (\w+): AWS delivers nothing to it",
        "E メール連絡先「{0}」は {1} のため、AWS から何も配信されません",
    ),
    (
        r"has an? (?P<what>\w+ contact), and contacts.yaml says nothing about it",
        "{what}がありますが、contacts.yaml に記述がありません",
    ),
    (
        r"has an? (?P<what>\w+ contact), and contacts.yaml says explicitly none \((.+)\)",
        "{what}がありますが、contacts.yaml では「なし」と明示されています ({1})",
    ),
    (
        r"has no (?P<what>\w+ contact); contacts.yaml \((.+)\) says who it is",
        "contacts.yaml ({1}) にある{what}がありません",
    ),
    (r"(.+) differ from contacts.yaml(?: \((.+)\))?", "contacts.yaml と異なります: {0}"),
    (r"has no notification hub in (.+)", "{0} に通知ハブがありません"),
    (r"has no notification configuration (.+)", "通知設定「{0}」がありません"),
    (
        r"has the notification configuration (.+), and contacts.yaml says nothing about it",
        "通知設定「{0}」がありますが、contacts.yaml に記述がありません",
    ),
    (
        r"contacts last reviewed on (\S+) by (.+); overdue since (\S+), (\d+) days?",
        "前回のレビューは {0} ({1}) です。期限 ({2}) を {3} 日過ぎています",
    ),
    (
        r"contacts.yaml says nothing about a review of the contacts",
        "contacts.yaml に連絡先のレビューに関する記述がありません",
    ),
    (
        r"AWS Organizations lists the account, and the inventory does not: nothing is set for it",
        "AWS Organizations の一覧にありますが、inventory にないため、何も設定されません",
    ),
    (
        r"the inventory has the account, and AWS Organizations does not list it",
        "inventory にありますが、AWS Organizations の一覧にありません",
    ),
)


WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "report": ("AWS contact audit", "AWS 連絡先監査レポート"),
    "language": ("Language", "言語"),
    "skip": ("Skip to the findings", "検出結果へ移動"),
    "passed": ("Passed", "合格"),
    "failed": ("Failed", "不合格"),
    "unread": ("Could not be read", "読み取り不可"),
    "not-active": ("Not active", "非アクティブ"),
    "incomplete": ("Not complete", "未完了"),
    "also-failed": ("of these failed, too", "件は不合格でもあります"),
    "unread-counts": (
        "What could not be read is unknown. It does not count as passed.",
        "読み取れなかったものは状態が不明です。合格には数えません。",
    ),
    "read": ("Read", "読み取り日時"),
    "oldest": ("Oldest answer", "最も古い回答"),
    "old-at-end": ("old when the report was made", "(レポート作成時点の経過時間)"),
    "cached": ("some answers are not from this run", "今回の実行より前の回答を含みます"),
    "organization": ("Organization", "組織"),
    "single": ("A single account", "単一のアカウント"),
    "management": ("management account", "管理アカウント"),
    "compared": ("Compared with", "比較対象"),
    "not-asked": ("Not asked for", "読み取り対象外"),
    "not-compared": ("Not compared with any contacts.yaml", "contacts.yaml との比較なし"),
    "accounts": ("Accounts", "アカウント"),
    "account": ("Account", "アカウント"),
    "ou": ("Organizational unit", "組織単位 (OU)"),
    "ou-short": ("OU", "OU"),
    "root": ("(root)", "(ルート)"),
    "all-ous": ("Whole organization", "組織全体"),
    "coverage": ("Coverage", "設定状況"),
    "coverage-lead": (
        "Accounts by organizational unit, most gaps first.",
        "組織単位 (OU) ごとのアカウント数。未設定の多い順に並んでいます。",
    ),
    "more-ous": ("more organizational units", "件の組織単位 (OU) を表示"),
    "security": ("Security", "セキュリティ"),
    "operations": ("Operations", "オペレーション"),
    "billing": ("Billing", "請求"),
    "root_email": ("Root user email", "ルートユーザーの E メールアドレス"),
    "set": ("set", "設定済み"),
    "missing": ("missing", "未設定"),
    "exempt": ("not needed", "設定不要"),
    "not-read": ("unread", "読み取り不可"),
    "shared": ("shared", "共有"),
    "personal": ("personal", "個人"),
    "unsure": ("unsure", "判断不可"),
    "first": ("Fix these first", "優先して対応するアカウント"),
    "first-lead": (
        "The accounts with the most severe findings, then with the most of them.",
        "重要度の高い検出結果が多い順に並んでいます。",
    ),
    "nothing-to-fix": ("Nothing to fix.", "対応が必要なアカウントはありません。"),
    "findings": ("Findings", "検出結果"),
    "findings-lead": (
        "Grouped by what has to be done. Every account concerned is listed under its finding.",
        "対応内容ごとにまとめています。該当するアカウントはすべて各項目に記載しています。",
    ),
    "no-findings": ("No findings.", "検出結果はありません。"),
    "notes": ("Notes", "参考情報"),
    "notes-lead": ("Worth knowing; they fail nothing.", "知っておくべき事項です。合否には影響しません。"),
    "high": ("High", "高"),
    "medium": ("Medium", "中"),
    "low": ("Low", "低"),
    "note": ("Note", "参考"),
    "severity": ("Severity", "重要度"),
    "check": ("Check", "チェック"),
    "result": ("Result", "結果"),
    "why": ("Why it matters", "理由"),
    "fix": ("How to fix it", "対応方法"),
    "value": ("Value", "値"),
    "seen": ("What was found", "検出内容"),
    "mappings": ("Controls", "関連する統制"),
    "guideline": ("Guideline", "ガイドライン"),
    "sources": ("AWS documentation", "AWS ドキュメント"),
    "no-account": ("(no single account)", "(特定のアカウントなし)"),
    "accounts-lead": (
        "Every account that was looked at, the ones to fix first on top.",
        "対象のすべてのアカウント。優先して対応するものから順に並んでいます。",
    ),
    "read-at": ("Read at", "読み取り日時"),
    "calls": ("How it was read", "読み取りの記録"),
    "operation": ("Operation", "オペレーション"),
    "count": ("Calls", "呼び出し"),
    "refused": ("Refused", "拒否"),
    "seconds": ("Seconds", "秒"),
    "rate": ("Per second", "回/秒"),
    "personal-data": (
        "This report holds contact data: keep it as confidential as the accounts it describes.",
        "このレポートには連絡先の情報が含まれています。対象のアカウントと同様に、機密として取り扱ってください。",
    ),
    "filter": ("Filter", "絞り込み"),
    "search": ("Search", "検索"),
    "search-hint": ("name, id, address, reason …", "名前、ID、アドレス、理由 …"),
    "any": ("all", "すべて"),
    "clear": ("Clear", "解除"),
    "copy": ("Copy", "コピー"),
    "copy-all": ("Copy for the accounts shown", "表示中のアカウント分をコピー"),
    "copied": ("Copied", "コピーしました"),
    "copy-link": ("Copy link", "リンクをコピー"),
    "shown": ("{shown} of {all}", "{all} 件中 {shown} 件"),
    "shown-findings": ("findings", "検出結果"),
    "shown-accounts": ("accounts", "アカウント"),
    "one-account": ("account", "アカウント"),
    "none-match": ("Nothing matches the filter.", "条件に一致するものはありません。"),
    "filtered": ("Filtered", "絞り込み条件"),
    "sort": ("Sort by", "並べ替え"),
}
"""The page's own words: English, Japanese."""


def count(number: int, noun: Literal["account", "finding", "organizational unit"], lang: Language) -> str:
    """A number with its noun: `1 account`, `2 accounts`; `2 アカウント`, `2 件`."""
    if lang == "ja":
        return f"{number:,} アカウント" if noun == "account" else f"{number:,} 件"
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def verdict(active: int, failed: int, unread: int, lang: Language) -> str:
    """One line on the whole audit: numbers of accounts, first those that failed, then those not read completely."""
    if not active:
        return "No account could be judged." if lang == "en" else "判定できるアカウントがありません。"
    if lang == "ja":
        parts = [f"{failed:,} 件が不合格" if failed else "", f"{unread:,} 件が読み取り不完全" if unread else ""]
        said = "、".join(part for part in parts if part)
        return f"{active:,} アカウント中 {said}です。" if said else f"{active:,} アカウントすべてが合格です。"
    of = f"of {count(active, 'account', lang)}"
    if failed:
        return f"{failed:,} {of} failed" + (f", {unread:,} could not be read completely." if unread else ".")
    return f"{unread:,} {of} could not be read completely." if unread else f"{count(active, 'account', lang)} passed."


def duration(seconds: float, lang: Language) -> str:
    """A length of time in its largest unit, in whole numbers: `7 minutes`, `7 分`."""
    units = ((86_400, "day", "日"), (3_600, "hour", "時間"), (60, "minute", "分"), (1, "second", "秒"))
    size, english, japanese = next((unit for unit in units if seconds >= unit[0]), units[-1])
    number = max(0, int(seconds // size))
    return f"{number} {japanese}" if lang == "ja" else f"{number} {english}{'' if number == 1 else 's'}"
