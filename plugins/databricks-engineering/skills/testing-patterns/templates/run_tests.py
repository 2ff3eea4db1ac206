"""Run the tests on Databricks as a job task, and fail the task when a test fails. Needs Databricks.

The task's parameters are those of pytest: the full path of the tests in the workspace, then options.
"""

import sys

import pytest

sys.dont_write_bytecode = True  # workspace folders are no place for caches


def main() -> None:
    code = pytest.main([*sys.argv[1:], "-p", "no:cacheprovider"])
    if code != pytest.ExitCode.OK:  # no tests collected is a failure too
        raise SystemExit(f"pytest ended with {pytest.ExitCode(code).name}")


if __name__ == "__main__":
    main()
