"""Runs every benchmark, one after the other. Exits 1 when one of them finds vtxero too slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = ("read_and_plan.py", "startup.py", "memory.py")


def main() -> int:
    """Run them all, whatever the first ones say."""
    codes = []
    for name in BENCHMARKS:
        print(f"{name}:", flush=True)
        codes.append(subprocess.run([sys.executable, str(HERE / name)], check=False).returncode)
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
