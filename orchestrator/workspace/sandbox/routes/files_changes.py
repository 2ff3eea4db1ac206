"""Imports into the workspace, new folders, and what is deleted from it."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

from pydantic import BaseModel

from orchestrator.workspace.sandbox.call import Call
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.problem import CallRefusedError, absent, invalid
from orchestrator.workspace.sandbox.routes.files import clean, object_at, workspace_folders
from orchestrator.workspace.sandbox.seed.files import NotebookSeed
from orchestrator.workspace.sandbox.seed.part import Json

FAMILY = Family(title="Changes of workspace files")
MOST_BYTES = 10_485_760
Language = Literal["PYTHON", "SQL", "SCALA", "R"]
_LANGUAGES: dict[str, tuple[Language, str]] = {
    ".py": ("PYTHON", "# Databricks notebook source"),
    ".sql": ("SQL", "-- Databricks notebook source"),
    ".scala": ("SCALA", "// Databricks notebook source"),
    ".r": ("R", "# Databricks notebook source"),
}


class Import(BaseModel):
    """The body that imports an object."""

    path: str
    content: str = ""
    format: str = "SOURCE"
    language: Language | None = None
    overwrite: bool = False


class Place(BaseModel):
    """The body that names a path."""

    path: str
    recursive: bool = False


@FAMILY.post("/api/2.0/workspace/import", sdk="workspace.import_")
def import_object(call: Call) -> Json:
    """A file, or a notebook where its header says so (AUTO) or its language is given (SOURCE); at most 10 MB."""
    asked = call.parse(Import)
    path, content = clean(asked.path), _decoded(asked.content)
    if path.rpartition("/")[0] not in workspace_folders(call.state) | {""}:
        raise absent("The parent folder", f"({path.rpartition('/')[0][:200]})")
    notebook = _notebook(asked, path, content)
    place = path.rpartition(".")[0] if notebook is not None and asked.format == "AUTO" else path
    if object_at(call.state, place) is not None and not asked.overwrite:
        raise CallRefusedError(400, "RESOURCE_ALREADY_EXISTS", f"Path ({place[:200]}) already exists.")
    if notebook is None:
        call.state.work.files[place] = content
    else:
        call.state.work.notebooks[place] = notebook
    call.state.changed()
    return {}


def _decoded(text: str) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("The content is not base64") from None
    if len(content) > MOST_BYTES:
        raise CallRefusedError(400, "MAX_NOTEBOOK_SIZE_EXCEEDED", "The content is larger than 10485760 bytes")
    return content


def _notebook(asked: Import, path: str, content: bytes) -> NotebookSeed | None:
    """The notebook that is meant; None for a file."""
    text = content.decode("utf-8", "replace")
    if asked.format == "SOURCE" and asked.language is not None:
        return NotebookSeed(language=asked.language, source=text)
    if asked.format not in {"AUTO", "RAW"}:
        raise invalid("The sandbox imports AUTO, RAW, and SOURCE with a language")
    if asked.format == "AUTO" and path.endswith(".ipynb"):
        return NotebookSeed(source=text)
    language, header = _LANGUAGES.get("." + path.rpartition(".")[2].lower(), (None, ""))
    if asked.format == "RAW" or language is None or not text.startswith(header):
        return None
    return NotebookSeed(language=language, source=text.partition("\n")[2])


@FAMILY.post("/api/2.0/workspace/mkdirs", sdk="workspace.mkdirs")
def mkdirs(call: Call) -> Json:
    """A folder with the folders above it; 400 where a file or notebook is in the way."""
    work, path = call.state.work, clean(call.parse(Place).path)
    parts = path.strip("/").split("/")
    for length in range(1, len(parts) + 1):
        folder = "/" + "/".join(parts[:length])
        if folder in work.files or folder in work.notebooks:
            raise CallRefusedError(400, "RESOURCE_ALREADY_EXISTS", f"Path ({folder[:200]}) is no folder.")
        work.folders.add(folder)
    return {}


@FAMILY.post("/api/2.0/workspace/delete", sdk="workspace.delete")
def delete_object(call: Call) -> Json:
    """Deletes a file, a notebook or a folder; a folder that is not empty only with `recursive`."""
    asked = call.parse(Place)
    work, path = call.state.work, clean(asked.path)
    if object_at(call.state, path) is None:
        raise absent("Path", f"({path[:200]})")
    inside = {
        each for each in {*work.files, *work.notebooks, *workspace_folders(call.state)} if each.startswith(f"{path}/")
    }
    if inside and not asked.recursive:
        raise CallRefusedError(400, "DIRECTORY_NOT_EMPTY", f"Folder ({path[:200]}) is not empty")
    for gone in {path, *inside}:
        work.files.pop(gone, None)
        work.notebooks.pop(gone, None)
        work.folders.discard(gone)
    call.state.changed()
    return {}
