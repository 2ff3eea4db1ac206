"""The plan of a posting, over every state that threads and findings can be in."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.github.posting.plan import Inline, Plan, Thread, Wanted, closed_by_people, plan

FINDINGS = st.sampled_from(["a1", "b2", "c3", "d4", "e5"])
HEAD = "1" * 40


def inline(finding: str, line: int = 3) -> Inline:
    return Inline(finding=finding, path="src/a.py", line=line, start_line=None, body=finding)


def wanted(*findings: str, still: tuple[str, ...] = (), complete: bool = True) -> Wanted:
    return Wanted(
        head=HEAD,
        comments=tuple(map(inline, findings)),
        still_there=frozenset((*findings, *still)),
        is_complete=complete,
    )


def thread(finding: str = "a1", **state: bool) -> Thread:
    return Thread(id="T1", comment=1, finding=finding, **state)


@st.composite
def threads(draw: st.DrawFn) -> tuple[Thread, ...]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        resolved = draw(st.booleans())
        found.append(
            Thread(
                id=f"T{number}",
                comment=number,
                finding=draw(FINDINGS),
                resolved=resolved,
                by_person=resolved and draw(st.booleans()),
                disliked=draw(st.booleans()),
                answered=draw(st.booleans()),
                told=draw(st.booleans()),
            )
        )
    return tuple(found)


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    there = draw(st.lists(FINDINGS, unique=True))
    commented = draw(st.lists(st.sampled_from(there))) if there else []
    return Wanted(
        head=HEAD,
        comments=tuple(inline(each, line=draw(st.integers(1, 99))) for each in commented),
        still_there=frozenset(there),
        is_complete=draw(st.booleans()),
    )


def carried_out(there: tuple[Thread, ...], done: Plan, *, may_resolve: bool = True) -> tuple[Thread, ...]:
    """The threads as the plan leaves them."""
    state = {each.id: each for each in there}
    for gone in done.resolve:
        state[gone.thread.id] = replace(gone.thread, resolved=may_resolve, told=True)
    for back in done.reopen:
        if may_resolve:
            state[back.thread.id] = replace(back.thread, resolved=False, told=False)
    new = (
        Thread(id=f"new{number}", comment=100 + number, finding=each.finding) for number, each in enumerate(done.batch)
    )
    return (*state.values(), *new)


@given(threads(), wishes())
def test_the_same_state_twice_plans_nothing(there: tuple[Thread, ...], wish: Wanted) -> None:
    assert plan(carried_out(there, plan(there, wish)), wish).is_empty


@given(threads(), wishes())
def test_a_token_that_may_not_resolve_says_its_word_once(there: tuple[Thread, ...], wish: Wanted) -> None:
    again = plan(carried_out(there, plan(there, wish), may_resolve=False), wish)
    assert not again.batch
    assert not again.resolve


@given(threads(), wishes())
def test_under_a_reply_of_a_person_a_thread_is_resolved_at_most(there: tuple[Thread, ...], wish: Wanted) -> None:
    done = plan(there, wish)
    assert not [action for action in done.reopen if action.thread.answered]
    assert {type(action).__name__ for action in (*done.resolve, *done.reopen)} <= {"Resolve", "Reopen"}


@given(threads(), wishes())
def test_what_a_person_resolved_or_disliked_is_never_said_again(there: tuple[Thread, ...], wish: Wanted) -> None:
    done = plan(there, wish)
    closed = {each.finding for each in there if each.is_closed}
    assert not closed & {comment.finding for comment in done.batch}
    assert not closed & {action.thread.finding for action in done.reopen}
    assert not [action for action in done.resolve if action.thread.resolved]


@given(threads(), wishes())
def test_code_that_moved_keeps_its_thread(there: tuple[Thread, ...], wish: Wanted) -> None:
    done = plan(there, wish)
    assert not {each.finding for each in there} & {comment.finding for comment in done.batch}


@given(threads(), wishes())
def test_every_finding_has_one_comment_at_most_and_none_is_lost(there: tuple[Thread, ...], wish: Wanted) -> None:
    posted = [comment.finding for comment in plan(there, wish).batch]
    known = {each.finding for each in there}
    assert len(posted) == len(set(posted))
    assert set(posted) == {comment.finding for comment in wish.comments} - known


@given(threads(), wishes())
def test_only_a_complete_review_resolves_and_only_what_is_gone(there: tuple[Thread, ...], wish: Wanted) -> None:
    resolved = {action.thread.finding for action in plan(there, wish).resolve}
    assert not resolved & wish.still_there
    assert wish.is_complete or not resolved


@given(threads(), wishes())
def test_every_open_thread_of_a_finding_that_is_gone_is_resolved_or_counted(
    there: tuple[Thread, ...], wish: Wanted
) -> None:
    done = plan(there, wish)
    gone = [each for each in there if not each.resolved and each.finding not in wish.still_there]
    assert len(done.resolve) + done.left == (len(gone) if wish.is_complete else 0)


def test_a_new_finding_is_in_the_batch() -> None:
    assert plan((), wanted("a1")) == Plan(batch=(inline("a1"),))


def test_a_finding_that_is_gone_is_resolved_with_a_word_that_names_the_commit() -> None:
    (action,) = plan([thread()], wanted()).resolve
    assert action.word == f"Fixed in {HEAD}."


def test_a_finding_that_is_there_but_no_longer_inline_keeps_its_thread_open() -> None:
    assert plan([thread()], wanted(still=("a1",))).is_empty


def test_a_finding_that_is_back_opens_the_thread_that_we_resolved() -> None:
    ours = thread(resolved=True, told=True)
    assert [action.thread for action in plan([ours], wanted("a1")).reopen] == [ours]


def test_a_thread_that_a_person_opened_again_is_left_and_counted() -> None:
    done = plan([thread(told=True)], wanted())
    assert done.is_empty
    assert done.left == 1


def test_a_run_that_wrote_its_word_resolves_without_another() -> None:
    begun = replace(wanted(), begun=frozenset({"T1"}))
    (action,) = plan([thread(told=True)], begun).resolve
    assert action.word is None


def test_findings_that_people_closed_are_counted_once_and_only_while_they_are_there() -> None:
    closed = thread(disliked=True)
    assert closed_by_people([closed, replace(closed, id="T2")], frozenset({"a1"})) == 1
    assert closed_by_people([closed], frozenset()) == 0
