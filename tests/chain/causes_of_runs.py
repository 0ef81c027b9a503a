"""Reasons that stop a run, and those that any module has."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from chain.causes import produces, with_config
from chain.company import Company, line
from chain.scripted import vtiger_refusing, xero_refusing
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction
from vtxero.sandbox.xero.shelves import CONTACTS
from vtxero.sync.report import RunReport


@produces(Code.RUN_BASE_CURRENCY, "Vtiger's base currency is NZD, Xero's is USD")
def base_currencies_differ(company: Company) -> None:
    company.xero.organisation["BaseCurrency"] = "USD"


@produces(Code.RUN_TENANT, "not the organisation of this profile")
def login_reaches_another_organisation(company: Company) -> RunReport:
    company.sync()
    company.xero.organisation["OrganisationID"] = "00000000-1111-2222-3333-444444444444"
    return company.sync(full=True)


@produces(Code.RUN_VTIGER_USER, "has no number of decimals set")
def api_user_would_round_cents_away(company: Company) -> None:
    company.vtiger.users["admin"].profile["no_of_currency_decimals"] = ""  # type: ignore[index]


@produces(Code.RUN_VTIGER_INSTANCE, "this profile belongs to")
def config_leads_to_another_vtiger(company: Company) -> None:
    company.sync()
    url = str(company.settings.vtiger.url).replace("127.0.0.1", "localhost")
    with_config(company, vtiger={"url": url})


@produces(Code.RUN_VTIGER_VERSION, "8.3.0 cannot create invoices", version="8.3.0")
def invoice_from_xero_for_a_vtiger_that_cannot_make_one(company: Company) -> None:
    company.xero_invoice(company.xero.add_contact(Name="Nova"))


@produces(Code.RUN_STATE, "does not know the last run")
def older_copy_of_the_state_put_back(company: Company) -> None:
    company.organization()
    company.sync()
    company.sync()
    with closing(sqlite3.connect(company.settings.database)) as state, state:
        state.execute("DELETE FROM runs WHERE rowid = (SELECT max(rowid) FROM runs)")


@produces(Code.RUN_GUARD_EMPTIED, "Vtiger shows no organizations at all")
def vtiger_shows_nothing_any_more(company: Company) -> RunReport:
    made = [company.organization(name) for name in ("Acme", "Bee")]
    company.product()
    company.sync()
    for organization in made:
        company.vtiger.delete(organization)
    return company.sync(full=True)


@produces(Code.RUN_GUARD_CHANGES, "would change 2 existing records")
def more_changes_than_are_allowed(company: Company) -> None:
    accounts = [company.organization(name) for name in ("Acme", "Bee")]
    company.sync()
    for account in accounts:
        company.vtiger.edit(account, phone="+64 9 123")
    with_config(company, guards={"max_changes": 1})


@produces(Code.RUN_GUARD_DELETIONS, "2 linked or waiting records disappeared")
def wave_of_deletions(company: Company) -> RunReport:
    accounts = [company.organization(name) for name in ("Acme", "Bee", "Cee")]
    company.sync()
    for account in accounts[:2]:
        company.vtiger.delete(account)
    with_config(company, guards={"max_deletions": 1})
    return company.sync(full=True)


@produces(Code.RUN_GUARD_CONFIG, "changed since the last run")
def mapping_in_the_config_changed(company: Company) -> None:
    company.sync()
    with_config(company, "organizations", fields={"fax": "off"})


@produces(Code.RUN_ENDED, "ended before this record's turn")
def calls_used_up_in_the_middle(company: Company) -> RunReport:
    for number in range(60):
        company.organization(f"Customer {number}")
    reading = sum(company.sync(dry_run=True).calls.values())
    return company.sync(max_calls=reading + 1)


@produces(Code.AMBIGUOUS, "has the code 'W-2' and not 'W-1'")
def item_of_the_same_name_has_another_code(company: Company) -> RunReport:
    company.product("Widget", "W-1")
    company.xero.add_item(Code="W-2", Name="Widget")
    return company.sync(direction=Direction.TO_XERO)


@produces(Code.CONFLICT, "Phone changed on both sides: Vtiger has +64 9 111, Xero +64 9 222")
def same_field_edited_on_both_sides(company: Company) -> None:
    acme = company.organization(phone="+64 9 000")
    company.sync()
    company.vtiger.edit(acme, phone="+64 9 111")
    [contact] = company.contacts().values()
    phones = [{"PhoneType": "DEFAULT", "PhoneCountryCode": "+64", "PhoneAreaCode": "9", "PhoneNumber": "222"}]
    company.xero.edit_contact(contact["ContactID"], Phones=phones)


@produces(Code.MOVED, "It has changed since the plan was saved.")
def record_of_a_saved_plan_that_was_edited_before_it_was_applied(company: Company) -> RunReport:
    acme = company.organization(accounttype="Customer")
    plan = company.sync(dry_run=True)
    company.vtiger.edit(acme, phone="+64 9 111")
    return company.sync(approved=plan.planned)


@produces(Code.ONE_WAY, "Changed on the side that is not read: phone")
def edit_on_the_side_that_is_not_read(company: Company) -> RunReport:
    acme = company.organization()
    company.sync()
    company.vtiger.edit(acme, phone="+64 9 111")
    return company.sync(direction=Direction.TO_VTIGER)


@produces(Code.GONE, "It is gone in Vtiger")
def one_of_a_pair_was_deleted(company: Company) -> RunReport:
    accounts = [company.organization(name) for name in ("Acme", "Bee")]
    company.sync()
    company.vtiger.delete(accounts[0])
    return company.sync(full=True)


@produces(Code.TEXT_UNSUPPORTED, "????")
def name_with_an_emoji(company: Company) -> None:
    company.xero.add_contact(Name="Party 🎉 Ltd")


@produces(Code.TEXT_UNSUPPORTED, "cannot store characters such as emoji", note=True)
def text_with_an_emoji(company: Company) -> None:
    company.xero.add_item(Code="W-1", Name="Widget", Description="A fine 🎉 widget")


@produces(Code.DECIMALS, "Vtiger keeps 1.23 for 1.2345", note=True)
def price_of_more_decimals_than_vtiger_keeps(company: Company) -> None:
    company.xero.add_item(Code="W-1", Name="Widget", SalesDetails={"UnitPrice": "1.2345"})


@produces(Code.DECIMALS, "Vtiger keeps 3 decimals", note=True)
def rate_of_more_decimals_than_vtiger_keeps(company: Company) -> RunReport:
    company.xero.add_tax_rate("Odd", ("Odd", "8.8755"))
    return company.sync(modules=("taxes",))


@produces(Code.ANSWER_LOST, "no usable answer came: the connection broke.")
def answers_of_xero_that_are_lost_on_the_way(company: Company) -> RunReport:
    company.organization()
    lose = {"path": "/Contacts", "method": "PUT", "nth": "every", "do": "drop-after-commit"}
    company.apps["xero"].faults.add(lose)
    return company.sync()


@produces(Code.ANSWER_LOST, 'gave no usable answer to create Accounts "Nova": the connection broke.')
def answer_of_vtiger_that_is_lost_on_the_way(company: Company) -> RunReport:
    company.xero.add_contact(Name="Nova")
    lose = {"path": "webservice.php", "method": "POST", "nth": 2, "do": "drop-after-commit"}
    company.apps["vtiger"].faults.add(lose)
    return company.sync()


@produces(Code.XERO_REFUSED, "Xero says: The moon is in the wrong quarter")
def xero_refuses_in_words_that_nobody_knows(company: Company) -> RunReport:
    company.organization()
    with xero_refusing(CONTACTS, "The moon is in the wrong quarter"):
        return company.sync()


@produces(Code.VTIGER_REFUSED, "Vtiger says: A workflow says no")
def vtiger_refuses_in_words_that_nobody_knows(company: Company) -> RunReport:
    company.xero.add_contact(Name="Nova")
    with vtiger_refusing("create", "WORKFLOW", "A workflow says no"):
        return company.sync()


@produces(Code.TAX_DENIED, "Permission to write is denied")
def user_who_may_not_write_taxes(company: Company) -> RunReport:
    with_config(company, vtiger={"username": "limited", "access_key": "sandbox-limited"})
    return company.sync(modules=("taxes",))


@produces(Code.TAX_NAME, "Xero calls it 'Value Added Tax', Vtiger 'VAT'")
def tax_rate_renamed_in_xero(company: Company) -> RunReport:
    company.sync(modules=("taxes",))
    vat = next(kind for kind, row in company.xero.snapshot()["TaxRates"].items() if row["Name"] == "VAT")
    company.xero.edit_tax_rate(vat, Name="Value Added Tax")
    return company.sync(modules=("taxes",))


@produces(Code.DEPENDENCY, "Its organization a > b is left alone itself")
def organization_of_an_invoice_stays_behind(company: Company) -> None:
    company.invoice(company.organization("a > b"), line(company.product()))
