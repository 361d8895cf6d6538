"""Shapes of Terraform configurations, and the verdicts that follow from how each of them is built.

A shape is a `Choices`: the default provider (`home`), the management account's own contacts (`own`), further parts
(other accounts, other providers), what lists accounts, and the mode of the plan.

- `truth`: the account that it really is, and
- `view`: the account as far as the plan JSON tells. Two pieces get the same view only where no configuration with the
  same plan JSON could mean two accounts; None is a contact whose account the JSON does not tell.

A check on missing contacts must fail if an account really lacks one, and must pass if the views alone show that none
lacks one. In between (covered, but the JSON does not tell) it must fail too. `Draft.doubts` names what is left open.
Nothing here asks the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tools.corpus.hcl import (
    CONTACT_MODULE,
    REQUIRED,
    call,
    contact,
    contact_details,
    listed,
    role,
    topic,
    variable,
)
from tools.corpus.labels import (
    ACTIVE,
    ARCHIVE,
    HOME,
    MANAGEMENT,
    PAYMENTS,
    PERSONAL,
    Choices,
    Draft,
    NotApplicable,
    View,
)
from tools.corpus.made import part_made
from tools.corpus.placing import baseline, through

if TYPE_CHECKING:
    from collections.abc import Callable


def home(draft: Draft) -> None:
    """The default provider, which works in the management account, and that account's own contacts.

    plain: nothing tells the id. topic: the arn of an existing topic does once applied. allowed: allowed_account_ids.
    caller: data.aws_caller_identity. role: a role in an interpolation. role_constant: a role written out. none: there
    is no default provider, nor anything that it would manage.
    """
    style = draft.choices.home
    if style == "none":
        if draft.choices.own != "none" or not any(part.startswith(("alias", "twins")) for part in draft.choices.parts):
            raise NotApplicable("nothing has a provider")
        if any(part.startswith(("region", "inherited", "ids", "made")) for part in draft.choices.parts):
            raise NotApplicable("the default provider is needed")
        if draft.choices.listing != "none":
            raise NotApplicable("the default provider is needed")
        draft.doubts.append('without a provider block the JSON has the same "aws" as with an empty one')
        draft.works_in(PAYMENTS, ("provider", "aws, without a block"))
        return
    inside = {
        "plain": "",
        "topic": "",
        "caller": "",
        "allowed": f'  allowed_account_ids = ["{MANAGEMENT}"]\n',
        "role": f'  assume_role {{\n    role_arn = "arn:aws:iam::{MANAGEMENT}:role/${{var.home_role}}"\n  }}\n',
        "role_constant": f'  assume_role {{\n    role_arn = "arn:aws:iam::{MANAGEMENT}:role/deploy"\n  }}\n',
    }[style]
    draft.add(f'provider "aws" {{\n  region = "us-east-1"\n{inside}}}\n')
    if style == "role":
        draft.add(variable("home_role", '"deploy"'))
    if style in ("allowed", "caller", "role_constant"):
        draft.settle(HOME, MANAGEMENT)
    if style == "caller":
        draft.add('data "aws_caller_identity" "this" {}\n')
        draft.reads = True
    if style == "topic":
        draft.add(topic("home"))
        if draft.exists:
            draft.settle(HOME, MANAGEMENT)
    draft.works_in(MANAGEMENT, HOME)
    own(draft)


def own(draft: Draft) -> None:
    """The management account's own contacts, and what the mode does to one of them."""
    place, mode = draft.choices.own, draft.choices.mode
    if place == "none":
        raise NotApplicable("the management account would have no contacts")
    types = draft.wanted("own", *(("retype",) if place == "root" else ()))
    if mode in ("forgotten", "removed", "moved") and place != "root":
        raise NotApplicable(f"{mode} needs contacts in the root")
    if mode in ("forgotten", "removed", "moved") and ("SECURITY" not in types or draft.choices.defect != "none"):
        raise NotApplicable(f"{mode} is about a SECURITY contact that is there")
    after = types
    if mode in ("forgotten", "removed"):
        after = tuple(kind for kind in types if kind != "SECURITY")
        draft.removed |= {MANAGEMENT} if "SECURITY" in types and mode != "forgotten" else set()
        draft.forgotten = mode == "forgotten"
    if mode == "forgotten" or mode == "removed":
        keep = "false" if mode == "forgotten" else "true"
        draft.add(
            "removed {\n  from = aws_account_alternate_contact.own_security\n"
            f"  lifecycle {{\n    destroy = {keep}\n  }}\n}}\n"
        )
    if draft.has_defect("retype", "own"):
        draft.add(contact("own_retyped", "BILLING"))
        after = tuple(kind for kind in after if kind != "SECURITY")
    through(draft, "own", place, "", after)
    if mode == "moved":
        (last,) = (index for index, block in enumerate(draft.root) if '"own_security"' in block)
        draft.root[last] = draft.root[last].replace('"own_security"', '"elsewhere"')
        kind = "aws_account_alternate_contact"
        draft.add(f"moved {{\n  from = {kind}.own_security\n  to   = {kind}.elsewhere\n}}\n")
    draft.set(MANAGEMENT, draft.implicit("own", MANAGEMENT) if place == "inherit3" else HOME, after)


@dataclass(frozen=True)
class Credentials:
    """The settings of a provider for a member account: `settings` inside the block, `beside` outside it.

    `tells` says that the plan JSON tells the id of the account, `same` that two blocks written alike are one account.
    """

    settings: str
    beside: tuple[str, ...] = ()
    tells: bool = False
    same: bool = False
    reads: bool = False


DYNAMIC: Final = (
    '  dynamic "assume_role" {\n    for_each = %s\n    content {\n      role_arn = assume_role.value\n    }\n  }\n'
)
SHORT: Final = {PAYMENTS: "payments", ARCHIVE: "archive", MANAGEMENT: "management"}


def credentials(style: str, alias: str, account: str, further: str = "") -> Credentials:
    """One way to write a provider for an account.

    constant: the arn written out. arn, id: a variable that is the arn or the id. name: a variable inside the arn; the
    JSON drops the id before it. local, local_name, format: nothing of the arn is in the JSON. index: a variable's
    element. chain, chain_name: two roles, the second counts. dynamic: the JSON drops the block. profile…: a profile.
    allowed, caller: the id from elsewhere.
    """
    name = SHORT[account]
    arn = f"arn:aws:iam::{account}:role/deploy"
    interpolated = f'"arn:aws:iam::{account}:role/${{var.role}}"'
    role_variable = (variable("role", '"deploy"'),)
    hop = role(f'"arn:aws:iam::{MANAGEMENT}:role/deploy"')
    if style == "constant":
        return Credentials(role(f'"{arn}"', further), tells=True)
    if style == "arn":
        return Credentials(role(f"var.{name}_role", further), (variable(f"{name}_role", f'"{arn}"'),), tells=True)
    if style == "id":
        value = f'"arn:aws:iam::${{var.{name}_id}}:role/deploy"'
        return Credentials(role(value, further), (variable(f"{name}_id", f'"{account}"'),), tells=True)
    if style == "name":
        return Credentials(role(interpolated, further), role_variable)
    if style == "local":
        return Credentials(role(f"local.{name}_role", further), (f'locals {{\n  {name}_role = "{arn}"\n}}\n',))
    if style == "local_name":
        value = f'"arn:aws:iam::{account}:role/${{local.role}}"'
        return Credentials(role(value, further), ('locals {\n  role = "deploy"\n}\n',))
    if style == "format":
        return Credentials(role(f'format("arn:aws:iam::%s:role/deploy", "{account}")', further))
    if style == "index":
        roles = ", ".join(f'{short} = "arn:aws:iam::{key}:role/deploy"' for key, short in SHORT.items())
        return Credentials(role(f'var.roles["{name}"]', further), (variable("roles", f"{{ {roles} }}"),))
    if style == "chain":
        return Credentials(hop + role(f'"{arn}"', further), tells=True)
    if style == "chain_name":
        return Credentials(hop + role(interpolated, further), role_variable)
    if style == "dynamic":
        return Credentials(DYNAMIC % f'["{arn}"]')
    if style == "dynamic_variable":
        block = DYNAMIC % f'var.{name}_role == "" ? [] : [var.{name}_role]'
        return Credentials(block, (variable(f"{name}_role", f'"{arn}"'),))
    if style == "profile":
        return Credentials(f'  profile = "kaede-{name}"\n', same=True)
    if style == "profile_name":
        return Credentials(f'  profile = "${{var.company}}-{name}"\n', (variable("company", '"kaede"'),))
    if style == "profile_variable":
        return Credentials(f"  profile = var.{name}_profile\n", (variable(f"{name}_profile", f'"kaede-{name}"'),))
    if style == "allowed":
        return Credentials(
            f'  allowed_account_ids = ["{account}"]\n' + role(interpolated, further), role_variable, True
        )
    if style == "caller":
        read = f'data "aws_caller_identity" "{alias}" {{\n  provider = aws.{alias}\n}}\n'
        return Credentials(role(interpolated, further), (*role_variable, read), True, reads=True)
    raise ValueError(f"no provider is written like {style}")


STYLES: Final = (
    "constant",
    "arn",
    "id",
    "name",
    "local",
    "local_name",
    "format",
    "index",
    "chain",
    "chain_name",
    "dynamic",
    "dynamic_variable",
    "profile",
    "profile_name",
    "profile_variable",
    "allowed",
    "caller",
)
BESIDE: Final = {
    "region": ("eu-central-1", ""),
    "session": ("us-east-1", '    session_name = "second"\n'),
    "external": ("us-east-1", '    external_id = "kaede"\n'),
    "duration": ("us-east-1", '    duration = "30m"\n'),
}
"""How a second provider for the same account differs: its Region, and further settings of its role."""


def alias_provider(
    draft: Draft, alias: str, account: str, style: str, region: str = "us-east-1", further: str = ""
) -> View:
    """A provider block for an account, and the view of that account through it."""
    written = credentials(style, alias, account, further)
    draft.add(f'provider "aws" {{\n  alias  = "{alias}"\n  region = "{region}"\n{written.settings}}}\n')
    draft.add(*(block for block in written.beside if block not in draft.root))
    draft.providers += 1
    draft.aliases += 1
    draft.reads = draft.reads or written.reads
    if style == "index":
        draft.doubts.append("an element of a variable is in the JSON, but has to be looked up by its index")
    if style.startswith("dynamic"):
        draft.doubts.append("the JSON drops dynamic blocks, and the provider looks like one with a Region alone")
        if style == "dynamic":
            draft.unseen.add(account)
    if written.tells:
        return ("id", account)
    return ("credentials", style, account) if written.same else ("provider", alias)


def managed_topic(draft: Draft, label: str, provider: str, truth: str, view: View) -> View:
    """A topic through a provider. Once it exists, its arn tells the account."""
    draft.add(topic(label, provider))
    if draft.exists:
        draft.settle(view, truth)
    draft.works_in(truth, view)
    return view


def part_alias(draft: Draft, style: str, place: str, beside: str) -> None:
    """A member account's contacts through an alias of its own, something else through the same or a second alias."""
    view = alias_provider(draft, "payments", PAYMENTS, style)
    types = draft.wanted("payments", "swap")
    if place == "ids":
        target = ARCHIVE if draft.has_defect("swap", "payments") else PAYMENTS
        draft.add(*(contact(f"payments_{kind.lower()}", kind, account_id=f'"{target}"') for kind in types))
        draft.set(target, ("id", target), types)
    elif draft.has_defect("swap", "payments"):
        through(draft, "payments", place, "", types)
        implicit = place == "inherit3"
        draft.set(MANAGEMENT, draft.implicit("payments", MANAGEMENT) if implicit else HOME, types)
    else:
        through(draft, "payments", place, "aws.payments", types)
        draft.set(PAYMENTS, draft.implicit("payments", PAYMENTS) if place == "inherit3" else view, types)
    if beside == "self":
        managed_topic(draft, "payments", "aws.payments", PAYMENTS, view)
    elif beside in BESIDE:
        region, further = BESIDE[beside]
        if further and not ("role" in style or style in ("constant", "arn", "id", "name", "local", "chain", "allowed")):
            raise NotApplicable(f"{style} has no role to change")
        if style == "caller":
            raise NotApplicable("the second provider would have to be asked too")
        if style == "profile":
            draft.doubts.append(
                "one profile twice: a dynamic assume_role block, which the JSON drops, would tell them apart"
            )
        second = alias_provider(draft, "second", PAYMENTS, style, region, further)
        managed_topic(draft, "second", "aws.second", PAYMENTS, second)
    elif beside == "constant":
        second = alias_provider(draft, "second", PAYMENTS, "constant")
        managed_topic(draft, "second", "aws.second", PAYMENTS, second)
    elif beside != "nothing":
        raise ValueError(f"there is no second provider like {beside}")


def part_twins(draft: Draft, style: str, place: str) -> None:
    """Two accounts whose providers differ in nothing but literals: whose contacts are missing, must not be hidden."""
    for account in (PAYMENTS, ARCHIVE):
        alias = SHORT[account]
        view = alias_provider(draft, alias, account, style)
        managed_topic(draft, alias, f"aws.{alias}", account, view)
        types = draft.wanted(alias, "all", *(["swap"] if alias == "archive" and place == "root" else []))
        if draft.has_defect("all", alias):
            continue
        if draft.has_defect("swap", alias):
            through(draft, alias, place, "aws.payments", types)
        else:
            through(draft, alias, place, f"aws.{alias}", types)
            draft.set(account, draft.implicit(alias, account) if place == "inherit3" else view, types)


def part_region(draft: Draft, way: str) -> None:
    """A second Region of the management account with the same credentials.

    bare: nothing but the Region. A dynamic "assume_role" block, which the JSON drops, looks the same: left open unless
    an id is told on both sides. allowed, caller: the id is told here. role: the role of home again.
    """
    allowed = f'  allowed_account_ids = ["{MANAGEMENT}"]\n' if way == "allowed" else ""
    if way == "role":
        if draft.choices.home not in ("role_constant", "role"):
            raise NotApplicable("home has no role")
        name = "deploy" if draft.choices.home == "role_constant" else "${var.home_role}"
        allowed = role(f'"arn:aws:iam::{MANAGEMENT}:role/{name}"', '    session_name = "tokyo"\n')
    elif draft.choices.home in ("role", "role_constant"):
        raise NotApplicable("other credentials than home")
    draft.add(f'provider "aws" {{\n  alias  = "tokyo"\n  region = "ap-northeast-1"\n{allowed}}}\n')
    draft.providers += 1
    draft.aliases += 1
    view: View = ("provider", "tokyo")
    if way in ("allowed", "caller") or (way == "role" and draft.choices.home == "role_constant"):
        draft.settle(view, MANAGEMENT)
    if way != "role":
        draft.doubts.append("a provider with a Region alone looks like one with a dynamic assume_role block")
    if way == "caller":
        draft.add('data "aws_caller_identity" "tokyo" {\n  provider = aws.tokyo\n}\n')
        draft.reads = True
    managed_topic(draft, "tokyo", "aws.tokyo", MANAGEMENT, view)


def part_inherited(draft: Draft, way: str) -> None:
    """Something else in modules that inherit the default provider, or are passed it: it is one account."""
    inner = topic("inner")
    draft.works_in(MANAGEMENT, draft.implicit("other", MANAGEMENT) if way == "deep" else HOME)
    if way == "empty":
        draft.files["other/main.tf"] = REQUIRED + inner
    elif way == "deep":
        draft.files["other/main.tf"] = call("deeper", "deeper")
        draft.files["other/deeper/main.tf"] = call("deepest", "deepest")
        draft.files["other/deeper/deepest/main.tf"] = inner
    else:
        draft.files["other/main.tf"] = inner
    if way == "looped":
        draft.add(call("other", "other", 'for_each = toset(["a", "b"])'))
    else:
        draft.add(call("other", "other", passed="aws = aws" if way == "passed" else ""))
    if draft.exists:
        draft.settle(draft.implicit("other", MANAGEMENT) if way == "deep" else HOME, MANAGEMENT)


def part_ids(draft: Draft, way: str) -> None:
    """Contacts of existing member accounts by an account_id that the plan has as a value, however it is written."""
    types, target = draft.wanted("ids"), PAYMENTS
    if way == "constant":
        draft.add(*(contact(f"ids_{kind.lower()}", kind, account_id=f'"{target}"') for kind in types))
    elif way == "variable":
        draft.add(variable("member_id", f'"{target}"'))
        draft.add(*(contact(f"ids_{kind.lower()}", kind, account_id="var.member_id") for kind in types))
    elif way == "local":
        draft.add(f'locals {{\n  member_id = "{target}"\n}}\n')
        draft.add(*(contact(f"ids_{kind.lower()}", kind, account_id="local.member_id") for kind in types))
    elif way == "each":
        pairs = ", ".join(f'{kind} = "{target}"' for kind in types)
        draft.add(contact("ids", "each.key", account_id="each.value", each=f"{{ {pairs} }}"))
    elif way == "module":
        draft.files["plain/main.tf"] = CONTACT_MODULE
        draft.add(call("ids", "plain", f"types = {listed(types)}", f'account_id = "{target}"'))
    elif way == "baseline":
        baseline(draft)
        details = "".join(f"      {contact_details(kind)}\n" for kind in types)
        if types:
            draft.add(call("ids", "alternate-contacts", f'accounts = {{\n    "{target}" = {{\n{details}    }}\n  }}'))
            draft.reads = True
            draft.settle(HOME, MANAGEMENT)
    else:
        raise ValueError(f"ids are not given by {way}")
    draft.set(target, ("id", target), types)


def part_factory(draft: Draft, way: str) -> None:
    """An account requested from Control Tower's Account Factory.

    good, personal: its root user email, and no contact. contact: contacts by the outputs that the product will have.
    """
    address = PERSONAL if way == "personal" else "aws-root+vended@kaede.example"
    draft.personal = draft.personal or way == "personal"
    parameters = "".join(
        f'\n  provisioning_parameters {{\n    key   = "{key}"\n    value = "{value}"\n  }}\n'
        for key, value in (("AccountName", "vended"), ("AccountEmail", address))
    )
    product = "AWS Control Tower Account Factory"
    draft.add(
        'resource "aws_servicecatalog_provisioned_product" "vended" {\n  name         = "vended"\n'
        f'  product_name = "{product}"\n  provisioning_artifact_name = "{product}"\n{parameters}}}\n'
    )
    draft.works_in("made vended", ("made", "vended"))
    if way == "contact":
        outputs = "aws_servicecatalog_provisioned_product.vended.outputs"
        account_id = f'one([for output in {outputs} : output.value if output.key == "AccountId"])'
        types = draft.wanted("vended")
        draft.add(*(contact(f"vended_{kind.lower()}", kind, account_id=account_id) for kind in types))
        draft.set("made vended", ("made", "vended"), types)
    if draft.exists:
        raise NotApplicable("the sandbox has no Service Catalog")


def part_called(draft: Draft, style: str, contacts: str) -> None:
    """A module with a provider block of its own, called for two accounts.

    id, arn: each call passes a constant. rootvar: the root's variable. shadow: the root has a variable of the same name
    for another account. nested: through a module between. name: a second variable is the role's name. local: each call
    passes a local. literal: two modules that differ in the id before a variable alone. profile: a profile of that name.
    contacts: in the module (inside), or by account_id in the root (ids).
    """
    by_arn = style == "arn"
    value = "var.account" if by_arn else '"arn:aws:iam::${var.account}:role/deploy"'
    if style == "name":
        value = '"arn:aws:iam::${var.account}:role/${var.role}"'
    opaque = style in ("literal", "profile", "local")
    for account in (PAYMENTS, ARCHIVE):
        settings = role(value)
        if style == "literal":
            settings = role(f'"arn:aws:iam::{account}:role/${{var.role}}"')
        elif style == "profile":
            settings = '  profile = "kaede-${var.account}"\n'
        module = variable("account", "null").replace("default = null", "type = string")
        module += variable("types", "[]").replace("default = []", "type = set(string)")
        module += variable("role", '"deploy"')
        module += f'provider "aws" {{\n  region = "us-east-1"\n{settings}}}\n\n' + topic("inner")
        module += contact("this", "each.key", each="var.types")
        draft.files[f"member{'_' + SHORT[account] if style == 'literal' else ''}/main.tf"] = module
    if style == "shadow":
        draft.add(variable("account", f'"{ARCHIVE}"'))
    if style == "nested":
        between = variable("account", "null").replace("default = null", "type = string")
        between += variable("types", "[]").replace("default = []", "type = set(string)")
        draft.files["between/main.tf"] = between + call(
            "member", "member", "account = var.account", "types = var.types"
        ).replace("./member", "../member")
    for account in (PAYMENTS, ARCHIVE):
        name = SHORT[account]
        passed = f'"arn:aws:iam::{account}:role/deploy"' if by_arn else f'"{account}"'
        if style in ("literal", "profile"):
            passed = f'"{name}"'
        if style == "rootvar":
            draft.add(variable(f"{name}_account", passed))
            passed = f"var.{name}_account"
        if style == "local":
            draft.add(f"locals {{\n  {name}_account = {passed}\n}}\n")
            passed = f"local.{name}_account"
        types = draft.wanted(name, "all")
        types = () if draft.has_defect("all", name) else types
        inside = types if contacts == "inside" else ()
        source = {"nested": "between", "literal": f"member_{name}"}.get(style, "member")
        lines = [f"account = {passed}", f"types = {listed(inside)}"]
        draft.add(call(name, source, *lines))
        draft.providers += 1
        view: View = ("provider", f"module.{name}") if opaque else ("id", account)
        if draft.exists:
            draft.settle(view, account)
        draft.works_in(account, view)
        if contacts == "ids":
            draft.add(*(contact(f"{name}_{kind.lower()}", kind, account_id=f'"{account}"') for kind in types))
            draft.set(account, ("id", account), types)
        else:
            draft.set(account, view, types)


PARTS: Final[dict[str, Callable[..., None]]] = {
    "alias": part_alias,
    "twins": part_twins,
    "region": part_region,
    "inherited": part_inherited,
    "ids": part_ids,
    "called": part_called,
    "factory": part_factory,
    "made": part_made,
}


def listing(draft: Draft) -> None:
    """What lists the accounts of the organization, all of which must have contacts then.

    data, children: data sources. imported: the organization itself is managed, so home is its management account. new:
    an organization that is still to be made. unread: a data source that is read only during apply.
    """
    way = draft.choices.listing
    if way == "none":
        return
    if way == "new":
        if draft.exists or draft.choices.home == "none":
            raise NotApplicable("the organization would exist")
        draft.add('resource "aws_organizations_organization" "this" {\n  feature_set = "ALL"\n}\n')
        return
    if way == "imported":
        draft.add(
            'import {\n  to = aws_organizations_organization.this\n  id = "o-kaede00001"\n}\n',
            'resource "aws_organizations_organization" "this" {\n'
            '  aws_service_access_principals = ["account.amazonaws.com"]\n}\n',
        )
        draft.settle(HOME, MANAGEMENT)
    elif way == "unread":
        if draft.exists:
            raise NotApplicable("it is read by then")
        draft.add('resource "terraform_data" "first" {}\n')
        draft.add('data "aws_organizations_organization" "this" {\n  depends_on = [terraform_data.first]\n}\n')
        return
    else:
        draft.add('data "aws_organizations_organization" "this" {}\n')
    if way == "children":
        parent = "data.aws_organizations_organization.this.roots[0].id"
        kind = "aws_organizations_organizational_unit_descendant_accounts"
        draft.add(f'data "{kind}" "this" {{\n  parent_id = {parent}\n}}\n')
    if way == "data" and any(part.startswith("made") for part in draft.choices.parts) and not draft.exists:
        draft.doubts.append("only the management account makes accounts, so home could be told to be it")
    draft.reads = True
    draft.personal = draft.personal or draft.choices.mail == "bad"
    for account in ACTIVE:
        draft.works_in(account, ("id", account))
    types = draft.wanted("rest")
    keys = [f"{account}/{kind}" for account in (ARCHIVE, PAYMENTS) for kind in types]
    pair = 'split("/", each.key)'
    draft.add(contact("rest", f"{pair}[1]", account_id=f"{pair}[0]", each=f"toset({listed(keys)})"))
    for account in (ARCHIVE, PAYMENTS):
        draft.set(account, ("id", account), types)


LATER: Final = ("applied", "added", "refresh", "target", "drop", "forgotten", "removed", "moved", "destroy")
"""Modes in which something exists before the plan."""


def build(choices: Choices, *, bare: bool = False) -> Draft:
    """The configuration of these choices.

    Raises NotApplicable if they do not go together, ValueError if one of them is none.
    """
    draft = Draft(choices, exists=choices.mode in LATER, bare=bare)
    if choices.mode == "target" and choices.home != "topic":
        raise NotApplicable("there is nothing to plan alone")
    made = any(part.startswith("made") for part in choices.parts)
    nobody = choices.listing in ("none", "new", "unread") or choices.mail == "unknown"
    if choices.mail != "good" and nobody and not made:
        raise NotApplicable("no address to be bad or unknown")
    home(draft)
    for part in choices.parts:
        kind, *options = part.split("/")
        PARTS[kind](draft, *options)
    listing(draft)
    known = {defect for defects in draft.slots.values() for defect in defects}
    if choices.defect != "none" and choices.defect not in known:
        raise NotApplicable(f"no such defect here: {choices.defect}")
    if choices.mode == "destroy":
        destroyed(draft)
    if choices.mode == "drop":
        dropped(draft)
    return draft


def dropped(draft: Draft) -> None:
    """The contact that the defect takes existed before the plan, which deletes it."""
    if not draft.choices.defect.startswith("drop"):
        raise NotApplicable("nothing is dropped")
    full = build(replace(draft.choices, mode="applied", defect="none"))
    gone = {truth for truth, _, kind in full.contacts - draft.contacts if kind == "SECURITY"}
    draft.removed |= gone
    if draft.choices.defect.endswith("SECURITY") and not gone:
        draft.twice = True


def destroyed(draft: Draft) -> None:
    """Everything goes: the accounts that were made are gone, and no account has a contact."""
    draft.removed |= {truth for truth, _, kind in draft.contacts if kind == "SECURITY"}
    draft.scope = {(truth, view) for truth, view in draft.scope if truth == MANAGEMENT}
    draft.contacts.clear()


def before(choices: Choices) -> Draft | None:
    """What is applied before the plan; None if nothing is."""
    if choices.mode not in LATER:
        return None
    if choices.mode == "added":
        return build(replace(choices, mode="applied"), bare=True)
    full = replace(choices, mode="applied", defect="none" if choices.mode == "drop" else choices.defect)
    return build(full)


def defects(choices: Choices) -> list[str]:
    """The defects that these choices can have."""
    return sorted(item for found in build(choices).slots.values() for item in found)
