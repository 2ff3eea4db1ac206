"""What acts or hides instead of showing is spelled out, and nothing else changes."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code.visible import visible

PICTURES = "\U0001f600 ✔️ ❤️ \U0001f469‍\U0001f52c \U0001f468‍❤️‍\U0001f468 1️⃣ ©️"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202egnp.exe", "a⟨U+202E⟩gnp.exe"),
        ("pass\u200bword", "pass⟨U+200B⟩word"),
        ("x\U000e0041\U000e007f", "x⟨U+E0041⟩⟨U+E007F⟩"),
        ("a\ufe0fb", "a⟨U+FE0F⟩b"),
        ("a\U000e0100", "a⟨U+E0100⟩"),
        ("3\ufe0f + 4", "3⟨U+FE0F⟩ + 4"),
        ("ad\u200dmin", "ad⟨U+200D⟩min"),
        ("\U0001f600\u200dadmin", "\U0001f600⟨U+200D⟩admin"),
        ("red\x1b[31m", "red⟨U+001B⟩[31m"),
        ("\x9b31m\x85", "⟨U+009B⟩31m⟨U+0085⟩"),
        ("one\rtwo", "one⟨U+000D⟩two"),
        ("\ud800", "⟨U+D800⟩"),
    ],
)
def test_an_acting_character_is_shown_by_its_number(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["", "def f():\n\treturn 1\n", "naïve Größe 数据 данные", PICTURES])
def test_text_that_shows_as_it_is_stays(text: str) -> None:
    assert visible(text) == text


def test_no_control_no_direction_and_no_unseen_character_is_left() -> None:
    every = "".join(f"a{chr(number)}" for number in range(sys.maxunicode + 1))
    left = {character for character in visible(every) if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}}
    unseen = {0x34F, 0x61C, 0x3164, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF}
    unseen |= {*range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)}
    assert left == {"\n", "\t"}
    assert not unseen & set(map(ord, visible(every)))


@given(st.text())
def test_lines_stay_lines_and_a_second_look_changes_nothing(text: str) -> None:
    shown = visible(text)
    assert shown.count("\n") == text.count("\n")
    assert visible(shown) == shown
