"""The SQL statements of a whole project that can be of a kind, without reading the files that cannot hold one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.sql import Statement


def statements_with(facts: Facts, *words: str) -> Iterator[Statement]:
    """The statements of every file that holds all these words, as given or in upper case, in file order."""
    project = facts.project
    paths = [
        source.path
        for source in project.sources
        if all(word in source.text or word.upper() in source.text for word in words)
    ]
    wanted = frozenset(paths)
    for unit in project.sql:
        if unit.path in wanted:
            yield from unit.statements
    for path in paths:
        file = project.python_by_path.get(path)
        for unit in file.sql_units.values() if file is not None else ():
            yield from unit.statements
