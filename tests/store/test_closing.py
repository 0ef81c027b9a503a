"""A closed database holds no file: the next one at its path is nobody else's."""

from __future__ import annotations

import sqlite3

from vtxero.store import open_database


def test_database_closed_while_a_read_is_under_way_leaves_its_file_to_others(tmp_path):
    path = tmp_path / "state.sqlite3"
    database = open_database(path)
    read = database.execute("SELECT 1 UNION ALL SELECT 2 FROM sqlite_master")
    assert next(read) == (1,)

    database.close()

    assert read is not None
    assert [each.name for each in tmp_path.iterdir()] == [path.name], "SQLite drops its log when nobody has the file"
    other = sqlite3.connect(path, timeout=0)
    assert other.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",), "others had to wait"
    other.close()
