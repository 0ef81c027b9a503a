"""The cloud edition tells what people deleted: what it does not tell of was lost by a backup, however few it is."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest

from chain.cloud_company import open_cloud
from vtxero.errors import StopError


@pytest.fixture
def shop(tmp_path):
    """A company whose first run made one organization of a contact in Xero."""
    moment = [datetime(2026, 11, 2, 8, tzinfo=UTC)]
    with open_cloud(tmp_path, vtiger_clock=lambda: moment[0]) as company:
        company.organization("Acme Ltd")
        moment[0] += timedelta(hours=1)
        company.before = copy.deepcopy(company.vtiger.entities)
        company.xero.add_contact(Name="Nova")
        company.nova = next(record.vtiger_id for record in company.sync().records if record.label == "Nova")
        moment[0] += timedelta(hours=1)
        yield company


def test_one_record_that_a_backup_lost_stops_the_run_because_vtiger_tells_of_no_deletion(shop):
    shop.vtiger.entities = shop.before

    with pytest.raises(StopError, match="it knows nothing of its newest records") as caught:
        shop.sync()

    assert caught.value.code == "RUN-VTIGER-INSTANCE"


def test_one_record_that_people_deleted_is_told_by_vtiger_and_nothing_is_said_of_another_one(shop):
    shop.vtiger.delete(shop.nova)

    report = shop.sync()

    assert report.exit_code == 0
    assert "any more" not in " ".join(report.messages)
