"""The command line: `orchestrate COMMAND [ARGS]`; errors become exit codes here and nowhere else.

Exit codes: 0 clean, 1 findings at or above the gate, 2 usage or bad input, 3 incomplete, 4 our fault, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from orchestrator.cli.streams import abandon_stdout, open_streams
from orchestrator.errors import OrchestratorError, UsageError

INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error is one sentence on stderr."""
    open_streams()
    last = _LastResort()
    with last:
        last.code = _ended_command(argv)
    return last.code


def _ended_command(argv: Sequence[str] | None) -> int:
    """The exit code of a command; what is not a fault of ours is a sentence here."""
    try:
        # Imported here, so that an interruption of the import is one sentence too.
        from orchestrator.cli.front import parse_arguments

        command, arguments = parse_arguments(argv)
        code = command(arguments)
        sys.stdout.flush()
    except OrchestratorError as error:
        return _ended(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _ended("interrupted", INTERRUPTED)
    except BrokenPipeError:
        abandon_stdout()
        return BROKEN_PIPE
    except OSError as error:
        abandon_stdout()
        return _ended(f"the output cannot be written ({error.strerror})", UsageError.exit_code)
    return code


class _LastResort:
    """Takes what nobody foresaw: a fault of ours, of whatever class, ends with a code of its own and not with 1, the
    code of findings."""

    code = 0

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        """Whether the error was told."""
        if not isinstance(error, Exception):
            return False
        self.code = _fault(error)
        return True


def _fault(error: Exception) -> int:
    if isinstance(error.__cause__, KeyboardInterrupt):
        # Python 3.11 wraps what interrupts the making of a class.
        return _ended("interrupted", INTERRUPTED)
    from traceback import print_exception

    print_exception(error)
    sentence = f"a fault of ours ({type(error).__name__}); please report it with the lines above"
    return _ended(sentence, OrchestratorError.exit_code)


def _ended(sentence: str, code: int) -> int:
    print(f"orchestrate: {sentence}", file=sys.stderr)
    return code
