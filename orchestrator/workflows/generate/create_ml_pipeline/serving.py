"""What follows a promotion: a day of predictions, an endpoint, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.workflows.generate.learning.names import FullName


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A way to use the champion: the template folders, what they require, and what the README says of them."""

    folders: tuple[str, ...]
    said: str
    task: str
    file: str
    requires: tuple[str, ...] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)
    reads_more: bool = False

    def words(self, to_score: FullName) -> dict[str, str]:
        """The words of the README, and of the bundle where another table is read."""
        words = {
            "template_served": self.said,
            "template_last_task\n": self.task and f"{self.task}\n",
            "template_last_file\n": self.file and f"{self.file}\n",
        }
        if self.reads_more:
            described = "    description: The rows that are read, by full name.\n"
            words[described] = (
                f"{described}  to_score:\n    description: The rows to score, one row a key. Full name.\n"
            )
            for target, name in (("dev", str(to_score.of_dev)), ("prod", str(to_score))):
                line = f"      table: template_table_of_{target}\n"
                words[line] = f"{line}      to_score: {name}\n"
        return words


SERVINGS = {
    "none": Serving(folders=("pipeline_none",), said="nothing more", task="", file=""),
    "batch": Serving(
        folders=("scoring", "pipeline_batch"),
        said="the day's predictions",
        task="| score | the rows to score, the version by its alias | a day of predictions | gives the same rows |",
        file="| `src/template_part/score.py`, `sql/` | the day's predictions, and the table that they go to |",
        scripts={"score": "score:main"},
        reads_more=True,
    ),
    "endpoint": Serving(
        folders=("serving", "pipeline_endpoint"),
        said="the endpoint",
        task="| deploy | the version behind the alias | the endpoint | leaves an endpoint that serves it as it is |",
        file="| `src/template_part/deploy.py` | the one place that changes the version of the endpoint |",
        requires=("databricks-sdk>=0.60,<1",),
        scripts={"deploy": "deploy:main"},
    ),
}
