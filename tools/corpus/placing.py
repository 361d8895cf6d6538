"""Where contacts without account_id stand: in the root, or in modules that inherit or are passed a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.corpus.hcl import BASELINE, CONTACT_MODULE, REQUIRED, TYPES_VARIABLE, call, contact, contact_details, listed

if TYPE_CHECKING:
    from tools.corpus.labels import Draft


def through(draft: Draft, slot: str, place: str, provider: str, types: tuple[str, ...]) -> None:
    """The HCL of contacts without account_id: in the root or in modules, by this provider ("" is the default one)."""
    passed = f"aws = {provider}" if provider else ""
    if place == "root":
        draft.add(*(contact(f"{slot}_{kind.lower()}", kind, provider=provider) for kind in types))
    elif place == "types":
        draft.add(contact(slot, "each.key", provider=provider, each=f"toset({listed(types)})"))
    elif place in ("inherit1", "inherit2", "inherit3"):
        depth = int(place[-1])
        folder = f"depth{depth}"
        for _ in range(1, depth):
            inner = call("inner", "inner", "types = var.types")
            draft.files[f"{folder}/main.tf"] = TYPES_VARIABLE + inner
            folder += "/inner"
        draft.files[f"{folder}/main.tf"] = CONTACT_MODULE
        draft.add(call(slot, f"depth{depth}", f"types = {listed(types)}", passed=passed))
    elif place == "required":
        draft.files["required/main.tf"] = REQUIRED + CONTACT_MODULE
        draft.add(call(slot, "required", f"types = {listed(types)}", passed=passed))
    elif place == "passed":
        draft.files["required/main.tf"] = REQUIRED + CONTACT_MODULE
        draft.add(call(slot, "required", f"types = {listed(types)}", passed=f"aws = {provider or 'aws'}"))
    elif place == "looped":
        draft.files["plain/main.tf"] = CONTACT_MODULE
        draft.add(call(slot, "plain", f"for_each = toset({listed(types)})", "types = [each.key]", passed=passed))
    elif place == "named":
        text = REQUIRED.replace('"hashicorp/aws"\n', '"hashicorp/aws"\n      configuration_aliases = [aws.member]\n')
        body = CONTACT_MODULE.replace('"this" {\n', '"this" {\n  provider = aws.member\n')
        draft.files["named/main.tf"] = text + body
        draft.add(call(slot, "named", f"types = {listed(types)}", passed=f"aws.member = {provider or 'aws'}"))
    elif place == "amazon":
        text = REQUIRED.replace("    aws = {", "    amazon = {")
        body = CONTACT_MODULE.replace('"this" {\n', '"this" {\n  provider = amazon\n')
        draft.files["amazon/main.tf"] = text + body
        draft.add(call(slot, "amazon", f"types = {listed(types)}", passed=f"amazon = {provider or 'aws'}"))
    elif place == "baseline":
        if not types:
            return
        baseline(draft)
        details = "\n".join(f"    {contact_details(kind)}" for kind in types)
        draft.add(call(slot, "alternate-contacts", f"contacts = {{\n{details}\n  }}", passed=passed))
    else:
        raise ValueError(f"contacts are not placed like {place}")


def baseline(draft: Draft) -> None:
    """The project's own module beside the configuration."""
    for path in BASELINE.glob("*.tf"):
        draft.files[f"alternate-contacts/{path.name}"] = path.read_text(encoding="utf-8")


PLACES: Final = (
    "root",
    "types",
    "inherit1",
    "inherit2",
    "inherit3",
    "required",
    "passed",
    "looped",
    "named",
    "baseline",
)
