"""`python -m vtxero`."""

from __future__ import annotations

import sys

from vtxero.cli import main

if __name__ == "__main__":
    sys.exit(main())
