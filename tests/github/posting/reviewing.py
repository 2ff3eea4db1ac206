"""A pull request on the loopback GitHub, a review of it, and the poster with a clock that tests turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.github.artifact import Comment, PullReview, write_artifact
from orchestrator.github.posting.answers import Answer
from orchestrator.github.posting.api import Api, Json
from orchestrator.github.posting.line import GitHubLine
from orchestrator.github.posting.post import Outcome, Posting
from orchestrator.github.posting.target import Job
from orchestrator.report.markdown_text import code
from tests.github.loopback import GitHub, Limits, PullRequest, Repository, planted, serving

REPOSITORY = "acme/lakehouse"
PATH = "src/a.py"
BASE = {PATH: "".join(f"line{number} = {number}\n" for number in range(1, 41))}
HEAD = {PATH: BASE[PATH].replace("= 3\n", "= 33\n").replace("= 5\n", "= 55\n").replace("= 30\n", "= 3030\n")}


class TurnedClock:
    """Time that passes only where somebody sleeps, and what was slept."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Turn the clock."""
        self.slept.append(seconds)
        self.time += seconds


@dataclass(kw_only=True)
class Scene:
    """A pull request with number 1, and a folder for its reviews."""

    github: GitHub
    repository: Repository
    folder: Path
    clock: TurnedClock = field(default_factory=TurnedClock)

    @property
    def pull(self) -> PullRequest:
        """The pull request."""
        return self.repository.pulls[1]

    @property
    def posts(self) -> list[str]:
        """What was written besides the check run: method and the end of the path, or the mutation."""
        return [
            " ".join(asked.mutations) or f"{asked.method} {asked.path.split('lakehouse')[-1]}"
            for asked in self.github.writes
            if "/check-runs" not in asked.path
        ]

    def token(self) -> str:
        """A token that may do all that the poster does."""
        return self.github.token(pull_requests="write", checks="write", contents="write")

    def post_losing(self, review: PullReview, part: str) -> Outcome:
        """What becomes of the review where the answer to the first write with the part in its path is lost."""
        self.clock.time += 60
        write_artifact(self.folder, review)
        with GitHubLine(self.token(), self.github.address) as line:
            api = Api(line=_Losing(line, part), clock=self.clock, access="write")
            return Posting(api=api, job=Job(repository=REPOSITORY), span=code).run(self.folder)

    def post(self, review: PullReview, *, token: str | None = None, drafts: bool = False) -> Outcome:
        """What becomes of the review."""
        write_artifact(self.folder, review)
        return self.post_folder(token=token, drafts=drafts)

    def post_folder(self, *, token: str | None = None, drafts: bool = False, job: Job | None = None) -> Outcome:
        """What becomes of the review in the folder, a minute after what was before."""
        self.clock.time += 60
        with GitHubLine(token or self.token(), self.github.address) as line:
            posting = Posting(
                api=Api(line=line, clock=self.clock, access="write"),
                job=job or Job(repository=REPOSITORY, pull=1, head=self.github.head(1)),
                span=code,
                drafts=drafts,
            )
            return posting.run(self.folder)


class _Losing:
    """A line that breaks once, after the server has done what it was asked."""

    def __init__(self, line: GitHubLine, part: str) -> None:
        self._line = line
        self._part = part

    def send(self, method: str, path: str, *, query: Mapping[str, str], body: Json | None) -> Answer:
        """The answer, unless it is lost."""
        answer = self._line.send(method, path, query=query, body=body)
        if method != "GET" and self._part and self._part in f"{path} {body}":
            self._part = ""
            raise OSError("the line broke")
        return answer


@contextmanager
def scene(folder: Path, limits: Limits | None = None) -> Iterator[Scene]:
    """The pull request, open, on a GitHub whose time is the scene's clock."""
    repository = planted(folder, base=BASE, head=HEAD)
    clock = TurnedClock()
    with serving(repository, limits=limits, clock=clock.now) as github:
        yield Scene(github=github, repository=repository, folder=folder / "out", clock=clock)


def comment(finding: str, line: int = 3, *, start: int | None = None, suggestion: str | None = None) -> Comment:
    """A comment on lines of the head."""
    return Comment(
        finding=finding, path=PATH, line=line, start_line=start, body=f"**{finding}** is wrong", suggestion=suggestion
    )


def review_of(place: Scene, *comments: Comment, still: tuple[str, ...] = (), **changed: object) -> PullReview:
    """A complete review of the head of now, with these comments."""
    ids = [*(each.finding for each in comments), *still]
    fields: dict[str, object] = {
        "schema": 1,
        "repository": REPOSITORY,
        "pull": 1,
        "head": place.github.head(1),
        "base": "b" * 40,
        "conclusion": "success",
        "title": "Reviewed",
        "reason": "No finding at or above the gate.",
        "comments": list(comments),
        "still_there": ids,
        "summary": f"# Review\n\n{len(ids)} findings",
        "findings": len(ids),
        "reviewed": 1,
        "not_reviewed": 0,
    }
    return PullReview.model_validate({**fields, **changed})
