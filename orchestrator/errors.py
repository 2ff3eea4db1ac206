"""What can go wrong, as a tree; each class carries the exit code of the run it ends.

OrchestratorError (4: our fault)
├── UsageError (2: bad input)
│   ├── ConfigError
│   ├── BaselineError
│   ├── ContentError
│   ├── GitError
│   ├── WorkspaceError
│   ├── GitHubError
│   │   └── ArtifactError
│   ├── ModelSetupError
│   └── RunError
├── IncompleteError (3: something was not reviewed)
│   ├── EvalError
│   ├── ModelError
│   │   └── CassetteError
│   └── SpentError
└── NotBuiltError (4: announced, not built)

A message is one sentence: what was wrong, where, and what would work.
"""

from __future__ import annotations

from typing import ClassVar


class OrchestratorError(Exception):
    """Ends a run through a fault of ours."""

    exit_code: ClassVar[int] = 4


class UsageError(OrchestratorError):
    """Bad input: an argument, a path or a file that the user can mend."""

    exit_code: ClassVar[int] = 2


class ConfigError(UsageError):
    """A configuration file that cannot be used."""


class BaselineError(UsageError):
    """A baseline file that cannot be used."""


class GitError(UsageError):
    """A revision or repository that git cannot read."""


class ContentError(UsageError):
    """An agent, skill, command or plugin file that cannot be used; it names the file and the line."""


class WorkspaceError(UsageError):
    """A workspace that refused, did not answer or does not hold what was asked for; it says what would work."""


class GitHubError(UsageError):
    """A pull request that cannot be reviewed or posted on as it is, or a service that refused it."""


class ArtifactError(GitHubError):
    """A folder of a pull request's review that is absent, damaged or tampered with."""


class ModelSetupError(UsageError):
    """A model that cannot be asked as things are: no credential, no library, no such provider or price."""


class RunError(UsageError):
    """A run that cannot be shown or resumed: unknown, of another project, or at work in another process."""


class IncompleteError(OrchestratorError):
    """A run that could not look at everything it was asked to look at."""

    exit_code: ClassVar[int] = 3


class EvalError(IncompleteError):
    """An eval case, stored run, lock or baseline that is refused; it names the file and the reason."""


class ModelError(IncompleteError):
    """A model that gave no answer: it refused, was overloaded, timed out or said what nobody can read."""


class CassetteError(ModelError):
    """A recording that cannot stand for the model: it is of another request, damaged, or holds what may not be kept."""


class SpentError(IncompleteError):
    """A limit of money, tokens or time that leaves no room for the next call: a signal, not a fault."""


class NotBuiltError(OrchestratorError):
    """A part that is announced and not built yet."""
