"""A sandbox workspace with tables whose sizes decide something."""

from __future__ import annotations

from orchestrator.workspace.sandbox import Seed

GIBIBYTE = 1024**3
_COLUMNS = {"id": "bigint", "day": "date"}
SEED = {
    "now": "2026-11-23T09:00:00Z",
    "people": {
        "users": {"admin@example.com": {}, "analyst-1@example.com": {}},
        "groups": {"analysts": ["analyst-1@example.com"]},
    },
    "place": {"admin": "admin@example.com"},
    "catalogs": {
        "main": {
            "schemas": {
                "sales": {
                    "grants": {"account users": ["USE_SCHEMA", "SELECT"]},
                    "functions": {
                        "hide": {"parameters": [{"name": "value", "type": "string"}], "body": "'***'"},
                        "own": {
                            "parameters": [{"name": "day", "type": "date"}],
                            "returns": "BOOLEAN",
                            "body": "day IS NOT NULL",
                        },
                    },
                    "tables": {
                        "countries": {"columns": _COLUMNS, "size_bytes": 2 * 1024**2, "files": 1},
                        "orders": {"columns": _COLUMNS, "size_bytes": 50 * GIBIBYTE, "files": 1_200},
                        "clicks": {"columns": _COLUMNS, "size_bytes": 700 * GIBIBYTE, "files": 90_000},
                        "customers": {
                            "columns": {
                                **_COLUMNS,
                                "email": {"type": "string", "mask": {"function": "main.sales.hide"}},
                            },
                            "row_filter": {"function": "main.sales.own", "columns": ["day"]},
                            "properties": {"delta.appendOnly": "true"},
                            "size_bytes": 3 * GIBIBYTE,
                            "files": 40,
                        },
                        "daily": {
                            "type": "VIEW",
                            "columns": _COLUMNS,
                            "view_definition": "SELECT * FROM main.sales.orders",
                        },
                    },
                }
            }
        }
    },
    "compute": {"warehouses": [{"id": "4b9b953939869799", "name": "analytics"}]},
}


def seed() -> Seed:
    """The seed, checked."""
    return Seed.of(SEED)
