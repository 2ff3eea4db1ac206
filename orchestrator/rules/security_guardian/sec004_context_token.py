"""The token of whoever runs the notebook is taken from its context.

What: `apiToken()` on the context that `getContext()` of the notebook's entry point gives.

Why: the token has every right of the person or principal that runs the notebook, in every workspace API, and it becomes
a plain string that is printed, logged and passed on. The entry point is internal: on serverless and shared compute it
is refused or differs from one release to the next.

Silent when: the file is a test, an example or an exploration.

Opt-in: libraries that must also run on old runtimes take the token on purpose.

Source: Databricks documentation, authentication of the Databricks SDK in a notebook.

Bad::

    import requests

    token = dbutils.notebook.entry_point.getDbutils().notebook().getContext().apiToken().get()
    jobs = requests.get(f"{host}/api/2.2/jobs/list", headers={"Authorization": f"Bearer {token}"}, timeout=30)

Bad: in two steps::

    context = dbutils.notebook.entry_point.getDbutils().notebook().getContext()
    host = context.apiUrl().get()
    token = context.apiToken().getOrElse(None)

Good: the SDK finds its own way in::

    from databricks.sdk import WorkspaceClient

    for job in WorkspaceClient().jobs.list():
        print(job.job_id)

Good: only the address::

    host = dbutils.notebook.entry_point.getDbutils().notebook().getContext().apiUrl().get()

Good: a test::

    # file: tests/test_context.py
    def test_token(dbutils):
        assert dbutils.notebook.entry_point.getDbutils().notebook().getContext().apiToken().get()

Good: the client of something else::

    token = shop_client.apiToken()
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.python import as_call
from orchestrator.rules.rule import Hit, Rule, Severity

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.python import PythonFile

RULE = Rule(
    id="SEC004",
    name="context-token",
    severity=Severity.MEDIUM,
    default=False,
    references=("https://docs.databricks.com/aws/en/dev-tools/sdk-python",),
)


@RULE.on_python
def check(file: PythonFile, facts: Facts) -> Iterator[Hit]:
    """Every token that is taken from a notebook's context."""
    if "apiToken" not in file.source.text or not facts.role(file.path).is_serious:
        return
    for call in file.calls_named("apiToken"):
        context = as_call(file.value_of(call.receiver) or call.receiver) if call.receiver is not None else None
        if context is not None and context.name == "getContext":
            yield Hit(
                location=file.location(call.node.func if isinstance(call.node.func, ast.Attribute) else call.node),
                message="this is the token of whoever runs the notebook, with all of their rights; `WorkspaceClient()` "
                "of the Databricks SDK authenticates by itself, without a string that can leak",
            )
