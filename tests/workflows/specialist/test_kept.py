"""Kept answers: an unchanged specialist is not asked, and an edit asks again only those who see the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.models.conversation import SystemText, ToolCard
from orchestrator.models.shelf import Shelf
from orchestrator.workflows.specialist.conversation import Brief, Cohort, Conversation
from orchestrator.workflows.specialist.kept import FILE, KeptAnswers, answer_key

COHORT = Cohort(
    model="claude-sonnet-5-5",
    effort="medium",
    shared=SystemText(text="all files", shared=True),
    cards=(ToolCard(name="read_file", description="reads", schema={"type": "object"}),),
)
BRIEF = Brief(name="cost-analyzer", persona="you look at costs", message="review load.py", tools={})
DIGESTS = {"load.py": "1", "job.yml": "2", "other.py": "3"}
ASSIGNED = {"load.py": "1"}
ENDED = Conversation(who="cost-analyzer", text='{"findings": []}', turns=2, read=("job.yml",))
KEY = answer_key(COHORT, BRIEF, assigned=ASSIGNED)


def found(folder: Path, digests: dict[str, str], key: str = KEY) -> str | None:
    """The text that is found when the folder is opened anew."""
    kept = KeptAnswers(folder)
    answer = kept.lookup(key, digests)
    kept.close()
    return None if answer is None else answer.text


def stored(folder: Path, ended: Conversation = ENDED, digests: dict[str, str] | None = None) -> None:
    """Keep an answer and close."""
    kept = KeptAnswers(folder)
    kept.store(KEY, ended, digests or DIGESTS)
    kept.close()


def test_unchanged_specialist_is_answered_with_its_turns_and_what_it_read(tmp_path: Path) -> None:
    stored(tmp_path)
    kept = KeptAnswers(tmp_path)
    answer = kept.lookup(KEY, DIGESTS)
    kept.close()
    assert answer is not None
    assert (answer.text, answer.turns, answer.read) == (ENDED.text, 2, {"job.yml": "2"})


@pytest.mark.parametrize(
    ("digests", "is_found"),
    [
        ({**DIGESTS, "other.py": "edited"}, True),
        ({"load.py": "1", "job.yml": "2"}, True),
        ({**DIGESTS, "job.yml": "edited"}, False),
        ({"load.py": "1"}, False),
    ],
)
def test_edit_matters_only_in_files_that_were_read(tmp_path: Path, digests: dict[str, str], *, is_found: bool) -> None:
    stored(tmp_path)
    assert (found(tmp_path, digests) is not None) == is_found


@pytest.mark.parametrize(
    "ended",
    [
        replace(ENDED, live=True),
        replace(ENDED, problem="it refused"),
        replace(ENDED, text=""),
        replace(ENDED, read=("not-in-the-project.py",)),
    ],
)
def test_answer_that_may_differ_tomorrow_is_not_kept(tmp_path: Path, ended: Conversation) -> None:
    stored(tmp_path, ended)
    assert found(tmp_path, DIGESTS) is None


def test_key_is_another_for_everything_that_decides_an_answer() -> None:
    keys = [
        KEY,
        answer_key(COHORT, BRIEF, assigned={"load.py": "edited"}),
        answer_key(COHORT, BRIEF, assigned=DIGESTS),
        answer_key(COHORT, BRIEF, assigned=ASSIGNED, instructions="quote"),
        *(answer_key(cohort, BRIEF, assigned=ASSIGNED) for cohort in changed_cohorts()),
        answer_key(COHORT, replace(BRIEF, persona="you look at grants"), assigned=ASSIGNED),
        answer_key(COHORT, replace(BRIEF, message="review job.yml"), assigned=ASSIGNED),
        answer_key(COHORT, replace(BRIEF, name="sla-guardian"), assigned=ASSIGNED),
    ]
    assert len(set(keys)) == len(keys)


def test_key_is_the_same_when_only_what_others_are_assigned_changed() -> None:
    edited = replace(COHORT, shared=SystemText(text="all files, one edited", shared=True))
    assert answer_key(edited, BRIEF, assigned=ASSIGNED) == KEY


@pytest.mark.parametrize("text", ["", "[]", '{"text": 1, "turns": 1, "read": {}}', '{"text": "t", "turns": 1}'])
def test_what_is_not_an_answer_is_a_miss(tmp_path: Path, text: str) -> None:
    shelf = Shelf(tmp_path / FILE)
    shelf.put(KEY, text)
    shelf.close()
    assert found(tmp_path, DIGESTS) is None


def changed_cohorts() -> list[Cohort]:
    """The cohort with one thing changed, for each thing."""
    described = replace(COHORT.cards[0], description="reads a file")
    return [
        replace(COHORT, model="claude-opus-5-5"),
        replace(COHORT, effort="high"),
        replace(COHORT, schema={"type": "object"}),
        replace(COHORT, max_turns=3),
        replace(COHORT, max_tokens=9_000),
        replace(COHORT, cards=()),
        replace(COHORT, cards=(described,)),
        replace(COHORT, part="refuter"),
    ]
