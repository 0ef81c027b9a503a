"""The catalogues, as the stand-in gives them and as Xero has been seen to spell them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from vtxero.domain.reference import TaxComponent
from vtxero.errors import NotModelledError, TemporaryError
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import XeroState, create_app
from vtxero.xero.reference import read_reference
from wire.xero.scripted import Reply, machine_access, opened

ORGANISATION = {"OrganisationID": "o", "Name": "Kauri", "BaseCurrency": "NZD"}


def by_path(**answers):
    """Answer each catalogue; what is not given is empty."""
    told = {"Organisation": [ORGANISATION], "Accounts": [], "TaxRates": [], "Currencies": [], **answers}

    def answer(asked):
        name = asked.path.rpartition("/")[2]
        return {"Organisations" if name == "Organisation" else name: told[name]}

    return answer


def test_reference_of_an_organisation_is_read_in_four_calls(clock):
    state = XeroState.new(clock=clock.now)
    state.set_lock_dates(period=date(2025, 11, 30), year_end=date(2025, 3, 31))
    state.add_tax_rate("Both", ("GST", "5"), ("Levy", "9.975"))
    state.edit_account("270", Status="ARCHIVED")
    app = create_app(state)
    with (
        ServerThread(app) as server,
        opened(
            machine_access(server.url, tenant_id=state.organisation["OrganisationID"]), clock, clock.sleep
        ) as client,
    ):
        found = read_reference(client)

    assert found.organisation.organisation_id == state.organisation["OrganisationID"]
    assert found.organisation.base_currency == "NZD"
    assert found.organisation.period_lock_on == date(2025, 11, 30)
    assert found.organisation.locked_until == date(2025, 11, 30)
    assert set(found.currencies) == {"NZD", "USD", "AUD"}
    assert found.account("200").active
    assert not found.account("270").active
    assert found.account("090").takes_payments
    assert found.tax_rate("OUTPUT2").effective_rate == 15
    both = next(rate for rate in found.tax_rates if rate.name == "Both")
    assert both.components == (TaxComponent("GST", Decimal(5)), TaxComponent("Levy", Decimal("9.975")))
    assert len([entry for entry in app.journal.entries if "api.xro" in entry.path]) == 4


def test_organisation_without_lock_dates_is_not_locked(client, script):
    script.says(by_path())

    organisation = read_reference(client).organisation

    assert organisation.locked_until is None
    assert (organisation.country, organisation.short_code) == ("", "")


@pytest.mark.parametrize("text", ["/Date(1764460800000+0000)/", "/Date(1764460800000)/", "2025-11-30T00:00:00"])
def test_lock_date_is_the_organisations_day_in_any_spelling(client, script, text):
    script.says(by_path(Organisation=[{**ORGANISATION, "EndOfYearLockDate": text, "PeriodLockDate": None}]))

    assert read_reference(client).organisation.year_lock_on == date(2025, 11, 30)


def test_account_of_type_bank_takes_payments_whatever_its_flag_says(client, script):
    accounts = [
        {"AccountID": "1", "Type": "BANK", "EnablePaymentsToAccount": False, "Code": None},
        {"AccountID": "2", "Type": "CURRENT", "EnablePaymentsToAccount": True, "Code": "600"},
        {"AccountID": "3", "Type": "SALES", "EnablePaymentsToAccount": False, "Code": "200", "Status": "DELETED"},
    ]
    script.says(by_path(Accounts=accounts))

    found = read_reference(client).accounts

    assert [(one.code, one.takes_payments, one.active) for one in found] == [
        ("", True, True),
        ("600", True, True),
        ("200", False, False),
    ]


def test_tax_rate_says_where_it_applies_and_whether_it_still_does(client, script):
    rates = [
        {"TaxType": "OLD", "Name": "Old", "Status": "DELETED", "EffectiveRate": 12.5, "CanApplyToRevenue": True},
        {"TaxType": "ARC", "Name": "Archived", "Status": "ARCHIVED", "EffectiveRate": 12.5},
        {"TaxType": "TXT", "Name": "As text", "EffectiveRate": "15.0000", "CanApplyToAssets": "true"},
        {
            "TaxType": "SUM",
            "TaxComponents": [{"Name": "a", "Rate": 5}, {"Name": "b", "Rate": 9.975, "IsCompound": True}],
        },
    ]
    script.says(by_path(TaxRates=rates))

    old, archived, text, total = read_reference(client).tax_rates

    assert (old.active, archived.active, text.active) == (False, False, True)
    assert old.applies_to == {"REVENUE"}
    assert text.applies_to == {"ASSET"}
    assert len(total.applies_to) == 5
    assert (old.effective_rate, text.effective_rate, total.effective_rate) == (
        Decimal("12.5"),
        Decimal(15),
        Decimal("15.47375"),
    )
    assert total.components[1].compound


def test_reference_of_an_unknown_form_names_the_place_and_no_value(client, script):
    script.says(by_path(Currencies=[{"Code": 7}]))

    with pytest.raises(NotModelledError, match=r"GET /Currencies.*Currencies\.0\.Code"):
        read_reference(client)


def test_reference_when_a_proxy_answers_with_a_page_is_a_passing_fault(client, script):
    script.says(Reply(200, "<html>log in to the hotel</html>", kind="text/html"))

    with pytest.raises(TemporaryError):
        read_reference(client)
