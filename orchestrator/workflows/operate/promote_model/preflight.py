"""What forbids to promote a version, or should be known before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.types import Severity
from orchestrator.workflows.audit.validate_model.judging import NOT_RUN, Judgement, judged
from orchestrator.workflows.commands.result import Check, Observation
from orchestrator.workspace.models.model import ModelVersion
from orchestrator.workspace.models.proving import proved
from orchestrator.workspace.models.registry import Registry
from orchestrator.workspace.models.terms import Terms, read_terms
from orchestrator.workspace.models.validation import FAILED, PASSED, PROOF, VERDICT, Recorded, held, recorded

EXPERT, PIPELINE = "mlflow-expert", "ml-pipeline-architect"
VERSION = "version"
_REGISTRY = "https://mlflow.org/docs/latest/ml/model-registry/"


def _check(name: str, severity: Severity, title: str, why: str, specialist: str = EXPERT) -> Check:
    return Check(
        id=name, specialist=specialist, severity=severity, title=title, why=why, references=(_REGISTRY,)
    )  # fmt: skip


UNVALIDATED = _check(
    "not-validated", Severity.HIGH, "the version carries no validation",
    "What every consumer loads next was looked at by nobody. Run validate-model on this very version and record it "
    "with --apply.",
)  # fmt: skip
REFUSED = _check(
    "validation-not-passed", Severity.HIGH, "the validation of the version did not pass",
    "A refusal is a result. Train again, or validate on other terms by decision.",
)  # fmt: skip
STALE = _check(
    "validation-stale", Severity.HIGH, "what was validated is not what is live",
    "Its files, metrics, terms, or the version it was held against have changed since. Validate it again.",
)  # fmt: skip
FAILS_NOW = _check(
    "fails-now", Severity.HIGH, "the version does not pass its own terms now",
    "The tags say that it passed, and the evidence says that it does not. Find out who wrote them.",
)  # fmt: skip
PASSED_OVER = _check(
    "not-held-against-holder", Severity.HIGH, "the version was not held against the one that it would replace",
    "It may be worse than what serves now. Validate it with --against and this alias.",
)  # fmt: skip
UNTRIED = _check(
    "load-not-tested", Severity.MEDIUM, "nobody has loaded the version in a clean process",
    "A model that does not load is found by its consumers. Validate it with --python FILE.",
)  # fmt: skip
GATE = _check(
    "gate-refused", Severity.HIGH, "the gate of the training job refused the version",
    "Two judgements differ. Read gate_reason before one of them counts.", PIPELINE,
)  # fmt: skip
NEWER = _check(
    "newer-version", Severity.LOW, "there is a newer version",
    "Somebody may have meant that one.", PIPELINE,
)  # fmt: skip
OWNED = _check(
    "alias-has-other-owner", Severity.HIGH, "code of the project moves an alias of a model itself",
    "With two owners the next run of the job undoes this promotion. Let one of them move it.", PIPELINE,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The recorded validation of a version, and what its live evidence says."""

    recorded: Recorded
    judgement: Judgement | None
    """None where no terms are recorded, or what they name is not there any more"""
    problem: str | None = None

    @property
    def proof(self) -> str:
        """The hash that was recorded; empty where none was."""
        return self.recorded.proof or ""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What surrounds the version: the alias and who holds it, the newest version, lines of code that move aliases."""

    alias: str
    former: str | None
    newest: str
    owners: tuple[str, ...]


def standing(registry: Registry, found: ModelVersion, tags: dict[str, str]) -> Standing:
    """The validation of a version, read again."""
    said = recorded(tags)
    terms = read_terms(said.terms or "")
    if terms is None:
        return Standing(recorded=said, judgement=None)
    return _live(registry, found, said, terms)


def _live(registry: Registry, found: ModelVersion, said: Recorded, terms: Terms) -> Standing:
    try:
        with proved(registry, found.model, found.version, terms) as live:
            return Standing(recorded=said, judgement=judged(held(terms, live.version, live.reference)))
    except UsageError as error:
        return Standing(recorded=said, judgement=None, problem=str(error))


def observed(found: ModelVersion, tags: dict[str, str], is_so: Standing, around: Around) -> Iterator[Observation]:
    """What forbids the promotion, or should be known."""
    name = f"version {found.version} of {found.model}"
    for check, message in (
        *_of_validation(name, is_so),
        *_of_gate(name, tags),
        *_of_holder(name, is_so, around),
        *_of_neighbours(found, around.newest),
        *((OWNED, f"{place} moves an alias of a registered model") for place in around.owners),
    ):
        about = f"{found.model} {found.version}" if check is not OWNED else message
        yield Observation(check=check, facts=VERSION, row=1, about=about, message=message)


def _of_validation(name: str, is_so: Standing) -> Iterator[tuple[Check, str]]:
    said, live = is_so.recorded, is_so.judgement
    if said.verdict is None or said.proof is None or (live is None and is_so.problem is None):
        yield UNVALIDATED, f"{name} has no tags {VERDICT}, {PROOF} and terms that validate-model wrote"
        return
    if said.verdict != PASSED:
        yield REFUSED, f"{name} is {VERDICT}={said.verdict}: {said.reason or 'no reason is recorded'}"
    if live is None:
        yield STALE, f"the validation of {name} cannot be repeated: {is_so.problem}"
        return
    if live.held.proof != said.proof:
        yield STALE, f"the live evidence of {name} is {live.held.proof[:12]}, validated was {said.proof[:12]}"
    if live.verdict != PASSED and said.verdict == PASSED:
        yield FAILS_NOW, f"{name} would now be {live.verdict}: {live.reason}"
    if said.load_test in {None, NOT_RUN}:
        yield UNTRIED, f"the load test of {name} is {said.load_test or 'not recorded'}"
    elif said.load_test == FAILED:
        yield REFUSED, f"the load test of {name} failed"


def _of_holder(name: str, is_so: Standing, around: Around) -> Iterator[tuple[Check, str]]:
    live = is_so.judgement
    if live is None or around.former is None:
        return
    reference = live.held.reference
    if reference is None or reference.version != around.former:
        against = "nothing" if reference is None else reference.name
        yield PASSED_OVER, f"{name} was held against {against}; {around.alias} is version {around.former}"


def _of_gate(name: str, tags: dict[str, str]) -> Iterator[tuple[Check, str]]:
    if tags.get("gate") not in {None, PASSED}:
        yield GATE, f"{name} is gate={tags['gate'][:40]}: {tags.get('gate_reason', 'no reason is recorded')[:300]}"


def _of_neighbours(found: ModelVersion, newest: str) -> Iterator[tuple[Check, str]]:
    if newest != found.version:
        yield NEWER, f"the newest version of {found.model} is {newest}, not {found.version}"
