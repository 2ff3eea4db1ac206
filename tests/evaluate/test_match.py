"""What comes of each finding: the steps of `score/v1` and what must hold for any findings at all."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.evaluate.case import Case
from orchestrator.evaluate.counts import CaseScore, Counts
from orchestrator.evaluate.metrics.measures import value
from orchestrator.evaluate.prediction import Prediction
from orchestrator.evaluate.runlog import Entry
from orchestrator.evaluate.score import score_case
from orchestrator.types import Severity
from tests.evaluate.suites import MENDED, Draft, golden, loaded, said, stream


def scored(case: Case, *findings: Prediction, twin: tuple[Prediction, ...] | None = None) -> CaseScore:
    variants = {"input": Entry(case=case.id, variant="input", epoch=1, predictions=findings, lines=12)}
    if twin is not None:
        variants["twin"] = Entry(case=case.id, variant="twin", epoch=1, predictions=twin, lines=11)
    return score_case(case, variants)


def outcomes(score: CaseScore) -> list[str]:
    return [verdict.outcome for verdict in score.verdicts]


def gold(case: Case) -> tuple[Prediction, ...]:
    return tuple(
        said(each.kind, each.lines[0], category=each.category, evidence=each.quote, path=each.file)
        for each in case.goldens
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return loaded(tmp_path_factory.mktemp("case"))


def test_the_goldens_themselves_score_exactly_one(case: Case) -> None:
    counts = scored(case, *gold(case)).counts
    assert [value(name, counts) for name in ("precision", "recall", "f05", "weighted_recall")] == [1.0] * 4


def test_silence_has_recall_zero_and_no_precision(case: Case) -> None:
    counts = scored(case).counts
    assert (value("recall", counts), value("precision", counts), value("f05", counts)) == (0.0, None, 0.0)
    assert value("f05", Counts()) is None


ANY_FINDING = st.builds(
    said,
    rule=st.sampled_from(["PYS001", "STR001", "unbounded-collect", "whole-table-on-driver", "no-checkpoint", "other"]),
    line=st.integers(1, 16),
    category=st.sampled_from([None, "performance", "streaming", "security"]),
    confidence=st.sampled_from([25, 50, 75, 100]),
    agents=st.sampled_from([("a",), ("b",), ("a", "b")]),
    id=st.sampled_from(["x", "y", "z"]),
)
IN_ONE_CASE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@IN_ONE_CASE
@given(findings=st.lists(ANY_FINDING, max_size=8), random=st.randoms())
def test_no_score_depends_on_the_order_of_the_findings(case: Case, findings: list[Prediction], random: Random) -> None:
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert scored(case, *shuffled, twin=tuple(shuffled)) == scored(case, *findings, twin=tuple(findings))


@IN_ONE_CASE
@given(findings=st.lists(ANY_FINDING, max_size=8))
def test_no_golden_and_no_finding_is_counted_twice(case: Case, findings: list[Prediction]) -> None:
    score = scored(case, *findings)
    matched = [verdict.golden for verdict in score.verdicts if verdict.outcome == "tp"]
    assert len(matched) == len(set(matched)) == score.counts.tp <= len(case.goldens)
    assert score.counts.predicted + score.counts.neutral == len(score.verdicts) <= len(findings)
    for name in ("precision", "precision_labelled", "recall", "f05", "f1"):
        assert (value(name, score.counts) or 0) <= 1


def test_one_finding_matches_one_golden_even_where_it_fits_two(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.findings = [golden(), stream(), golden("g3", kind="other-kind", lines=[11, 11], quote="len(rows)")]

    score = scored(loaded(tmp_path, change), said("PYS001", 10))
    assert (score.counts.tp, score.counts.fn, outcomes(score)) == (1, 2, ["tp"])


@pytest.mark.parametrize(
    ("rule", "strength"),
    [
        ("PYS001", "rule"),
        ("pys001", "rule"),
        ("unbounded-collect", "rule"),
        ("Collect_Unbounded", "rule"),
        ("whole-table-on-driver", "accepted"),
        ("PYS009", "category"),
    ],
)
def test_names_fit_by_rule_by_alias_by_another_accepted_name_or_by_category(
    case: Case, rule: str, strength: str
) -> None:
    assert [(each.outcome, each.strength) for each in scored(case, said(rule, 10)).verdicts] == [("tp", strength)]


def test_a_rule_wins_over_an_accepted_name_and_that_over_the_category(case: Case) -> None:
    weak, better, best = said("PYS009", 10), said("whole-table-on-driver", 11), said("PYS001", 9)
    assert scored(case, weak, better).goldens[0].by == better
    assert scored(case, weak, better, best).goldens[0].by == best


@pytest.mark.parametrize(("line", "found"), [(6, False), (7, True), (13, True), (14, False)])
def test_a_finding_may_stand_three_lines_beside_its_golden(case: Case, line: int, *, found: bool) -> None:
    evidence = "orders.collect()"
    score = scored(case, said("PYS001", line, lines=(line, line), evidence=evidence))
    assert score.goldens[0].found is found


@pytest.mark.parametrize(
    ("scope", "line", "path", "found"),
    [
        ("line", 1, "src/load.py", False),
        ("block", 1, "src/load.py", False),
        ("block", 8, "src/load.py", True),
        ("file", 1, "src/load.py", True),
        ("file", 1, "other.py", False),
        ("project", 1, "other.py", True),
    ],
)
def test_the_scope_says_how_far_away_a_golden_may_be_reported(
    tmp_path: Path, scope: str, line: int, path: str, *, found: bool
) -> None:
    def change(draft: Draft) -> None:
        draft.texts["other.py"] = "import os\n"
        draft.findings = [golden(scope=scope, lines=[11, 11], quote="print(len(rows)", tolerance=0), stream()]

    case = loaded(tmp_path, change)
    evidence = case.texts[path].split("\n")[line - 1]
    assert scored(case, said("PYS001", line, path=path, evidence=evidence)).goldens[0].found is found


def test_another_rightful_place_counts_as_the_golden(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.findings[0] = golden(alt_locations=[{"file": "src/load.py", "lines": [5, 5]}], tolerance=0)

    assert scored(loaded(tmp_path, change), said("PYS001", 5)).goldens[0].found


def test_what_quotes_nothing_that_is_there_is_false_and_ungrounded(case: Case) -> None:
    for wrong in (
        said(evidence="orders.toPandas()"),
        said(evidence=""),
        said(path="src/none.py"),
        said(line=16, evidence="orders.collect()"),
    ):
        score = scored(case, wrong)
        assert (outcomes(score), score.counts.fp, score.counts.ungrounded, score.counts.tp) == (["ungrounded"], 1, 1, 0)


def test_white_space_and_a_masked_value_do_not_unground_a_quote(case: Case) -> None:
    assert outcomes(scored(case, said(evidence="rows   =\n orders.collect()"))) == ["tp"]
    assert outcomes(scored(case, said(evidence="rows = ord…redacted()"))) == ["tp"]
    assert outcomes(scored(case, said(evidence="rows = xyz…redacted()"))) == ["ungrounded"]


def test_of_what_one_agent_says_twice_the_surer_one_stands(case: Case) -> None:
    sure, unsure = said(confidence=100, id="a"), said(confidence=50, id="b")
    score = scored(case, unsure, sure)
    assert sorted(outcomes(score)) == ["duplicate", "tp"]
    assert score.goldens[0].by == sure
    assert value("precision_labelled", score.counts) == 0.5


def test_what_two_agents_say_alike_is_one_finding_with_both_names(case: Case) -> None:
    score = scored(case, said(), said(agents=("cost-analyzer",)))
    assert [(each.outcome, each.prediction.agents) for each in score.verdicts] == [
        ("tp", ("cost-analyzer", "pyspark-optimizer"))
    ]


def test_another_name_for_a_defect_that_was_found_repeats_it(case: Case) -> None:
    score = scored(case, said("PYS001", 10), said("whole-table-on-driver", 11))
    assert sorted((each.outcome, each.golden) for each in score.verdicts) == [("duplicate", "g1"), ("tp", "g1")]


def test_another_defect_of_its_category_beside_it_does_not_repeat_it(case: Case) -> None:
    score = scored(case, said("PYS001", 10), said("PYS003", 11))
    assert [(each.outcome, each.false_by) for each in score.verdicts] == [("tp", None), ("fp", "closed-world")]


def test_what_is_left_is_false_in_a_closed_category_and_unlabelled_elsewhere(case: Case) -> None:
    closed, other = said("PYS003", 3), said("SEC002", 3)
    score = scored(case, closed, other, said("made-up", 5))
    assert {each.prediction.rule: (each.outcome, each.false_by) for each in score.verdicts} == {
        "PYS003": ("fp", "closed-world"),
        "SEC002": ("unlabelled", None),
        "made-up": ("unlabelled", None),
    }
    assert value("precision", score.counts) == 0.0
    assert value("precision_labelled", score.counts) == 0.0


def test_a_finding_at_a_place_that_looks_wrong_and_is_right_is_false(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.negatives[0] = {**draft.negatives[0], "lines": [3, 3], "quote": "SparkSession"}

    case = loaded(tmp_path, change)
    assert [each.false_by for each in scored(case, said("SEC002", 3)).verdicts] == ["hard-negative"]
    assert outcomes(scored(case, said("SEC002", 3, lines=(1, 5)))) == ["unlabelled"], "it is about more than the place"
    assert outcomes(scored(case, said("made-up", 3, source="model"))) == ["fp"]
    assert outcomes(scored(case, said("E501", 3, source="peer"))) == ["unlabelled"], "whatever that rule may mean"


def test_a_neutral_place_counts_for_nobody(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.ignored = [{"file": "src/load.py", "lines": [3, 3], "kinds": ["PYS003"], "why": "A matter of taste."}]

    case = loaded(tmp_path, change)
    score = scored(case, said("PYS003", 3), said("PYS009", 3))
    assert {each.prediction.rule: each.outcome for each in score.verdicts} == {"PYS003": "neutral", "PYS009": "fp"}
    assert score.counts.predicted == 1


def test_a_golden_is_a_right_pair_only_if_its_twin_is_left_alone(case: Case) -> None:
    on_twin = said("PYS001", 10, evidence="print(orders.count(), day)")
    quiet, still = scored(case, said(), twin=()), scored(case, said(), twin=(on_twin,))
    assert [each.pair for each in quiet.goldens] == [True, False]
    assert [each.pair for each in still.goldens] == [False, False]
    assert [(each.outcome, each.false_by) for each in still.twin_verdicts] == [("fp", "still-reported")]
    assert (still.counts.clean_fp, still.counts.clean_lines, quiet.counts.noisy_twins) == (1, 11, 0)
    assert scored(case, said()).goldens[0].pair is None, "the twin was not reviewed"


def test_a_name_that_found_a_golden_by_category_alone_must_be_silent_too(case: Case) -> None:
    on_twin = said("PYS009", 10, evidence="print(orders.count(), day)")
    assert scored(case, said("PYS009"), twin=(on_twin,)).goldens[0].pair is False
    assert scored(case, said("PYS001"), twin=(on_twin,)).goldens[0].pair is True


def test_lines_of_the_twin_are_those_to_which_the_golden_has_moved(tmp_path: Path) -> None:
    def change(draft: Draft) -> None:
        draft.findings[1] = stream(tolerance=0)

    case = loaded(tmp_path, change)
    moved = MENDED.split("\n").index(next(line for line in MENDED.split("\n") if "writeStream" in line)) + 1
    assert moved == 15
    for line, pair in ((15, False), (16, True)):
        on_twin = said("STR001", line, evidence="events.writeStream")
        assert scored(case, said("STR001", 16), twin=(on_twin,)).goldens[1].pair is pair


def test_the_agent_that_gave_no_usable_answer_is_counted_and_finds_nothing(case: Case) -> None:
    from orchestrator.evaluate.runlog import Invalid

    entry = Entry(
        case=case.id,
        variant="input",
        epoch=1,
        predictions=(),
        lines=12,
        invalid=(Invalid(agent="a", reason="no JSON"),),
    )
    counts = score_case(case, {"input": entry}).counts
    assert (counts.invalid, counts.fn) == (1, 2)


def test_severity_has_no_part_in_a_match(case: Case) -> None:
    assert scored(case, said(severity=Severity.INFO)).goldens[0].found
