"""The most memory that vtxero takes while it reads, compares and plans 100,000 invoices. Exits 1 above 300 MB.

A first run, shown and not carried out: every invoice is read from one side, kept, judged and planned for the other.
With `--carry-out` it is carried out as well. The services run in a process of their own, and so does what is measured.

    python benchmarks/memory.py [--invoices 100000] [--direction to-vtiger|to-xero] [--carry-out]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MOST_MB = 300
CHILD = """
import json, resource, sys
from collections import Counter
from pathlib import Path
from vtxero.bootstrap.syncing import run_sync
from vtxero.config.settings import Settings
from vtxero.sync.request import RunRequest

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

class Watch:
    def __init__(self): self.phases = []
    def phase(self, text): self.phases.append((text, round(most())))
    def step(self, module, done, total): pass

watch = Watch()
settings = Settings.model_validate(json.loads(sys.argv[1]))
request = RunRequest(modules=("invoices",), dry_run=sys.argv[2] == "show", allow=("changes",))
report = run_sync(settings, request, watch)
counts = Counter()
for module in report.modules:
    counts.update({outcome.value: number for outcome, number in module.counts.items()})
print(json.dumps({
    "mb": most(), "phases": watch.phases, "counts": counts, "exit": report.exit_code,
    "reasons": Counter(str(reason.code) for record in report.records for reason in record.reasons),
    "seconds": report.seconds, "messages": report.messages, "calls": dict(report.calls),
}))
"""


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--direction", choices=("to-vtiger", "to-xero"), default="to-vtiger")
    parser.add_argument("--carry-out", action="store_true")
    asked = parser.parse_args()
    count, what = asked.invoices, "carry out" if asked.carry_out else "show"
    command = [sys.executable, str(HERE / "serve_many.py"), str(count), asked.direction]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        vtiger, _, xero = server.stdout.readline().strip().partition(" ")
        with tempfile.TemporaryDirectory() as folder:
            settings = _settings(folder, vtiger, xero, asked.direction)
            run = subprocess.run(
                [sys.executable, "-c", CHILD, json.dumps(settings), what], capture_output=True, text=True, check=False,
                env={**os.environ, "TMPDIR": folder},
            )  # fmt: skip
        server.stdin.close()
    if run.returncode:
        print(run.stderr[-3000:])
        return 1
    found = json.loads(run.stdout)
    print(f"{count} invoices {asked.direction}, {what}: {found['mb']:.0f} MB at most, {found['seconds']:.0f} s")
    print(found["counts"], found["calls"], *found["messages"], *found["reasons"].items(), sep="\n")
    print("MB at most before:", ", ".join(f"{text} {mb}" for text, mb in found["phases"]))
    return 0 if found["mb"] < MOST_MB and found["counts"].get("created", 0) >= count * 0.9 else 1


def _settings(folder: str, vtiger: str, xero: str, direction: str) -> dict[str, object]:
    return {
        "state_dir": folder,
        "vtiger": {"url": vtiger, "username": "admin", "access_key": "sandbox-key"},
        "xero": {
            "flow": "client_credentials",
            "client_id": "sandbox",
            "client_secret": "sandbox",
            "api_url": f"{xero}/api.xro/2.0",
            "identity_url": xero,
        },
        "modules": {"invoices": {"sales_account": "200", "direction": direction}},
    }


if __name__ == "__main__":
    sys.exit(main())
