"""The seed: bad ones are one sentence, and the company is what docs/sandbox.md says."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from orchestrator.errors import UsageError
from orchestrator.workspace.sandbox import Seed
from orchestrator.workspace.sandbox.document import page
from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.seed import COMPANY
from orchestrator.workspace.sandbox.seed.moment import moment_of, read_moment
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.warehouse.activity import entries

ROOT = Path(__file__).parents[3]
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("now: [", "is no YAML"),
        ("- 1", "holds no mapping"),
        ("a: 1", "has no `now`"),
        ("now: yesterday", "is 'yesterday'; write a time such as"),
        ("now: 2026-11-23\nfoo: 1", "foo is no key of a seed there"),
        (
            "now: 2026-11-23T00:00:00Z\ncatalogs: {c: {schemas: {s: {tables: {t: {}}}}}}",
            "catalogs.c.schemas.s.tables.t.columns",
        ),
        ("now: 2026-11-23T00:00:00Z\ncatalogs: {'a b': {}}", "catalogs.a b"),
        ("now: 2026-11-23T00:00:00Z\njobs: [{job_id: 1, settings: {name: n, tasks: []}}]", "jobs.0.settings.tasks"),
        ("now: 2026-11-23T00:00:00Z\nqueries: [{at: soon, who: w, text: t}]", "'soon' is no time; write '3d'"),
    ],
)
def test_bad_seed_is_one_sentence_that_names_the_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refusal:
        Seed.read(file)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 2


def test_seed_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Seed.read(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3d", "2026-11-20T09:00"),
        ("5h", "2026-11-23T04:00"),
        ("in 9d", "2026-12-02T09:00"),
        ("3d 02:15", "2026-11-20T02:15"),
    ],
)
def test_times_are_relative_to_now(text: str, found: str) -> None:
    assert read_moment(text, NOW).isoformat(timespec="minutes") == f"{found}+00:00"


def test_another_now_moves_every_time() -> None:
    later = NOW + dt.timedelta(days=100)
    moved = Seed.read(now=later).recipients["partner-logistics"].tokens[0]
    assert moment_of(moved.expires) == later + dt.timedelta(days=6)
    assert max(entry.at for entry in entries(State.of(Seed.read(now=later)))) > later - dt.timedelta(days=2)


def test_company_has_the_size_that_is_announced() -> None:
    seed = Seed.read()
    tables = [
        name for catalog in seed.catalogs.values() for schema in catalog.schemas.values() for name in schema.tables
    ]
    assert (len(seed.catalogs), len(tables)) == (3, 63)
    assert 3_000 < len(entries(State.of(seed))) < 9_000


def test_audit_log_is_the_same_each_time() -> None:
    first, second = (entries(State.of(Seed.read())) for _ in range(2))
    assert first == second


def names_in(state: State) -> set[str]:
    """Every name that a finding may give."""
    seed = state.seed
    found = {item.full_name for item in state.unity.everything()}
    found |= {f"{table.full_name}.{column}" for table in state.unity.tables for column in table.seed.columns}
    found |= {*state.people.users, *state.people.groups, "account users", *seed.shares, *seed.recipients}
    found |= {str(job.job_id) for job in seed.jobs} | {pipeline.pipeline_id for pipeline in seed.pipelines}
    found |= {cluster.cluster_id for cluster in seed.compute.clusters}
    found |= {cluster.spark_version or "" for cluster in seed.compute.clusters}
    found |= {pool.instance_pool_id for pool in seed.compute.pools} | {house.id for house in seed.compute.warehouses}
    found |= {endpoint.name for endpoint in seed.learning.endpoints} | {one.name for one in seed.learning.online_tables}
    found |= {key for endpoint in seed.learning.endpoints for served in endpoint.served for key in served.environment}
    found |= {entry.ip for entry in entries(state)} | {
        value for entry in entries(state) for value in entry.params.values()
    }
    clusters = (cluster for job in seed.jobs for cluster in job.settings.job_clusters or [])
    return found | {cluster.new_cluster.spark_version or "" for cluster in clusters}


def test_every_place_of_a_planted_mistake_exists() -> None:
    state = State.of(Seed.read())
    known = names_in(state)
    missing = {planted.id: place for planted in state.seed.planted for place in planted.places if place not in known}
    assert missing == {}
    ids = [planted.id for planted in state.seed.planted]
    assert len(ids) == len(set(ids)) >= 30


def test_everyone_may_do_what_their_habits_say() -> None:
    state = State.of(Seed.read())
    refused = []
    for habit in state.seed.activity.habits:
        for table in habit.tables:
            try:
                state.grants.require(habit.who, "SELECT", state.unity.tables.get(table))
            except CallRefusedError as problem:
                refused.append(f"{habit.who}: {table}: {problem.message}")
    assert refused == []


def test_every_name_of_the_company_is_known() -> None:
    state = State.of(Seed.read())
    granted = {who for item in state.unity.everything() for who in item.seed.grants}
    owners = {item.owner for item in state.unity.everything()} - {"System user"}
    assert {who for who in granted | owners if not state.people.knows(who)} == set()
    lineage = {name for edge in state.seed.lineage for name in [edge.target, *edge.sources] if "://" not in name}
    assert {name for name in lineage if name not in state.unity.tables} == set()
    functions = {
        column.mask.function for table in state.unity.tables for column in table.seed.columns.values() if column.mask
    }
    assert {name for name in functions if name not in state.unity.functions} == set()


def test_nobody_in_the_company_is_real() -> None:
    text = COMPANY.read_text(encoding="utf-8")
    assert {domain for domain in re.findall(r"@([\w.]+\.\w+)", text) if domain != "example.com"} == set()


def test_page_is_what_the_routes_and_the_seed_say() -> None:
    written = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert written == page(Seed.read()), "run: python -m orchestrator.workspace.sandbox.document > docs/sandbox.md"
    assert max(len(line) for line in written.splitlines()) <= 160
