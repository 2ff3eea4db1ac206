"""What the rules of other linters are about, from `rules.yaml`: category, our rules for it, names of the defect."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from orchestrator.errors import OrchestratorError
from orchestrator.evaluate.taxonomy import taxonomy
from orchestrator.types import Severity

_FILE = Path(__file__).parent / "rules.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Meaning(_Strict):
    """What one rule reports; without a category it is style, or nobody has said."""

    category: str | None = None
    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    why: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which it may meet a golden finding."""
        return (*self.rules, *self.kinds)


class Mapping(_Strict):
    """The whole file."""

    version: int
    dated: str = Field(coerce_numbers_to_str=True)
    severities: dict[str, dict[str, Severity]]
    unranked: dict[str, Severity]
    absent: dict[str, str]
    linters: dict[str, dict[str, Meaning]]

    def meaning(self, linter: str, rule: str) -> Meaning:
        """What the rule is about; nothing for one that the file does not list."""
        found = self.linters[linter].get(rule, Meaning())
        if found.category is not None or not found.rules:
            return found
        return found.model_copy(update={"category": taxonomy().category(found.rules[0])})

    def severity(self, linter: str, word: str) -> Severity:
        """Our word for the linter's.

        Raises:
            OrchestratorError: the linter used a word that the file does not list.
        """
        if linter in self.unranked:
            return self.unranked[linter]
        found = self.severities[linter].get(word)
        if found is None:
            raise OrchestratorError(f"{linter} said the severity {word!r}, which {_FILE.name} does not list for it")
        return found


@lru_cache(maxsize=1)
def mapping() -> Mapping:
    """The mapping as it is shipped."""
    stored = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    stored["dated"] = str(stored["dated"])
    return Mapping.model_validate(stored)
