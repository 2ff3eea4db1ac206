"""Pull requests above the sizes at which GitHub stops giving a diff: what it lists is used, what it hides is said."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.github.diff.files import PullDiff
from orchestrator.github.placing import Tree, placed
from orchestrator.github.posting.api import Api
from orchestrator.github.posting.line import GitHubLine
from orchestrator.github.pull import NOT_LISTED, NOT_SHOWN, pull_diff, pull_request
from tests.github.diff.test_corpus import finding
from tests.github.loopback import Failure, Limits, planted, serving
from tests.github.loopback.planting import git

pytestmark = pytest.mark.enable_socket


def seen(folder: Path, head: Mapping[str, str], limits: Limits, *failures: Failure) -> tuple[PullDiff, list[str]]:
    """The diff of a pull request that adds these files, and the requests that it took."""
    repository = planted(folder, base={"README": "x\n"}, head=head)
    git(repository.folder, "checkout", "--quiet", "feature")
    with serving(repository, limits=limits) as github, GitHubLine(github.token(), github.address) as line:
        for failure in failures:
            github.fail(failure)
        api = Api(line=line, clock=_Still())
        pull = pull_request(api, repository.name, 1)
        diff = pull_diff(api, repository.name, pull, repository.folder)
        return diff, [request.path for request in github.requests]


class _Still:
    """A clock on which no time passes."""

    def now(self) -> float:
        """Always the same."""
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Nothing."""


def test_three_hundred_and_twenty_files_are_listed_on_four_pages(tmp_path: Path) -> None:
    head = {f"src/{number:03}.py": f"x = {number}\n" for number in range(320)}
    diff, requests = seen(tmp_path, head, Limits())
    assert set(diff.files) == set(head)
    assert sum(path.endswith("/files") for path in requests) == 4
    tree = Tree(root=tmp_path / "repository")
    assert all(placed([finding(path, 1, 1)], diff, tree).inline for path in head)


def test_more_than_twenty_thousand_lines_have_comments_but_where_a_file_is_too_long_to_be_shown(tmp_path: Path) -> None:
    lines = {f"src/{number}.py": 2_900 for number in range(8)} | {"src/long.py": 3_100}
    head = {path: "".join(f"x{number} = 1\n" for number in range(count)) for path, count in lines.items()}
    diff, _ = seen(tmp_path, head, Limits())
    tree = Tree(root=tmp_path / "repository")
    found = placed([finding(path, 2_800, 2_800) for path in head][:1], diff, tree)
    assert [(one.path, one.place.line) for one in found.inline] == [("src/0.py", 2_800)]
    (aside,) = placed([finding("src/long.py", 1, 1)], diff, tree).aside
    assert aside.reason == NOT_SHOWN


def test_files_that_are_not_listed_are_told_apart_from_those_that_did_not_change(tmp_path: Path) -> None:
    head = {f"src/{number:03}.py": f"x = {number}\n" for number in range(150)}
    diff, _ = seen(tmp_path, head, Limits(listed=120))
    tree = Tree(root=tmp_path / "repository")
    (aside,) = placed([finding("src/149.py", 1, 1)], diff, tree).aside
    assert aside.reason == NOT_LISTED


@pytest.mark.parametrize("status", [406, 500, 502])
def test_git_tells_the_diff_where_the_api_does_not(tmp_path: Path, status: int) -> None:
    head = {"src/a.py": "x = 1\n", "src/long.py": "".join(f"x{number} = 1\n" for number in range(3_100))}
    diff, _ = seen(tmp_path, head, Limits(), Failure(path="/files", status=status, times=9))
    tree = Tree(root=tmp_path / "repository")
    assert placed([finding("src/a.py", 1, 1)], diff, tree).inline
    assert placed([finding("src/long.py", 1, 1)], diff, tree).aside[0].reason == NOT_SHOWN
