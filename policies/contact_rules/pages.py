"""The documentation pages of the checks, written from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .catalogue import CHECKS

if TYPE_CHECKING:
    from .check import Check


def pages() -> dict[str, str]:
    """File name below docs/policies → Markdown: one page per check, and the index README.md."""
    return {"README.md": _index(), **{f"{check.id}.md": _page(check) for check in CHECKS}}


def _index() -> str:
    rows = "\n".join(f"| [{check.id}]({check.id}.md) | {check.name} | {check.severity.lower()} |" for check in CHECKS)
    return f"""# Policies

Checks of Terraform plans: can AWS reach the people who run every account? The ids are stable.

| id | | severity |
|---|---|---|
{rows}

- [Using the checks](using.md): checkov, on their own, in pull requests, signed.
- [Configuration](configuration.md): domains, exceptions with an expiry, accounts that are covered elsewhere.
- [How an address is judged](addresses.md).

The pages of the checks and this one are written from `policies/contact_rules/checks/`, the others by hand.
"""


def _page(check: Check) -> str:
    mappings = "\n".join(f"- {mapping}" for mapping in check.mappings)
    sources = "\n".join(f"- <{source}>" for source in check.sources)
    return f"""# {check.id}

**{check.name}.** Severity: {check.severity.lower()}.

{check.why}

## Fails

```hcl
{check.bad}
```

## Passes

```hcl
{check.good}
```

## What it looks at

{check.scope}

## Exceptions

{check.exception} See [configuration](configuration.md).

## Why: controls and sources

{mappings}

{sources}
"""
