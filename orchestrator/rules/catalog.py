"""The rules, found by their place: every module in `rules/<specialist>/` that holds a `RULE`."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from orchestrator.errors import OrchestratorError
from orchestrator.rules.rule import Rule
from orchestrator.types import Severity

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class RulePage:
    """A rule as a reader meets it: its identity and the page that its docstring is."""

    rule: Rule
    specialist: str
    text: str

    @property
    def id(self) -> str:
        """The rule's id, such as `PYS003`."""
        return self.rule.id

    @property
    def name(self) -> str:
        """The rule's name in words, such as `with-column-in-loop`."""
        return self.rule.name

    @property
    def severity(self) -> Severity:
        """How bad the defect is where nothing lowers it."""
        return self.rule.severity

    @property
    def default(self) -> bool:
        """Whether the rule runs unless it is switched off."""
        return self.rule.default

    @property
    def references(self) -> tuple[str, ...]:
        """Where the rule's facts come from."""
        return self.rule.references

    @property
    def summary(self) -> str:
        """The first sentence of the page."""
        return " ".join(self.text.split("\n\n", 1)[0].split())

    @property
    def why(self) -> str:
        """The paragraph that says what the defect costs."""
        why = _section(self.text, "Why") or self.summary
        return why[:1].upper() + why[1:]


class Example(NamedTuple):
    """One code block of a page: `kind` is bad, good or fixed; `files` maps paths to contents.

    `before` holds the files as they were, for rules about a change.
    """

    kind: str
    files: dict[str, str]
    before: dict[str, str]


def _section(text: str, title: str) -> str:
    found = re.search(rf"^{title}: (.+?)(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return " ".join(found.group(1).split()) if found else ""


def specialist_folders() -> tuple[str, ...]:
    """The folders of the specialists that own rules."""
    return tuple(sorted(path.name for path in _FOLDER.iterdir() if (path / "__init__.py").is_file()))


@cache
def pages() -> tuple[RulePage, ...]:
    """Every rule with its page, by id.

    Raises:
        OrchestratorError: a rule file has no page, or two rules have one id.
    """
    found: dict[str, RulePage] = {}
    for folder in specialist_folders():
        for path in sorted((_FOLDER / folder).glob("*.py")):
            if path.name.startswith("_"):
                continue
            page = _page(importlib.import_module(f"orchestrator.rules.{folder}.{path.stem}"), folder)
            if page is None:
                continue
            if page.id in found:
                raise OrchestratorError(f"two rules are called {page.id!r}; the second is {path.name!r}")
            found[page.id] = page
    return tuple(found[rule_id] for rule_id in sorted(found))


def _page(module: ModuleType, folder: str) -> RulePage | None:
    rule = getattr(module, "RULE", None)
    if rule is None:
        return None
    if not isinstance(rule, Rule) or not module.__doc__:
        raise OrchestratorError(f"the rule file {module.__name__!r} needs a `RULE = Rule(...)` and a docstring")
    return RulePage(rule=rule, specialist=folder.replace("_", "-"), text=module.__doc__.strip())


def page(rule_id: str) -> RulePage | None:
    """The page of one rule, or None where there is no such rule."""
    return next((found for found in pages() if found.id == rule_id.upper()), None)


def examples(text: str) -> tuple[Example, ...]:
    """The `Bad::`, `Good::` and `Fixed::` blocks of a page.

    A line `# file: PATH` begins a file of its own, `# before: PATH` a file as it was before the change under review.
    """
    blocks = re.finditer(r"^(Bad|Good|Fixed)[^\n]*::\n((?:\n|[ ]{4}[^\n]*\n?)+)", text + "\n", re.MULTILINE)
    return tuple(
        Example(block.group(1).lower(), _files(block.group(2), "file"), _files(block.group(2), "before"))
        for block in blocks
    )


def _files(block: str, wanted: str) -> dict[str, str]:
    lines = [line[4:] for line in block.strip("\n").split("\n")]
    files: dict[tuple[str, str], list[str]] = {}
    current: list[str] = files.setdefault(("file", "src/job.py"), [])
    for line in lines:
        marker = re.match(r"^(?:#|--|//) (file|before): (\S+)$", line)
        if marker:
            current = files.setdefault((marker.group(1), marker.group(2)), [])
        else:
            current.append(line)
    return {
        path: "\n".join(content) + "\n"
        for (kind, path), content in files.items()
        if kind == wanted and any(part.strip() for part in content)
    }
