"""What the cache keeps comes back equal, or not at all."""

from __future__ import annotations

import pytest

from orchestrator.types import Review
from orchestrator.workflows.stored import dump_review, load_review
from tests.report import reviews


@pytest.mark.parametrize("review", [value for value in vars(reviews).values() if isinstance(value, Review)])
def test_review_comes_back_equal(review: Review) -> None:
    assert load_review(dump_review(review)) == review


@pytest.mark.parametrize("stored", [b"", b"{}", b"0" * 64 + b"\n{}", b"\xff\n\xff"])
def test_other_bytes_are_no_review(stored: bytes) -> None:
    assert load_review(stored) is None


def test_one_changed_byte_is_noticed() -> None:
    review = next(value for value in vars(reviews).values() if isinstance(value, Review))
    stored = dump_review(review)
    assert load_review(stored[:-3] + b"1" + stored[-2:]) is None
