"""Xero's tax rates become Vtiger's taxes: one way, Xero leads, and nothing at all unless it is switched on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import SecretStr

from chain.company import line, only, reasons, xero_line
from vtxero.domain.sides import Direction
from vtxero.errors import ConfigError
from vtxero.sync.records import Outcome

KNOWN = {"VAT", "Sales", "Service"}
"""The taxes of a fresh Vtiger."""


@pytest.fixture
def taxed(company):
    """The module switched on, and Vtiger in step with the rates that a fresh Xero has."""
    company.configure("taxes", enabled=True)
    company.sync()
    company.quiet()
    company.before = len(company.writes())
    company.vat = next(kind for kind, row in rates(company).items() if row["Name"] == "VAT")
    return company


def rates(company):
    return company.xero.snapshot()["TaxRates"]


def taxes(company):
    """Vtiger's live taxes: rate by label."""
    rows = company.crm.query("select * from Tax;")
    assert len({row["taxname"] for row in rows}) == len(rows)
    return {row["taxlabel"]: row["percentage"] for row in rows}


def revise(company, tax_id, **fields):
    company.crm.post("revise", element={"id": tax_id, **fields})


def tax_id(company, label):
    return next(row["id"] for row in company.crm.query("select * from Tax;") if row["taxlabel"] == label)


def asked(company, side, word):
    return [str(e.operation) for e in company.apps[side].journal.entries if word in str(e.operation)]


def forget(company):
    company.writes()
    for app in company.apps.values():
        app.journal.clear()


def changed(report):
    return {
        record.label: [(change.field, change.before, change.after) for change in record.changes]
        for record in only(report, "taxes")
        if record.changes
    }


def test_active_rates_for_revenue_are_made_in_vtiger_and_nothing_is_written_to_xero(taxed):
    made = {label: rate for label, rate in taxes(taxed).items() if label not in KNOWN}

    assert made == {"15% GST on Income": "15.000", "Zero Rated": "0.000"}
    assert taxed.writes("xero") == []


def test_tax_of_the_same_name_and_rate_is_linked_without_a_write(taxed):
    assert taxes(taxed)["VAT"] == "4.500"
    assert not [text for text in taxed.writes("vtiger") if "revise" in text]


def test_module_when_not_switched_on_costs_no_call_and_makes_nothing(company):
    company.sync()
    forget(company)

    company.sync()

    assert set(taxes(company)) == KNOWN
    assert asked(company, "xero", "TaxRates") == []
    assert [name for name in asked(company, "vtiger", "Tax") if "query" in name] == []


def test_quiet_run_costs_a_call_on_each_side(taxed):
    taxed.sync()
    forget(taxed)

    report = taxed.sync(modules=("taxes",))

    assert len(asked(taxed, "xero", "TaxRates")) == 1
    assert len(asked(taxed, "vtiger", "Tax")) <= 2, "the list, and the look-up for deletions that each run has"
    [count] = report.modules
    assert (count.direction, count.counts[Outcome.UNCHANGED], count.seen) == (Direction.TO_VTIGER, 3, 3)


def test_new_rate_in_xero_is_shown_by_a_dry_run_and_then_made(taxed):
    taxed.xero.add_tax_rate("City Levy", ("City", "2.25"))

    plan = taxed.sync(dry_run=True)
    assert "City Levy" not in taxes(taxed)
    report = taxed.sync()

    assert changed(plan) == changed(report) == {"City Levy": [("name", None, "City Levy"), ("rate", None, "2.25 %")]}
    assert taxes(taxed)["City Levy"] == "2.250"
    assert taxed.writes()[taxed.before :] == ["create Tax"]
    taxed.quiet()


def test_same_name_and_another_rate_at_the_first_meeting_takes_xeros_and_shows_it(company):
    revise(company, "34x1", percentage="12.5")

    report = company.sync(modules=("taxes",))

    assert changed(report)["VAT"] == [("rate", "12.5 %", "4.5 %")]
    assert taxes(company)["VAT"] == "4.500"
    assert report.exit_code == 0


@pytest.mark.parametrize("policy", ["report", "vtiger", None])
def test_rate_changed_in_vtiger_becomes_xeros_again_whatever_the_policy(taxed, policy):
    revise(taxed, "34x1", percentage="12.5")

    report = taxed.sync(conflict=policy)

    assert changed(report) == {"VAT": [("rate", "12.5 %", "4.5 %")]}
    assert (taxes(taxed)["VAT"], report.exit_code) == ("4.500", 0)
    taxed.quiet()


def test_rate_changed_in_xero_is_changed_in_vtiger_by_a_revision(taxed):
    taxed.xero.edit_tax_rate(taxed.vat, EffectiveRate=5, DisplayTaxRate=5)

    report = taxed.sync()

    assert changed(report) == {"VAT": [("rate", "4.5 %", "5 %")]}
    assert taxed.writes()[taxed.before :] == ["revise 34x1"]
    assert taxes(taxed)["VAT"] == "5.000"
    taxed.quiet()


def test_combined_rate_becomes_one_tax_at_the_sum(taxed):
    taxed.xero.add_tax_rate("GST and Levy", ("GST", "15"), ("Levy", "2.5"))

    taxed.sync()

    assert taxes(taxed)["GST and Levy"] == "17.500"


def test_compound_rate_becomes_one_tax_at_the_effective_rate_and_the_rounding_is_noted(taxed):
    taxed.xero.add_tax_rate("GST then QST", ("GST", "5"), ("QST", "9.975"), EffectiveRate="15.4738")

    report = taxed.sync()

    [record] = only(report, "taxes")
    assert ([str(item.code) for item in record.notes], record.outcome) == (["DECIMALS"], Outcome.CREATED)
    assert taxes(taxed)["GST then QST"] == "15.474"
    taxed.quiet()


def test_rates_that_are_deleted_for_expenses_or_no_tax_stay_out(taxed):
    named = {row["Name"] for row in rates(taxed).values()}

    assert {"12.5% GST on Income", "15% GST on Expenses", "No GST"} <= named
    assert not {"12.5% GST on Income", "15% GST on Expenses", "No GST"} & set(taxes(taxed))


def test_rates_for_expenses_come_too_when_the_config_asks_for_them(taxed):
    taxed.configure("taxes", revenue_only=False)

    taxed.sync()

    assert taxes(taxed)["15% GST on Expenses"] == "15.000"


def test_user_who_may_not_write_taxes_is_told_and_all_else_goes_on(company):
    company.organization()
    limited = {"username": "limited", "access_key": SecretStr("sandbox-limited")}
    vtiger = company.settings.vtiger.model_copy(update=limited)
    company.settings = company.settings.model_copy(update={"vtiger": vtiger})

    report = company.sync(modules=("taxes", "organizations"))

    told = {"15% GST on Income": ["TAX-DENIED"], "Zero Rated": ["TAX-DENIED"]}
    assert {label: codes for label, codes in reasons(report).items() if label in told} == told
    assert {record.outcome for record in only(report, "taxes") if record.label in told} == {Outcome.FAILED}
    assert (report.exit_code, set(taxes(company))) == (3, KNOWN)
    assert list(company.contacts()) == ["Acme Ltd"]


@pytest.mark.parametrize("name", ["Levy 😀", "A levy with a name of more than the fifty characters there"])
def test_name_that_vtiger_cannot_hold_is_left_alone(taxed, name):
    taxed.xero.add_tax_rate(name, ("Levy", "1"))

    report = taxed.sync()

    assert reasons(report) == {name: ["TEXT-UNSUPPORTED"]}
    assert taxed.writes()[taxed.before :] == []


def test_several_taxes_of_one_label_in_vtiger_are_never_guessed_at(company):
    company.crm.create("Tax", taxlabel="vat", percentage="20")

    report = company.sync(modules=("taxes",))

    found = [record for record in only(report, "taxes") if record.label.lower() == "vat"]
    assert {(record.outcome, str(record.reasons[0].code)) for record in found} == {(Outcome.SKIPPED, "AMBIGUOUS")}
    assert {record.direction for record in found} == {Direction.TO_VTIGER}
    assert sorted(taxes(company)) == sorted([*KNOWN, "vat", "15% GST on Income", "Zero Rated"])

    company.crm.post("delete", id=tax_id(company, "vat"))
    again = company.sync(modules=("taxes",))
    assert reasons(again) == {}
    assert [record.outcome for record in only(again, "taxes")] == [Outcome.LINKED]


def test_label_that_a_deducted_tax_has_is_not_given_twice(company):
    company.crm.create("Tax", taxlabel="Zero Rated", percentage="20", method="Deducted")

    report = company.sync(modules=("taxes",))

    assert reasons(report) == {"Zero Rated": ["AMBIGUOUS"]}


def test_rate_renamed_in_xero_waits_until_somebody_renames_the_tax_in_vtiger(taxed):
    taxed.xero.edit_tax_rate(taxed.vat, Name="Value Added Tax", EffectiveRate=6)
    assert reasons(taxed.sync()) == {"VAT": ["TAX-NAME"]}
    assert taxed.writes()[taxed.before :] == []
    revise(taxed, "34x1", taxlabel="Value Added Tax")

    taxed.sync()

    assert taxes(taxed)["Value Added Tax"] == "6.000"
    taxed.quiet()


def test_label_mapped_in_the_config_is_the_tax_type_and_no_second_tax_is_made(company):
    revise(company, "34x2", taxlabel="Umsatzsteuer")
    mapped = company.settings.taxes.model_copy(update={"map": {"umsatzsteuer": "OUTPUT2"}})
    company.settings = company.settings.model_copy(update={"taxes": mapped})

    report = company.sync(modules=("taxes",))

    assert changed(report)["Umsatzsteuer"] == [("rate", "10 %", "15 %")]
    assert "15% GST on Income" not in taxes(company)


def test_tax_deleted_in_vtiger_is_reported_and_not_made_anew(taxed):
    taxed.crm.post("delete", id="34x1")

    report = taxed.sync()

    assert reasons(report) == {"VAT": ["GONE"]}
    assert taxed.writes()[taxed.before :] == []


def test_tax_deleted_in_vtiger_before_it_was_linked_is_not_taken_for_one_that_is_there(taxed):
    taxed.crm.post("delete", id=tax_id(taxed, "Sales"))
    taxed.xero.add_tax_rate("Sales", ("Sales", "10"))

    taxed.sync()

    assert taxes(taxed)["Sales"] == "10.000"


def test_rate_deleted_in_xero_is_reported_and_the_tax_stays(taxed):
    taxed.xero.edit_tax_rate(taxed.vat, Status="DELETED")

    report = taxed.sync()

    assert (reasons(report), taxes(taxed)["VAT"]) == ({"VAT": ["GONE"]}, "4.500")


def test_state_lost_the_next_run_links_every_tax_again_without_a_write(taxed):
    taxed.settings.database.unlink()

    report = taxed.sync()

    assert taxed.writes()[taxed.before :] == []
    assert {record.outcome for record in only(report, "taxes")} == {Outcome.LINKED}


def test_direction_to_xero_leaves_taxes_out_and_refuses_them_by_name(taxed):
    revise(taxed, "34x1", percentage="12.5")

    report = taxed.sync(direction=Direction.TO_XERO)
    assert [count.module for count in report.modules if count.module == "taxes"] == []
    with pytest.raises(ConfigError, match="taxes"):
        taxed.sync(modules=("taxes",), direction=Direction.TO_XERO)

    assert taxes(taxed)["VAT"] == "12.500"
    assert only(taxed.sync(direction=Direction.BOTH), "taxes")[0].direction is Direction.TO_VTIGER


def test_product_and_invoice_of_a_new_tax_follow_in_the_next_run_with_it(taxed):
    kind = taxed.xero.add_tax_rate("City Levy", ("City", "2.5"))
    taxed.xero.add_item(Code="N-1", Name="Nut", SalesDetails={"UnitPrice": 5, "AccountCode": "200", "TaxType": kind})
    contact = taxed.xero.add_contact(Name="Nova Pty")
    taxed.xero_invoice(contact, xero_line(ItemCode="N-1", Description="nuts", Quantity=2, TaxType=kind))

    first = taxed.sync()
    assert reasons(first)["Nut"] == ["DEPENDENCY"]
    assert taxed.vtiger.records("Products") == []
    second = taxed.sync()

    assert (reasons(second), second.exit_code) == ({}, 0)
    [product] = taxed.vtiger.records("Products")
    [invoice] = taxed.vtiger.records("Invoice")
    column = next(r["taxname"] for r in taxed.crm.query("select * from Tax;") if r["taxlabel"] == "City Levy")
    assert product[column] == "2.500"
    assert str(taxed.vtiger.invoice_total(invoice["id"]))[:5] == "10.25"
    taxed.quiet()


def test_present_product_given_a_new_tax_in_xero_gets_it_in_the_next_run(taxed):
    taxed.product("Nut", "N-1")
    taxed.sync()
    [item] = taxed.items().values()
    kind = taxed.xero.add_tax_rate("City Levy", ("City", "2.5"))
    details = {"UnitPrice": 10, "AccountCode": "200", "TaxType": kind}
    taxed.xero.edit_item(item["ItemID"], SalesDetails=details)

    assert reasons(taxed.sync()) == {"Nut": ["DEPENDENCY"]}
    taxed.sync()

    [product] = taxed.vtiger.records("Products")
    column = next(r["taxname"] for r in taxed.crm.query("select * from Tax;") if r["taxlabel"] == "City Levy")
    assert product[column] == "2.500"
    taxed.quiet()


def test_invoice_from_vtiger_finds_a_rate_that_was_rounded_on_the_way(taxed):
    taxed.xero.add_tax_rate("GST then QST", ("GST", "5"), ("QST", "9.975"), EffectiveRate="15.4738")
    taxed.sync()
    column = next(r["taxname"] for r in taxed.crm.query("select * from Tax;") if r["taxlabel"] == "GST then QST")
    product = taxed.product(**{"tax1": "", column: "15.474"})
    invoice = taxed.invoice(taxed.organization(), line(product, **{"tax1": "0", column: "15.474"}))

    report = taxed.sync()

    assert reasons(report) == {}
    assert str(taxed.invoices()[taxed.number_of(invoice)]["Total"]) == "11.55"


@pytest.mark.parametrize("with_item", [True, False])
def test_invoice_of_a_tax_that_the_run_makes_or_changes_says_run_again_and_crosses_then(taxed, with_item):
    kind = taxed.xero.add_tax_rate("City Levy", ("City", "2.5"))
    contact = taxed.xero.add_contact(Name="Nova Pty")
    row = xero_line(Description="nuts", Quantity=2, TaxType=kind)
    if with_item:
        taxed.xero.add_item(Code="N-1", Name="Nut", SalesDetails={"UnitPrice": 5, "AccountCode": "200"})
        row["ItemCode"] = "N-1"
    taxed.xero_invoice(contact, row)

    for rate in (Decimal("2.5"), Decimal(3)):
        taxed.xero.edit_tax_rate(kind, EffectiveRate=rate, DisplayTaxRate=rate)
        if rate == Decimal(3):
            taxed.xero_invoice(contact, {**row, "Description": "more nuts"})
        [waiting] = only(taxed.sync(), "invoices")
        assert [str(item.code) for item in waiting.reasons] == ["DEPENDENCY"]
        assert "City Levy" in waiting.reasons[0].message
        assert waiting.reasons[0].remedy.startswith("Run again")
        assert [record.outcome for record in only(taxed.sync(), "invoices")] == [Outcome.CREATED]
    assert len(taxed.vtiger.records("Invoice")) == 2
    taxed.quiet()
