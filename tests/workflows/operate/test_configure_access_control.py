"""`configure-access-control` on the sandbox: the grants of a file, least privilege, and what the preflight stops."""

from __future__ import annotations

import json

import pytest

from orchestrator.workspace.statements import query
from tests.workflows.operate.failing import CLEAN, ROOT, USAGE, Ran, Stage, every_step_fails_in_turn

pytestmark = pytest.mark.enable_socket
COMMAND = ("configure-access-control", "--catalog", "retail_prod")
WANTED = """
grants:
  - {on: schema retail_prod.gold, principal: account users, privileges: [BROWSE]}
  - {on: schema retail_prod.gold, principal: data-scientists, privileges: [USE_SCHEMA, SELECT]}
  - {on: table retail_prod.silver.customers, principal: contractor-1@example.com, privileges: []}
masks:
  - {table: retail_prod.gold.customer_360, column: email, function: retail_prod.reference.mask_email}
row_filters:
  - {table: retail_prod.silver.orders, function: retail_prod.reference.own_country, columns: [status]}
"""


def _wants(stage: Stage, text: str, name: str = "grants.yml") -> tuple[str, ...]:
    (stage.folder / name).write_text(text, encoding="utf-8")
    return (*COMMAND, "--grants", name)


def _ran(stage: Stage, text: str, name: str = "grants.yml") -> Ran:
    return stage.run(*_wants(stage, text, name))


def test_the_grants_filters_and_masks_of_a_file_are_applied_and_others_stay(stage: Stage) -> None:
    words = _wants(stage, WANTED)
    shown = stage.run(*words)
    subjects = [row[1] for row in shown.table("Changes")]
    assert subjects[0] == "privileges of data-scientists on schema retail_prod.gold"
    assert subjects[-1] == "privileges of account users on schema retail_prod.gold"
    assert ["schema retail_prod.gold", "readers", "SELECT, USE_SCHEMA"] in shown.table("Not managed here")
    ran = stage.applied(*words)
    assert (ran.code, set(ran.standings)) == (CLEAN, {"verified"})
    assert stage.live(ran.sha) == [change.after for change in stage.kept(ran.sha).changes]
    assert stage.run(*words).table("Changes") == []


def test_every_step_of_a_file_fails_in_turn(stage: Stage) -> None:
    every_step_fails_in_turn(stage, *_wants(stage, WANTED))


def test_sql_adds_and_takes_away_what_it_says_and_leaves_the_rest(reading: Stage) -> None:
    ran = _ran(
        reading,
        "GRANT SELECT, MODIFY ON SCHEMA retail_prod.silver TO `finance`;\n"
        "REVOKE EXECUTE ON SCHEMA retail_prod.reference FROM `readers`;\n",
        "grants.sql",
    )
    changes = {row[1]: row[2:] for row in ran.table("Changes")}
    assert changes == {
        "privileges of finance on schema retail_prod.silver": ["(empty)", "MODIFY, SELECT"],
        "privileges of readers on schema retail_prod.reference": ["EXECUTE, SELECT, USE_SCHEMA", "SELECT, USE_SCHEMA"],
    }


def test_a_copy_of_the_template_of_the_skill_is_read_and_not_run(reading: Stage) -> None:
    template = ROOT / "plugins/databricks-governance/skills/access-management/templates/apply_grants.py"
    text = (
        template.read_text(encoding="utf-8")
        .replace("prod", "retail_prod")
        .replace("retail_prod.sales", "retail_prod.gold")
    )
    ran = _ran(reading, f"raise SystemExit\n{text}", "wanted.py")
    assert "privileges of sales-writers on schema retail_prod.gold" in [row[1] for row in ran.table("Changes")]
    assert ran.code == CLEAN


def test_the_grants_of_a_bundle_are_read(reading: Stage) -> None:
    folder = reading.folder / "bundle"
    folder.mkdir()
    (folder / "databricks.yml").write_text(
        "bundle: {name: b}\ntargets: {prod: {mode: production}}\nresources:\n  schemas:\n    gold:\n"
        "      name: gold\n      catalog_name: retail_prod\n      grants:\n"
        "        - {principal: finance, privileges: [USE_SCHEMA]}\n",
        encoding="utf-8",
    )
    ran = reading.run(*COMMAND, "--grants", "bundle")
    assert [row[1] for row in ran.table("Changes")] == ["privileges of finance on schema retail_prod.gold"]


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("GRANT SELECT ON SCHEMA retail_prod.silver TO `account users`;", "grant-to-everybody"),
        ("GRANT SELECT ON SCHEMA retail_prod.silver TO `data-analyst-1@example.com`;", "person-without-reason"),
        (
            "GRANT SELECT ON SCHEMA retail_prod.silver TO `data-analyst-1@example.com`; -- audit until 2026-01-31",
            "person-without-reason",
        ),
        ("GRANT MANAGE ON SCHEMA retail_prod.gold TO `finance`;", "power-without-reason"),
        ("GRANT ALL PRIVILEGES ON SCHEMA retail_prod.gold TO `finance`;", "power-without-reason"),
        ("REVOKE SELECT ON CATALOG retail_prod FROM `etl-retail`;", "job-loses"),
    ],
)
def test_the_preflight_stops(reading: Stage, statement: str, check: str) -> None:
    words = _wants(reading, f"{statement}\n", "wide.sql")
    shown = reading.run(*words)
    assert shown.code == 1
    assert check in [rule for rule, _message in shown.findings], shown.findings
    ran = reading.run(*words, "--apply", "--approve", shown.sha[:12])
    assert (ran.code, ran.standings) == (1, [])
    assert "nothing was applied" in ran.notes
    assert reading.live(shown.sha) == [change.before for change in reading.kept(shown.sha).changes]


def test_who_asks_and_the_last_manager_are_not_locked_out_and_what_is_inherited_is_told(stage: Stage) -> None:
    table = "insurance_prod.curated.premiums"
    for text in (
        f"ALTER TABLE {table} OWNER TO `claims-analyst-1@example.com`",
        f"GRANT MANAGE ON TABLE {table} TO `finance`",
        f"GRANT SELECT ON TABLE {table} TO `platform-admin@example.com`",
        f"GRANT SELECT ON TABLE {table} TO `contractors`",
    ):
        query(stage.workspace(), text, what="prepare")
    taken = (("MANAGE", "finance"), ("SELECT", "platform-admin@example.com"), ("SELECT", "contractors"))
    statements = [f"REVOKE {privilege} ON TABLE {table} FROM `{who}`;" for privilege, who in taken]
    (stage.folder / "revoke.sql").write_text("\n".join(statements), encoding="utf-8")
    ran = stage.run("configure-access-control", "--catalog", "insurance_prod", "--grants", "revoke.sql")
    said = dict(ran.findings)
    assert said == {
        "nobody-manages": f"after it nobody holds MANAGE on table {table}, and one person owns it: "
        "claims-analyst-1@example.com",
        "own-privileges": f"platform-admin@example.com, who asks, would lose SELECT on table {table}",
        "still-inherited": f"contractors keeps SELECT on table {table}: granted above it",
    }
    assert ran.code == 1


@pytest.mark.parametrize(
    "statement",
    [
        "GRANT BROWSE ON CATALOG retail_prod TO `account users`;",
        "GRANT SELECT ON SCHEMA retail_prod.silver TO `data-analyst-1@example.com`; -- audit, until 2027-01-31",
        "-- the team administers this schema\nGRANT MANAGE ON SCHEMA retail_prod.gold TO `finance`;",
    ],
)
def test_the_preflight_lets_through(reading: Stage, statement: str) -> None:
    ran = _ran(reading, f"{statement}\n", "narrow.sql")
    assert (ran.code, ran.findings) == (CLEAN, [])


def test_least_privilege_gives_nobody_manage(reading: Stage) -> None:
    ran = reading.run(*COMMAND, "--least-privilege")
    for call in [row[1] for row in ran.table("Calls")]:
        change = json.loads(call.partition(" {")[1].strip() + call.partition(" {")[2])["changes"][0]
        assert "MANAGE" not in change["add"], call


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("g.yml", "grant:\n  - {}\n", "'grant' is no key here"),
        ("g.yml", "grants: [{on: schema retail_prod.gold, principal: x}]\n", "a list of `privileges`"),
        ("g.yml", "grants: [{on: shelf a.b, principal: x, privileges: [SELECT]}]\n", "no kind of object"),
        ("g.yml", "grants: [{on: schema retail_prod.gold, principal: x, privileges: [READ]}]\n", "no privilege"),
        ("g.yml", "grants: [{on: schema other.gold, principal: x, privileges: [SELECT]}]\n", "not in catalog"),
        ("g.yml", "grants: [\n", "is no YAML of grants"),
        ("g.yml", "grants: []\n", "nothing is wanted"),
        ("g.sql", "DROP TABLE retail_prod.gold.daily_sales;\n", "only GRANT and REVOKE"),
        ("g.sql", "GRANT SELECT ON SCHEMA ${catalog}.gold TO `finance`;\n", "g.sql:1"),
        ("g.py", "WANTED = {Securable(kind='schema', name=NAME): {}}\n", "g.py:1: a part of WANTED is computed"),
        ("g.py", "wanted = 1\n", "has no mapping WANTED"),
        ("g.txt", "GRANT\n", "is not a kind of file"),
    ],
)
def test_a_file_that_is_none_is_one_sentence_with_its_line(reading: Stage, name: str, text: str, said: str) -> None:
    ran = _ran(reading, text, name)
    assert (ran.code, ran.report) == (USAGE, {})
    assert said in ran.said, ran.said
    assert "Traceback" not in ran.said


def test_one_of_the_two_ways_is_asked_for(reading: Stage) -> None:
    for words in ((), ("--grants", "x.yml", "--least-privilege")):
        ran = reading.run(*COMMAND, *words)
        assert ran.code == USAGE
        assert "one of the two" in ran.said
