"""What all answers about securables of Unity Catalog have in common: ids, owner, times."""

from __future__ import annotations

from orchestrator.workspace.sandbox.people import stable_id
from orchestrator.workspace.sandbox.seed.part import Json, Owned
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.unity import Placed

DAY = 86_400_000
AGE = 400 * DAY
"""How old a securable is whose seed does not say, in milliseconds."""


def common(state: State, item: Placed[Owned], *, created: int | None = None, updated: int | None = None) -> Json:
    """Name, place, owner, comment and times of a securable."""
    born = created or state.now - AGE
    answer: Json = {
        "name": item.name,
        "full_name": item.full_name,
        "owner": item.owner,
        "metastore_id": state.seed.place.metastore_id,
        "created_at": born,
        "created_by": item.owner,
        "updated_at": updated or born,
        "updated_by": item.owner,
    }
    if item.schema and item.schema != item.name:
        answer["catalog_name"] = item.catalog
        answer["schema_name"] = item.schema
    if item.seed.comment is not None:
        answer["comment"] = item.seed.comment
    return answer


def identity(item: Placed[Owned]) -> str:
    """The id of a securable, which depends on its kind and name alone."""
    return stable_id(item.kind, item.full_name.lower())
