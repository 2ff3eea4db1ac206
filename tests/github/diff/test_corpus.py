"""Comments stand where the finding is or nowhere: two hundred files, seen through the API's list and through git."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from orchestrator.code.diff import changed_lines
from orchestrator.code.notebook import parse_notebook
from orchestrator.code.reading import read_project
from orchestrator.github.diff.files import PullDiff
from orchestrator.github.diff.unified import diffed_files
from orchestrator.github.placing import Inline, Tree, placed
from orchestrator.github.posting.api import Api
from orchestrator.github.posting.failures import RefusedError
from orchestrator.github.posting.line import GitHubLine
from orchestrator.github.pull import local_diff, pull_diff, pull_request
from orchestrator.types import Finding, Location, Severity
from tests.github.diff.corpus import Case, cases
from tests.github.loopback import GitHub, PullRequest, Repository, serving
from tests.github.loopback.patch import changes
from tests.github.loopback.planting import git

pytestmark = pytest.mark.enable_socket

CASES = cases()
SOURCES = ("list", "git", "media type")


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The pull request with all cases, checked out at its head, and its diff by each way to get it."""

    github: GitHub
    root: Path
    tree: Tree
    diffs: dict[str, PullDiff]
    api: Api


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    repository = planted_cases(tmp_path_factory.mktemp("corpus"), CASES)
    root = repository.folder
    git(root, "checkout", "--quiet", "feature")
    with serving(repository) as github, GitHubLine(github.token(pull_requests="write"), github.address) as line:
        api = Api(line=line)
        pull = pull_request(api, repository.name, 1)
        diffs = {
            "list": pull_diff(api, repository.name, pull, root),
            "git": local_diff(root, pull.base.sha, pull.head.sha),
            "media type": PullDiff(files=diffed_files(changes(repository, repository.pulls[1]).diff.encode())),
        }
        yield Corpus(github=github, root=root, tree=Tree(root=root), diffs=diffs, api=api)


def planted_cases(folder: Path, given: tuple[Case, ...]) -> Repository:
    """A repository whose pull request changes one file for each case."""
    place = folder / "repository"
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch=main")
    (place / ".gitattributes").write_text("attributed/* binary\n")
    for case in given:
        if case.base is not None:
            write(place / (case.base_path or case.path), case.base)
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "-m", "Base")
    git(place, "checkout", "--quiet", "-b", "feature")
    for case in given:
        if case.base_path:
            (place / case.base_path).unlink()
        write(place / case.path, case.head)
        (place / case.path).chmod(0o755 if case.is_executable else 0o644)
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "-m", "Change")
    return Repository(name="acme/lakehouse", folder=place, pulls={1: PullRequest(number=1, head="feature")})


def write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def finding(path: str, start: int, end: int, cell: int | None = None) -> Finding:
    """A finding at these lines."""
    return Finding(
        id="f" * 16,
        rule="PYS003",
        specialists=("pyspark-optimizer",),
        severity=Severity.HIGH,
        location=Location(path=path, start_line=start, end_line=end, cell=cell),
        message="m",
        why="w",
        evidence="e",
    )


def placing(corpus: Corpus, source: str, made: Finding) -> Inline | None:
    """Where the finding stands, None where it is told in the summary."""
    found = placed([made], corpus.diffs[source], corpus.tree)
    return found.inline[0] if found.inline else None


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("case", [case for case in CASES if not case.marks], ids=lambda case: case.name)
def test_exactly_the_lines_that_a_diff_shows_may_carry_a_comment(corpus: Corpus, case: Case, source: str) -> None:
    tree, diff = corpus.tree, corpus.diffs[source]
    wanted = [number for run in case.shown for number in run]
    numbers = range(1, case.head.count(b"\n") + 3)
    found = [(number, placed([finding(case.path, number, number)], diff, tree)) for number in numbers]
    at = {number: one.inline[0].place for number, one in found if one.inline}
    assert sorted(at) == wanted
    assert all((place.line, place.start_line, place.said) == (line, None, "") for line, place in at.items())


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("case", [case for case in CASES if case.shown], ids=lambda case: case.name)
def test_a_finding_of_several_lines_stands_at_all_of_them_or_says_which(
    corpus: Corpus, case: Case, source: str
) -> None:
    chance = Random(case.name)
    last = case.head.rstrip(b"\r\n").count(b"\n") + 1
    for _ in range(12):
        start = chance.randint(1, last)
        end = min(start + chance.randint(1, 12), last)
        inline = placing(corpus, source, finding(case.path, start, end))
        whole = any(start in run and end in run for run in case.shown)
        if whole and start < end:
            assert inline is not None
            assert (inline.place.start_line, inline.place.line, inline.place.said) == (start, end, "")
        elif inline is not None and start < end:
            assert start <= inline.place.line <= end
            assert f"lines {start} to {end}" in inline.place.said


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("case", [case for case in CASES if case.marks], ids=lambda case: case.name)
def test_a_finding_in_a_notebook_stands_at_its_own_line_and_names_its_cell(
    corpus: Corpus, case: Case, source: str
) -> None:
    notebook = parse_notebook(next(each for each in read_project(corpus.root / case.path).sources))
    assert notebook is not None
    read = notebook.source
    stored = case.head.decode().split("\n")
    for mark in case.marks:
        laid_out = next(number for number, line in enumerate(read.lines, 1) if mark.text in line)
        location = read.location(laid_out)
        on_disk = next(number for number, line in enumerate(stored, 1) if mark.text in line)
        assert (location.start_line, location.cell) == (on_disk, mark.cell)
        inline = placing(corpus, source, finding(case.path, location.start_line, location.end_line, location.cell))
        assert inline is not None or not mark.is_new
        assert inline is None or (inline.place.line, inline.place.said) == (on_disk, "")


def test_the_api_takes_every_comment_that_is_placed_and_no_other(corpus: Corpus) -> None:
    tree, diff = corpus.tree, corpus.diffs["list"]
    last = {case.path: case.head.rstrip(b"\r\n").count(b"\n") + 1 for case in CASES}
    numbered = [(case.path, number) for case in CASES for number in range(1, last[case.path] + 1)]
    findings = [finding(path, number, min(number + number % 3, last[path])) for path, number in numbered]
    found = [placed([each], diff, tree).inline for each in findings]
    comments = [comment(inline[0]) for inline in found if inline]
    assert sum("start_line" in each for each in comments) > 1_000
    assert len(comments) > 2_000
    post(corpus, comments)
    elsewhere = next(case for case in CASES if case.shown and case.shown[0].start > 1)
    with pytest.raises(RefusedError, match="Line could not be resolved"):
        post(corpus, [{"path": elsewhere.path, "line": 1, "side": "RIGHT", "body": "x"}])


def test_the_changed_lines_of_the_review_are_all_shown(corpus: Corpus) -> None:
    change = changed_lines(corpus.root, "main")
    hidden = ("blob/", "attributed/", "odd/")
    missing = [
        (case.name, line)
        for case in CASES
        if case.shown and not case.path.startswith(hidden)
        for line in change.lines.get(case.path, frozenset())
        if line <= case.head.rstrip(b"\r\n").count(b"\n") + 1 and not any(line in run for run in case.shown)
    ]
    assert not missing


def comment(inline: Inline) -> dict[str, str | int]:
    start = inline.place.start_line
    first: dict[str, str | int] = {"start_line": start, "start_side": "RIGHT"} if start else {}
    return {"path": inline.path, "line": inline.place.line, "side": "RIGHT", "body": "x", **first}


def post(corpus: Corpus, comments: list[dict[str, str | int]]) -> None:
    """One review with all of them, or none.

    Raises:
        RefusedError: the API refuses one.
    """
    body = json.loads(json.dumps({"event": "COMMENT", "body": "x", "comments": comments}))
    corpus.api.write("POST", "/repos/acme/lakehouse/pulls/1/reviews", body)
