"""`list_files`: what the project holds."""

from __future__ import annotations

from pydantic import Field

from orchestrator.toolbox.offered import MAX_ANSWER, OfferedTool, ToolAnswer
from orchestrator.toolbox.project.asking import TEXT_OR_NULL, Arguments, OwnTool, described
from orchestrator.toolbox.project.files import NotFoundError, ProjectFiles, shown_name

MAX_NAMES = 500
_TAIL = 300


class _Arguments(Arguments):
    path_glob: str | None = Field(default=None, max_length=300)


def list_files(files: ProjectFiles) -> OfferedTool:
    """The tool over these files."""

    def answer(given: _Arguments) -> ToolAnswer:
        unread = [f"{shown_name(path)} (not read)" for path in files.unread(given.path_glob)]
        try:
            sources = files.matching(given.path_glob)
        except NotFoundError:
            if not unread:
                raise
            sources = ()
        names = [f"{shown_name(source.path)} ({len(source.lines)} lines)" for source in sources] + unread
        shown = _fitting(names[:MAX_NAMES])
        left = len(names) - len(shown)
        tail = f"\n(cut: {left} more files; narrow it with path_glob)" if left else ""
        return ToolAnswer(text="\n".join(shown) + tail)

    return OwnTool("list_files", _Arguments, answer).offered(
        "Lists the files of the project with their lengths. Use it to find a file whose name you can only guess: "
        f"configuration, tests, a module that is imported. At most {MAX_NAMES} come at once. Files marked `not read` "
        "cannot be opened.",
        {
            "path_glob": described(
                TEXT_OR_NULL, "only paths that match, as tests/*.py or a folder; `*` crosses folders; null for all"
            )
        },
    )


def _fitting(names: list[str]) -> list[str]:
    room = MAX_ANSWER - _TAIL
    for count, name in enumerate(names):
        room -= len(name) + 1
        if room < 0:
            return names[:count]
    return names
