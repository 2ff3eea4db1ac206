"""Functions of Unity Catalog."""

from __future__ import annotations

from orchestrator.workspace.sandbox.call import Call, Sizes
from orchestrator.workspace.sandbox.family import Family
from orchestrator.workspace.sandbox.records import common, identity
from orchestrator.workspace.sandbox.seed.part import Json
from orchestrator.workspace.sandbox.seed.unity import FunctionSeed
from orchestrator.workspace.sandbox.state import State
from orchestrator.workspace.sandbox.types import type_json, type_name
from orchestrator.workspace.sandbox.unity import Placed

FAMILY = Family(title="Functions")
_PATH = "/api/2.1/unity-catalog/functions"
PAGE = Sizes(default=100, most=1_000)


def wire(state: State, item: Placed[FunctionSeed]) -> Json:
    """The function as the interface answers it."""
    seed = item.seed
    parameters = [
        {
            "name": parameter.name,
            "type_text": parameter.type.lower(),
            "type_name": type_name(parameter.type),
            "type_json": type_json(parameter.name, parameter.type, nullable=True, comment=None),
            "position": position,
            "parameter_mode": "IN",
            "parameter_type": "PARAM",
        }
        for position, parameter in enumerate(seed.parameters)
    ]
    return common(state, item) | {
        "function_id": identity(item),
        "data_type": type_name(seed.returns),
        "full_data_type": seed.returns.upper(),
        "routine_body": "SQL" if seed.language == "SQL" else "EXTERNAL",
        **({} if seed.language == "SQL" else {"external_language": "Python"}),
        "routine_definition": seed.body,
        "parameter_style": "S",
        "is_deterministic": True,
        "is_null_call": True,
        "security_type": "DEFINER",
        "specific_name": item.name,
        "sql_data_access": "CONTAINS_SQL",
        "input_params": {"parameters": parameters},
    }


@FAMILY.get(_PATH, sdk="functions.list")
def list_functions(call: Call) -> Json:
    """The functions of `catalog_name` and `schema_name` that the caller may see, in pages."""
    state = call.state
    schema = state.unity.schemas.get(f"{call.text('catalog_name')}.{call.text('schema_name')}")
    every = [item for item in state.unity.functions.within(schema.full_name) if state.grants.sees(call.caller, item)]
    return call.page(every, lambda item: wire(state, item), key="functions", sizes=PAGE)


@FAMILY.get(_PATH + "/{name}", sdk="functions.get")
def get_function(call: Call) -> Json:
    """One function; needs USE CATALOG, USE SCHEMA and EXECUTE."""
    found = call.state.unity.functions.get(call.path["name"])
    call.state.grants.require(call.caller, "EXECUTE", found)
    return wire(call.state, found)


@FAMILY.delete(_PATH + "/{name}", sdk="functions.delete")
def delete_function(call: Call) -> Json:
    """Deletes a function; needs ownership or MANAGE."""
    found = call.state.unity.functions.get(call.path["name"])
    call.state.grants.require_manage(call.caller, found)
    call.state.drop(found)
    return {}
