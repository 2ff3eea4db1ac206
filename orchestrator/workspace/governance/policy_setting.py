"""An attribute-based policy as something that can be set: a mask or row filter on what carries a tag."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.workspace.changes import Goal, State
from orchestrator.workspace.connection import Workspace
from orchestrator.workspace.governance.securables import Securable, full_name
from orchestrator.workspace.names import addressed

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import PolicyInfo

_ROOT = "/api/2.1/unity-catalog/policies"
_MASK, _FILTER, _TO, _EXCEPT, _MATCH, _ON, _USING, _WHEN, _COMMENT = (
    "COLUMN MASK", "ROW FILTER", "TO", "EXCEPT", "MATCH COLUMN", "ON COLUMN", "USING COLUMN", "WHEN", "COMMENT",
)  # fmt: skip
_HEADS = (_MASK, _FILTER, _TO, _EXCEPT, _MATCH, _ON, _USING, _WHEN, _COMMENT)
_NEEDED = "MANAGE on it, and EXECUTE on the function"


@dataclass(frozen=True, kw_only=True)
class PolicySetting:
    """A policy of a catalog, schema or table; None where there is none of that name.

    A state is its clauses, one a value: `COLUMN MASK f`, `TO group`, `EXCEPT group`, `MATCH COLUMN alias: condition`.
    """

    on: Securable
    name: str

    @property
    def subject(self) -> str:
        """What is set."""
        return f"policy {self.name} on {self.on}"

    def read(self, workspace: Workspace) -> State:
        """The clauses.

        Raises:
            WorkspaceError: it cannot be read, or has parts that could not be put back.
        """

        def question(client: WorkspaceClient) -> PolicyInfo | None:
            from databricks.sdk.errors import NotFound

            try:
                return client.policies.get_policy(self.on.kind.upper(), self.on.name, self.name)
            except NotFound:
                return None

        found = workspace.ask(f"read the {self.subject}", question, privilege=_NEEDED)
        return _clauses(found) if found else None

    def write(self, workspace: Workspace, before: State, after: State) -> None:
        """Create, replace or delete the policy."""
        kind, on = self.on.kind.upper(), self.on.name

        def change(client: WorkspaceClient) -> None:
            if after is None:
                client.policies.delete_policy(kind, on, self.name)
            elif before is None:
                client.policies.create_policy(self._info(after))
            else:
                client.policies.update_policy(kind, on, self.name, self._info(after))

        workspace.ask(f"set the {self.subject}", change, privilege=_NEEDED)

    def call(self, before: State, after: State) -> str:
        """The REST call."""
        one = f"{_ROOT}/{self.on.kind.upper()}/{self.on.name}/{self.name}"
        if after is None:
            return f"DELETE {one}"
        body = json.dumps(self._info(after).as_dict())
        return f"POST {_ROOT} {body}" if before is None else f"PATCH {one} {body}"

    def _info(self, state: tuple[str, ...]) -> PolicyInfo:
        from databricks.sdk.service.catalog import (
            ColumnMaskOptions,
            FunctionArgument,
            MatchColumn,
            PolicyInfo,
            PolicyType,
            RowFilterOptions,
            SecurableType,
        )

        parts = _parts(state)
        using = [FunctionArgument(alias=alias) for alias in parts[_USING]] or None
        masks = bool(parts[_MASK])
        matches = (each.partition(": ") for each in parts[_MATCH])
        return PolicyInfo(
            name=self.name,
            on_securable_type=SecurableType(self.on.kind.upper()),
            on_securable_fullname=self.on.name,
            for_securable_type=SecurableType.TABLE,
            policy_type=PolicyType.POLICY_TYPE_COLUMN_MASK if masks else PolicyType.POLICY_TYPE_ROW_FILTER,
            to_principals=parts[_TO],
            except_principals=parts[_EXCEPT] or None,
            column_mask=(
                ColumnMaskOptions(function_name=parts[_MASK][0], on_column=parts[_ON][0], using=using)
                if masks
                else None
            ),
            row_filter=None if masks else RowFilterOptions(function_name=parts[_FILTER][0], using=using),
            match_columns=[MatchColumn(alias=alias, condition=condition) for alias, _, condition in matches] or None,
            when_condition=next(iter(parts[_WHEN]), None),
            comment=next(iter(parts[_COMMENT]), None),
        )


def _clauses(found: PolicyInfo) -> tuple[str, ...]:
    options = found.column_mask or found.row_filter
    arguments = options.using or [] if options else []
    if options is None or any(not each.alias for each in arguments):
        raise WorkspaceError(
            f"the policy {found.name} is no mask or filter over columns alone, and could not be put back as it is: "
            "give another name"
        )
    mask = found.column_mask
    matches = [f"{_MATCH} {each.alias}: {each.condition}" for each in found.match_columns or ()]
    return (
        f"{_MASK if mask else _FILTER} {options.function_name}",
        *(f"{_TO} {each}" for each in sorted(found.to_principals)),
        *(f"{_EXCEPT} {each}" for each in sorted(found.except_principals or ())),
        *matches,
        *([f"{_ON} {mask.on_column}"] if mask else ()),
        *(f"{_USING} {each.alias}" for each in arguments),
        *([f"{_WHEN} {found.when_condition}"] if found.when_condition else ()),
        *([f"{_COMMENT} {found.comment}"] if found.comment else ()),
    )


def _parts(state: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {head: [] for head in _HEADS}
    for clause in state:
        head = next(each for each in _HEADS if clause.startswith(f"{each} "))
        found[head].append(clause.removeprefix(f"{head} "))
    return found


@dataclass(frozen=True, kw_only=True)
class TagMask:
    """What a policy masks: columns with this value of the tag, by the function, for everybody but `spared`."""

    key: str
    value: str
    function: str
    spared: tuple[str, ...] = ()
    comment: str = ""


def masking_by_tag(on: Securable, name: str, mask: TagMask) -> Goal:
    """The goal that a policy masks the columns that carry the tag.

    Raises:
        WorkspaceError: a name cannot be one.
    """
    setting = PolicySetting(on=on, name=addressed(name))
    condition = f"has_tag_value('{_quoted(mask.key)}', '{_quoted(mask.value)}')"
    state = (
        f"{_MASK} {full_name('function', mask.function)}",
        f"{_TO} account users",
        *(f"{_EXCEPT} {each}" for each in sorted(mask.spared)),
        f"{_MATCH} hidden: {condition}",
        f"{_ON} hidden",
        *([f"{_COMMENT} {mask.comment}"] if mask.comment else ()),
    )
    return Goal(setting=setting, wanted=lambda _now: state)


def _quoted(text: str) -> str:
    if "'" in text or "\\" in text:
        raise WorkspaceError(f"{text[:60]!r} cannot stand in the condition of a policy: it has a quote or a backslash")
    return text
