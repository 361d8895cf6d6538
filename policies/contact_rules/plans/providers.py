"""Which AWS account each provider block of a plan works in.

A plan drops the text of interpolations (see `values`), so two blocks that look alike may work in two accounts. They
count as one account only where something settles it: an id in the plan, or credentials that are written out alike.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..model import UNKNOWN
from .plan import module_names
from .values import Leaf, Values

if TYPE_CHECKING:
    from .plan import Plan, Provider, Resource
    from .references import Identity

_ACCOUNT_ID: Final = re.compile(r"\d{12}")
_ROLE_ARN: Final = re.compile(r"arn:[\w-]+:iam::(\d{12}):.*")
_ARN: Final = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):.*")
_ACCESS_KEY: Final = re.compile(r"A[A-Z0-9]{15,127}")
"""An access key id (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids)."""

_CREDENTIALS: Final = (
    "access_key",
    "profile",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
    "token",
)
"""Provider settings, beside roles, that decide whose account it works in; the others (region, tags, …) do not."""

_ROLES: Final = ("assume_role", "assume_role_with_web_identity")
_FOREIGN_ARNS: Final = re.compile(
    r"aws_(?:organizations|ram|networkmanager|servicecatalog|ssoadmin|cloudtrail)_|.*accepter|aws_sns_topic_subscription"
)
"""Types whose `arn` may name another account than the one that manages them: the organization's, a share's owner's."""
_MANAGEMENT_ONLY: Final = ("aws_organizations_account", "aws_organizations_organization")
"""AWS makes accounts and organizations from the management account alone
(https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html)."""


@dataclass(frozen=True)
class Hidden:
    """A setting of a provider block that decides its account and whose value the plan does not hold."""

    setting: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Workplace:
    """The account that a provider block works in. `hidden` says why nothing else can be said to be the same account."""

    account: Identity
    hidden: Hidden | None = None
    several: bool = False
    """True for a block of OpenTofu with `for_each`, which works in an account for each key."""


class Workplaces:
    """The account of every provider key of one plan, by id where the plan tells it."""

    def __init__(
        self, plan: Plan, index: int, made: Callable[[Leaf], Identity | None], management: Iterable[str]
    ) -> None:
        """Place every block.

        `made` finds the account that the plan makes behind a reference, `management` has ids of management accounts.
        """
        self.plan = plan
        self.index = index
        self.values = Values(plan)
        self.made = made
        self.by_key: dict[str, Workplace] = {}
        self.callers = self._callers()
        self._place_blocks(tuple(management))

    def of(self, resource: Resource) -> Workplace | None:
        """The account that manages the resource; None if the configuration no longer says which provider does."""
        key = self.plan.provider_of(resource)
        if key is not None:
            return self.of_key(key)
        accounts = {workplace.account for workplace in self.by_key.values()}
        return next(iter(self.by_key.values())) if len(accounts) == 1 else None

    def of_key(self, key: str) -> Workplace:
        """The account of a provider key, with or without a block of its own."""
        found = self.by_key.get(key)
        if found is None:
            found = self.by_key[key] = self._inherited(key)
        return found

    def _place_blocks(self, management: tuple[str, ...]) -> None:
        blocks = {key: provider for key, provider in self.plan.providers.items() if self._is_block(provider)}
        credentials = {key: self._credentials(provider) for key, provider in blocks.items()}
        known = self._known_ids(blocks, credentials, management)
        ids_by_credentials: dict[str, set[Identity]] = defaultdict(set)
        for key, account in known.items():
            if (written := credentials[key]) is not None and not self._roles(blocks[key]):
                ids_by_credentials[written].add(account)
        suspected = self._suspects(blocks)
        for key in blocks:
            written = credentials[key]
            if key in known:
                self.by_key[key] = Workplace(known[key])
            elif written is None:
                hidden = self._hidden(blocks[key])
                several = any(name.startswith("each.") for name in hidden.references)
                self.by_key[key] = Workplace(("own", self.index, f"provider {key}"), hidden, several)
            elif key in suspected:
                hidden = Hidden("dynamic", suspected[key])
                self.by_key[key] = Workplace(("own", self.index, f"provider {key}"), hidden)
            elif len(ids_by_credentials[written]) > 1:
                hidden = Hidden("credentials", ())
                self.by_key[key] = Workplace(("own", self.index, f"provider {key}"), hidden)
            else:
                same = next(iter(ids_by_credentials[written]), ("own", self.index, written))
                self.by_key[key] = Workplace(same)

    def _is_block(self, provider: Provider) -> bool:
        """False for keys that only stand for a provider of another module."""
        if not provider.is_aws:
            return False
        if provider.expressions or not provider.module:
            return True
        return provider.alias is None and not self.plan.is_old and self._has_aws(provider.module[:-1])

    def _has_aws(self, module: tuple[str, ...]) -> bool:
        """True if Terraform writes a key for this module: one below it without settings is then an empty block.

        https://github.com/hashicorp/terraform/blob/v1.11.4/internal/command/jsonconfig/config.go
        """
        if not module:
            return any(not provider.module and provider.is_aws for provider in self.plan.providers.values())
        return any(names == module and kind.startswith("aws_") for names, _, kind, _ in self.plan.configured)

    def _known_ids(
        self, blocks: Mapping[str, Provider], credentials: Mapping[str, str | None], management: tuple[str, ...]
    ) -> dict[str, Identity]:
        known: dict[str, Identity] = {}
        allowed = self._allowed_by_reference(blocks, credentials)
        owners = self._owners_of_resources()
        callers: dict[str, set[str]] = defaultdict(set)
        for key, accounts in self.callers.items():
            if (source := self._source(key)) is not None:
                callers[source] |= accounts
        managing = {self._block_key(item) for item in self.plan.of_type(*_MANAGEMENT_ONLY)}
        for key, provider in blocks.items():
            stated = [account for account in (self._of_role(provider), self._of_allowed(provider)) if account]
            stated += [("id", caller) for caller in callers.get(key, ())]
            stated += [("id", account) for account in management if key in managing and len(management) == 1]
            if not stated and key in allowed:
                stated = [("id", allowed[key])]
            if not stated and len(owners.get(key, ())) == 1:
                stated = [("id", owner) for owner in owners[key]]
            if len(set(stated)) == 1:
                known[key] = stated[0]
        return known

    def _of_role(self, provider: Provider) -> Identity | None:
        """The account of the last role of the chain, if the plan tells it."""
        roles = self._roles(provider)
        return self._account_in(provider, roles[-1]) if roles else None

    def _roles(self, provider: Provider) -> list[Any]:
        """The expressions of the roles that the provider assumes one after the other."""
        for name in _ROLES:
            setting = provider.expressions.get(name)
            roles = [_role_of(block) for block in (setting if isinstance(setting, list) else [setting]) if block]
            if roles:
                return roles
        return []

    def _account_in(self, provider: Provider, expression: Any) -> Identity | None:
        """The account that a role arn belongs to: of a constant, a variable that holds all of it, or an id in it."""
        module = tuple((name, None) for name in provider.module)
        constant = self.values.constant(expression)
        if constant is not UNKNOWN:
            match = _ROLE_ARN.fullmatch(constant) if isinstance(constant, str) else None
            return ("id", match[1]) if match else None
        leaves = self.values.leaves(module, expression)
        if len(leaves) == 1 and isinstance(leaves[0].value, str) and (match := _ROLE_ARN.fullmatch(leaves[0].value)):
            return ("id", match[1])
        found: set[Identity] = set()
        for leaf in leaves:
            made = self.made(leaf)
            if made is not None:
                found.add(made)
            elif (account := _account_id(leaf.value)) is not None:
                found.add(("id", account))
            elif not isinstance(leaf.value, str) or leaf.value.startswith("arn:"):
                return None
        return found.pop() if len(found) == 1 else None

    def _of_allowed(self, provider: Provider) -> Identity | None:
        allowed = self.values.constant(provider.expressions.get("allowed_account_ids"))
        if isinstance(allowed, list) and len(allowed) == 1 and (account := _account_id(allowed[0])):
            return ("id", account)
        return None

    def _allowed_by_reference(
        self, blocks: Mapping[str, Provider], credentials: Mapping[str, str | None]
    ) -> dict[str, str]:
        """Ids behind `allowed_account_ids = [var.account]`, unless blocks with other credentials refer to the same.

        `[var.account, "444455556666"]` looks the same in a plan.
        """
        found: dict[str, str] = {}
        for key, provider in blocks.items():
            module = tuple((name, None) for name in provider.module)
            leaves = self.values.leaves(module, provider.expressions.get("allowed_account_ids"))
            values = [leaf.value for leaf in leaves]
            if len(values) == 1 and isinstance(values[0], list):
                values = values[0]
            if len(values) == 1 and (account := _account_id(values[0])):
                found[key] = account
        sure: dict[str, set[str | None]] = defaultdict(set)
        for key, account in found.items():
            sure[account].add(credentials[key])
        return {key: account for key, account in found.items() if len(sure[account] - {None}) <= 1}

    def _callers(self) -> dict[str, set[str]]:
        """Provider key → ids that `aws_caller_identity` read through it."""
        callers: dict[str, set[str]] = defaultdict(set)
        for resource in self.plan.of_type("aws_caller_identity", mode="data"):
            account, key = resource.value("account_id"), self.plan.provider_of(resource)
            if isinstance(account, str) and key is not None:
                callers[key].add(account)
        return callers

    def _owners_of_resources(self) -> dict[str | None, set[str]]:
        """Provider key → ids in the arns of what already exists there."""
        owners: dict[str | None, set[str]] = defaultdict(set)
        kinds = [kind for kind in self.plan.managed_types if not _FOREIGN_ARNS.match(kind)]
        for resource in self.plan.of_type(*kinds):
            arn = (resource.before or {}).get("arn")
            if isinstance(arn, str) and (match := _ARN.fullmatch(arn)):
                owners[self._block_key(resource)].add(match[1])
        return owners

    def _block_key(self, resource: Resource) -> str | None:
        """Key of the provider block behind a resource's provider key; None if that is not certain."""
        key = self.plan.provider_of(resource)
        return None if key is None else self._source(key)

    def _source(self, key: str) -> str | None:
        provider = self.plan.providers.get(key)
        if provider is not None and self._is_block(provider):
            return key
        module, local = module_names(key)
        if self._may_be_passed(module):
            return None
        if "." in local:
            return None
        for depth in range(len(module) - 1, -1, -1):
            inherited = self._block_of(module[:depth], local)
            if inherited is not None:
                return inherited
        return None

    def _may_be_passed(self, module: tuple[str, ...]) -> bool:
        """Whether a key without a block may stand for any provider of the modules above.

        Before 1.1, Terraform wrote no key of a provider that a call passes. Since then it does not follow a passed
        provider through a module that neither uses nor requires it: the third module down has such a key.
        """
        return len(module) > (0 if self.plan.is_old else 2)

    def _block_of(self, module: tuple[str, ...], local: str) -> str | None:
        for key, provider in self.plan.providers.items():
            if provider.module == module and key.rpartition(":")[2] == local and self._is_block(provider):
                return key
        return None

    def _inherited(self, key: str) -> Workplace:
        """The account of a key without a block: passed or inherited from a module above, else the environment's."""
        source = self._source(key)
        if source is not None:
            return self.by_key[source]
        module, local = module_names(key)
        above = [
            self.by_key[other]
            for other, block in self.plan.providers.items()
            if block.module == module[: len(block.module)] and other in self.by_key
        ]
        accounts = {workplace.account for workplace in above}
        callers = self.callers.get(key, set())
        if len(callers) == 1:
            return Workplace(("id", *callers))
        if self._may_be_passed(module) and above:
            if len(accounts) == 1:
                return above[0]
            hidden = Hidden("terraform_version" if self.plan.is_old else "depth", ())
            return Workplace(("own", self.index, f"provider {key}"), hidden)
        if "." in local:
            return Workplace(("own", self.index, f"provider {key}"), Hidden("providers", ()))
        environment = json.dumps({})
        same = next((place for block, place in self.by_key.items() if self._environment_only(block)), None)
        return same or Workplace(("own", self.index, environment))

    def _environment_only(self, key: str) -> bool:
        provider = self.plan.providers.get(key)
        return provider is not None and self._credentials(provider) == json.dumps({}) and not self.by_key[key].hidden

    def _credentials(self, provider: Provider) -> str | None:
        """The credentials as text, to compare with another block's; None if the plan does not hold them whole."""
        settings: dict[str, Any] = {}
        module = tuple((name, None) for name in provider.module)
        for name in _CREDENTIALS:
            if name not in provider.expressions:
                continue
            value = self.values.constant(provider.expressions[name])
            if name == "access_key" and value is UNKNOWN:
                leaves = self.values.leaves(module, provider.expressions[name])
                whole = leaves[0].value if len(leaves) == 1 else UNKNOWN
                value = whole if isinstance(whole, str) and _ACCESS_KEY.fullmatch(whole) else UNKNOWN
            if value is UNKNOWN:
                return None
            if value not in (None, "", []):
                settings[name] = value
        if "access_key" in settings:
            settings = {"access_key": settings["access_key"]}
        roles = [self.values.constant(role) for role in self._roles(provider)]
        if UNKNOWN in roles:
            return None
        return json.dumps({**settings, **({"roles": roles} if roles else {})}, sort_keys=True)

    def _hidden(self, provider: Provider) -> Hidden:
        """The setting that keeps the block from being compared."""
        for name in (*_ROLES, *_CREDENTIALS):
            setting = provider.expressions.get(name)
            expressions = self._roles(provider) if name in _ROLES and setting is not None else [setting]
            for expression in expressions:
                if setting is not None and self.values.constant(expression) is UNKNOWN:
                    references = expression.get("references") if isinstance(expression, Mapping) else None
                    shown = tuple(map(str, references)) if isinstance(references, list) else ()
                    return Hidden(f"{name}.role_arn" if name in _ROLES else name, shown[:1])
        return Hidden("credentials", ())

    def _suspects(self, blocks: Mapping[str, Provider]) -> dict[str, tuple[str, ...]]:
        """Aliased blocks without credentials that may hide a role, with the variables that hold one.

        A plan leaves `dynamic "assume_role"` blocks out. A variable with a role arn that nothing visible uses is what
        such a block would read.
        """
        given, configured = self.plan.variables, self.plan.root.get("variables") or {}
        unused = {
            f"var.{name}" for name in {*given, *configured} if _holds_role([given.get(name), configured.get(name)])
        }
        if not unused or any("local." in json.dumps(provider.expressions) for provider in blocks.values()):
            return {}
        unused -= self.plan.references_in_use()
        if not unused:
            return {}
        return {
            key: tuple(sorted(unused))
            for key, provider in blocks.items()
            if provider.alias is not None and self._credentials(provider) == json.dumps({})
        }


def _role_of(block: Any) -> Any:
    """The role's expression in a block, or in an attribute as the providers built on Terraform's framework have."""
    if not isinstance(block, Mapping):
        return {}
    constant = block.get("constant_value")
    if isinstance(constant, Mapping):
        return {"constant_value": constant.get("role_arn")}
    if "references" in block:
        return block
    return block.get("role_arn", {"constant_value": None})


def _account_id(value: Any) -> str | None:
    return str(value) if _ACCOUNT_ID.fullmatch(str(value)) else None


def _holds_role(value: Any) -> bool:
    if isinstance(value, str):
        return _ROLE_ARN.fullmatch(value) is not None
    if isinstance(value, Mapping | list):
        return any(_holds_role(item) for item in (value.values() if isinstance(value, Mapping) else value))
    return False
