"""A closed database holds no file: the next one at its path is nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from vtxero.store import open_database

OPEN_FILES = Path("/proc/self/fd")


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="open files cannot be listed here")
def test_database_closed_while_a_read_is_under_way_holds_no_file(tmp_path):
    database = open_database(tmp_path / "state.sqlite3")
    read = database.execute("SELECT 1 UNION ALL SELECT 2 FROM sqlite_master")
    assert next(read) == (1,)

    database.close()

    held = [str(each.readlink()) for each in OPEN_FILES.iterdir() if each.is_symlink()]
    assert not [name for name in held if str(tmp_path) in name]
    assert read is not None
