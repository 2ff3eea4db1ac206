"""Which tag each column should carry, and which columns wait for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.governance.classification import SENSITIVITY
from orchestrator.workspace.governance.personal import RANK, Certainty, PersonalColumn
from orchestrator.workspace.governance.tags import TagSetting, tag_key, tagging
from orchestrator.workspace.governance.vocabulary import column_new, column_word, raised, treatment


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of columns and tables, with the values that their governed tags allow; none allows any."""

    column: str
    table: str
    column_values: tuple[str, ...] = ()
    table_values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A column with the tag that it carries and the one that it should; `waits` says why a person decides."""

    found: PersonalColumn
    live: str | None
    word: str | None
    waits: str = ""

    @property
    def table(self) -> str:
        """The full name of its table."""
        return self.found.column.rpartition(".")[0]


def candidates(found: Iterable[PersonalColumn], keys: Keys, least: Certainty) -> tuple[Candidate, ...]:
    """Every column of the scan, judged."""
    return tuple(_candidate(each, keys, least) for each in found)


def _candidate(each: PersonalColumn, keys: Keys, least: Certainty) -> Candidate:
    live = dict(tag.partition("=")[::2] for tag in each.tags).get(keys.column)
    word = column_word(each.kind, keys.column_values) or column_new(each.kind)
    if live is not None:
        waits = "" if live == word else f"it carries {live!r} and the scan says {word!r}: somebody's judgement stays"
        return Candidate(found=each, live=live, word=None, waits=waits)
    if RANK[each.certainty] < RANK[least]:
        doubts = "; ".join(each.doubts) or "one signal alone"
        return Candidate(found=each, live=None, word=None, waits=f"{each.certainty} {word}: {doubts}")
    return Candidate(found=each, live=None, word=word)


def needed(chosen: Iterable[Candidate], keys: Keys) -> tuple[str, ...]:
    """The words that the governed tag of columns does not allow yet."""
    words = {each.word for each in chosen if each.word is not None}
    return tuple(sorted(words - set(keys.column_values))) if keys.column_values else ()


def column_goals(chosen: Iterable[Candidate], keys: Keys) -> list[Goal]:
    """The goals that columns without a tag carry theirs.

    Raises:
        WorkspaceError: the key cannot be one.
    """
    return [tagging("column", each.found.column, keys.column, each.word) for each in chosen if each.word is not None]


def table_goals(of: Mapping[str, str], keys: Keys) -> list[Goal]:
    """The goals that tables are treated as their most sensitive column needs; `of` is by name of the table.

    Raises:
        WorkspaceError: the key cannot be one.
    """
    key = tag_key(keys.table)
    goals = []
    for table, sensitivity in sorted(of.items()):
        word = treatment(sensitivity, keys.table_values)
        if word is not None:
            goals.append(_rising(TagSetting(kind="table", name=table, key=key), word))
    return goals


def highest(chosen: Iterable[Candidate]) -> dict[str, str]:
    """The highest sensitivity of each table, over the columns that carry a tag or get one."""
    found: dict[str, str] = {}
    for each in chosen:
        if each.word is not None or each.live not in {None, "none"}:
            before = found.get(each.table, "online")
            found[each.table] = max(before, each.found.sensitivity, key=lambda name: SENSITIVITY[name])
    return found


def _rising(setting: TagSetting, word: str) -> Goal:
    def wanted(now: State) -> State:
        return (raised(now[0] if now else None, word),)

    def remark(now: State) -> str | None:
        stays = now is not None and wanted(now) == now and now != (word,)
        return f"{setting.subject} stays {' '.join(now or ())!r}; its columns say {word!r}" if stays else None

    return Goal(setting=setting, wanted=wanted, remark=remark)
