"""What a file is for, by its path: tests and demos are held to other standards than production code."""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """The purpose of a file."""

    PRODUCTION = "production"
    """Bound to a job or pipeline of a bundle."""
    CODE = "code"
    """Ordinary code whose use is not known."""
    TEST = "test"
    SETUP = "setup"
    GENERATOR = "generator"
    EXPLORATION = "exploration"
    DEMO = "demo"

    @property
    def is_serious(self) -> bool:
        """Whether a defect here can reach production data."""
        return self in {Role.PRODUCTION, Role.CODE}


_FOLDERS: tuple[tuple[Role, frozenset[str]], ...] = (
    (Role.TEST, frozenset({"test", "tests", "testing", "unit", "integration", "integration_tests", "e2e", "fixtures"})),
    (Role.GENERATOR, frozenset({"datagen", "data_generator", "data_generation", "generators", "synthetic", "mocks"})),
    (Role.EXPLORATION, frozenset({"exploration", "explore", "eda", "scratch", "adhoc", "ad_hoc", "playground"})),
    (
        Role.DEMO,
        frozenset(
            {
                "demo",
                "demos",
                "example",
                "examples",
                "sample",
                "samples",
                "tutorial",
                "tutorials",
                "workshop",
                "course",
                "courses",
                "lab",
                "labs",
                "exercises",
                "quickstart",
                "quickstarts",
                "docs",
                "benchmarks",
                "benchmark",
            }
        ),
    ),
)
_NAMES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.TEST, re.compile(r"^(test_.*|.*_tests?|conftest)\.(py|sql|ipynb)$")),
    (
        Role.SETUP,
        re.compile(r"^(\d+_)?(setup|install|teardown|cleanup|noxfile|tasks)[^/]*\.(py|sql|ipynb)$|^.*_setup\.\w+$"),
    ),
    (Role.GENERATOR, re.compile(r"(data_?gen|generate_|generator|fake_|faker|synthetic|mock_|seed_data)")),
    (Role.EXPLORATION, re.compile(r"(exploration|explore_|eda_|_eda|scratch|adhoc|ad_hoc|untitled)")),
    (Role.DEMO, re.compile(r"(demo|tutorial|quickstart|example|benchmark|workshop)")),
)


def role_of(path: str) -> Role:
    """The role that a path alone suggests; a binding to a job makes code `PRODUCTION`, which the caller knows."""
    *folders, name = path.lower().replace("-", "_").split("/")
    test, pattern = _NAMES[0]
    if pattern.search(name):
        # The tests of an example are tests.
        return test
    for role, known in _FOLDERS:
        if known.intersection(folders):
            return role
    for role, pattern in _NAMES:
        if pattern.search(name):
            return role
    return Role.CODE
