"""`python evals/install_peers.py`: the linters that we are measured against, pinned, into .bench/rule-peers."""

from __future__ import annotations

import sys

from orchestrator.errors import OrchestratorError
from orchestrator.evaluate.peers.environment import INSTALLED, folder, install, pinned


def main() -> int:
    """Installs what is not there; 1 when the package index does not give a version."""
    try:
        install()
    except OrchestratorError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{', '.join(pinned(*INSTALLED))} are in {folder().name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
