"""From generated texts to files on disk that were validated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from orchestrator.errors import UsageError
from orchestrator.types import Review, Severity, Table
from orchestrator.workflows.cache import cached_review
from orchestrator.workflows.commands.result import Check, Facts, Gap, NewFile, Observation, Result
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.generate.shape import Generated
from orchestrator.workflows.generate.validators import Target, Validated, validators
from orchestrator.workflows.generate.writing import Compared, compared, diff, write
from orchestrator.workflows.request import Request, Reviewed
from orchestrator.workflows.selection import Selection

Depth = Literal["none", "quick", "full"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How files are written: over others with `force`, not at all with `dry_run`; `check` is how deep they are
    validated, `python` the interpreter for what runs their code."""

    force: bool = False
    dry_run: bool = False
    check: Depth = "quick"
    python: str = "python3"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of the files; `diff` is what would change, for a dry run."""

    result: Result
    diff: str = ""


def generated(made: Generated, site: Site, choice: Choice, specialist: str) -> Written:
    """The files written below their folder and validated; `specialist` owns what validators find.

    Raises:
        UsageError: a file would be overwritten; the sentence names it. Nothing is written then.
    """
    files = compared(made.into, made.files)
    notes = (*made.notes, *(f"open question: {each}" for each in made.questions))
    tables = (*made.tables, _table(files))
    result = Result(tables=tables, gaps=made.gaps, notes=notes)
    if choice.dry_run:
        note = "nothing was written (--dry-run)"
        return Written(result=replace(result, notes=(*notes, note)), diff=diff(files))
    _refuse_changed(made.into, files, force=choice.force)
    site.progress(f"writing {sum(each.standing != 'unchanged' for each in files)} files")
    write(files)
    if made.following:
        result = replace(result, notes=(*notes, f"next: {made.following}"))
    return Written(result=_validated(result, made, site, choice, specialist))


def put(into: Path, files: Iterable[NewFile], *, force: bool) -> None:
    """Write proposed files, unvalidated.

    Raises:
        UsageError: a file would be overwritten.
    """
    found = compared(into, files)
    _refuse_changed(into, found, force=force)
    write(found)


def _refuse_changed(into: Path, files: tuple[Compared, ...], *, force: bool) -> None:
    changed = [each.file.path for each in files if each.standing == "changed"]
    if changed and not force:
        more = f" and {len(changed) - 3} more" if changed[3:] else ""
        raise UsageError(
            f"what stands under {str(into)!r} differs ({', '.join(changed[:3])}{more}); nothing was written: --dry-run "
            "shows how, --force writes over it"
        )


def _table(files: tuple[Compared, ...]) -> Table:
    rows = tuple((each.file.path, each.standing, each.file.text.count("\n")) for each in files)
    return Table(title="Files", columns=("path", "standing", "lines"), rows=rows)


def _validated(result: Result, made: Generated, site: Site, choice: Choice, specialist: str) -> Result:
    if choice.check == "none":
        return replace(result, notes=(*result.notes, "nothing was validated (--check none)"))
    target = Target(
        into=made.into,
        files=made.files,
        full=choice.check == "full",
        python=choice.python,
        run_in=None if made.run_in is None else made.into / made.run_in,
        progress=site.progress,
    )
    said = tuple(_said(target))
    return replace(
        result,
        facts=(_facts(said),),
        observations=tuple(_failures(said, specialist)),
        tables=(*result.tables, _outcomes(said)),
        gaps=(*result.gaps, *_unseen(said)),
        reviewed=_reviewed(made, site),
    )


def _said(target: Target) -> Iterator[Validated]:
    for name, validate in validators():
        target.progress(f"validating: {name}")
        found = validate(target)
        if found is not None:
            yield found


def _outcomes(said: tuple[Validated, ...]) -> Table:
    rows = tuple((each.name, each.standing, each.detail.replace("\n", " ")) for each in said)
    return Table(title="Validation", columns=("what", "standing", "detail"), rows=rows)


def _facts(said: tuple[Validated, ...]) -> Facts:
    rows = tuple({"what": each.name, "standing": each.standing, "detail": each.detail} for each in said)
    return Facts(name="validation", source="the validators", rows=rows)


def _failures(said: tuple[Validated, ...], specialist: str) -> Iterator[Observation]:
    for number, each in enumerate(said, start=1):
        if each.standing == "failed":
            check = Check(
                id=f"validation-{each.name.replace(' ', '-')}",
                specialist=specialist,
                severity=Severity.HIGH,
                title="a validator refuses the generated files",
                why="What was written does not hold by itself; mend it before it is used.",
            )
            last = each.detail.strip().splitlines()[-1:] or ["it said nothing"]
            yield Observation(
                check=check, facts="validation", row=number, about=each.name, message=f"{each.name}: failed: {last[0]}"
            )


def _unseen(said: tuple[Validated, ...]) -> Iterator[Gap]:
    for each in said:
        if each.standing == "not run":
            # Asked for by nobody, or impossible here: it is told, and the files are no less written.
            yield Gap(source=f"validator: {each.name}", reason=each.detail, incomplete=False)


def _reviewed(made: Generated, site: Site) -> Reviewed:
    """The review by rules of the folder, of which only the generated files are shown."""
    site.progress("reviewing what was written")
    reviewed = cached_review(Request(path=made.into, today=site.today, selection=Selection()), use_cache=False)
    paths = {_shown(path, made.into, reviewed.root) for path in made.files}
    return replace(reviewed, review=_only(reviewed.review, paths))


def _shown(file: NewFile, into: Path, root: Path) -> str:
    return (into.resolve() / file.path).relative_to(root.resolve()).as_posix()


def _only(review: Review, paths: set[str]) -> Review:
    findings = tuple(each for each in review.findings if each.location.path in paths)
    coverage = tuple(each for each in review.coverage if each.path in paths)
    lines = sum(each.lines for each in coverage)
    return replace(review, findings=findings, coverage=coverage, files=len(coverage), lines=lines)
