"""The arguments and results that tools of every server share: bounds are part of the type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, Field

from orchestrator.workspace.pages import Piece

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

    from orchestrator.toolbox.server import Call

T = TypeVar("T")
MAX_LIMIT = 1_000

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="how many items at most; `next_cursor` gives the rest")]
Cursor = Annotated[str | None, Field(max_length=40, description="`next_cursor` of the last answer, to go on")]
Name = Annotated[str, Field(min_length=1, max_length=255)]
AddressedName = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^/?#%\\\x00-\x1f]+$")]
"""An id that becomes part of an address; without the characters that would make it another one."""
FullName = Annotated[str, Field(min_length=1, max_length=800, description="catalog.schema.object")]
Days = Annotated[int, Field(ge=1, le=365, description="how many days to look back, today included")]


class Listing(BaseModel):
    """The base of every paged result: a subclass adds `items`."""

    next_cursor: str | None = Field(default=None, description="ask again with it for more; null at the end")


def piece(
    call: Call,
    what: str,
    listing: Callable[[WorkspaceClient], Iterator[T]],
    *,
    cursor: str | None,
    limit: int,
    privilege: str | None = None,
) -> Piece[T]:
    """The next items of a listing of the workspace, in bounded memory; `what` completes "cannot ...".

    Raises:
        WorkspaceError: the workspace refused or did not answer, or the cursor is not one of this listing.
    """

    def take(client: WorkspaceClient) -> Piece[T]:
        return call.listings.take(lambda: listing(client), cursor=cursor, limit=limit, asked=call.asked)

    return call.workspace.ask(what, take, privilege=privilege)
