"""A notebook was committed with an output that holds secrets or people's data.

What: a saved output of a Jupyter notebook with a credential in it, or with rows of a column such as `email` or `phone`.

Why: grants, masks and row filters end where the file begins: everyone who may read the repository reads the rows, and
its history keeps them after the table was cleaned or a person asked to be forgotten. A credential must be replaced.

Silent when: the output shows a schema, a count or a chart; fewer than two values stand under such a column; the values
are masked, or stand in the notebook's code too; the notebook is a test or a demo, whose rows are made up; or it has no
outputs, as notebooks in source format never have. The fix clears all outputs of the cell and nothing else; what was
committed stays in the history.

Opt-in: in public notebooks most such rows were of made-up or published data (courses, directories of shops), which
nothing in the file tells from rows of customers.

Source: Databricks documentation, notebook outputs and version control; GDPR, article 5(1)(c).

Bad::

    # file: notebooks/explore.ipynb
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": 1,
       "metadata": {},
       "outputs": [
        {
         "data": {
          "text/plain": [
           "   customer_id              email\\n",
           "0           17  ada.l@acme-mail.org\\n",
           "1           23  alan.t@acme-mail.org"
          ]
         },
         "execution_count": 1,
         "metadata": {},
         "output_type": "execute_result"
        }
       ],
       "source": ["spark.table('main.gold.customers').limit(2).toPandas()"]
      }
     ],
     "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
     "nbformat": 4,
     "nbformat_minor": 5
    }

Bad: a token::

    # file: notebooks/connect.ipynb
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": 1,
       "metadata": {},
       "outputs": [
        {
         "name": "stdout",
         "output_type": "stream",
         "text": ["using dapi7c1f0e93ab52d84616e0f9b2c35d8a4e\\n"]
        }
       ],
       "source": ["print('using', token)"]
      }
     ],
     "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
     "nbformat": 4,
     "nbformat_minor": 5
    }

Good: a demo::

    # file: demos/connect.ipynb
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": 1,
       "metadata": {},
       "outputs": [{"name": "stdout", "output_type": "stream", "text": ["email\\n", "a@x.org\\n", "b@x.org\\n"]}],
       "source": ["show()"]
      }
     ],
     "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
     "nbformat": 4,
     "nbformat_minor": 5
    }

Good: the code says it already::

    # file: notebooks/page.ipynb
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": 1,
       "metadata": {},
       "outputs": [{"name": "stdout", "output_type": "stream", "text": ["email\\n", "a@x.org\\n", "b@x.org\\n"]}],
       "source": ["print('email', 'a@x.org', 'b@x.org', sep=chr(10))"]
      }
     ],
     "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
     "nbformat": 4,
     "nbformat_minor": 5
    }

Good: a schema and a count::

    # file: notebooks/explore.ipynb
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": 1,
       "metadata": {},
       "outputs": [
        {
         "name": "stdout",
         "output_type": "stream",
         "text": ["root\\n", " |-- email: string\\n", " |-- phone: string\\n", "1182 rows\\n"]
        }
       ],
       "source": ["customers.printSchema()"]
      }
     ],
     "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
     "nbformat": 4,
     "nbformat_minor": 5
    }

Fixed::

    # file: notebooks/explore.ipynb
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": 1,
       "metadata": {},
       "outputs": [],
       "source": ["spark.table('main.gold.customers').limit(2).toPandas()"]
      }
     ],
     "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
     "nbformat": 4,
     "nbformat_minor": 5
    }

Fixed::

    # file: notebooks/connect.ipynb
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": 1,
       "metadata": {},
       "outputs": [],
       "source": ["print('using', token)"]
      }
     ],
     "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
     "nbformat": 4,
     "nbformat_minor": 5
    }
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.code.roles import Role
from orchestrator.code.secrets import find_secrets
from orchestrator.rules.rule import Edit, Fix, Hit, Rule, Severity
from orchestrator.types import Location

if TYPE_CHECKING:
    from orchestrator.code.facts import Facts
    from orchestrator.code.jupyter import CellOutput

RULE = Rule(
    id="NBK004",
    name="committed-output",
    severity=Severity.HIGH,
    default=False,
    references=("https://docs.databricks.com/aws/en/notebooks/notebook-outputs",),
)
_LEAST = 2
"""Values under a column before they count as rows."""
_PERSONAL: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "e-mail addresses",
        re.compile(r"(?<![a-z])e[-_]?(?:mail|posta)(?:_?address)?(?![a-z])", re.IGNORECASE),
        re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}"),
    ),
    (
        "phone numbers",
        re.compile(r"(?<![a-z])(?:phone|mobile|telephone)(?:_?(?:no|number))?(?![a-z])", re.IGNORECASE),
        re.compile(r"(?<![\w.+-])\+?\(?\d{2,4}\)?[-. ]?\d{3,4}[-. ]?\d{3,5}(?![\w.-])"),
    ),
    (
        "social security numbers",
        re.compile(r"(?<![a-z])(?:ssn|social_security(?:_number)?)(?![a-z])", re.IGNORECASE),
        re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"),
    ),
    (
        "account numbers",
        re.compile(r"(?<![a-z])iban(?![a-z])", re.IGNORECASE),
        re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?!\w)"),
    ),
)


@RULE.on_project
def check(facts: Facts) -> Iterator[Hit]:
    """The first telling output of each cell."""
    codes = {notebook.source.path: notebook.source.text for notebook in facts.project.notebooks}
    for path, outputs in facts.project.outputs.items():
        if facts.role(path) in {Role.TEST, Role.DEMO}:
            continue
        seen: set[int] = set()
        for output in outputs:
            hit = _hit(path, output, codes.get(path, "")) if output.cell not in seen else None
            if hit is not None:
                seen.add(output.cell)
                yield hit


def _hit(path: str, output: CellOutput, code: str) -> Hit | None:
    secret = next(find_secrets(output.text), None)
    if secret is not None:
        what, values = f"{secret.kind} (it begins with `{secret.value[:4]}`)", {secret.value}
        advice = "revoke it, clear the output and take it out of the history"
    else:
        what, values = _personal(output.text, code)
        advice = "clear the outputs before committing, and take this one out of the history"
    if not values:
        return None
    return Hit(
        location=Location(path=path, start_line=output.line, end_line=output.line, cell=output.cell),
        message=f"the saved output of cell {output.cell} holds {what}, which everyone who reads the repository sees; "
        f"{advice}",
        symbol=f"cell {output.cell}",
        redact=tuple(values),
        fix=_fix(path, output),
        on_disk=True,
    )


def _fix(path: str, output: CellOutput) -> Fix | None:
    """No outputs in place of those of the cell, of which one would not do: a plot or a trace may show the same rows."""
    if output.whole is None:
        return None
    line, column, end_line, end_column = output.whole
    edit = Edit(
        path=path, start_line=line, start_column=column, end_line=end_line, end_column=end_column, replacement="[]"
    )
    return Fix(description=f"clear the outputs of cell {output.cell}", edits=(edit,), safe=True)


def _personal(text: str, code: str) -> tuple[str, set[str]]:
    """The kinds of personal values that stand below a column of that kind, and the values that the code has not."""
    kinds: list[str] = []
    values: set[str] = set()
    for kind, column, value in _PERSONAL:
        header = column.search(text)
        below = value.findall(text, header.end()) if header is not None else ()
        found = {each for each in below if each not in code}
        if len(found) >= _LEAST:
            kinds.append(kind)
            values |= found
    return f"rows with {' and '.join(kinds)}", values
