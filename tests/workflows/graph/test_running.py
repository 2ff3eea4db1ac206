"""A review with a model, whole: what it reports, what it keeps, and what a second one costs."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import RunError, UsageError
from orchestrator.types import Source, Standing, Status
from orchestrator.workflows.runs.folder import all_runs, known_run
from orchestrator.workflows.selection import Selection
from tests.models.answers import failing, structured
from tests.models.messages_api import serving
from tests.workflows.graph.scene import AGENTS, LOAD, PLAIN, Told, callers, content, finds, review, wanted, with_trouble

pytestmark = [pytest.mark.anyio, pytest.mark.enable_socket]


async def test_one_report_holds_what_rules_found_and_what_the_model_proved_and_what_it_cost(root: Path) -> None:
    told = Told()
    with serving(finds) as api:
        found = (await review(wanted(root), api.address, told)).review
    by_model = [finding for finding in found.findings if finding.source is Source.MODEL]
    by_rule = [finding for finding in found.findings if finding.source is Source.RULE]
    assert [(each.rule, each.standing, each.specialists) for each in by_model] == [
        ("overwrite-without-guard", Standing.VERIFIED, AGENTS)
    ]
    assert by_rule
    assert not found.unfinished
    assert found.asked is not None
    assert (found.asked.run, found.asked.spending.calls) == (told.run, len(api.paid))
    assert found.asked.spending.usd
    spent = [line.spending for line in found.specialists if line.name in AGENTS]
    assert [each.calls for each in spent if each is not None] == [2, 2, 2]
    assert told.steps == ["read", "rules", "triage", "evidence", "refute", "merge", "report"]


async def test_whoever_has_most_to_read_is_asked_first(root: Path) -> None:
    (root / "more.py").write_text('spark.readStream.table("a.b.c").writeStream.toTable("d")\n' * 20, encoding="utf-8")
    told = Told()
    with serving(finds) as api:
        await review(wanted(root), api.address, told)
    started = [event.who for event in told.events if event.kind == "specialist-started"]
    assert started == ["pyspark-optimizer", "streaming-specialist", "delta-lake-expert"]


async def test_a_run_keeps_its_request_log_and_report_for_its_user_alone_and_no_credential(root: Path) -> None:
    told = Told()
    with serving(finds) as api:
        found = await review(wanted(root), api.address, told)
    run = known_run(told.run)
    report = json.loads(run.report.read_text(encoding="utf-8"))
    assert [each["id"] for each in report["findings"]] == [each.id for each in found.review.findings]
    assert {stat.S_IMODE(path.stat().st_mode) for path in run.folder.iterdir()} == {0o600}
    assert b"ANTHROPIC" not in run.request.read_bytes()


async def test_no_checkpoint_holds_the_code(root: Path) -> None:
    told = Told()
    with serving(finds) as api:
        await review(wanted(root), api.address, told)
    stored = known_run(told.run).checkpoints.read_bytes()
    assert b"overwrite-without-guard" in stored
    assert b"from pyspark.sql import functions" not in stored


async def test_an_unchanged_project_is_reviewed_again_without_a_call(root: Path) -> None:
    told = Told()
    with serving(finds) as api:
        first = await review(wanted(root), api.address, Told())
        paid = len(api.paid)
        second = await review(wanted(root), api.address, told)
        assert len(api.paid) == paid
    assert content(second.review) == content(first.review)
    assert told.reused == set(AGENTS)
    assert second.review.asked is not None
    assert (second.review.asked.spending.calls, second.review.asked.spending.usd) == (0, 0.0)


async def test_an_edit_asks_again_only_those_who_see_the_file(root: Path) -> None:
    stream = root / "stream.py"
    stream.write_text('spark.readStream.table("a.b.c").writeStream.toTable("d.e.f")\n', encoding="utf-8")
    (root / "load.py").write_text("\n".join(LOAD.split("\n")[:4]) + "\n", encoding="utf-8")
    told = Told()
    with serving(finds) as api:
        await review(wanted(root), api.address, Told())
        before = len(api.asked)
        (root / "load.py").write_text(
            (root / "load.py").read_text(encoding="utf-8").replace("amount", "price"), encoding="utf-8"
        )
        await review(wanted(root), api.address, told)
    started = {event.who: event for event in told.events if event.kind == "specialist-ended"}
    assert told.reused == {name for name in started if name not in callers(api.asked[before:])}


async def test_without_the_cache_nothing_of_other_runs_is_used_or_left(root: Path, tmp_path: Path) -> None:
    with serving(finds) as api:
        await review(wanted(root, use_cache=False), api.address, Told())
        await review(wanted(root, use_cache=False), api.address, Told())
    assert callers(api.asked) == {**dict.fromkeys(AGENTS, 4), "refuter": 2}
    assert not list((tmp_path / "cache").glob("*"))


@pytest.mark.parametrize("name", AGENTS)
async def test_a_specialist_that_fails_for_good_costs_nobody_else_and_is_told_by_the_ledger(
    name: str, root: Path
) -> None:
    told = Told()
    refuse = failing(400, "invalid_request_error", "no")
    with serving(with_trouble(name, lambda _: refuse)) as api:
        found = (await review(wanted(root), api.address, told)).review
    assert found.unfinished == (name,)
    line = next(line for line in found.specialists if line.name == name)
    assert (line.status, line.incomplete) == (Status.SKIPPED, True)
    assert "400" in line.reason or "refused" in line.reason
    kept = next(finding for finding in found.findings if finding.source is Source.MODEL)
    assert kept.specialists == tuple(each for each in AGENTS if each != name)


async def test_an_answer_that_nobody_can_read_is_never_green(root: Path) -> None:
    with serving(with_trouble("pyspark-optimizer", lambda _: structured({"all": "fine"}))) as api:
        found = (await review(wanted(root), api.address, Told())).review
    assert found.unfinished == ("pyspark-optimizer",)


async def test_findings_that_the_refuter_gave_no_word_about_are_withheld_and_the_run_is_incomplete(root: Path) -> None:
    with serving(with_trouble("refuter", lambda _: failing(400, "invalid_request_error", "no"))) as api:
        found = (await review(wanted(root), api.address, Told())).review
    assert found.unfinished == ("refuter",)
    assert {each.standing for each in found.findings if each.source is Source.MODEL} == {Standing.WITHHELD}


async def test_where_nobodys_subject_is_here_no_model_is_asked_and_the_ledger_says_why(tmp_path: Path) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    (root / "notes.py").write_text("x = 1\n", encoding="utf-8")
    asked = wanted(root, settings=replace(PLAIN, agents=("encryption-specialist",)))
    by_one_rule = replace(asked, request=replace(asked.request, selection=Selection(select=("PYS003",))))
    with serving(finds) as api:
        found = (await review(by_one_rule, api.address, Told())).review
    assert not api.asked
    line = next(line for line in found.specialists if line.name == "encryption-specialist")
    assert (line.status, line.reason, line.incomplete) == (Status.SKIPPED, "nothing of its subject is here", False)


async def test_a_limit_of_tokens_holds_for_the_whole_run_and_a_higher_one_goes_on(root: Path) -> None:
    told = Told()
    with serving(finds) as api:
        found = (await review(wanted(root, settings=replace(PLAIN, max_tokens=40_000)), api.address, told)).review
        assert found.unfinished
        assert any("--max-tokens 40000" in line.reason for line in found.specialists)
        paid = len(api.paid)
        assert sum(call.usage.input_total + call.usage.output_tokens for call in api.paid) <= 40_000
        await review(wanted(root, settings=replace(PLAIN, max_tokens=40_000), resume=told.run), api.address, Told())
        assert len(api.paid) == paid
        more = (await review(wanted(root, resume=told.run), api.address, Told())).review
    assert not more.unfinished
    assert len(api.paid) == 7
    assert paid < 7


async def test_bad_input_leaves_no_run_behind(root: Path) -> None:
    with serving(finds) as api:
        with pytest.raises(UsageError):
            await review(wanted(root / "nothing"), api.address, Told())
        with pytest.raises(UsageError):
            await review(wanted(root, settings=replace(PLAIN, agents=("nobody",))), api.address, Told())
        with pytest.raises(RunError, match="no run is called 'x'"):
            await review(wanted(root, resume="x"), api.address, Told())
    assert not all_runs()
