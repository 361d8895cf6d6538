"""Accounts that a plan makes, and the ways to give them contacts while their ids are unknown."""

from __future__ import annotations

from typing import Final

from tools.corpus.hcl import CONTACT_MODULE, call, contact, listed, role
from tools.corpus.labels import HOME, MANAGEMENT, PAYMENTS, PERSONAL, Draft, NotApplicable, View
from tools.corpus.placing import through

NAMES: Final = ("blue", "green")


def email(draft: Draft, name: str) -> str:
    if name in ("blue", "single", "team-0"):
        if draft.choices.mail == "bad":
            draft.personal = True
            return PERSONAL
        if draft.choices.mail == "unknown":
            draft.personal = not draft.exists
            draft.add(f'resource "terraform_data" "mail" {{\n  input = "aws-root+{name}@kaede.example"\n}}\n')
            return "${terraform_data.mail.output}"
    return f"aws-root+{name}@kaede.example"


def made_view(draft: Draft, name: str) -> View:
    """An account made by the plan: known by its address, and by its id once it exists."""
    return ("id", f"made {name}") if draft.exists else ("made", name)


def part_made(draft: Draft, maker: str, way: str) -> None:
    """Accounts that aws_organizations_account makes, and the ways to refer to them from contacts."""
    kind = "aws_organizations_account"
    ways = {key: value for key, value in MAKERS.items() if key == maker}
    if not ways or way not in ways[maker]:
        raise NotApplicable(f"{maker} has no {way}")
    if draft.exists:
        draft.settle(HOME, MANAGEMENT)
    if maker == "single":
        draft.add(f'resource "{kind}" "single" {{\n  name  = "single"\n  email = "{email(draft, "single")}"\n}}\n')
        _single(draft, way)
    elif maker == "each":
        draft.add(
            f'resource "{kind}" "several" {{\n  for_each = {{ blue = "{email(draft, "blue")}", green = '
            f'"{email(draft, "green")}" }}\n  name     = each.key\n  email    = each.value\n}}\n'
        )
        _several(draft, way)
    elif maker == "count":
        draft.add(
            f'resource "{kind}" "counted" {{\n  count = 2\n  name  = "team-${{count.index}}"\n'
            f'  email = ["{email(draft, "team-0")}", "{email(draft, "team-1")}"][count.index]\n}}\n'
        )
        _counted(draft, way)
    elif maker in ("module", "modules"):
        _vended(draft, maker, way)


def _single(draft: Draft, way: str) -> None:
    view = made_view(draft, "single")
    draft.works_in("made single", view)
    types = draft.wanted("single", *(["wrong"] if way == "direct" else []))
    reference = "aws_organizations_account.single.id"
    told: View | None = view
    if draft.has_defect("wrong", "single"):
        draft.add(*(contact(f"single_{kind.lower()}", kind, account_id=f'"{PAYMENTS}"') for kind in types))
        draft.set(PAYMENTS, ("id", PAYMENTS), types)
        return
    if way == "direct":
        draft.add(*(contact(f"single_{kind.lower()}", kind, account_id=reference) for kind in types))
    elif way == "types":
        draft.add(contact("single", "each.key", account_id=reference, each=f"toset({listed(types)})"))
    elif way == "module":
        draft.files["plain/main.tf"] = CONTACT_MODULE
        draft.add(call("single", "plain", f"types = {listed(types)}", f"account_id = {reference}"))
    elif way == "nested":
        draft.files["outer/main.tf"] = (
            'variable "types" {\n  type = set(string)\n}\n\nvariable "id" {\n  type = string\n}\n\n'
            + call("inner", "inner", "types = var.types", "account_id = var.id")
        )
        draft.files["outer/inner/main.tf"] = CONTACT_MODULE
        draft.add(call("single", "outer", f"types = {listed(types)}", f"id = {reference}"))
    elif way == "local":
        draft.add(f"locals {{\n  single_id = {reference}\n}}\n")
        draft.add(*(contact(f"single_{kind.lower()}", kind, account_id="local.single_id") for kind in types))
        if not draft.exists:
            draft.doubts.append("a local could hold any id; one new account and one contact of each type suggest whose")
            told = None
    elif way == "data":
        draft.add(f'resource "terraform_data" "single" {{\n  input = {reference}\n}}\n')
        output = "terraform_data.single.output"
        draft.add(*(contact(f"single_{kind.lower()}", kind, account_id=output) for kind in types))
        if not draft.exists:
            draft.doubts.append("terraform_data hands its input on; a rule may follow that or not")
            told = None
    elif way == "stray":
        draft.add(f'resource "terraform_data" "single" {{\n  input = "{PAYMENTS}"\n}}\n')
        draft.add("locals {\n  single_id = terraform_data.single.output\n}\n")
        draft.doubts.append("a local could hold any id, and one new account and one contact of each type suggest whose")
        draft.unseen.add("made single")
        draft.add(*(contact(f"single_{kind.lower()}", kind, account_id="local.single_id") for kind in types))
        draft.set(PAYMENTS, ("id", PAYMENTS) if draft.exists else None, types)
        return
    elif way == "role":
        arn = f'"arn:aws:iam::${{{reference}}}:role/OrganizationAccountAccessRole"'
        draft.add(f'provider "aws" {{\n  alias  = "single"\n  region = "us-east-1"\n{role(arn)}}}\n')
        draft.providers += 1
        draft.aliases += 1
        through(draft, "single", "root", "aws.single", types)
    elif way == "role_module":
        arn = f'"arn:aws:iam::${{{reference}}}:role/OrganizationAccountAccessRole"'
        draft.add(f'provider "aws" {{\n  alias  = "single"\n  region = "us-east-1"\n{role(arn)}}}\n')
        draft.providers += 1
        draft.aliases += 1
        through(draft, "single", "passed", "aws.single", types)
    draft.set("made single", told, types)


def _pairs(draft: Draft, names: tuple[str, ...], *further: str) -> dict[str, tuple[str, ...]]:
    """The types of each account; the first has all that the second's defects do not touch."""
    return {name: draft.wanted(name, *(further if name == names[-1] else ())) for name in names}


def _several(draft: Draft, way: str) -> None:
    resource = "aws_organizations_account.several"
    pairs = _pairs(draft, NAMES, *(["wrong"] if way in ("index", "module_index") else []))
    views: dict[str, View | None] = {name: made_view(draft, name) for name in NAMES}
    for name in NAMES:
        draft.works_in(f"made {name}", views[name])
    aim = {name: "blue" if draft.has_defect("wrong", name) else name for name in NAMES}
    for kind in draft.types():
        names = [name for name in NAMES if kind in pairs[name]]
        label = f"several_{kind.lower()}"
        condition = "" if len(names) == 2 else f" if contains({listed(names)}, name)"
        if way == "each_value":
            each = (
                resource if len(names) == 2 else f"{{ for name, account in {resource} : name => account{condition} }}"
            )
            draft.add(contact(label, kind, account_id="each.value.id", each=each))
        elif way == "each_id":
            each = f"{{ for name, account in {resource} : name => account.id{condition} }}"
            draft.add(contact(label, kind, account_id="each.value", each=each))
        elif way == "each_key":
            draft.add(contact(label, kind, account_id=f"{resource}[each.key].id", each=f"toset({listed(names)})"))
        elif way == "index":
            draft.add(*(contact(f"{label}_{name}", kind, account_id=f'{resource}["{aim[name]}"].id') for name in names))
        elif way in ("local", "local_index"):
            draft.add(
                f"locals {{\n  {label} = {{ for name, account in {resource} : name => account.id{condition} }}\n}}\n"
            )
            if way == "local":
                draft.add(contact(label, kind, account_id="each.value", each=f"local.{label}"))
            else:
                draft.add(*(contact(f"{label}_{name}", kind, account_id=f'local.{label}["{name}"]') for name in names))
        elif way == "renamed":
            each = "{ " + ", ".join(f'{name[::-1]} = {resource}["{name}"].id' for name in names) + " }"
            draft.add(contact(label, kind, account_id="each.value", each=each))
        elif way == "map_module":
            draft.files["map/main.tf"] = (
                'variable "accounts" {\n  type = map(string)\n}\n\nvariable "kind" {\n  type = string\n}\n\n'
                + contact("this", "var.kind", account_id="each.value", each="var.accounts")
            )
            accounts = f"accounts = {{ for name, account in {resource} : name => account.id{condition} }}"
            draft.add(call(label, "map", f'kind = "{kind}"', accounts))
    if way == "same_twice" and not draft.bare:
        # A local for each account, both of the first one: as many contacts as accounts, and one account without.
        draft.add(f'locals {{\n  first = {resource}["blue"].id\n  other = {resource}["blue"].id\n}}\n')
        for kind in draft.types():
            draft.add(contact(f"first_{kind.lower()}", kind, account_id="local.first"))
            draft.add(contact(f"other_{kind.lower()}", kind, account_id="local.other"))
        draft.doubts.append("two locals could hold two ids, and as many contacts as new accounts suggest whose")
        draft.unseen.add("made green")
        draft.set("made blue", views["blue"] if draft.exists else None, draft.types())
        for name in NAMES:
            del draft.slots[name]
        return
    if way in ("module_key", "module_value", "module_index"):
        draft.files["plain/main.tf"] = CONTACT_MODULE
        types = {name: listed(pairs[name]) for name in NAMES}
        chosen = "{ " + ", ".join(f"{name} = {types[name]}" for name in NAMES) + " }[each.key]"
        if way == "module_key":
            lines = [f"for_each = toset({listed(NAMES)})", f"account_id = {resource}[each.key].id", f"types = {chosen}"]
            draft.add(call("several", "plain", *lines))
        elif way == "module_value":
            lines = [f"for_each = {resource}", "account_id = each.value.id", f"types = {chosen}"]
            draft.add(call("several", "plain", *lines))
        else:
            for name in NAMES:
                lines = [f'account_id = {resource}["{aim[name]}"].id', f"types = {types[name]}"]
                draft.add(call(name, "plain", *lines))
    if way == "split":
        keys = [f"{name}/{kind}" for name in NAMES for kind in pairs[name]]
        draft.add(
            contact(
                "several",
                'split("/", each.key)[1]',
                account_id=f'{resource}[split("/", each.key)[0]].id',
                each=f"toset({listed(keys)})",
            )
        )
    if way in ("local", "local_index", "renamed", "split") and not draft.exists:
        draft.doubts.append(f"{way}: which instance is whose follows from names and numbers alone")
        views = dict.fromkeys(NAMES)
    for name in NAMES:
        draft.set(f"made {aim[name]}", views[aim[name]], pairs[name])


def _counted(draft: Draft, way: str) -> None:
    resource = "aws_organizations_account.counted"
    names = ("team-0", "team-1")
    pairs = _pairs(draft, names)
    views = {name: made_view(draft, name) for name in names}
    told: dict[str, View | None] = dict(views)
    for name in names:
        draft.works_in(f"made {name}", views[name])
    for kind in draft.types():
        having = [index for index, name in enumerate(names) if kind in pairs[name]]
        label = f"counted_{kind.lower()}"
        if way == "count":
            if having == [1]:
                raise NotApplicable("count leaves out the last, not the first")
            block = contact(label, kind, account_id=f"{resource}[count.index].id")
            draft.add(block.replace("{\n", f"{{\n  count                  = {len(having)}\n", 1))
        elif way == "index":
            draft.add(*(contact(f"{label}_{n}", kind, account_id=f"{resource}[{n}].id") for n in having))
        elif way == "splat":
            draft.add(*(contact(f"{label}_{n}", kind, account_id=f"element({resource}[*].id, {n})") for n in having))
            if not draft.exists:
                told = dict.fromkeys(names)
                if not any("splat" in doubt for doubt in draft.doubts):
                    draft.doubts.append("splat: the index stands behind the reference, which names all instances")
    if way == "module":
        draft.files["plain/main.tf"] = CONTACT_MODULE
        types = "[" + ", ".join(listed(pairs[name]) for name in names) + "][count.index]"
        lines = ["count = 2", f"account_id = {resource}[count.index].id", f"types = {types}"]
        draft.add(call("counted", "plain", *lines))
    for name in names:
        draft.set(f"made {name}", told[name], pairs[name])


def _vended(draft: Draft, maker: str, way: str) -> None:
    account = (
        'variable "name" {\n  type = string\n}\n\nvariable "email" {\n  type = string\n}\n\n'
        'variable "types" {\n  type    = set(string)\n  default = []\n}\n\n'
        'resource "aws_organizations_account" "this" {\n  name  = var.name\n  email = var.email\n}\n\n'
        'output "id" {\n  value = aws_organizations_account.this.id\n}\n\n'
        'output "all" {\n  value = { id = aws_organizations_account.this.id, name = var.name }\n}\n\n'
    )
    if way == "inside":
        account += contact("this", "each.key", account_id="aws_organizations_account.this.id", each="var.types")
    elif way == "inside_module":
        account += call("contacts", "contacts", "types = var.types", "account_id = aws_organizations_account.this.id")
        draft.files["vend/contacts/main.tf"] = CONTACT_MODULE
    draft.files["vend/main.tf"] = account
    draft.files["plain/main.tf"] = CONTACT_MODULE
    names = ("vended",) if maker == "module" else NAMES
    pairs = _pairs(draft, names)
    inside = way.startswith("inside")
    if maker == "module":
        lines = ['name = "vended"', f'email = "{email(draft, "single")}"']
        draft.add(call("vended", "vend", *lines, *([f"types = {listed(pairs['vended'])}"] if inside else [])))
        if way == "output":
            draft.add(*(contact(f"vended_{k.lower()}", k, account_id="module.vended.id") for k in pairs["vended"]))
        elif way == "output_object":
            draft.add(*(contact(f"vended_{k.lower()}", k, account_id="module.vended.all.id") for k in pairs["vended"]))
        elif way == "output_module":
            draft.add(call("contacts", "plain", f"types = {listed(pairs['vended'])}", "account_id = module.vended.id"))
    else:
        emails = ", ".join(f'{name} = "{email(draft, name)}"' for name in NAMES)
        chosen = "{ " + ", ".join(f"{name} = {listed(pairs[name])}" for name in NAMES) + " }[each.key]"
        lines = [f"for_each = {{ {emails} }}", "name = each.key", "email = each.value"]
        draft.add(call("vended", "vend", *lines, *([f"types = {chosen}"] if inside else [])))
        for kind in draft.types():
            having = [name for name in NAMES if kind in pairs[name]]
            label = f"vended_{kind.lower()}"
            if way == "each_key":
                draft.add(
                    contact(label, kind, account_id="module.vended[each.key].id", each=f"toset({listed(having)})")
                )
            elif way == "each_value":
                condition = "" if len(having) == 2 else f" if contains({listed(having)}, name)"
                each = (
                    "module.vended"
                    if not condition
                    else f"{{ for name, one in module.vended : name => one{condition} }}"
                )
                draft.add(contact(label, kind, account_id="each.value.id", each=each))
            elif way == "index":
                draft.add(*(contact(f"{label}_{n}", kind, account_id=f'module.vended["{n}"].id') for n in having))
        if way == "module_key":
            lines = [
                f"for_each = toset({listed(NAMES)})",
                "account_id = module.vended[each.key].id",
                f"types = {chosen}",
            ]
            draft.add(call("contacts", "plain", *lines))
    for name in names:
        view = made_view(draft, name)
        draft.works_in(f"made {name}", view)
        draft.set(f"made {name}", view, pairs[name])


MAKERS: Final = {
    "single": ("direct", "types", "module", "nested", "local", "data", "stray", "role", "role_module"),
    "each": (
        "each_value",
        "each_id",
        "each_key",
        "index",
        "local",
        "local_index",
        "renamed",
        "map_module",
        "same_twice",
        "module_key",
        "module_value",
        "module_index",
        "split",
    ),
    "count": ("count", "index", "splat", "module"),
    "module": ("output", "output_object", "output_module", "inside", "inside_module"),
    "modules": ("each_key", "each_value", "index", "module_key", "inside", "inside_module"),
}
