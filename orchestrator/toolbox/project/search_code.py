"""`search_code`: where a text stands in the project, literally: no pattern, so none that takes for ever."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from orchestrator.code.shown import MARGIN, ShownLine
from orchestrator.code.source import SourceFile
from orchestrator.toolbox.offered import MAX_ANSWER, OfferedTool, ToolAnswer
from orchestrator.toolbox.project.asking import TEXT, TEXT_OR_NULL, Arguments, OwnTool, described
from orchestrator.toolbox.project.files import NotFoundError, ProjectFiles, shown_name

MAX_HITS = 100
_AROUND = 120
"""Characters that are shown on each side of a hit in a long line."""
_TAIL = 300


class _Arguments(Arguments):
    text: str = Field(min_length=1, max_length=300)
    path_glob: str | None = Field(default=None, max_length=300)
    ignore_case: bool = False


def search_code(files: ProjectFiles) -> OfferedTool:
    """The tool over these files."""

    def answer(given: _Arguments) -> ToolAnswer:
        if "\n" in given.text or not given.text.strip():
            raise NotFoundError("the text must be on one line and not blank; search for a piece of one line")
        found = [(source, line) for source in files.matching(given.path_glob) for line in _hits(files, source, given)]
        if not found:
            return ToolAnswer(text="no line has this text (it is searched literally, not as a pattern)")
        shown = _fitting([(source, _shown(source, line, given)) for source, line in found[:MAX_HITS]])
        read = tuple(dict.fromkeys(source.path for source, _ in shown))
        left = len(found) - len(shown)
        tail = f"\n(cut: {left} more lines have it; narrow it with path_glob or a longer text)" if left else ""
        return ToolAnswer(text="\n".join(text for _, text in shown) + tail, read=read)

    return OwnTool("search_code", _Arguments, answer, slow=True).offered(
        "Finds a text in the files of the project, line by line, literally: no regular expressions. Use it to learn "
        "who calls a function, where a table is written, whether a check exists elsewhere, before you claim that it "
        f"does not. Gives `path:line| text`, at most {MAX_HITS} lines. Credentials are masked, also for the search.",
        {
            "text": described(TEXT, "the text to find, a piece of one line, as `.saveAsTable(`"),
            "path_glob": described(
                TEXT_OR_NULL,
                "only files whose path matches, as src/*.py or a folder; `*` crosses folders; null for all",
            ),
            "ignore_case": described({"type": "boolean"}, "whether upper and lower case are the same"),
        },
    )


def _hits(files: ProjectFiles, source: SourceFile, given: _Arguments) -> Iterator[ShownLine]:
    """The shown lines with the text: what is masked cannot be found out by searching for its parts."""
    wanted = given.text.casefold() if given.ignore_case else given.text
    for line in files.lines(source):
        if wanted in (line.text.casefold() if given.ignore_case else line.text):
            yield line


def _shown(source: SourceFile, line: ShownLine, given: _Arguments) -> str:
    text = line.text
    place = text.casefold().find(given.text.casefold()) if given.ignore_case else text.find(given.text)
    start, end = max(0, place - _AROUND), place + len(given.text) + _AROUND
    piece = ("..." if start else "") + text[start:end] + ("..." if end < len(text) else "")
    return f"{shown_name(source.path)}:{line.number}{MARGIN}{piece}"


def _fitting(hits: list[tuple[SourceFile, str]]) -> list[tuple[SourceFile, str]]:
    room = MAX_ANSWER - _TAIL
    for count, (_, text) in enumerate(hits):
        room -= len(text) + 1
        if room < 0:
            return hits[:count]
    return hits
