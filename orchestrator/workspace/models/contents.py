"""The files of a model version, fetched and hashed, and what its MLmodel file says of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

import yaml

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.models.registry import Place, Registry
from orchestrator.workspace.records import Record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import FileInfo

MAX_FILES = 2_000
MAX_BYTES = 4 * 1024**3
MAX_TEXT = 1_000_000
LOGGED = "models:/m-"
SEE = "EXECUTE on the model, or CAN READ on the experiment"
_MODEL_FILE = "MLmodel"
_REQUIREMENTS = "requirements.txt"
_BLOCK = 1 << 20


class Repository(Protocol):
    """Where files of a model are, whatever stores them."""

    def list_artifacts(self, path: str | None) -> list[FileInfo]:
        """What there is directly in a folder."""

    def download_artifacts(self, artifact_path: str, dst_path: str | None = None) -> str:
        """Put a file below a folder of this machine."""


_Opener = Callable[["MlflowClient"], Repository]


class Contents(Record):
    """What a model is made of."""

    files: int
    size: int
    """bytes of all files"""
    sha256: str
    """over the path and the SHA-256 of every file"""
    weights_sha256: str
    """the same without MLmodel, which names the run"""
    inputs: str | None
    """the columns or tensors of the signature, as JSON; null where it has none"""
    outputs: str | None
    input_example: str | None
    """the file of the input example"""
    flavors: tuple[str, ...]
    python: str | None
    requirements: tuple[str, ...] | None
    """the lines of requirements.txt; null where there is no such file"""


def fetched(registry: Registry, model: str, version: str, into: Path) -> Contents:
    """The files of a version, downloaded into a folder.

    Raises:
        WorkspaceError: they cannot be read, or are too many or too large.
    """
    what = f"read the files of version {version} of {model!r}"
    return _fetched(registry, what, lambda client: _of_version(registry.place, client, model, version), into)


def fetched_logged(registry: Registry, model_id: str, into: Path) -> Contents:
    """The files of a logged model, downloaded into a folder.

    Raises:
        WorkspaceError: they cannot be read, or are too many or too large.
    """
    what = f"read the files of the logged model {model_id}"
    return _fetched(registry, what, lambda client: _of_logged(registry.place, client, model_id), into)


def _fetched(registry: Registry, what: str, opened: _Opener, into: Path) -> Contents:
    def question(client: MlflowClient) -> None:
        repository = opened(client)
        for info in _bounded(what, _files(repository, None)):
            _safe(what, info.path)
            repository.download_artifacts(info.path, dst_path=str(into))

    registry.ask(what, question, privilege=SEE)
    if not (into / _MODEL_FILE).is_file():
        raise WorkspaceError(f"cannot {what}: there is no file MLmodel among them, so it is no model of MLflow")
    return _read(into)


def _of_version(place: Place, client: MlflowClient, model: str, version: str) -> Repository:
    if place.on_databricks:
        from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository

        uri = f"models:/{model}/{version}"
        return ModelsArtifactRepository(uri, tracking_uri=place.tracking, registry_uri=place.registry)
    where = client.get_model_version_download_uri(model, version)
    if where.startswith(LOGGED):
        return _of_logged(place, client, where.removeprefix("models:/"))
    if where.startswith("runs:/"):
        run_id, _, path = where.removeprefix("runs:/").partition("/")
        where = f"{client.get_run(run_id).info.artifact_uri}/{path}"
    return _repository(place, where)


def _of_logged(place: Place, client: MlflowClient, model_id: str) -> Repository:
    return _repository(place, client.get_logged_model(model_id).artifact_location)


def _repository(place: Place, where: str) -> Repository:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return get_artifact_repository(where, tracking_uri=place.tracking)


def _files(repository: Repository, folder: str | None) -> Iterator[FileInfo]:
    for info in repository.list_artifacts(folder):
        if info.is_dir:
            yield from _files(repository, info.path)
        else:
            yield info


def _bounded(what: str, files: Iterator[FileInfo]) -> Iterator[FileInfo]:
    size = 0
    for number, info in enumerate(files, start=1):
        size += info.file_size or 0
        if number > MAX_FILES or size > MAX_BYTES:
            raise WorkspaceError(f"cannot {what}: they are more than {MAX_FILES} files or {MAX_BYTES >> 30} GiB")
        yield info


def _safe(what: str, path: str) -> None:
    """Nothing, where the path stays in the folder: it is told by a server."""
    given = PurePosixPath(path)
    if given.is_absolute() or ".." in given.parts or "\\" in path:
        raise WorkspaceError(f"cannot {what}: the path {path[:100]!r} leads out of the model's folder")


def _read(folder: Path) -> Contents:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {path.relative_to(folder).as_posix(): _digest(path) for path in paths}
    said = _model_file(folder / _MODEL_FILE)
    signature = _part(said, "signature")
    flavors = _part(said, "flavors")
    example = _part(said, "saved_input_example_info").get("artifact_path")
    python = flavors.get("python_function")
    return Contents(
        files=len(paths),
        size=sum(path.stat().st_size for path in paths),
        sha256=_over(digests),
        weights_sha256=_over({path: digest for path, digest in digests.items() if path != _MODEL_FILE}),
        inputs=_text(signature.get("inputs")),
        outputs=_text(signature.get("outputs")),
        input_example=example if isinstance(example, str) and example in digests else None,
        flavors=tuple(sorted(map(str, flavors))),
        python=_text(python.get("python_version")) if isinstance(python, dict) else None,
        requirements=_requirements(folder / _REQUIREMENTS),
    )


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _over(digests: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()


def _model_file(path: Path) -> dict[str, object]:
    if path.stat().st_size > MAX_TEXT:
        raise WorkspaceError(f"the file MLmodel has more than {MAX_TEXT} bytes; that is none that MLflow wrote")
    try:
        found = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, RecursionError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise WorkspaceError("the file MLmodel is no YAML of keys; log the model again")
    return found


def _part(said: dict[str, object], key: str) -> dict[str, object]:
    found = said.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return " ".join(str(value).split())[:4_000] if isinstance(value, str | int | float) else None


def _requirements(path: Path) -> tuple[str, ...] | None:
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as stream:
        lines = stream.read(MAX_TEXT).splitlines()
    return tuple(line.strip()[:300] for line in lines if line.strip() and not line.lstrip().startswith("#"))[:500]
