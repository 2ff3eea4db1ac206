"""The page docs/sandbox.md, from the routes, the commands and the seed: run it with `python -m`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from orchestrator.workspace.sandbox.family import RAW, Route
from orchestrator.workspace.sandbox.routes import families
from orchestrator.workspace.sandbox.seed import Seed
from orchestrator.workspace.sandbox.warehouse.commands import commands
from orchestrator.workspace.sandbox.warehouse.system_schema import INFORMATION_TABLES, SYSTEM_TABLES

WIDTH = 160
_HEAD = """# The sandbox workspace

A loopback server that answers the REST calls of the unmodified databricks-sdk from a seed. This page is generated:
`python -m orchestrator.workspace.sandbox.document > docs/sandbox.md`; a test compares it with the routes.

```console
$ orchestrate workspace serve
export DATABRICKS_HOST=http://127.0.0.1:40961
export DATABRICKS_TOKEN=sandbox-...
```

In tests: `with Sandbox.start() as sandbox: WorkspaceClient(host=sandbox.host, token=sandbox.token)`.

## What is as in a real workspace, and what is not

- Tokens: the printed one belongs to the admin; `sandbox.token_for(principal)` gives others,
  who may do what grants allow. Any other token answers 401.
- Grants are inherited from catalog to schema to table, groups inside groups count, owners and admins may do
  everything. A missing privilege is named.
- `get_effective` lists the grants of the principal that is asked for, not those of its groups.
- Pages have tokens that belong to their listing; another token answers 400.
- Statements run in DuckDB after a translation by sqlglot. `current_date()` and `now()` are the `now` of the seed.
  A parameter is bound, never pasted. A statement that cannot run ends FAILED with the error class and SQL state of
  Databricks where there is a match.
- Rows of tables are generated, the same each time; views hold generated rows too. Row filters and column masks
  apply to what a statement reads; attribute-based policies are kept and listed, and do not change what it reads.
- Clusters and warehouses are read only. Jobs and pipelines can be made, changed and deleted; a run that is started
  ends at once and does nothing, and fails where a notebook or file that it runs is not there.
- Outside Unity Catalog, sharing and the statements, no privilege is checked.
- `--mlflow auto` or `--mlflow URL` puts a real MLflow server behind the MLflow calls; without it they answer 501.
- Faults on demand: `POST /_sandbox/faults` with
  `{"faults": [{"kind": "rate_limit", "path": "/api/2.1/*", "count": 2, "retry_after": 1}]}`;
  kinds: `rate_limit` (429), `denied` (403), `unavailable` (503), `slow`, `hang`, `truncated`.
"""


def page(seed: Seed) -> str:
    """The page in markdown."""
    parts = (_calls(), _statements(), _planted(seed))
    return "\n".join(line for part in parts for line in [*part, ""]).rstrip() + "\n"


def _calls() -> Iterator[str]:
    yield _HEAD.rstrip()
    yield ""
    yield "## Calls"
    yield ""
    yield "For each: the method of the SDK, the REST call, and below it what is answered."
    for family in families():
        yield ""
        yield f"### {family.title}"
        yield ""
        seen: set[tuple[str, str]] = set()
        for route in family.routes:
            yield from _row(route, seen)


def _row(route: Route, seen: set[tuple[str, str]]) -> Iterator[str]:
    """One line for a call; a path that several methods share is told once."""
    if (route.path, route.answers) in seen:
        return
    seen.add((route.path, route.answers))
    sdk = "no method" if route.sdk == RAW else f"`{route.sdk}`"
    method = "any" if route.raw else route.method
    yield f"- {sdk}: `{method} {route.path}`"
    yield f"  {route.answers}"


def _statements() -> Iterator[str]:
    yield "## Statements"
    yield ""
    yield "Queries, INSERT, UPDATE, DELETE and MERGE run in DuckDB. These change or tell the state of the workspace:"
    yield ""
    for command in commands():
        yield f"- {', '.join(f'`{head}`' for head in command.heads)}"
    yield ""
    yield "System tables:"
    yield from _wrapped([f"`system.{name}`" for name in sorted(SYSTEM_TABLES)])
    yield ""
    yield "Tables of every `information_schema`:"
    yield from _wrapped([f"`{name}`" for name in sorted(INFORMATION_TABLES)])


def _wrapped(words: list[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if len(line) + len(word) + 2 > WIDTH:
            yield line.rstrip()
            line = ""
        line += f"{word}, "
    yield line.rstrip(", ") + "."


def _planted(seed: Seed) -> Iterator[str]:
    tables = sum(len(schema.tables) for catalog in seed.catalogs.values() for schema in catalog.schemas.values())
    yield "## The company that ships, and its planted mistakes"
    yield ""
    yield f"{seed.company} is made up: {len(seed.catalogs)} catalogs with {tables} tables, {len(seed.jobs)} jobs."
    yield "No person, address or price in it is real."
    yield "A finding about one of these mistakes has to give its places. They are `Seed.read().planted`."
    yield ""
    for planted in seed.planted:
        yield f"- **{planted.id}** ({planted.kind}): {planted.what}."
        yield from (f"  `{place}`" for place in planted.places)


if __name__ == "__main__":
    sys.stdout.write(page(Seed.read()))
