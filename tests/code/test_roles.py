"""What a path says of a file's purpose."""

from __future__ import annotations

import pytest

from orchestrator.code.roles import Role, role_of


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/load.py", Role.CODE),
        ("examples/load.py", Role.DEMO),
        ("examples/test_load.py", Role.TEST),
        ("examples/conftest.py", Role.TEST),
        ("tests/generator.py", Role.TEST),
        ("tools/generate_orders.py", Role.GENERATOR),
    ],
)
def test_a_path_has_one_role(path: str, role: Role) -> None:
    assert role_of(path) is role
