"""One command line for every option of every command, with what it must lead to.

`Case.check` is given how the command line ended, the office and the folder it ran in. A case without a check says all
by its exit code and `says`.

Each shows what its option does. The refusals among them stand for options whose effect needs somebody at the other
end: the sandbox's are seen at work in test_sandbox_options.py, a login by a pasted address in test_pasting.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from cli.forking import Ended
from cli.office import OLD, Office

Check = Callable[[Ended, Office, Any], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """A command line: exit code, what it says, what it does not say, and what else holds.

    Words in braces stand for names of the office (`{good}`); `before` runs first, in the same folder. `piped`: it reads
    stdin, or its effect is that nobody is asked, so a terminal would be another case.
    """

    words: str
    code: int = 0
    says: str = ""
    lacks: str = ""
    check: Check | None = None
    before: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    until: str = ""
    piped: bool = False
    locked: bool = False
    blank: bool = False
    """In a folder without a config."""


def rows(ran: Ended, *names: str) -> int:
    """Sum up numbers of a run's modules."""
    return sum(row[name] for row in ran.json["modules"] for name in names)


def labels(ran: Ended, outcome: str = "") -> set[str]:
    """Name the records of a run."""
    return {record["label"] for record in ran.json["records"] if outcome in {"", record["outcome"]}}


def outcomes(ran: Ended) -> set[str]:
    """Give the outcomes of records that were printed one a line."""
    return {json.loads(text)["outcome"] for text in ran.out.splitlines()}


def config_of(folder: Any, name: str = "vtxero.yaml") -> Any:
    """Read the config that `init` wrote."""
    return yaml.safe_load((folder / name).read_text())


SPARING = "--max-calls 1"
"""Ends a run before it writes anything: what is asked about here happens before that."""
SCOPE = {
    "--direction": Case("plan --direction to-vtiger -o json", check=lambda ran, _, __: {
        row["direction"] for row in ran.json["modules"]} == {"to-vtiger"}),
    "--conflict": Case("plan invoices --conflict xero -o json", check=lambda ran, o, _: rows(ran, "conflict") == 0
        and o.good in labels(ran, "updated")),
    "--full": Case("plan --full -vv", says="GET /Organisation"),
    "--only": Case("plan --only invoices:{late} -o json", check=lambda ran, o, _: labels(ran) == {o.late}),
    "--since": Case("plan --full --since 2021-01-01 -o json", check=lambda ran, o, _: o.late in labels(ran)
        and OLD not in labels(ran) and OLD in labels(o.run(["plan", "--full", "-o", "json"]))),
    "--limit": Case("plan invoices --limit 1 -o json", check=lambda ran, _, __: rows(ran, "created") == 1),
    "--allow": Case(
        "plan --allow changes", says="nothing was written", lacks="--allow changes",
        environ={"VTXERO_GUARDS_MAX_CHANGES": "0"},
    ),
    "--lock-timeout": Case("plan --lock-timeout 1s", 11, "even after 1 s:", locked=True),
    "--max-calls": Case("plan --max-calls 1", 7, "--max-calls allows 1"),
    "--max-duration": Case("plan --max-duration 0s", 7, "--max-duration allows 0"),
}  # fmt: skip
"""Options that `sync` and `plan` share; `sync` is tried as a dry run."""


def _of_sync(case: Case) -> Case:
    return replace(case, words=case.words.replace("plan", "sync -n", 1))


SYNC = {name: _of_sync(case) for name, case in SCOPE.items()} | {
    "--dry-run": Case("sync --dry-run", says="(dry run: nothing was written)"),
    "--resync": Case("sync -n --resync -vv", says="GET /Organisation"),
    "--fail-on": Case("sync -n --fail-on skip", 3, "INV-GROUP-DISCOUNT"),
    "--ping-url": Case(f"sync --ping-url {{watcher}}/cron {SPARING}", 7, check=lambda _, o, __: o.watcher.told[-2:] == [
        ("/cron/start", ""), ("/cron", "exit code 7")]),
    "--yes": Case(f"sync --resync --yes {SPARING}", 7, lacks="rebuild the links?"),
}  # fmt: skip
PLAN = SCOPE | {
    "--out": Case("plan --out friday.json", says="apply friday.json", check=lambda _, __, folder: bool(
        json.loads((folder / "friday.json").read_text())["writes"])),
    "--detailed-exitcode": Case("plan --detailed-exitcode", 10),
}  # fmt: skip
APPLY = {
    "--max-calls": Case("apply friday.json --max-calls 1", 7, "--max-calls allows 1", before="plan --out friday.json"),
    "--max-duration": Case(
        "apply friday.json --max-duration 0s", 7, "--max-duration allows 0", before="plan --out friday.json"
    ),
    "--lock-timeout": Case(
        "apply friday.json --lock-timeout 1s", 11, "even after 1 s:", before="plan --out friday.json", locked=True
    ),
}
LOG = {
    "--last": Case("log --last", says="Run {second}"),
    "--skipped": Case("log --skipped -o jsonl", check=lambda ran, _, __: outcomes(ran) == {"skipped"}),
    "--failed": Case("log --failed -o jsonl", check=lambda ran, _, __: outcomes(ran) == {"failed"}),
    "--conflicts": Case("log --conflicts -o jsonl", check=lambda ran, _, __: outcomes(ran) == {"conflict"}),
    "--created": Case("log {first} --created -o json", check=lambda ran, o, _: o.good in labels(ran)
        and o.bad not in labels(ran)),
    "--updated": Case("log --last --updated -o json", check=lambda ran, _, __: labels(ran) == {"Acme Ltd"}),
    "--module": Case("log {first} --module products -o json", check=lambda ran, _, __: labels(ran) == {"Widget"}),
    "--since": Case("log --since 2099-01-01", says="No runs since 2099-01-01."),
    "--reason": Case("log --reason INV-GROUP-DISCOUNT -o jsonl", says="{bad}", lacks="CONFLICT"),
    "--limit": Case("log --limit 1 -o json", check=lambda ran, o, _: [run["run"] for run in ran.json["runs"]]
        == [o.second]),
}  # fmt: skip
UNDO = {
    "--origin": Case("undo --origin xero --dry-run", says="Blue Ltd", lacks="Acme"),
    "--dry-run": Case("undo {first} --dry-run", says="(dry run: nothing was written)"),
    "--fail-on": Case("undo {first} --dry-run --fail-on skip", 3, "UNDO-STAYS"),
    "--yes": Case("undo {idle} --yes", lacks="Take it back?"),
}
STANDS = "Serving until Ctrl-C."
SANDBOX = {
    "--books": Case("sandbox --books none.json", 2, "none.json is no file"),
    "--xero-org": Case("sandbox --xero-org none.json", 2, "none.json is no file"),
    "--vtiger-port": Case("sandbox --vtiger-port {port}", says="Vtiger: http://127.0.0.1:{port} ", until=STANDS),
    "--xero-port": Case("sandbox --xero-port {port}", says="Xero: http://127.0.0.1:{port} ", until=STANDS),
    "--edition": Case("sandbox --edition cloud --write-config box.yaml", until=STANDS, check=lambda _, __, folder:
        config_of(folder, "box.yaml")["vtiger"]["edition"] == "cloud"),
    "--second-org": Case("sandbox --second-org", says="Second Samples Ltd (tenant id ", until=STANDS),
    "--vtiger-version": Case("sandbox --vtiger-version 9.9.9", 2, "'9.9.9' is not known. It takes 8.2.0 or 8.3.0."),
    "--limits": Case("sandbox --limits none", 2, "'none' is not known", lacks="Value error"),
    "--write-config": Case("sandbox --write-config box.yaml", says="--config box.yaml sync", until=STANDS,
        check=lambda _, __, folder: "url" in config_of(folder, "box.yaml")["vtiger"]),
}  # fmt: skip
"""What the stand-ins then do is seen in test_sandbox_options.py, in a pipe and in a terminal."""
PASTE = "Open this address in a browser, on any machine, and log in:"
AUTH = {
    "--no-browser": Case(
        "auth xero --no-browser", 4, PASTE, environ={"VTXERO_XERO_FLOW": "pkce"}, piped=True
    ),
    "--client-credentials": Case(
        "auth xero --client-credentials", says="set xero.flow to client_credentials",
        environ={"VTXERO_XERO_FLOW": "pkce"},
    ),
}  # fmt: skip

DEMO = {
    "--keep": Case("demo --keep kept", says="--config kept/vtxero.yaml log --skipped",
        check=lambda _, __, folder: (folder / "kept" / "vtxero.yaml").is_file()),
    "--stay": Case("demo --stay", says="The stand-ins go on until Ctrl-C.", until="vtxero.yaml sync"),
}  # fmt: skip

ASKED = {
    "--vtiger-url": "{vtiger}",
    "--vtiger-username": "admin",
    "--xero-client-id": "sandbox",
    "--xero-flow": "client_credentials",
    "--xero-url": "{xero}",
}
KEYS = {"VTXERO_VTIGER_ACCESS_KEY": "sandbox-key", "VTXERO_XERO_CLIENT_SECRET": "sandbox"}


def _init(more: str = "", code: int = 0, *, says: str = "", check: Any = None, **how: Any) -> Case:
    """Make a config without a question; `check` is given what was written."""
    words = " ".join(f"{flag} {value}" for flag, value in ASKED.items() if flag not in more)
    held = None if check is None else lambda _, office, folder: check(config_of(folder), office)
    how = {"environ": KEYS, "blank": True} | how
    return Case(f"init --no-input {words} {more}", code, says, check=held, **how)


def _in_cloud(more: str, **how: Any) -> Case:
    """The same with Vtiger's cloud, which has payments."""
    case = _init(more, **how)
    words = case.words.replace("{vtiger}", "{cloud}").replace("{xero}", "{cloud_books}")
    return replace(case, words=words)


INIT = {
    "--vtiger-url": _init(check=lambda it, o: it["vtiger"]["url"] == o.names["vtiger"]),
    "--vtiger-username": _init("--vtiger-username clerk", environ=KEYS | {"VTXERO_VTIGER_ACCESS_KEY": "clerk-key"},
        check=lambda it, _: it["vtiger"]["username"] == "clerk"),
    "--edition": _in_cloud("--edition cloud", check=lambda it, _: it["vtiger"]["edition"] == "cloud"),
    "--allow-http": _init("--allow-http", check=lambda it, _: it["vtiger"]["allow_http"] is True),
    "--xero-client-id": _init("--xero-client-id sandbox", check=lambda it, _: it["xero"]["client_id"] == "sandbox"),
    "--xero-flow": _init("--xero-flow client_credentials", check=lambda it, _: it["xero"]["flow"]
        == "client_credentials"),
    "--xero-tenant": _init("--xero-tenant {tenant}", check=lambda it, o: it["xero"]["tenant_id"] == o.names["tenant"]),
    "--xero-url": _init(check=lambda it, o: it["xero"]["identity_url"] == o.names["xero"]),
    "--modules": _init("--modules organizations", check=lambda it, _: not it["modules"]["invoices"]["enabled"]),
    "--direction": _init("--direction to-xero", check=lambda it, _: it["modules"]["invoices"]["direction"]
        == "to-xero"),
    "--sales-account": _init("--sales-account 260", check=lambda it, _: it["modules"]["invoices"]["sales_account"]
        == "260"),
    "--shipping-account": _init("--shipping-account 200", check=lambda it, _: it["modules"]["invoices"][
        "shipping_account"] == "200"),
    "--payments-account": _in_cloud("--payments-account 090", check=lambda it, _: it["modules"]["payments"]["account"]
        == "090"),
    "--taxes": _init("--taxes", check=lambda it, _: it["modules"]["taxes"]["enabled"]),
    "--secrets-in-config": _init("--secrets-in-config", check=lambda it, _: it["vtiger"]["access_key"]
        == "sandbox-key"),
    "--no-browser": _init("--xero-flow pkce --no-browser", 4, says=PASTE, piped=True),
    "--force": _init("--force", check=lambda it, _: "organizations" in it["modules"], blank=False),
}  # fmt: skip
GLOBAL = {
    "--config": Case("status --config {config}", says="Profile default: ", blank=True),
    "--profile": Case("config show --profile nobody", 2, "There is no profile 'nobody'"),
    "--output": Case("log --output json", check=lambda ran, _, __: ran.json["version"] == 1),
    "--quiet": Case("sync -n --quiet", lacks="Plan"),
    "--verbose": Case("sync -n --verbose --verbose", says="DEBUG: GET /Contacts", lacks="GET /Organisation"),
    "--no-input": Case("undo {first} --no-input", 2, "there is nobody to ask"),
    "--no-color": Case("log --skipped --no-color", says="INV-GROUP-DISCOUNT"),
    "--log-file": Case("sync -n --log-file own.log", environ={"VTXERO_LOG_LEVEL": "debug"}, check=lambda _, __, folder:
        "GET /Contacts" in (folder / "own.log").read_text()),
    "--version": Case("--version", says="vtxero 0."),
    "--install-completion": Case("--install-completion bash", says="completion installed"),
    "--show-completion": Case("--show-completion bash", says="_VTXERO_COMPLETE"),
}  # fmt: skip
CASES = {
    "": GLOBAL,
    "sync": SYNC,
    "plan": PLAN,
    "apply": APPLY,
    "log": LOG,
    "undo": UNDO,
    "demo": DEMO,
    "sandbox": SANDBOX,
    "auth xero": AUTH,
    "init": INIT,
}  # fmt: skip
