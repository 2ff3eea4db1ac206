"""The goals that hide columns: functions first, then masks on the table or policies, then tags that set them off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.workflows.commands.site import Site
from orchestrator.workflows.operate.setup_data_masking.spared import Spared
from orchestrator.workspace.changes import Goal
from orchestrator.workspace.governance.mask_functions import base_type, check_serves, hidden, mask_function
from orchestrator.workspace.governance.personal import PersonalColumn
from orchestrator.workspace.governance.policy_setting import TagMask, masking_by_tag
from orchestrator.workspace.governance.protection import masking
from orchestrator.workspace.governance.securables import Securable
from orchestrator.workspace.governance.tags import governed_tag, tagging
from orchestrator.workspace.governance.vocabulary import column_new, column_word

KEY = "pii"
_SCHEMA = "governance"


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """The columns to hide, from whom not, and by which function."""

    columns: tuple[PersonalColumn, ...]
    spared: Spared
    function: str | None
    functions_in: str | None


def by_table(wanted: Hidden, site: Site) -> tuple[list[Goal], list[str]]:
    """A mask on each column; a function that is missing is made before it.

    Raises:
        UsageError: a column has a type that no mask is known for.
        WorkspaceError: the function that was named does not serve a column.
    """
    functions: dict[str, Goal] = {}
    masks: list[Goal] = []
    for each in wanted.columns:
        table, _, column = each.column.rpartition(".")
        if wanted.function is not None:
            check_serves(site.workspace, wanted.function, each.type)
            name = wanted.function
        else:
            name = f"{wanted.functions_in or table.rpartition('.')[0]}.{_name(each)}"
            functions[name] = _function(name, each, wanted.spared, site)
        masks.append(masking(table, column, name))
    return [*functions.values(), *masks], []


def by_policy(wanted: Hidden, catalog: str, site: Site) -> tuple[list[Goal], list[str]]:
    """A policy for each kind of data, then the tags of columns that have none, so that they are hidden at once.

    Raises:
        UsageError: there is no schema for the functions, a column has a type that no mask is known for, or columns of
            one tag have different types.
    """
    governed = governed_tag(site.workspace, KEY)
    if governed is None:
        raise UsageError(
            f"the tag {KEY!r} is not governed: a policy hears governed tags; run setup-data-classification"
        )
    functions: dict[str, Goal] = {}
    policies: dict[str, Goal] = {}
    tags: list[Goal] = []
    notes: list[str] = []
    types: dict[str, PersonalColumn] = {}
    schema = wanted.functions_in or f"{catalog}.{_SCHEMA}"
    for each in wanted.columns:
        tag = dict(item.partition("=")[::2] for item in each.tags).get(KEY)
        word = tag or column_word(each.kind, governed.values) or column_new(each.kind)
        if (lack := _no_tag(each, tag, word, governed.values)) is not None:
            notes.append(lack)
            continue
        _check_one_type(types, word, each)
        name = wanted.function or f"{schema}.{_name(each, word)}"
        if wanted.function is not None:
            check_serves(site.workspace, name, each.type)
        else:
            _check_schema(schema, site)
            functions[name] = _function(name, each, Spared(), site)
        policy = f"{'_'.join(('mask', word, *_suffix(each)))}"
        mask = TagMask(
            key=KEY, value=word, function=name, spared=wanted.spared.names, comment=f"Hides columns tagged {KEY}={word}"
        )
        policies[policy] = masking_by_tag(Securable(kind="catalog", name=catalog), policy, mask)
        if tag is None:
            tags.append(tagging("column", each.column, KEY, word))
    return [*functions.values(), *policies.values(), *tags], notes


def _check_one_type(types: dict[str, PersonalColumn], word: str, each: PersonalColumn) -> None:
    """Nothing, where all columns of the tag so far have one type: a policy finds its columns by the tag alone."""
    other = types.setdefault(word, each)
    if base_type(other.type) != base_type(each.type):
        raise UsageError(
            f"{other.column} is {other.type} and {each.column} is {each.type}, and both are {KEY}={word}: one policy "
            "finds both and its function serves one type; mask one of them with --by table"
        )


def _no_tag(each: PersonalColumn, tag: str | None, word: str, allowed: tuple[str, ...]) -> str | None:
    """Why no policy can be made for the column; None where one can."""
    if tag == "none":
        return f"{each.column} is tagged none: somebody has said that it is not personal"
    if tag is None and each.certainty != "certain":
        return f"{each.column} stays open: it is {each.certainty} {word} and carries no tag; confirm it first"
    if tag is None and allowed and word not in allowed:
        return f"{each.column} stays open: the governed tag {KEY!r} does not allow {word!r}"
    return None


def _function(name: str, each: PersonalColumn, who: Spared, site: Site) -> Goal:
    expression = hidden(each.kind, each.type)
    if expression is None:
        raise UsageError(f"{each.column} is of type {each.type}, which no mask is known for; give one with --function")
    goal = mask_function(name, each.type, expression, who.groups, who.others)
    now = goal.setting.read(site.workspace)
    if now is not None and now != goal.wanted(now):
        raise UsageError(
            f"the function {name} exists and does something else ({now[-1][:120]}); take it with --function, or have "
            "new ones made elsewhere with --functions-in"
        )
    return goal


def _name(each: PersonalColumn, word: str | None = None) -> str:
    return "_".join(("mask", word or each.kind, *_suffix(each)))


def _suffix(each: PersonalColumn) -> Iterator[str]:
    """The type, where it is not text: one function serves one type."""
    plain = base_type(each.type)
    if plain != "STRING":
        yield "".join(character for character in plain.lower() if character.isalnum())


def _check_schema(schema: str, site: Site) -> None:
    try:
        site.workspace.ask(f"read the schema {schema}", lambda client: client.schemas.get(schema))
    except WorkspaceError as error:
        raise UsageError(
            f"there is no schema {schema} for the mask functions ({error}); name one with --functions-in, or a "
            "function with --function"
        ) from None
