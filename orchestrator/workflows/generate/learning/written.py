"""A training part that was written before: found in a project, and read as far as other commands build on it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import UsageError
from orchestrator.workflows.generate.learning.estimators import LIBRARIES, ModelType

_MOST_BYTES = 200_000
_NEEDED = {
    "rows.py": {"FEATURES", "LABEL", "Parts", "Source", "parted"},
    "model.py": {"PARAMETERS", "Value", "fitted", "probabilities"},
    "train.py": {"opened", "options", "train"},
}
_MODEL = re.compile(r"--model=\$\{var\.catalog\}\.([A-Za-z0-9_]+)\.([A-Za-z0-9_]+)")


@dataclass(frozen=True, kw_only=True)
class Written:
    """The part: its folder, its package, the library of its model, and the schema and name under which it registers."""

    folder: Path
    package: str
    model_type: ModelType
    schema: str
    model: str
    experiment: str | None


def written(project: Path) -> Written:
    """The one training part in a folder, or in one of the folders directly below it or below its `src`.

    Raises:
        UsageError: there is none, there are several, or it has not the functions that are built on.
    """
    if not project.is_dir():
        raise UsageError(f"--path {str(project)!r} is no folder; name that of the training code")
    found = sorted({path for pattern in ("", "*/", "src/*/") for path in project.glob(f"{pattern}src/*/train.py")})
    if not found:
        raise UsageError(f"there is no training code in {str(project)!r} (src/PACKAGE/train.py): run train-model first")
    if len(found) > 1:
        names = ", ".join(path.relative_to(project).as_posix() for path in found[:5])
        raise UsageError(f"there are {len(found)} in {str(project)!r} ({names}); name one by --path")
    return _read(found[0].parent)


def _read(package: Path) -> Written:
    for name, needed in _NEEDED.items():
        lacking = sorted(needed - _defined(package / name))
        if lacking:
            raise UsageError(
                f"{str(package / name)!r} has no {', '.join(lacking)}, which a search of train-model's parts calls; "
                "the command of the plugin in Claude Code tunes other code"
            )
    folder = package.parent.parent
    job = _text(folder / "resources" / f"{package.name}.job.yml")
    named = _MODEL.search(job)
    if named is None:
        raise UsageError(f"no job of {str(folder)!r} says under which name the model is registered (--model=)")
    experiment = re.search(r"(?m)^  experiments:\n    \w+:\n      name: (\S+)$", job)
    return Written(
        folder=folder,
        package=package.name,
        model_type=_library(package / "model.py"),
        schema=named[1],
        model=named[2],
        experiment=experiment[1] if experiment else None,
    )


def _defined(path: Path) -> set[str]:
    """The names that a module defines or imports at its top level."""
    names: set[str] = set()
    for node in _tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(target.id for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
    return names


def _library(path: Path) -> ModelType:
    imported = {alias.name for node in ast.walk(_tree(path)) if isinstance(node, ast.Import) for alias in node.names}
    for kind, library in reversed(LIBRARIES.items()):
        if library.module in imported:
            return kind
    raise UsageError(f"{str(path)!r} imports none of {', '.join(each.module for each in LIBRARIES.values())}")


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(_text(path))
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{str(path)!r} is no Python that can be read ({error})") from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()[:_MOST_BYTES]
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{str(path)!r} cannot be read, and the search would be built on it") from None
