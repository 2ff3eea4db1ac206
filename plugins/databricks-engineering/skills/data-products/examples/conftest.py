"""Lets the tests import the templates, as if they had been copied beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "templates"))
