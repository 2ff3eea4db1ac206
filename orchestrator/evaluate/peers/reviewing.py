"""What another linter says of a project, in the shape that is scored; it is given files and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.code.jupyter import jupyter_source
from orchestrator.code.shown import ShownLine, shown_lines
from orchestrator.code.source import SourceFile
from orchestrator.evaluate.peers.linter import Linter, Remark, remarks
from orchestrator.evaluate.peers.mapping import mapping
from orchestrator.evaluate.prediction import Prediction

_REACH = 3
_QUOTED = 200


def predictions(linter: Linter, texts: Mapping[str, str]) -> tuple[Prediction, ...]:
    """The linter's findings in a project of these files, which are laid into a folder with nothing above it.

    Raises:
        UsageError: the linter is not installed.
        IncompleteError: it broke on the project.
    """
    if not any(path.endswith(linter.suffixes) for path in texts):
        return ()
    with TemporaryDirectory(prefix="orchestrate-peer-") as folder:
        root = Path(folder) / "project"
        for path, text in texts.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        said = remarks(linter, root)
    held = {path: _lines(path, text) for path, text in texts.items()}
    return tuple(_prediction(linter, one, held[one.path]) for one in said if one.path in held)


def _prediction(linter: Linter, remark: Remark, lines: tuple[ShownLine, ...]) -> Prediction:
    meaning = mapping().meaning(linter.name, remark.rule)
    first, last = _place(remark, lines)
    rule = f"{linter.name}:{remark.rule}"
    key = "\0".join([rule, remark.path, str(remark.cell), str(remark.line), remark.message])
    return Prediction(
        id=sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:16],
        agents=(linter.name,),
        rule=rule,
        also=meaning.names,
        category=meaning.category,
        severity=mapping().severity(linter.name, remark.severity),
        confidence=100,
        path=remark.path,
        lines=(first, max(first, last)),
        cell=remark.cell,
        message=remark.message,
        evidence=_quote(lines, first, last),
        source="peer",
    )


def _lines(path: str, text: str) -> tuple[ShownLine, ...]:
    if path.endswith(".ipynb"):
        read = jupyter_source(path, text.encode("utf-8"), "")
        if isinstance(read, SourceFile):
            return shown_lines(read)
    return shown_lines(SourceFile(path=path, text=text, digest=""))


def _place(remark: Remark, lines: tuple[ShownLine, ...]) -> tuple[int, int]:
    """Its lines on disk: a remark on a notebook counts those of its cell."""
    if remark.cell is None:
        return remark.line, remark.end_line
    numbers = [line.number for line in lines if line.cell == remark.cell] or [1]
    first, last = (min(max(at, 1), len(numbers)) - 1 for at in (remark.line, remark.end_line))
    return numbers[first], numbers[last]


def _quote(lines: tuple[ShownLine, ...], first: int, last: int) -> str:
    """A line that stands there: linters point and do not quote, so what they say is always grounded."""
    return next(_candidates(lines, first, last), "")


def _candidates(lines: tuple[ShownLine, ...], first: int, last: int) -> Iterator[str]:
    for reach in range(_REACH + 1):
        for line in lines:
            if first - reach <= line.number <= last + reach and line.masked.strip():
                yield line.masked.strip()[:_QUOTED]
