"""A variant of a case as files in a folder of its own, as a reviewer meets it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def placed_files(name: str, texts: Mapping[str, str]) -> Iterator[Path]:
    """The files in a folder of that name, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="orchestrate-eval-") as made:
        root = Path(made).resolve() / name
        for path, text in texts.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield root
