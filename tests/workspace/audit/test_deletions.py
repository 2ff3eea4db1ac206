"""Erasure: DELETE, then a VACUUM that is late enough, and a rewrite where deletion vectors are on."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestrator.workspace.audit.deletions import DeletionCheck, Operation, judged, retention_of

REQUESTED = dt.date(2026, 9, 1)
DEADLINE = dt.date(2026, 10, 1)


def checked(*operations: tuple[int, str], **properties: str) -> DeletionCheck:
    """The check of a table whose operations are given by the day after the request."""
    start = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)
    history = [
        Operation(version=number, time=start + dt.timedelta(days=day), operation=name, by=None)
        for number, (day, name) in enumerate(operations)
    ]
    named = {f"delta.{key}": value for key, value in properties.items()}
    return judged("main.s.t", history, named, REQUESTED, DEADLINE)


def test_a_delete_and_a_vacuum_after_the_retention_is_purged() -> None:
    found = checked((1, "DELETE"), (9, "VACUUM START"), (9, "VACUUM END"))
    assert (found.standing, found.retention_hours) == ("purged", 168)
    assert found.vacuumed is not None


@pytest.mark.parametrize(
    ("operations", "standing"),
    [
        ([], "not deleted"),
        ([(-3, "DELETE"), (9, "VACUUM END")], "not deleted"),
        ([(1, "WRITE"), (9, "VACUUM END")], "not deleted"),
        ([(1, "DELETE")], "not purged"),
        ([(1, "DELETE"), (3, "VACUUM END")], "not purged"),
        ([(1, "DELETE"), (9, "VACUUM START")], "not purged"),
        ([(9, "VACUUM END"), (10, "DELETE")], "not purged"),
        ([(1, "DELETE"), (35, "VACUUM END")], "late"),
        ([(1, "MERGE"), (9, "VACUUM END")], "purged"),
        ([(1, "DELETE"), (3, "VACUUM END"), (9, "VACUUM END")], "purged"),
    ],
)
def test_what_is_missing_is_named(operations: list[tuple[int, str]], standing: str) -> None:
    assert checked(*operations).standing == standing


def test_deletion_vectors_need_a_rewrite_and_the_retention_after_it() -> None:
    on = {"enableDeletionVectors": "true"}
    unwritten = checked((1, "DELETE"), (9, "VACUUM END"), **on)
    assert (unwritten.standing, unwritten.vacuumed) == ("not purged", None)
    assert checked((1, "DELETE"), (2, "REORG"), (8, "VACUUM END"), **on).standing == "not purged"
    assert checked((1, "DELETE"), (2, "REORG"), (10, "VACUUM END"), **on).standing == "purged"


def test_the_retention_of_the_table_counts() -> None:
    assert (
        checked((1, "DELETE"), (9, "VACUUM END"), deletedFileRetentionDuration="interval 30 days").standing
        == "not purged"
    )
    assert (
        checked((1, "DELETE"), (2, "VACUUM END"), deletedFileRetentionDuration="interval 24 hours").standing == "purged"
    )


@pytest.mark.parametrize(("text", "hours"), [("interval 2 weeks", 336), ("48 HOURS", 48), ("nonsense", 168), ("", 168)])
def test_a_retention_is_read(text: str, hours: int) -> None:
    assert retention_of({"delta.deletedFileRetentionDuration": text}).total_seconds() == hours * 3_600
