"""The page of a rule, read back into its parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.report.page_text import Paragraph, Sample, blocks, spans

PAGE = """A count reads
all rows.

Why: it runs `every` join.

- one
  bullet
- two

Bad: in a condition::

    # file: a.py
    if df.count():

        pass

Source: the API reference.
"""


def test_a_page_is_read_into_paragraphs_bullets_labels_and_samples() -> None:
    assert list(blocks(PAGE)) == [
        Paragraph(text="A count reads all rows."),
        Paragraph(text="it runs `every` join.", label="Why"),
        Paragraph(text="one bullet", bullet=True),
        Paragraph(text="two", bullet=True),
        Sample(label="Bad: in a condition", code="# file: a.py\nif df.count():\n\n    pass"),
        Paragraph(text="the API reference.", label="Source"),
    ]


@given(st.text("ab:-` \n\t*"))
def test_every_text_is_read_to_its_end_without_losing_a_letter(text: str) -> None:
    found = list(blocks(text))
    kept = "".join(block.label + block.code if isinstance(block, Sample) else block.text for block in found)
    assert sum(map(kept.count, "ab")) == sum(map(text.count, "ab"))


@given(st.text("ab` "))
def test_spans_keep_every_letter_and_call_code_what_stands_between_backticks(text: str) -> None:
    pieces = list(spans(text))
    assert [letter for piece, _ in pieces for letter in piece if letter in "ab"] == [
        letter for letter in text if letter in "ab"
    ]
    assert list(spans("a `b` c")) == [("a ", False), ("b", True), (" c", False)]
