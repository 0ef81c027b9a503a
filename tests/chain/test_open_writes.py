"""What `status` says of a record between a run's hard stop and the next run."""

from __future__ import annotations

import pytest

from machine.dying import Killed, at_note
from machine.nearby import open_nearby
from vtxero.bootstrap.standing import record_stories
from vtxero.domain.sides import Side


@pytest.mark.parametrize("change", [False, True])
def test_record_whose_write_has_no_known_end_says_which_run_sent_it_until_the_next(change):
    with open_nearby() as company:
        acme = company.organization(phone="1")
        if change:
            company.sync()
            company.vtiger.edit(acme, phone="2")
        with pytest.raises(Killed), at_note(0):
            company.sync()

        [story] = record_stories(company.settings, "organizations", "Acme Ltd")

        assert [side for _, side in story.sent] == [Side.XERO]
        company.sync()
        [settled] = record_stories(company.settings, "organizations", "Acme Ltd")
        assert settled.sent == ()
        assert story.sent[0][0] in [told.run for told in settled.history]
