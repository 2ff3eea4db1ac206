"""A review as bytes for the cache: a digest line, then JSON; read back without pydantic, which is dear to import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from orchestrator.types import (
    Asked,
    Coverage,
    Edit,
    Finding,
    Fix,
    Location,
    Review,
    Severity,
    Source,
    SpecialistCoverage,
    Spending,
    Standing,
    Status,
    Table,
)


def dump_review(review: Review) -> bytes:
    """The bytes of a review."""
    body = json.dumps(asdict(review), ensure_ascii=False).encode()
    return sha256(body).hexdigest().encode() + b"\n" + body


def load_review(stored: bytes) -> Review | None:
    """The review in bytes that `dump_review` made; None where they are damaged or of another version."""
    digest, _, body = stored.partition(b"\n")
    if sha256(body).hexdigest().encode() != digest:
        return None
    try:
        return _review(json.loads(body))
    except (KeyError, TypeError, ValueError):
        return None


def _review(data: Mapping[str, Any]) -> Review:
    changed = {
        "findings": tuple(_finding(each) for each in data["findings"]),
        "coverage": tuple(Coverage(**{**each, "status": Status(each["status"])}) for each in data["coverage"]),
        "specialists": tuple(_specialist(each) for each in data["specialists"]),
        "notes": tuple(data["notes"]),
        "asked": _asked(data["asked"]) if data["asked"] is not None else None,
        "tables": tuple(_table(each) for each in data["tables"]),
    }
    return Review(**{**data, **changed})


def _table(data: Mapping[str, Any]) -> Table:
    rows = tuple(tuple(row) for row in data["rows"])
    return Table(title=data["title"], columns=tuple(data["columns"]), rows=rows, note=data["note"])


def _specialist(data: Mapping[str, Any]) -> SpecialistCoverage:
    spending = Spending(**data["spending"]) if data["spending"] is not None else None
    return SpecialistCoverage(**{**data, "status": Status(data["status"]), "spending": spending})


def _asked(data: Mapping[str, Any]) -> Asked:
    return Asked(**{**data, "spending": Spending(**data["spending"]), "answered": tuple(data["answered"])})


def _finding(data: Mapping[str, Any]) -> Finding:
    changed = {
        "severity": Severity(data["severity"]),
        "source": Source(data["source"]),
        "standing": Standing(data["standing"]),
        "specialists": tuple(data["specialists"]),
        "references": tuple(data["references"]),
        "location": Location(**data["location"]),
        "fix": _fix(data["fix"]) if data["fix"] is not None else None,
    }
    return Finding(**{**data, **changed})


def _fix(data: Mapping[str, Any]) -> Fix:
    return Fix(**{**data, "edits": tuple(Edit(**edit) for edit in data["edits"])})
