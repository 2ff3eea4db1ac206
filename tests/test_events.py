"""The run log: whole lines, whatever became of the process that wrote before."""

from __future__ import annotations

from pathlib import Path

from orchestrator.events import EventLog, Warned, read_events


def told(path: Path, *texts: str) -> None:
    """A log with these warnings, opened and closed."""
    log = EventLog(path)
    for text in texts:
        log.tell(Warned(text=text))
    log.close()


def read(path: Path) -> list[str]:
    """The texts of the warnings that a log holds."""
    return [event.text for event in read_events(path) if isinstance(event, Warned)]


def test_the_first_event_after_a_line_that_was_torn_off_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    told(path, "one", "two")
    path.write_bytes(path.read_bytes()[:-20])
    told(path, "three", "four")
    assert read(path) == ["one", "three", "four"]


def test_a_log_that_is_whole_is_gone_on_with_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for text in ("one", "two\nlines"):
        told(path, text)
    assert read(path) == ["one", "two\nlines"]
    assert path.read_bytes().count(b"\n") == 2


def test_half_a_character_is_written_as_a_question_mark(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    told(path, "a\udcffb", "ü")
    assert read(path) == ["a?b", "ü"]
