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


def test_a_changed_number_is_noticed_though_it_is_still_a_review() -> None:
    review = next(value for value in vars(reviews).values() if isinstance(value, Review))
    stored = dump_review(review)
    changed = stored.replace(b'"files": ', b'"files": 1', 1)
    assert changed != stored
    assert load_review(changed) is None
