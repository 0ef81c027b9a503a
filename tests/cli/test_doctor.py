from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from modules.small_reference import CHART, a_module, a_reference
from vtxero.bootstrap import checks, tax_checks
from vtxero.bootstrap.checks import State
from vtxero.bootstrap.clock import SystemClock
from vtxero.config.lock import RunLock
from vtxero.config.settings import Settings
from vtxero.domain.reference import LedgerAccount, VtigerReference, VtigerTax

BASE = {"vtiger": {"url": "https://crm.example.com", "username": "u"}, "xero": {"client_id": "c"}}


def settings(**sections):
    return Settings.model_validate({**BASE, **sections})


def found(ran):
    """What was checked, as (topic, state)."""
    return {(item["topic"], item["state"]) for item in json.loads(ran.out)["checks"]}


def one(ran, topic, state):
    return next(c for c in json.loads(ran.out)["checks"] if (c["topic"], c["state"]) == (topic, state))


def test_doctor_when_all_is_well_says_so_for_each_thing_and_what_to_type_next(shop, vtxero):
    shop.company.xero.add_tax_rate("Sales", ("Sales", "10"))

    ran = vtxero("doctor")

    assert ran.code == 0
    assert ran.err == ""
    for line in (
        "ok      Vtiger login: admin at",
        "ok      Xero login: the app sandbox at",
        "ok      Xero scopes: accounting.contacts",
        "ok      Vtiger version: 8.2.0",
        "ok      modules.invoices.sales_account: 200 - Sales.",
        "ok      modules.invoices: can be synced, both.",
        "note    modules.payments: ",
    ):
        assert line in ran.out
    assert ran.out.splitlines()[-1].endswith("Next: vtxero sync --dry-run")
    assert max(len(text) for text in ran.out.splitlines() if "/vtxero.yaml" not in text and "/state" not in text) <= 80
    assert f"{shop.path.parent}/state/default/state.sqlite3" in ran.out


def test_doctor_writes_nothing_and_makes_no_state(shop, vtxero, tmp_path):
    vtxero("doctor")

    assert shop.company.writes() == []
    assert not (tmp_path / "state" / "default" / "state.sqlite3").exists()


def test_doctor_when_quiet_and_all_is_well_says_nothing(shop, vtxero):
    assert shop.path.exists()
    ran = vtxero("doctor", "-q")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_doctor_when_a_login_is_refused_ends_with_4_and_still_looks_at_the_rest(shop, vtxero):
    shop.change(vtiger={"access_key": "wrong"})

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 4
    assert ("Vtiger login", "problem") in found(ran)
    assert ("Xero organisation", "ok") in found(ran)
    assert "correct the access key in " in one(ran, "Vtiger login", "problem")["remedy"]
    assert "wrong" not in ran.out


def test_doctor_when_the_access_key_is_nowhere_says_so_of_vtiger_and_looks_at_xero(shop, vtxero):
    shop.change(vtiger={"access_key": None})

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 4
    assert "is not known" in one(ran, "Vtiger login", "problem")["text"]
    assert [topic for topic, state in found(ran) if state == "problem"] == ["Vtiger login"]


def test_doctor_when_the_base_currencies_differ_ends_with_6_and_tells_it_once(shop, vtxero):
    shop.company.xero.organisation["BaseCurrency"] = "USD"

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 6
    told = [item for item in json.loads(ran.out)["checks"] if item["code"] == "RUN-BASE-CURRENCY"]
    assert [item["topic"] for item in told] == ["modules.products"]
    assert "for the same reason" in one(ran, "modules.invoices", "problem")["text"]
    assert ("modules.organizations", "ok") in found(ran)


@pytest.mark.parametrize("account", ["999", "610"])
def test_doctor_when_an_account_of_the_config_cannot_be_used_ends_with_2(shop, vtxero, account):
    shop.change(modules={"invoices": {"sales_account": account}})

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 2
    assert ("modules.invoices.sales_account", "problem") in found(ran)


def test_doctor_when_another_run_holds_the_lock_says_who_and_does_not_wait(shop, vtxero, tmp_path):
    assert shop.path.exists()
    with RunLock(tmp_path / "state" / "default" / "run.lock"):
        ran = vtxero("doctor", "-o", "json")

    assert ran.code == 0
    assert "process" in one(ran, "Lock", "note")["text"]


def test_doctor_when_the_state_is_damaged_ends_with_12(shop, vtxero, tmp_path):
    assert shop.path.exists()
    folder = tmp_path / "state" / "default"
    folder.mkdir(parents=True)
    (folder / "state.sqlite3").write_bytes(b"no database" * 100)

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 12
    assert ("State", "problem") in found(ran)


def test_doctor_when_the_profile_belongs_to_another_organisation_ends_with_6(shop, vtxero):
    assert vtxero("sync", "--limit", "1").code == 0
    shop.company.xero.organisation["OrganisationID"] = "99999999-7a11-4000-8000-000000000001"

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 6
    assert one(ran, "Profile", "problem")["code"] == "RUN-TENANT"


@pytest.mark.parametrize(("shift", "word"), [(600, "ahead of"), (-600, "behind")])
def test_doctor_when_the_clock_is_wrong_warns_and_goes_on(shop, vtxero, monkeypatch, shift, word):
    assert shop.path.exists()
    real = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda self: real(self) + timedelta(seconds=shift))

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 0
    assert word in one(ran, "Clock", "warning")["text"]


def test_doctor_when_jsonl_is_wanted_prints_a_check_a_line(shop, vtxero):
    assert shop.path.exists()
    lines = [json.loads(line) for line in vtxero("doctor", "-o", "jsonl").out.splitlines()]

    assert {"topic", "state", "text", "remedy", "paste", "code", "exit_code"} == set(lines[0])


# -- the checks by themselves ----------------------------------------------------------------------------------


def test_version_when_it_cannot_take_invoices_warns_only_where_they_would_go_there():
    vtiger = replace(a_reference().vtiger, version="8.3.0")
    one_way = settings(modules={"invoices": {"direction": "to-xero"}})

    assert checks.version_check(vtiger, settings()).state is checks.State.WARNING
    assert checks.version_check(vtiger, one_way).state is checks.State.NOTE


def test_mandatory_field_without_a_default_is_named_and_with_one_it_is_not():
    reference = a_reference().vtiger
    accounts = a_module("Accounts", "11", "accountname|Organization Name|m\nindustry|Industry|m")
    vtiger = replace(reference, modules={**reference.modules, "Accounts": accounts})
    given = settings(modules={"organizations": {"defaults": {"Industry": "Other"}}})

    named = [check for check in checks.mandatory_checks(vtiger, settings()) if check.text.startswith("Accounts")]
    left = [check for check in checks.mandatory_checks(vtiger, given) if check.text.startswith("Accounts")]

    assert ["Industry" in check.text for check in named] == [True]
    assert left == []


def test_default_that_names_no_field_is_told_with_the_field_that_is_like_it():
    reference = a_reference().vtiger
    accounts = a_module("Accounts", "11", "accountname|Organization Name|m\nindustry|Industry|m")
    vtiger = replace(reference, modules={**reference.modules, "Accounts": accounts})
    given = settings(modules={"organizations": {"defaults": {"Industri": "Other", "industry": "Other"}}})

    (told,) = checks.default_checks(vtiger, given)

    assert (told.topic, told.state) == ("modules.organizations.defaults.Industri", checks.State.WARNING)
    assert "Did you mean Industry?" in told.text


def test_default_that_names_no_field_is_told_by_doctor(shop, vtxero):
    shop.content["modules"]["products"] = {"defaults": {"colour": "red"}}
    shop.change()

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 0
    assert one(ran, "modules.products.defaults.colour", "warning")


def test_mandatory_field_that_every_payment_has_is_no_matter_for_doctor():
    spec = "amount|Amount|m\npaymentsstatus|Status|mp\nassigned_user_id|Assigned To|m\nsub_id|Subscription|m"
    vtiger = VtigerReference("i", "", "19x1", "", {"Payments": a_module("Payments", "47", spec)}, (), ())

    [named] = checks.mandatory_checks(vtiger, settings())

    assert "Payments: Subscription must be filled" in named.text


def test_tax_without_a_match_names_the_xero_tax_of_the_same_rate_to_map_it_to():
    reference = a_reference()
    rate = next(item for item in reference.xero.tax_rates if item.active and item.effective_rate)
    tax = VtigerTax("tax9", "Umsatz", rate.effective_rate, "Simple")
    vtiger = replace(reference.vtiger, taxes=(tax,))

    told = list(tax_checks.tax_checks(replace(reference, vtiger=vtiger), settings()))
    mapped = settings(taxes={"map": {"Umsatz": rate.tax_type}})

    assert f"taxes.map: {{Umsatz: {rate.tax_type}}}" in told[-1].remedy
    assert all(
        check.state is checks.State.OK for check in tax_checks.tax_checks(replace(reference, vtiger=vtiger), mapped)
    )


def test_tax_map_to_a_rate_of_other_per_cents_is_told_for_it_counts_for_nothing():
    reference = a_reference()
    tax = reference.vtiger.taxes[0]
    other = next(rate for rate in reference.xero.tax_rates if rate.active and rate.effective_rate != tax.rate)
    mapped = settings(taxes={"map": {tax.label: other.tax_type}})

    [told] = tax_checks.map_checks(reference, mapped)

    assert (told.topic, told.state) == (f"taxes.map.{tax.label}", checks.State.WARNING)
    assert "is not as high as" in told.text


def test_tax_map_that_leads_nowhere_is_a_mistake_of_the_config():
    nowhere = settings(taxes={"map": {"Nobody's": "NOTHERE"}, "none": "NOTHING"})

    told = {check.topic: check for check in tax_checks.map_checks(a_reference(), nowhere)}

    assert {check.exit_code for check in told.values()} == {2}
    assert set(told) == {"taxes.none", "taxes.map.Nobody's"}


def test_account_of_payments_is_a_bank_and_one_of_invoices_is_not():
    xero = replace(a_reference().xero, accounts=(*CHART, LedgerAccount("090", "a-090", "Bank", "BANK", "ASSET", True)))
    named = {
        "invoices": {"sales_account": "090", "shipping_account": "200"},
        "payments": {"account": "090", "accounts": {"Cash": "200"}},
    }

    told = {check.topic: check.state for check in checks.account_checks(xero, settings(modules=named))}

    assert told == {
        "modules.invoices.sales_account": State.PROBLEM,
        "modules.invoices.shipping_account": State.OK,
        "modules.payments.account": State.OK,
        "modules.payments.accounts.Cash": State.PROBLEM,
    }


def test_picklist_that_lacks_accounts_gives_them_to_be_pasted():
    told = list(checks.picklist_checks(a_reference()))

    assert told
    assert all(" - " in line for check in told for line in check.paste)


def test_deducted_tax_is_neither_matched_nor_missed():
    reference = a_reference()
    vtiger = replace(reference.vtiger, taxes=(VtigerTax("tax8", "Withheld", Decimal(20), "Deducted"),))

    assert tax_checks.match_taxes(replace(reference, vtiger=vtiger), settings()) == ([], [])


@pytest.fixture
def customers(shop, vtxero):
    """A shop that made an organization and a product of Xero's in a first run."""
    shop.company.xero.add_contact(Name="Acme Ltd")
    shop.company.xero.add_item(Code="X-1", Name="Thing")
    shop.before = copy.deepcopy((shop.company.vtiger.entities, shop.company.xero.contacts))
    assert vtxero("sync", "-y").code == 0
    return shop


def test_doctor_after_a_run_says_that_neither_service_was_put_back_and_notes_nothing(customers, vtxero):
    ran = vtxero("doctor", "-o", "json")

    assert "neither was put back" in one(ran, "Profile", "ok")["text"]
    assert customers.company.sync().exit_code == 0


def test_doctor_when_vtiger_was_put_back_says_what_the_next_run_will_say(customers, vtxero):
    customers.company.vtiger.entities = customers.before[0]

    ran = vtxero("doctor", "-o", "json")

    told = one(ran, "Profile", "problem")
    assert (ran.code, told["code"]) == (6, "RUN-VTIGER-INSTANCE")
    assert "none of the 2 records known of it" in told["text"]
    assert "vtxero sync --resync" in told["remedy"]
    assert told["text"] in vtxero("sync", "-y").err


def test_doctor_when_xero_was_reset_says_so(customers, vtxero):
    customers.company.xero.contacts = {}

    ran = vtxero("doctor", "-o", "json")

    told = one(ran, "Profile", "problem")
    assert (ran.code, told["code"]) == (6, "RUN-TENANT")
    assert "vtxero sync --resync" in told["remedy"]
    assert told["text"] in vtxero("sync", "-y").err


def test_doctor_when_the_newest_record_is_gone_notes_it(customers, vtxero):
    company = customers.company
    company.vtiger.delete(f"14x{max(company.vtiger.entities)}")

    ran = vtxero("doctor", "-o", "json")

    assert ran.code == 0
    assert "does not show the newest record known of it any more" in one(ran, "Profile", "note")["text"]
