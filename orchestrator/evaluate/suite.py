"""Finds and loads the cases of a suite: `<suite>/<split>/<family>/<case>`; what is wrong is one sentence each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from orchestrator.code.decoding import Unreadable, decode
from orchestrator.code.opening import read_bounded
from orchestrator.errors import UsageError
from orchestrator.evaluate.case import SPLITS, Case, CaseSpec, GoldenFile, HardNegativesFile, Split
from orchestrator.evaluate.plain_yaml import model_problem, plain_data, yaml_problem

DEFAULT_SUITE = "databricks-review"
MAX_FILE = 1024 * 1024
_KNOWN = frozenset({"case.yaml", "golden.yaml", "hard_negatives.yaml", "input", "twin"})
LEFTOVERS = frozenset({"__pycache__", ".ipynb_checkpoints", ".DS_Store"})
"""Names that programs leave behind and that are no part of a case."""
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Refusal:
    """One thing that is wrong with a suite: the file, relative to the suite, and a sentence."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The cases of a folder by their names, and what could not be loaded."""

    name: str
    folder: Path
    cases: tuple[Case, ...]
    refusals: tuple[Refusal, ...]


def suite_folder(name: str) -> Path:
    """The folder of a suite: a path, or a name below `evals/` here or beside the package.

    Raises:
        UsageError: there is none.
    """
    given = Path(name)
    beside = Path(__file__).resolve().parent.parent.parent / "evals" / name
    for candidate in (given, Path("evals") / name, beside):
        if any((candidate / split).is_dir() for split in SPLITS):
            return candidate
    raise UsageError(f"{name!r} is no suite: neither it nor 'evals/{name}' has a folder {' or '.join(SPLITS)}")


def load_suite(folder: Path, *, split: str | None = None, wanted: str | None = None) -> Suite:
    """The cases below the folder that can be read, in order of their names; `wanted` names one case.

    Raises:
        UsageError: no case is called so.
    """
    cases: list[Case] = []
    refusals: list[Refusal] = []
    seen = 0
    for case_split, path in _case_folders(folder, refusals):
        if (split is not None and case_split != split) or not _is_wanted(path, wanted):
            continue
        seen += 1
        loaded = _load(folder, case_split, path)
        if isinstance(loaded, Case):
            cases.append(loaded)
        else:
            refusals.extend(loaded)
    if wanted is not None and not seen:
        raise UsageError(
            f"no case is called {wanted!r} in {folder.name!r}; name its folder, such as the last part of it"
        )
    if wanted is not None:
        # What else is wrong with the suite is not asked.
        names = tuple(case.name for case in cases)
        refusals = [each for each in refusals if wanted in each.file or each.file.startswith(names)]
    return Suite(name=folder.resolve().name, folder=folder, cases=tuple(cases), refusals=tuple(sorted(refusals)))


def _is_wanted(path: Path, wanted: str | None) -> bool:
    return wanted is None or wanted.rstrip("/").rsplit("/", 1)[-1] == path.name


def _case_folders(folder: Path, refusals: list[Refusal]) -> Iterator[tuple[Split, Path]]:
    """Every case's folder with its split, in order; a file where a folder should be is refused."""
    for split in sorted(SPLITS):
        base = folder / split
        for family in _folders(base, folder, refusals) if base.is_dir() else ():
            for case in _folders(family, folder, refusals):
                yield ("test" if split == "test" else "dev"), case


def _folders(base: Path, suite: Path, refusals: list[Refusal]) -> Iterator[Path]:
    for path in sorted(base.iterdir()):
        if path.is_dir() and path.name not in LEFTOVERS:
            yield path
        elif path.name not in LEFTOVERS:
            refusals.append(
                Refusal(
                    file=path.relative_to(suite).as_posix(),
                    reason="a file stands where a folder is expected: <split>/<family>/<case>/",
                )
            )


def _load(suite: Path, split: Split, folder: Path) -> Case | tuple[Refusal, ...]:
    name = folder.relative_to(suite).as_posix()
    wrong: list[Refusal] = [
        Refusal(file=f"{name}/{path.name}", reason=f"is not a part of a case; there are {', '.join(sorted(_KNOWN))}")
        for path in sorted(folder.iterdir())
        if path.name not in _KNOWN | LEFTOVERS
    ]
    spec = _read(CaseSpec, folder, name, "case.yaml", wrong)
    golden = _read(GoldenFile, folder, name, "golden.yaml", wrong)
    negatives = _read(HardNegativesFile, folder, name, "hard_negatives.yaml", wrong)
    texts = _texts(folder / "input", f"{name}/input", wrong)
    twin = _texts(folder / "twin", f"{name}/twin", wrong)
    if not texts and not wrong:
        wrong.append(Refusal(file=f"{name}/input", reason="there is no file to review in it"))
    if wrong or spec is None or golden is None or negatives is None:
        return tuple(wrong)
    return Case(
        split=split,
        family=folder.parent.name,
        folder=folder,
        spec=spec,
        goldens=golden.findings,
        ignored=golden.ignored,
        hard_negatives=negatives.places,
        texts=texts,
        twin_texts=twin,
    )


def _texts(folder: Path, name: str, wrong: list[Refusal]) -> Mapping[str, str]:
    """The decoded files of a folder by path, in order; what cannot be read is refused."""
    found: dict[str, str] = {}
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - LEFTOVERS)
        for file in sorted(set(files) - LEFTOVERS):
            path = Path(root, file)
            relative = path.relative_to(folder).as_posix()
            text = _text(path)
            if isinstance(text, str):
                found[relative] = text
            else:
                wrong.append(Refusal(file=f"{name}/{relative}", reason=text.reason))
    return dict(sorted(found.items()))


def _text(path: Path) -> str | Unreadable:
    if path.is_symlink():
        return Unreadable(reason="is a link; put the file itself there")
    raw = read_bounded(path, MAX_FILE)
    if isinstance(raw, OSError):
        return Unreadable(reason=f"cannot be read: {raw.strerror or raw}")
    if len(raw) > MAX_FILE:
        return Unreadable(reason=f"is larger than {MAX_FILE >> 10} KiB")
    decoded = decode(raw)
    return decoded if isinstance(decoded, Unreadable) else decoded.text


def _read(model: type[_Model], folder: Path, name: str, file: str, wrong: list[Refusal]) -> _Model | None:
    """One of the YAML files of a case; None, and why, where it cannot be used."""
    where = f"{name}/{file}"
    text = _text(folder / file)
    if not isinstance(text, str):
        missing = not (folder / file).exists()
        reason = "is missing: without it the case expects nothing" if missing else text.reason
        wrong.append(Refusal(file=where, reason=reason))
        return None
    data: object = None
    try:
        data = plain_data(text)
        return model.model_validate_json(json.dumps(data, default=str))
    except yaml.YAMLError as error:
        wrong.append(Refusal(file=where, reason=yaml_problem(error)))
    except ValidationError as error:
        wrong.extend(Refusal(file=where, reason=model_problem(each, data)) for each in error.errors())
    except (TypeError, ValueError, RecursionError) as error:
        wrong.append(Refusal(file=where, reason=f"cannot be used: {error}"))
    return None
