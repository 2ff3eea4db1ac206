"""The JSON Schema of the json format, made from the dataclasses: `python -m orchestrator.report.json_schema`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from orchestrator.report.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def schema() -> dict[str, object]:
    """The schema (draft 2020-12) of what the json format prints: every key of an object is always there."""
    from pydantic import TypeAdapter

    from orchestrator.report.json import Document

    body = TypeAdapter(Document).json_schema(mode="serialization")
    for definition in _objects(body):
        definition["required"] = list(definition["properties"])
        for member in definition["properties"].values():
            member.pop("default", None)
            member.pop("title", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body, "title": "Review"}


def _objects(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The definitions that describe a dataclass, the document's own among them."""
    for definition in (body, *body.get("$defs", {}).values()):
        if "properties" in definition:
            yield definition


if __name__ == "__main__":
    sys.stdout.write(json_text(schema()))
