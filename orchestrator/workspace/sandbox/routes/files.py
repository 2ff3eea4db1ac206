"""Notebooks and folders of the workspace, and files of DBFS."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

from orchestrator.workspace.sandbox.call import Call, Reply
from orchestrator.workspace.sandbox.family import Answer, Family
from orchestrator.workspace.sandbox.people import stable_number
from orchestrator.workspace.sandbox.problem import CallRefusedError, absent, invalid
from orchestrator.workspace.sandbox.records import AGE
from orchestrator.workspace.sandbox.seed.files import DbfsSeed, NotebookSeed
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.state import State

FAMILY = Family(title="Workspace files and DBFS")
_READ_AT_ONCE = 1_048_576
_EXTENSIONS = {"PYTHON": "py", "SQL": "sql", "SCALA": "scala", "R": "r"}
_HEADERS = {"PYTHON": "# Databricks notebook source", "SQL": "-- Databricks notebook source"}


def _folders(paths: Iterable[str]) -> set[str]:
    """Every folder that follows from the paths, the root too."""
    found = {"/"}
    for path in paths:
        parts = path.strip("/").split("/")
        found |= {"/" + "/".join(parts[:length]) for length in range(1, len(parts))}
    return found


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _folder_wire(path: str) -> Json:
    return {"object_type": "DIRECTORY", "path": path, "object_id": stable_number("folder", path)}


def _notebook_wire(state: State, path: str, notebook: NotebookSeed) -> Json:
    created = notebook.created or state.now - AGE
    return {
        "object_type": "NOTEBOOK",
        "path": path,
        "language": notebook.language,
        "object_id": stable_number("notebook", path),
        "created_at": created,
        "modified_at": notebook.modified or created,
    }


def _file_wire(state: State, path: str) -> Json:
    return {
        "object_type": "FILE",
        "path": path,
        "object_id": stable_number("file", path),
        "created_at": state.now,
        "modified_at": state.now,
        "size": len(state.work.files[path]),
    }


def workspace_folders(state: State) -> set[str]:
    """Every folder of the workspace: those of its notebooks and files, and those that were made."""
    return _folders([*state.work.notebooks, *state.work.files]) | state.work.folders


def object_at(state: State, path: str) -> Json | None:
    """What there is at a path."""
    if path in state.work.notebooks:
        return _notebook_wire(state, path, state.work.notebooks[path])
    if path in state.work.files:
        return _file_wire(state, path)
    return _folder_wire(path) if path in workspace_folders(state) else None


@FAMILY.get("/api/2.0/workspace/list", sdk="workspace.list")
def list_objects(call: Call) -> Json:
    """The notebooks, files and folders directly in a folder; of a notebook or file, itself."""
    state, path = call.state, clean(call.text("path"))
    found = object_at(state, path)
    if found is None:
        raise absent("Path", f"({path[:200]})")
    if found["object_type"] != "DIRECTORY":
        return {"objects": [found]}
    folders = sorted(workspace_folders(state))
    inside = [_folder_wire(folder) for folder in folders if folder != "/" and _parent(folder) == path]
    after = call.number("notebooks_modified_after", 0)
    for name in sorted([*state.work.notebooks, *state.work.files]):
        entry = object_at(state, name) if _parent(name) == path else None
        inside += [entry] if entry and int(str(entry["modified_at"])) >= after else []
    return {"objects": inside}


def clean(path: str) -> str:
    """The path as it is kept: `/Workspace/Shared` is `/Shared`.

    Raises:
        CallRefusedError: it is not absolute (400).
    """
    if not path.startswith("/"):
        raise invalid(f"Path ({path[:100]}) doesn't start with '/'")
    return path.removeprefix("/Workspace").rstrip("/") or "/"


@FAMILY.get("/api/2.0/workspace/get-status", sdk="workspace.get_status")
def get_status(call: Call) -> Json:
    """What there is at a path."""
    path = clean(call.text("path"))
    found = object_at(call.state, path)
    if found is None:
        raise absent("Path", f"({path[:200]})")
    return found


@FAMILY.get("/api/2.0/workspace/export", sdk="workspace.export")
def export(call: Call) -> Json:
    """The source of a notebook, a Jupyter notebook of it, or a file, in base64; other formats answer 400."""
    path = clean(call.text("path"))
    if path in call.state.work.files:
        return _encoded(call.state.work.files[path], path.rpartition(".")[2])
    notebook = call.state.work.notebooks.get(path)
    if notebook is None:
        raise absent("Path", f"({path[:200]})")
    wanted = call.query.get("format", "SOURCE")
    source = f"{_HEADERS.get(notebook.language, '// Databricks notebook source')}\n{notebook.source}"
    if wanted in {"SOURCE", "AUTO", "RAW"}:
        return _exported(source, _EXTENSIONS[notebook.language])
    if wanted == "JUPYTER":
        return _exported(_jupyter(notebook), "ipynb")
    raise invalid(f"The sandbox exports SOURCE and JUPYTER, not {wanted[:20]}")


def _exported(text: str, kind: str) -> Json:
    return _encoded(text.encode(), kind)


def _encoded(content: bytes, kind: str) -> Json:
    return {"content": base64.b64encode(content).decode(), "file_type": kind}


def _jupyter(notebook: NotebookSeed) -> str:
    cell: Json = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": [notebook.source],
    }
    language = {"language_info": {"name": notebook.language.lower()}}
    return json.dumps({"cells": [cell], "metadata": language, "nbformat": 4, "nbformat_minor": 5})


def _size(entry: DbfsSeed) -> int:
    return len((entry.text or "").encode()) if entry.size is None else entry.size


def _dbfs_wire(state: State, path: str) -> Json:
    entry = state.seed.files.dbfs.get(path)
    if entry is None:
        return {"path": path, "is_dir": True, "file_size": 0, "modification_time": state.now - AGE}
    modified = entry.modified or state.now - AGE
    return {"path": path, "is_dir": False, "file_size": _size(entry), "modification_time": modified}


def _dbfs_path(call: Call) -> str:
    path = clean("/" + call.text("path").removeprefix("dbfs:").lstrip("/"))
    files = call.state.seed.files.dbfs
    if path not in files and path not in _folders(files):
        raise absent("No file or directory exists on path", f"{path[:200]}:")
    return path


@FAMILY.get("/api/2.0/dbfs/list", sdk="dbfs.list")
def list_dbfs(call: Call) -> Json:
    """The files and folders directly in a folder of DBFS; of a file, the file itself."""
    path = _dbfs_path(call)
    files = call.state.seed.files.dbfs
    if path in files:
        return {"files": [_dbfs_wire(call.state, path)]}
    inside = sorted(entry for entry in {*files, *_folders(files)} if entry != "/" and _parent(entry) == path)
    return {"files": [_dbfs_wire(call.state, entry) for entry in inside]}


@FAMILY.get("/api/2.0/dbfs/get-status", sdk="dbfs.get_status")
def dbfs_status(call: Call) -> Json:
    """What there is at a path of DBFS."""
    return _dbfs_wire(call.state, _dbfs_path(call))


@FAMILY.get("/api/2.0/dbfs/read", sdk="dbfs.read")
def read_dbfs(call: Call) -> Answer:
    """Up to 1 MB of a file in base64; a file whose seed has a size alone has no content."""
    path = _dbfs_path(call)
    entry = call.state.seed.files.dbfs.get(path)
    if entry is None or entry.text is None:
        raise CallRefusedError(400, "INVALID_PARAMETER_VALUE", f"The seed holds no content for {path[:200]}")
    start, length = call.number("offset", 0), min(call.number("length", _READ_AT_ONCE), _READ_AT_ONCE)
    content = entry.text.encode()[max(start, 0) : max(start, 0) + max(length, 0)]
    body = {"bytes_read": len(content), "data": base64.b64encode(content).decode()}
    return Reply(content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
