"""What every part of a seed is: frozen, and closed to keys that it does not know."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Json = dict[str, object]
"""A JSON object as it goes over the wire."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x20/.`\x7f]+$")]
"""One part of a Unity Catalog name: no space, period, slash, backtick or control character."""
Grants = dict[str, list[str]]
"""Privileges by principal, in the spelling of the REST interface: `USE_CATALOG`."""
Tags = dict[str, str]


class Part(BaseModel):
    """A part of a seed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Wire(Part):
    """A part whose fields carry the names of the REST interface, so that an answer is the part itself."""

    def wire(self) -> Json:
        """The JSON object, without the fields that are not set."""
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


class Owned(Part):
    """What all securables of Unity Catalog have."""

    comment: str | None = None
    owner: str | None = None
    tags: Tags = Field(default_factory=dict)
    grants: Grants = Field(default_factory=dict)
