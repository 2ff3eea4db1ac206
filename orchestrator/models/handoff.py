"""The folder of a hand-off: requests that wait for a person, the answers they write, and what is wrong with those."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from pydantic import JsonValue

from orchestrator.errors import UsageError
from orchestrator.models.handoff_answers import AnswerError, answer_of, text_of
from orchestrator.models.handoff_page import page
from orchestrator.models.wire import canonical

Body = dict[str, JsonValue]

ENDINGS = (".json", ".md", ".txt")
MOST_BYTES = 8 * 1024 * 1024
SETTLED_SECONDS = 0.5
"""How long a file must stay as it is before it is read: somebody may still be writing it."""
_NAME = re.compile(r"(\d{4,9})-(?:([a-z0-9-]{1,40})-)?([0-9a-f]{16})")
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A request without a good answer; `problem` is what is wrong with the one that was given."""

    name: str
    who: str
    seconds: float
    problem: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file of an answer as it stood when it was looked at."""

    path: Path
    size: int
    changed: int


class Folder:
    """`requests`, `responses` and `problems` below one directory; any number of threads may use it."""

    def __init__(self, directory: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.directory = directory
        self._clock = clock
        self._lock = Lock()

    def make(self) -> None:
        """Make the folders where they are not.

        Raises:
            UsageError: the directory cannot be made or written.
        """
        try:
            for name in ("requests", "responses", "problems"):
                (self.directory / name).mkdir(parents=True, exist_ok=True, mode=0o700)
            self._check_writable()
        except OSError as error:
            raise UsageError(
                f"the directory {str(self.directory)!r} cannot be used ({error.strerror}); name one that you can write"
            ) from None

    def ask(self, body: Body, who: str) -> tuple[str, bool]:
        """The name of a request, and whether it is new: an equal one, from before a restart too, keeps its name."""
        digest = request_digest(body)
        with self._lock:
            known = next((name for name in self._names() if name.endswith(f"-{digest}")), None)
            if known is not None:
                return known, False
            number = max((int(name.partition("-")[0]) for name in self._names()), default=0) + 1
            name = "-".join(part for part in (f"{number:04}", plain(who), digest) if part)
            write(self.directory / "requests" / f"{name}.md", page(name, body))
            # Last, for it is the file that counts.
            write(self.directory / "requests" / f"{name}.json", text_of(body))
        return name, True

    def answer(self, name: str, body: Body) -> Body | None:
        """The answer in the response of a request; None while there is none, or none that will do.

        What is wrong with a response is one sentence in `problems`, until a better one is there.
        """
        seen = self._seen(name)
        if seen is None:
            return None
        problem = self.directory / "problems" / f"{name}.txt"
        try:
            answered = answer_of(_read(seen.path), body, is_json=seen.path.suffix == ".json", digest=name[-16:])
        except AnswerError as error:
            sentence = _one_line(f"responses/{seen.path.name}: {error}")
            if _text(problem) != sentence:
                write(problem, sentence)
            return None
        problem.unlink(missing_ok=True)
        return answered

    def waiting(self) -> tuple[Waiting, ...]:
        """What waits for an answer, the oldest first."""
        return tuple(self._waiting())

    def _waiting(self) -> Iterator[Waiting]:
        for name in self._names():
            problem = _text(self.directory / "problems" / f"{name}.txt")
            if problem or not self._responses(name):
                path = self.directory / "requests" / f"{name}.json"
                asked = path.stat().st_mtime if path.exists() else self._clock()
                who = _NAME.fullmatch(name)
                yield Waiting(
                    name=name,
                    who=(who[2] if who else None) or "",
                    seconds=max(0.0, self._clock() - asked),
                    problem=problem.strip(),
                )

    def _names(self) -> list[str]:
        return sorted(path.stem for path in (self.directory / "requests").glob("*.json") if _NAME.fullmatch(path.stem))

    def _responses(self, name: str) -> list[Path]:
        """The files that answer a request, by its digest: its number is another one where requests were deleted."""
        found = (self.directory / "responses").glob(f"*-{name[-16:]}.*")
        return sorted(path for path in found if path.suffix in ENDINGS and _NAME.fullmatch(path.stem))

    def _seen(self, name: str) -> _Seen | None:
        """The response of a request once it has settled."""
        for path in self._responses(name):
            try:
                status = path.lstat()
            except OSError:
                continue
            seen = _Seen(path, status.st_size, status.st_mtime_ns)
            if abs(self._clock() - status.st_mtime) >= SETTLED_SECONDS:
                return seen
        return None

    def _check_writable(self) -> None:
        handle, name = tempfile.mkstemp(dir=self.directory / "requests", prefix=".try-")
        os.close(handle)
        Path(name).unlink()


def request_digest(body: Body) -> str:
    """Sixteen digits of the sha256 of a request; whether it streams is no part of it."""
    kept: Body = {name: value for name, value in body.items() if name != "stream"}
    return sha256(canonical(kept).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def plain(words: str) -> str:
    """Words as a part of a file name: small letters, digits and dashes, at most forty."""
    return _OTHER.sub("-", words.lower()).strip("-")[:40].strip("-")


def write(path: Path, text: str) -> None:
    """Put a file in its place at once, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            file.write(text)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read(path: Path) -> str:
    """The text of a response.

    Raises:
        AnswerError: it is a link, no file, too large or no UTF-8.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise AnswerError(f"it cannot be read ({error.strerror}); put a file of your own there") from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise AnswerError("it is no regular file; put a file of your own there")
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise AnswerError(f"it has more than {MOST_BYTES // 1024 // 1024} MiB; shorten it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnswerError("it is no UTF-8; save it as UTF-8") from None


def _one_line(sentence: str) -> str:
    """The sentence without what would steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in sentence) + "\n"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
