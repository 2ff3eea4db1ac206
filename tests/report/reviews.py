"""Reviews written by hand: a clean one, one with everything in it, an incomplete one, and one full of traps."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.report.context import Context, RulePage
from orchestrator.types import (
    Asked,
    Coverage,
    Edit,
    Finding,
    Fix,
    Location,
    Review,
    Severity,
    Source,
    SpecialistCoverage,
    Spending,
    Standing,
    Status,
    Table,
)

SOURCES = {
    "src/bronze/ingest_orders.py": (
        "from pyspark.sql import functions as F",
        "",
        "",
        "def audit(spark, regions: list[str]) -> dict[str, int]:",
        "    totals = {}",
        "    for region in regions:",
        '        orders = spark.table("main.bronze.orders").where(F.col("region") == region)',
        "        totals[region] = orders.count()",
        "    return totals",
        "",
        "",
        "def has_rows(frame) -> bool:",
        "    return frame.count() > 0",
    ),
    "src/silver/cleanup.sql": (
        "-- keep storage small",
        "VACUUM main.silver.orders RETAIN 1 HOURS;",
        "OPTIMIZE main.silver.orders;",
    ),
    "databricks.yml": (
        "bundle:",
        "  name: customer_360",
        "targets:",
        "  prod:",
        "    workspace:",
        "      host: https://dbc-0000.cloud.databricks.com",
    ),
    "notebooks/explore.ipynb": ('    "token = \\"abc\\"\\n",',),
}

PAGES = {
    page.id: page
    for page in (
        RulePage(
            id="PYS002",
            name="action-in-loop",
            severity=Severity.HIGH,
            specialist="pyspark-optimizer",
            summary="An action inside a loop runs one Spark job for every turn.",
            text=(
                "An action inside a loop runs one Spark job for every turn.\n\n"
                "Why: each `count()` plans and runs the whole lineage again; a hundred regions mean a hundred jobs.\n\n"
                "Bad::\n\n    for region in regions:\n        orders.where(F.col('region') == region).count()\n\n"
                "Fixed: one aggregation::\n\n    orders.groupBy('region').count()\n\n"
                "Silent when:\n\n- the frame is bounded\n- the loop is over at most five literals\n"
            ),
            references=("https://spark.apache.org/docs/latest/sql-performance-tuning.html",),
        ),
        RulePage(
            id="SEC001",
            name="hardcoded-secret",
            severity=Severity.CRITICAL,
            specialist="security-guardian",
            summary="A credential stands in the code.",
            text="A credential stands in the code.\n\nWhoever reads the repository can use it.",
            references=("https://docs.databricks.com/aws/en/security/secrets/",),
        ),
        RulePage(
            id="DEL001",
            name="vacuum-under-168h",
            severity=Severity.CRITICAL,
            specialist="delta-lake-expert",
            summary="VACUUM with less than seven days of retention can break readers.",
            text="VACUUM with less than seven days of retention can break readers.",
            default=False,
        ),
    )
}


def snippet(location: Location, before: int = 2, after: int = 2) -> tuple[tuple[int, str], ...]:
    """The lines of `SOURCES` around a place."""
    lines = SOURCES.get(location.path, ())
    first, last = max(location.start_line - before, 1), min(location.end_line + after, len(lines))
    return tuple((number, lines[number - 1]) for number in range(first, last + 1))


def context(
    *, colour: bool = False, width: int = 100, fail_on: Severity | None = Severity.HIGH, show_all: bool = False
) -> Context:
    """A context over the sources and pages of this file."""
    return Context(snippet=snippet, page=PAGES.get, colour=colour, width=width, fail_on=fail_on, show_all=show_all)


LOOP = Finding(
    id="7d1f9a0c5b3e2d44",
    rule="PYS002",
    specialists=("pyspark-optimizer", "cost-analyzer"),
    severity=Severity.HIGH,
    location=Location(path="src/bronze/ingest_orders.py", start_line=8, end_line=8, start_column=26, end_column=40),
    message="`orders.count()` runs a Spark job for each of `regions`",
    why="Every turn of the loop plans and runs the query again; one aggregation by `region` gives the same numbers.",
    evidence="        totals[region] = orders.count()",
    references=("https://spark.apache.org/docs/latest/sql-performance-tuning.html",),
)

EMPTINESS = Finding(
    id="0b44c8d2e1f0a9b3",
    rule="PYS009",
    specialists=("pyspark-optimizer",),
    severity=Severity.LOW,
    location=Location(path="src/bronze/ingest_orders.py", start_line=13, end_line=13, start_column=12, end_column=29),
    message="`frame.count() > 0` counts every row to learn whether there is one",
    why="`isEmpty()` stops at the first row.",
    evidence="    return frame.count() > 0",
    fix=Fix(
        description="Ask `isEmpty()` instead",
        safe=True,
        edits=(
            Edit(
                path="src/bronze/ingest_orders.py",
                start_line=13,
                start_column=12,
                end_line=13,
                end_column=29,
                replacement="not frame.isEmpty()",
            ),
        ),
    ),
)

VACUUM = Finding(
    id="c0ffee0123456789",
    rule="DEL001",
    specialists=("delta-lake-expert",),
    severity=Severity.CRITICAL,
    location=Location(path="src/silver/cleanup.sql", start_line=2, end_line=2),
    message="`VACUUM main.silver.orders` keeps 1 hour of history, readers and time travel need 168",
    why="Files that a running query or stream still reads are deleted under it.",
    evidence="VACUUM main.silver.orders RETAIN 1 HOURS;",
    fix=Fix(
        description="Leave the retention to the table's own setting",
        edits=(
            Edit(
                path="src/silver/cleanup.sql",
                start_line=2,
                start_column=26,
                end_line=2,
                end_column=41,
                replacement="",
            ),
        ),
    ),
)

HOST = Finding(
    id="5e5e5e5e5e5e5e5e",
    rule="DAB004",
    specialists=("bundle-validator",),
    severity=Severity.MEDIUM,
    location=Location(path="databricks.yml", start_line=4, end_line=6, start_column=3),
    message="target `prod` has no `mode: production`",
    why="Without it a development deployment can overwrite what production runs.",
    evidence="  prod:\n    workspace:\n      host: https://dbc-0000.cloud.databricks.com",
)

MODEL = Finding(
    id="abad1dea00000001",
    rule="correctness",
    specialists=("pipeline-architect",),
    severity=Severity.INFO,
    location=Location(path="src/bronze/ingest_orders.py", start_line=4, end_line=9),
    message="the totals are lost when one region fails",
    why="An exception in the loop drops the regions counted before it.",
    evidence="\n".join(SOURCES["src/bronze/ingest_orders.py"][3:9]),
    confidence=75,
    source=Source.MODEL,
)

SUPPRESSED = Finding(
    id="5a5a5a5a00000002",
    rule="SEC001",
    specialists=("security-guardian",),
    severity=Severity.CRITICAL,
    location=Location(path="notebooks/explore.ipynb", start_line=1, end_line=1, cell=3),
    message="`token` holds a literal credential",
    why="Whoever reads the repository can use it.",
    evidence='    "token = \\"abc\\"\\n",',
    suppressed_by="comment: a sample value, see the README",
)

WITHHELD = Finding(
    id="0000000000000bad",
    rule="correctness",
    specialists=("pipeline-architect",),
    severity=Severity.HIGH,
    location=Location(path="databricks.yml", start_line=2, end_line=2),
    message="the bundle is named twice",
    why="The quote does not stand there.",
    evidence="name: other",
    confidence=50,
    source=Source.MODEL,
    standing=Standing.WITHHELD,
)

OFF_DIFF = Finding(
    id="0ff0000000000003",
    rule="PYS002",
    specialists=("pyspark-optimizer",),
    severity=Severity.HIGH,
    location=Location(path="databricks.yml", start_line=1, end_line=1),
    message="an old defect that this change did not touch",
    why="It was there before.",
    evidence="bundle:",
    in_diff=False,
)

COVERAGE = (
    Coverage(path="databricks.yml", status=Status.FULL, lines=6),
    Coverage(path="legacy/report.sql", status=Status.SKIPPED, reason="T-SQL, not a Databricks dialect", lines=120),
    Coverage(path="notebooks/explore.ipynb", status=Status.FULL, lines=40),
    Coverage(path="src/bronze/ingest_orders.py", status=Status.FULL, lines=13),
    Coverage(path="src/gold/orders.py", status=Status.PARTIAL, reason="cell 4 is Scala", lines=88),
    Coverage(path="src/silver/cleanup.sql", status=Status.FULL, lines=3),
)

REFUTED = replace(
    WITHHELD,
    id="7f3a9c0d1e2b4a58",
    standing_reason="refuted: the caller bounds the frame with `limit(1)` two lines above",
)

SPECIALISTS = (
    SpecialistCoverage(name="bundle-validator", status=Status.FULL, rules=9, findings=1),
    SpecialistCoverage(name="pyspark-optimizer", status=Status.FULL, rules=8, findings=2),
    SpecialistCoverage(name="mlflow-reviewer", status=Status.SKIPPED, rules=0, findings=0, reason="no MLflow code"),
)

CLEAN = Review(
    project="customer-360",
    findings=(),
    coverage=(Coverage(path="databricks.yml", status=Status.FULL, lines=6),),
    specialists=SPECIALISTS[:1],
    files=1,
    lines=6,
    rules=9,
    seconds=0.0712,
    version="0.1.0",
)

FULL = Review(
    project="customer-360",
    findings=(LOOP, EMPTINESS, VACUUM, HOST, MODEL, SUPPRESSED, WITHHELD, OFF_DIFF),
    coverage=COVERAGE,
    specialists=SPECIALISTS,
    files=6,
    lines=270,
    rules=75,
    seconds=0.4249,
    version="0.1.0",
    notes=("the workspace was not asked: 3 rules need live facts",),
    base="origin/main",
)

ASKED = replace(
    FULL,
    findings=(LOOP, REFUTED, MODEL),
    specialists=(
        replace(
            SPECIALISTS[0], spending=Spending(calls=3, input_tokens=900, output_tokens=400, usd=0.0123, seconds=9.5)
        ),
        *SPECIALISTS[1:],
    ),
    notes=(),
    base=None,
    asked=Asked(
        model="claude-sonnet-5-5",
        run="20261123-0745-3f9a",
        answered=("handoff",),
        spending=Spending(
            calls=31,
            kept=4,
            input_tokens=12_400,
            output_tokens=9_800,
            cache_read_tokens=402_000,
            cache_write_tokens=40_100,
            usd=0.3041,
            seconds=248.5,
        ),
    ),
)

INCOMPLETE = Review(
    project="customer-360",
    findings=(HOST,),
    coverage=(
        Coverage(
            path="src/broken.py", status=Status.SKIPPED, reason="line 3: unexpected indent", lines=9, incomplete=True
        ),
        *COVERAGE,
    ),
    specialists=SPECIALISTS,
    files=7,
    lines=279,
    rules=75,
    seconds=61.2,
    version="0.1.0",
)

MEASURED = replace(
    INCOMPLETE,
    findings=(HOST,),
    tables=(
        Table(
            title="What can be saved",
            columns=("what", "DBU", "measured", "what to do"),
            rows=(
                ("cluster reporting", 1234.5, True, "let it end after 30 minutes without work"),
                ("warehouse night", 12, False, "=1+1"),
                ("job backfill", None, False, "nothing is known of it"),
            ),
            note="DBU of 30 days from system.billing.usage.",
        ),
        Table(title="Savings that overlap", columns=("first", "second"), rows=()),
    ),
)

TRAPS = (
    "\x1b]0;owned\x07\x1b[2J",
    "\x9b31m",
    "\u202egnp.exe\u202c",
    "\u2066hidden\u2069",
    "a\u200bb\u2028c\ufeffd",
    "\ud800",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "]]>--><!--",
    "@octocat and org/team@v1 #42 GH-7 owner/repo#3",
    "[click](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example>",
    "https://evil.example www.evil.example mail@evil.example",
    "| a | b | `c|d` ``` ```` ~~~",
    "``` \n</details>\n# heading\n- item\n1. one\n    code",
    "javascript:alert(4)",
    "{0} {{x}} ${y} $math$ %s",
    "</style></script></textarea></title>",
    "\u200e\u200f\u061c\xad\u3164",
    "a|<img src=x>|@octocat|",
    "x" * 3_000,
)
"""Text that a project may hold and that must come out of every format as nothing but text."""


def hostile(trap: str) -> Review:
    """A review that carries the trap in every field a project or a model can fill."""
    place = Location(path=f"src/{trap}.py", start_line=1, end_line=2, cell=1)
    edit = Edit(path=f"src/{trap}.py", start_line=1, start_column=1, end_line=1, end_column=1, replacement=trap)
    finding = Finding(
        id=trap,
        rule=trap,
        specialists=(trap,),
        severity=Severity.HIGH,
        location=place,
        message=f"`{trap}` {trap}",
        why=trap,
        evidence=f"{trap}\n{trap}",
        fix=Fix(description=trap, edits=(edit,)),
        references=(trap, f"https://example.org/{trap}"),
    )
    suppressed = Finding(
        id=f"{trap}2",
        rule="PYS002",
        specialists=(),
        severity=Severity.LOW,
        location=place,
        message=trap,
        why="",
        evidence="",
        suppressed_by=trap,
        source=Source.MODEL,
    )
    unproven = replace(
        suppressed, id=f"{trap}3", suppressed_by=None, standing=Standing.UNVERIFIED, standing_reason=trap
    )
    return Review(
        project=trap,
        findings=(finding, suppressed, unproven),
        coverage=(
            Coverage(path=trap, status=Status.SKIPPED, reason=trap, incomplete=True),
            Coverage(path=f"{trap}2", status=Status.PARTIAL, reason=trap),
        ),
        specialists=(SpecialistCoverage(name=trap, status=Status.PARTIAL, rules=1, findings=1, reason=trap),),
        files=1,
        lines=1,
        rules=1,
        seconds=0.1,
        version="0.1.0",
        notes=(trap,),
        base=trap,
        asked=Asked(model=trap, run=trap, answered=(trap,), spending=Spending(calls=1, usd=0.01)),
        tables=(Table(title=trap, columns=(trap, "b"), rows=((trap, 1), (None, trap)), note=trap),),
    )


def hostile_context(trap: str) -> Context:
    """A context whose lines and pages carry the trap too."""
    page = RulePage(
        id=trap,
        name=trap,
        severity=Severity.HIGH,
        specialist=trap,
        summary=trap,
        text=f"{trap}\n\n{trap}::\n\n    {trap}\n\n- {trap}\n",
        references=(trap,),
    )

    def trapped(location: Location, before: int = 2, after: int = 2) -> tuple[tuple[int, str], ...]:
        first = max(location.start_line - before, 1)
        return tuple((number, trap) for number in range(first, location.end_line + after + 1))

    def trapped_page(rule: str) -> RulePage:
        return replace(page, id=rule)

    return Context(snippet=trapped, page=trapped_page, fail_on=Severity.LOW, show_all=True)
