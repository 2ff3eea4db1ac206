"""The command line: `orchestrate COMMAND [ARGS]`; errors become exit codes here and nowhere else.

Exit codes: 0 clean, 1 findings at or above the gate, 2 usage or bad input, 3 incomplete, 4 our fault, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from orchestrator.cli.front import parse_arguments
from orchestrator.errors import OrchestratorError

INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error is one sentence on stderr."""
    try:
        command, arguments = parse_arguments(argv)
        code = command(arguments)
        sys.stdout.flush()
    except OrchestratorError as error:
        print(f"orchestrate: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("orchestrate: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code
