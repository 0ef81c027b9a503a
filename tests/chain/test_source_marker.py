"""What vtxero makes in Vtiger is known again by its source, whatever people do to its name before the next run."""

from __future__ import annotations

import pytest

from chain.company import open_company
from vtxero.sync.records import Outcome


@pytest.fixture
def company(tmp_path):
    with open_company(tmp_path, custom_fields=False) as opened:
        yield opened


def lose_the_reply(company, module):
    company.apps["vtiger"].faults.add(
        {"path": "webservice", "body": f"(?s)create.*{module}", "do": "drop-after-commit"}
    )


@pytest.mark.parametrize(
    ("module", "field", "make"),
    [
        ("Accounts", "accountname", lambda xero: xero.add_contact(Name="Nova Pty")),
        ("Products", "productname", lambda xero: xero.add_item(Code="N-1", Name="Nut")),
    ],
)
def test_record_renamed_in_vtiger_after_its_reply_was_lost_is_not_made_again(company, module, field, make):
    make(company.xero)
    lose_the_reply(company, module)
    assert company.sync().exit_code == 5
    company.apps["vtiger"].faults.clear()
    [row] = company.vtiger.records(module)
    company.vtiger.edit(row["id"], **{field: "Renamed"})

    company.sync()

    assert [row[field] for row in company.vtiger.records(module)] == ["Renamed"]
    assert "Renamed" in {*company.contacts(), *(item["Name"] for item in company.items().values())}
    company.quiet()


def test_state_lost_a_renamed_organization_meets_its_own_contact_and_no_other_is_made(company):
    company.xero.add_contact(Name="Nova Pty")
    company.sync()
    [row] = company.vtiger.records("Accounts")
    company.vtiger.edit(row["id"], accountname="Renamed")
    company.settings.database.unlink()

    report = company.sync()

    assert [(r.label, r.outcome) for r in report.records] == [("Renamed", Outcome.CONFLICT)]
    assert (len(company.vtiger.records("Accounts")), len(company.contacts())) == (1, 1)
