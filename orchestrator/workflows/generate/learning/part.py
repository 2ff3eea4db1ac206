"""A part of a project: a bundle of its own with a Python package, and the words that its templates need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.errors import UsageError
from orchestrator.workflows.generate.learning.names import FullName

MLFLOW = "mlflow>=3.17,<4"
PANDAS = "pandas>=2.2,<3"
SPARK = "pyspark>=4.0,<5"
_DEV = ("pytest>=8.3,<10", "ruff>=0.12")
_TITLE = "Template part"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part and what its `pyproject.toml` and `databricks.yml` say of it.

    `writes` is the model or table that it makes, whose catalog is that of the bundle's targets; `reads` the table that
    it reads. `scripts` are entry points by name, such as `train` for `PACKAGE.train:main`.
    """

    package: str
    description: str
    writes: FullName
    reads: FullName
    requires: tuple[str, ...]
    develops: tuple[str, ...] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the distribution and of the bundle."""
        return self.package.replace("_", "-")

    def words(self) -> dict[str, str]:
        """What stands for each word of the templates; longer words come before those that they begin with."""
        scripts = "\n".join(f'{self.name}-{name} = "{self.package}.{place}"' for name, place in self.scripts.items())
        return {
            'template_scripts = ""': scripts,
            '"template_dependencies"': ", ".join(f'"{each}"' for each in self.requires),
            '"template_dev"': ", ".join(f'"{each}"' for each in sorted((*self.develops, *_DEV))),
            "template_description": self.description,
            "template_catalog_of_dev": self.writes.of_dev.catalog,
            "template_catalog_of_prod": self.writes.catalog,
            "template_table_of_dev": str(self.reads.of_dev),
            "template_table_of_prod": str(self.reads),
            "template_schema": self.writes.schema,
            "template_name": self.writes.name,
            "template_part": self.package,
            "template-part": self.name,
            _TITLE: self.name.replace("-", " ").capitalize(),
        }

    @property
    def to_fill_in(self) -> str:
        """What nobody has told and the bundle assumes."""
        return (
            f"databricks.yml: which hosts, service principal and groups? It assumes {self.writes.of_dev.catalog} and "
            f"{self.reads.of_dev} for development"
        )


def folder(into: Path | None, project: Path, name: str) -> Path:
    """The folder of a new part.

    Raises:
        UsageError: the project is no folder.
    """
    if not project.is_dir():
        raise UsageError(f"--path {str(project)!r} is no folder; name that of the project")
    return into if into is not None else project / name
