"""The names of defects: to which category a rule belongs, and which names mean the same kind."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.errors import OrchestratorError
from orchestrator.evaluate.case import Category, Kebab
from orchestrator.evaluate.plain_yaml import plain_data

_RULE = re.compile(r"([A-Z]{2,4})[0-9]{3}")
_FILE = Path(__file__).parent / "taxonomy.yaml"


class Taxonomy(BaseModel):
    """The dated map; its version is a part of the scorer's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    updated: str
    families: dict[str, Category]
    rules: dict[Category, tuple[str, ...]]
    aliases: dict[Kebab, tuple[Kebab, ...]]

    @cached_property
    def _category_of(self) -> dict[str, Category]:
        return {rule: category for category, rules in self.rules.items() for rule in rules}

    @cached_property
    def _kind_of(self) -> dict[str, str]:
        return {alias: kind for kind, aliases in self.aliases.items() for alias in aliases}

    def category(self, rule: str) -> Category | None:
        """The category of one of our rules; None for any other name."""
        named = _RULE.fullmatch(rule.upper())
        if named is None:
            return None
        return self._category_of.get(named.group()) or self.families.get(named.group(1))

    def kind(self, name: str) -> str:
        """The one spelling of a rule's id or of a kind's name."""
        if self.category(name) is not None:
            return name.upper()
        plain = name.strip().casefold().replace("_", "-").replace(" ", "-")
        return self._kind_of.get(plain, plain)


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy of this installation.

    Raises:
        OrchestratorError: its file is damaged.
    """
    try:
        return Taxonomy.model_validate(plain_data(_FILE.read_text(encoding="utf-8")))
    except (OSError, ValidationError) as error:
        raise OrchestratorError(f"the taxonomy {_FILE.name!r} of this installation cannot be used: {error}") from error
