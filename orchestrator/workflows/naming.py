"""The files of a project by the names that a model uses for them: as they are, and as they were shown to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from orchestrator.code.source import SourceFile
from orchestrator.toolbox.project.files import shown_name

Named = Mapping[str, tuple[SourceFile, ...]]


def named(sources: Mapping[str, SourceFile]) -> Named:
    """The files of each name, the one that is really called so first.

    There may be several: a file can be called what another one with hidden characters in its name is shown as, and a
    claim about the one must not be lost because the other one stands in its way.
    """
    found = {path: (source,) for path, source in sources.items()}
    for path, source in sources.items():
        shown = shown_name(path)
        # A model writes an accent and its letter as one character, whatever the disk has.
        for name in {shown, unicodedata.normalize("NFC", shown)} - {path}:
            found[name] = (*found.get(name, ()), source)
    return found
