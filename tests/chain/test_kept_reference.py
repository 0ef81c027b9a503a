"""Reference data is kept in the state for an hour; what another version of vtxero kept there is no use."""

from __future__ import annotations

from contextlib import closing

from vtxero.bootstrap.catalogue import CATALOGUE, note_problem
from vtxero.bootstrap.standing import standing
from vtxero.store import SqliteState, open_database

OF_ANOTHER_VERSION = '{"read_at": "2026-11-22T12:00:00Z", "reference": {"shape": 0}}'


def test_reference_data_that_another_version_kept_is_read_anew(company):
    company.organization()
    company.sync()
    with closing(open_database(company.settings.database)) as database:
        state = SqliteState(database, "")
        state.set_meta(CATALOGUE, OF_ANOTHER_VERSION)
        note_problem(state, "The user's numbers have commas.")
        assert state.get_meta(CATALOGUE) == OF_ANOTHER_VERSION
    assert standing(company.settings).organisation == ""

    assert company.sync().exit_code == 0

    assert standing(company.settings).organisation == company.xero.organisation["Name"]
