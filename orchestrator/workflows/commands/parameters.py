"""The parameters of one command as a frozen model; what does not fit is one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.errors import UsageError


class Parameters(BaseModel):
    """What a command was asked for; a command's own class has a field for each parameter that its file declares,
    with underscores for hyphens, but for the common ones; one that pydantic cannot name so has it as its alias."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Parameters)


def read_parameters(model: type[P], values: Mapping[str, object]) -> P:
    """The parameters, checked.

    Raises:
        UsageError: a value does not fit; names the parameter.
    """
    names = [field.alias or name for name, field in model.model_fields.items()]
    given = {name: values[name] for name in names if values.get(name) is not None}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-") if first["loc"] else "the arguments"
        said = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{name}: {said} (given: {str(first['input'])[:80]!r})") from None
