"""How long `vtxero --help` takes beside importing typer alone, which any command line built on it has to pay for."""

from __future__ import annotations

import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROUNDS = 15
ALLOWED = 2.5
VTXERO = [str(Path(sysconfig.get_path("scripts")) / "vtxero"), "--help"]
TYPER = [sys.executable, "-c", "import typer"]


def main() -> int:
    """Measure both in turns, after one round that does not count. 1 when vtxero's median is too long."""
    seconds: dict[str, list[float]] = {"vtxero --help": [], "import typer": []}
    for round_ in range(ROUNDS + 1):
        for name, command in (("vtxero --help", VTXERO), ("import typer", TYPER)):
            started = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            if round_:
                seconds[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        print(f"{name:<14} {value * 1000:6.0f} ms")
    share = medians["vtxero --help"] / medians["import typer"]
    print(f"share          {share:6.2f}   (at most {ALLOWED})")
    return int(share > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
