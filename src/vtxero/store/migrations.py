"""Numbered migrations: each runs once, in one transaction with the note that it ran. Never edit one; add another."""

from __future__ import annotations

import sqlite3

M001 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE records (
  module TEXT NOT NULL, side TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, modified TEXT NOT NULL,
  label TEXT NOT NULL, marker TEXT NOT NULL, presence TEXT NOT NULL, raw TEXT,
  PRIMARY KEY (module, side, id)
);
CREATE INDEX records_waiting ON records (module, side, number, modified) WHERE raw IS NOT NULL;
CREATE INDEX records_gone ON records (module, side) WHERE presence = 'GONE';
CREATE INDEX records_marker ON records (module, side, marker) WHERE marker <> '';
CREATE INDEX records_number ON records (number);

CREATE TABLE keys (
  module TEXT NOT NULL, side TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (module, side, kind, key, id)
) WITHOUT ROWID;
CREATE INDEX keys_of_record ON keys (module, side, id);

CREATE TABLE links (
  module TEXT NOT NULL, vtiger_id TEXT NOT NULL, xero_id TEXT NOT NULL, author TEXT NOT NULL,
  vtiger_base TEXT NOT NULL, xero_base TEXT NOT NULL, unsettled TEXT NOT NULL,
  PRIMARY KEY (module, vtiger_id), UNIQUE (module, xero_id)
);
CREATE INDEX links_unsettled ON links (module) WHERE unsettled <> '';

CREATE TABLE aliases (
  module TEXT NOT NULL, vtiger_id TEXT NOT NULL, holder TEXT NOT NULL, PRIMARY KEY (module, vtiger_id)
) WITHOUT ROWID;

CREATE TABLE cursors (
  module TEXT NOT NULL, side TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (module, side)
) WITHOUT ROWID;

CREATE TABLE plan (
  seq INTEGER PRIMARY KEY, module TEXT NOT NULL, target TEXT NOT NULL, write TEXT NOT NULL,
  vtiger_id TEXT NOT NULL, xero_id TEXT NOT NULL, required INTEGER NOT NULL, action TEXT NOT NULL
);
CREATE INDEX plan_module ON plan (module, write, target, seq);
CREATE INDEX plan_vtiger ON plan (module, vtiger_id) WHERE vtiger_id <> '';
CREATE INDEX plan_xero ON plan (module, xero_id) WHERE xero_id <> '';
CREATE TABLE plan_needs (symbol TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (symbol, seq)) WITHOUT ROWID;

CREATE TABLE intents (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, module TEXT NOT NULL, target TEXT NOT NULL, write TEXT NOT NULL,
  source_id TEXT NOT NULL, target_id TEXT NOT NULL, source TEXT NOT NULL, wanted TEXT NOT NULL,
  highest INTEGER NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, opened_at TEXT NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX intents_open ON intents (module, target, source_id) WHERE closed = 0;

CREATE TABLE runs (
  run TEXT PRIMARY KEY, command TEXT NOT NULL, status TEXT NOT NULL, exit_code INTEGER, started_at TEXT NOT NULL,
  finished_at TEXT, seconds REAL NOT NULL DEFAULT 0, calls TEXT NOT NULL DEFAULT '{}',
  messages TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE counts (
  run TEXT NOT NULL, module TEXT NOT NULL, direction TEXT NOT NULL, outcome TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (run, module, direction, outcome)
) WITHOUT ROWID;
CREATE TABLE outcomes (
  seq INTEGER PRIMARY KEY, run TEXT NOT NULL, module TEXT NOT NULL, vtiger_id TEXT NOT NULL, xero_id TEXT NOT NULL,
  outcome TEXT NOT NULL, result TEXT NOT NULL, UNIQUE (run, module, vtiger_id, xero_id)
);
CREATE INDEX outcomes_vtiger ON outcomes (module, vtiger_id, seq);
"""

M002 = """
CREATE TABLE effects (
  seq INTEGER PRIMARY KEY, run TEXT NOT NULL, module TEXT NOT NULL, side TEXT NOT NULL, write TEXT NOT NULL,
  vtiger_id TEXT NOT NULL, xero_id TEXT NOT NULL, label TEXT NOT NULL, fields TEXT NOT NULL, before TEXT NOT NULL,
  after TEXT NOT NULL, known TEXT NOT NULL, modified TEXT NOT NULL, vtiger_base TEXT NOT NULL, xero_base TEXT NOT NULL,
  unsettled TEXT NOT NULL, undone TEXT NOT NULL DEFAULT ''
);
CREATE INDEX effects_run ON effects (run, seq);
CREATE INDEX effects_vtiger ON effects (module, vtiger_id, seq);
CREATE INDEX effects_xero ON effects (module, xero_id, seq);
"""

M003 = """
ALTER TABLE runs ADD COLUMN errors TEXT NOT NULL DEFAULT '[]';
"""

M004 = """
CREATE TABLE judged (seq INTEGER PRIMARY KEY, run TEXT NOT NULL, module TEXT NOT NULL, UNIQUE (run, module));
INSERT INTO judged (run, module) SELECT p.run, p.module
  FROM (SELECT run, module FROM outcomes UNION SELECT run, module FROM counts) p LEFT JOIN runs r ON r.run = p.run
  ORDER BY r.rowid, p.run, p.module;
CREATE INDEX judged_module ON judged (module, seq);

CREATE TABLE told (
  seq INTEGER PRIMARY KEY, module TEXT NOT NULL, vtiger_id TEXT NOT NULL, xero_id TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, outcome TEXT NOT NULL, result TEXT NOT NULL
);
INSERT INTO told SELECT o.seq, o.module, o.vtiger_id, o.xero_id, j.seq, j.seq, o.outcome, o.result
  FROM outcomes o JOIN judged j ON j.run = o.run AND j.module = o.module ORDER BY o.seq;
DROP TABLE outcomes;
ALTER TABLE told RENAME TO outcomes;
CREATE INDEX outcomes_vtiger ON outcomes (module, vtiger_id, seq);
CREATE INDEX outcomes_xero ON outcomes (module, xero_id, seq);
CREATE INDEX outcomes_last ON outcomes (module, last);
"""

M005 = """
ALTER TABLE intents ADD COLUMN known TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN action TEXT NOT NULL DEFAULT '';
"""

MIGRATIONS = (M001, M002, M003, M004, M005)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database up to date.

    Raises:
        sqlite3.DatabaseError: it is no database, or is damaged.
        LookupError: it was written by a newer version.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise LookupError(f"schema {version}, this vtxero knows {len(MIGRATIONS)}")
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        statements = "".join(("BEGIN IMMEDIATE;", script, f"PRAGMA user_version = {number};", "COMMIT;"))
        connection.executescript(statements)
