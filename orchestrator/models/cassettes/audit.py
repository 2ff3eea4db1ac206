"""What is wrong with the recordings of a folder, without replaying them: for a check of every commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from orchestrator.errors import CassetteError
from orchestrator.models.cassettes.pages import Kept, read_kept
from orchestrator.models.cassettes.results import How
from orchestrator.models.cassettes.scrub import leaks
from orchestrator.models.cassettes.slots import meta_path
from orchestrator.models.cassettes.verdict import components_of
from orchestrator.models.fingerprint import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A file below the folder, and one sentence about it."""

    path: str
    sentence: str


def flaws(folder: Path) -> Iterator[Flaw]:
    """Cassettes that are corrupt, edited by hand, in the place of another or that hold what may not be kept."""
    metas = {path.with_name(path.name.replace(".meta.yaml", ".yaml")) for path in folder.rglob("*.meta.yaml")}
    cassettes = {path for path in folder.rglob("*.yaml") if not path.name.endswith(".meta.yaml")}
    for path in sorted(metas | cassettes):
        name = path.relative_to(folder).as_posix()
        yield from (Flaw(path=name, sentence=sentence) for sentence in _sentences(path))


def _sentences(path: Path) -> Iterator[str]:
    try:
        kept = read_kept(path)
    except CassetteError as error:
        yield str(error)
        return
    if kept is None:
        return
    if kept.how is How.HAND_EDITED:
        yield "it or its provenance was edited by hand; record it anew"
    meta = kept.meta
    if path.parts[-3:] != (meta.case, meta.agent, f"e{meta.epoch}.yaml"):
        yield f"it was recorded as {meta.case}/{meta.agent}/e{meta.epoch} and stands elsewhere"
    if not _is_consistent(kept):
        yield "its requests are not those whose digests stand in its provenance"
    texts: list[JsonValue] = [path.read_text(encoding="utf-8"), meta_path(path).read_text(encoding="utf-8")]
    yield from leaks([*texts, *(page.answered for page in kept.pages)], ())


def _is_consistent(kept: Kept) -> bool:
    """Whether slots and fingerprints of the pages are those of the provenance."""
    prefix = f"{kept.meta.case}/{kept.meta.agent}/{kept.meta.epoch}/"
    noted = {f"{prefix}{turn.turn}": turn.fingerprint for turn in kept.meta.turns}
    found = {page.slot: components_of(fingerprint(page.asked)) for page in kept.pages}
    return noted == found
