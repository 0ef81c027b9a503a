"""Payments of the cloud edition, both ways, over both stand-ins; and what the open-source edition gets instead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, only, reasons
from vtxero.config.settings import Settings
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome

D = Decimal
LOGINS = ("me", "POST /connect/token")


@pytest.fixture
def company(tmp_path):
    with open_cloud(tmp_path) as running:
        yield running


@pytest.fixture
def settled(company):
    """An approved invoice of 104.50 that is on both sides."""
    return settle(company)


def settle(company, **fields):
    company.acme = company.organization()
    company.widget = company.product()
    company.sale = company.invoice(company.acme, line(company.widget, "10"), **fields)
    report = company.sync()
    assert report.exit_code == 0, report.messages
    company.sale_id = company.invoices()[company.number_of(company.sale)]["InvoiceID"]
    return company


def pay(company, amount="104.50", *, invoice=None, **fields):
    """Enter a payment in Vtiger, as a person does."""
    element = {"related_to": invoice or company.sale, "amount": amount, "paymentsstatus": "Received"}
    return company.vtiger.add("Payments", element | {"datereceived": "2026-11-10", "paymentsmode": "Cash"} | fields)


def taken(company):
    """The payments in Xero that are not deleted."""
    return [row for row in company.xero.snapshot()["Payments"].values() if row["Status"] == "AUTHORISED"]


def received(company):
    return company.vtiger.records("Payments")


def number(company, payment):
    return company.row(payment)["paymentsno"]


def configured(company, **payments):
    content = company.settings.model_dump()
    content["modules"]["payments"] |= payments
    company.settings = Settings.model_validate(content)


# -- to Xero -------------------------------------------------------------------------------------------------------


def test_payment_received_in_vtiger_is_made_in_xero_and_the_invoice_is_paid_on_both_sides(settled):
    payment = pay(settled)

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    [made] = taken(settled)
    assert (made["Amount"], str(made["Date"])[:10]) == (D("104.50"), "2026-11-10")
    assert made["Reference"] == number(settled, payment)
    assert settled.invoices()[settled.number_of(settled.sale)]["Status"] == "PAID"
    row = settled.row(settled.sale)
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Paid", D("104.5"), 0)
    assert [(each.module, each.outcome) for each in report.records] == [
        ("payments", Outcome.CREATED),
        ("invoices", Outcome.UPDATED),
    ]
    settled.quiet()


def test_payment_of_an_invoice_that_crosses_in_the_same_run_goes_with_it(company):
    company.sale = company.invoice(company.organization(), line(company.product(), "10"))
    pay(company, "50")
    pay(company, "54.50")

    report = company.sync()

    assert report.exit_code == 0, report.messages
    assert sorted(each["Amount"] for each in taken(company)) == [50, D("54.50")]
    assert company.row(company.sale)["invoicestatus"] == "Paid"
    [counts] = [each for each in report.modules if each.module == "invoices" and each.direction is Direction.TO_XERO]
    assert counts.counts[Outcome.CREATED] == 1
    company.quiet()


def test_payment_of_a_draft_that_is_approved_in_the_same_run_goes_after_it(company):
    settle(company, invoicestatus="Created")
    company.vtiger.edit(company.sale, invoicestatus="Approved")
    pay(company)

    report = company.sync()

    assert reasons(report) == {}
    assert len(taken(company)) == 1
    company.quiet()


def test_equal_payments_of_one_invoice_on_one_day_both_cross(settled):
    pay(settled, "20")
    pay(settled, "20")
    settled.sync()
    pay(settled, "20")
    settled.sync()

    assert [each["Amount"] for each in taken(settled)] == [20, 20, 20]
    settled.quiet()


def test_payment_in_part_leaves_the_status_alone(settled):
    pay(settled, "4.50")

    settled.sync()

    row = settled.row(settled.sale)
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Approved", D("4.5"), 100)
    assert settled.invoices()[settled.number_of(settled.sale)]["AmountDue"] == 100
    settled.quiet()


def test_payment_of_an_invoice_in_a_foreign_currency_is_in_that_currency(company):
    currency = {"currency_name": "USA, Dollars", "currency_code": "USD", "currency_symbol": "$"}
    currency |= {"conversion_rate": "0.6", "currency_status": "Active", "defaultid": "0", "deleted": "0"}
    company.vtiger.actors["Currency"][2] = {"id": "21x2", **currency}
    company.sale = company.invoice(
        company.organization(), line(company.product(), "10"), currency_id="21x2", conversion_rate="0.6"
    )
    pay(company, "4.50")
    company.sync()
    sale = company.invoices()[company.number_of(company.sale)]
    company.xero.pay(sale["InvoiceID"], "100", day="2026-11-12")

    report = company.sync()

    assert reasons(report) == {}
    assert (sale["CurrencyCode"], [each["Amount"] for each in taken(company)]) == ("USD", [D("4.50"), 100])
    assert sorted(D(each["amount"]) for each in received(company)) == [D("4.5"), 100]
    row = company.row(company.sale)
    assert (row["invoicestatus"], D(row["balance"]), row["conversion_rate"]) == ("Paid", 0, "0.60000")
    company.quiet()


def test_account_is_the_payments_own_else_the_modes_else_the_default(tmp_path):
    with open_cloud(tmp_path, accounts={"Cheque": "880"}) as company:
        for code, name, kind, klass in (("091", "Second Bank", "BANK", "ASSET"), ("880", "Owner", "EQUITY", "EQUITY")):
            more = {"EnablePaymentsToAccount": True} if kind == "EQUITY" else {}
            company.xero.add_account(Code=code, Name=name, Type=kind, Class=klass, TaxType="NONE", **more)
        settle(company)
        own = {"paymentsmode": "Cheque", "cf_payments_xeroaccount": "091 - Second Bank"}
        for amount, fields in (("1", {}), ("2", {"paymentsmode": "Cheque"}), ("3", own)):
            pay(company, amount, **fields)

        report = company.sync()

        assert reasons(report) == {}
        codes = {row["AccountID"]: row["Code"] for row in company.xero.snapshot()["Accounts"].values()}
        assert {int(each["Amount"]): codes[each["AccountID"]] for each in taken(company)} == {
            1: "090", 2: "880", 3: "091",
        }  # fmt: skip
        company.quiet()


# -- what bars a payment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Pending", "In Progress", "Failure", "Refunded", "Paid"])
def test_payment_that_is_not_received_waits_with_pay_status(settled, status):
    payment = pay(settled, paymentsstatus=status)

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-STATUS"]}
    assert taken(settled) == []
    settled.quiet()


def test_payment_crosses_once_it_is_received(settled):
    payment = pay(settled, paymentsstatus="Pending")
    settled.sync()
    settled.vtiger.edit(payment, paymentsstatus="Received")

    report = settled.sync()

    assert reasons(report) == {}
    assert len(taken(settled)) == 1
    settled.quiet()


def test_payment_of_an_invoice_that_is_not_approved_in_vtiger_is_pay_invoice_status(company):
    settle(company, invoicestatus="Sent")
    payment = pay(company)

    report = company.sync()

    assert reasons(report) == {number(company, payment): ["PAY-INVOICE-STATUS"]}
    assert taken(company) == []


@pytest.mark.parametrize("how", ["draft", "voided"])
def test_payment_of_an_invoice_that_is_not_authorised_in_xero_is_pay_invoice_status(company, how):
    if how == "draft":
        modules = company.settings.model_dump()
        modules["modules"]["invoices"]["create_as"] = "draft"
        company.settings = Settings.model_validate(modules)
    settle(company)
    if how == "voided":
        company.xero.void(company.sale_id)
    payment = pay(company)

    report = company.sync()

    assert "PAY-INVOICE-STATUS" in reasons(report)[number(company, payment)]
    assert taken(company) == []


def test_payment_of_no_invoice_is_pay_invoice_status(settled):
    payment = pay(settled, related_to="")

    assert reasons(settled.sync()) == {number(settled, payment): ["PAY-INVOICE-STATUS"]}


@pytest.mark.parametrize("account", ["", "200", "999", "610"])
def test_payment_to_an_account_that_takes_none_is_pay_account(settled, account):
    configured(settled, account=account)
    payment = pay(settled)

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-ACCOUNT"]}
    assert taken(settled) == []
    configured(settled, account="090")
    assert reasons(settled.sync()) == {}
    assert len(taken(settled)) == 1


def test_payment_of_more_than_is_due_is_pay_amount(settled):
    first, second = pay(settled, "100"), pay(settled, "100")

    report = settled.sync()

    assert reasons(report) == {number(settled, second): ["PAY-AMOUNT"]}
    assert [each["Reference"] for each in taken(settled)] == [number(settled, first)]
    settled.quiet()


def test_payment_of_an_invoice_that_a_credit_note_has_settled_is_pay_amount(settled):
    settled.xero.credit(settled.sale_id, "104.50")
    payment = pay(settled)

    report = settled.sync()

    assert reasons(report)[number(settled, payment)] == ["PAY-AMOUNT"]
    assert taken(settled) == []


def test_payment_before_the_lock_date_is_inv_lock_date(settled):
    settled.xero.set_lock_dates(period=date(2026, 11, 10))
    first, second = pay(settled, "20"), pay(settled, "20", datereceived="2026-11-11")

    report = settled.sync(full=True)

    assert reasons(report) == {number(settled, first): ["INV-LOCK-DATE"]}
    assert [each["Reference"] for each in taken(settled)] == [number(settled, second)]


def test_payment_changed_in_vtiger_after_it_crossed_is_pay_changed_and_nothing_is_sent(settled):
    payment = pay(settled, "50")
    settled.sync()
    before = len(settled.writes())
    settled.vtiger.edit(payment, amount="60")

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-CHANGED"]}
    assert settled.writes()[before:] == []
    assert [each["Amount"] for each in taken(settled)] == [50]
    settled.vtiger.edit(payment, amount="50")
    assert reasons(settled.sync()) == {}


@pytest.mark.parametrize("policy", ["xero", "vtiger"])
def test_payment_changed_when_a_side_wins_conflicts_is_still_not_edited(settled, policy):
    payment = pay(settled, "50")
    settled.sync()
    before = len(settled.writes())
    settled.vtiger.edit(payment, datereceived="2026-11-11", paymentsstatus="Pending")

    report = settled.sync(conflict=policy)

    assert set(reasons(report)[number(settled, payment)]) == {"PAY-CHANGED"}
    assert settled.writes()[before:] == []


# -- to Vtiger -----------------------------------------------------------------------------------------------------


def test_payments_in_xero_are_made_in_vtiger_which_raises_what_was_received(settled):
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12", reference="deposit")
    settled.sync()
    [first] = received(settled)
    assert settled.row(settled.sale)["invoicestatus"] == "Approved"
    settled.xero.pay(settled.sale_id, "100", day="2026-11-13")

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert (first["related_to"], D(first["amount"]), first["datereceived"]) == (settled.sale, D("4.5"), "2026-11-12")
    assert (first["paymentsstatus"], first["relatedorganization"]) == ("Received", settled.acme)
    assert first["cf_payments_xeroaccount"] == "090 - Business Bank Account"
    row = settled.row(settled.sale)
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Paid", D("104.5"), 0)
    settled.quiet()


def test_payment_of_an_invoice_that_comes_from_xero_in_the_same_run_comes_with_it(company):
    contact = company.xero.add_contact(Name="Nova Pty")
    rows = [{"Description": "advice", "Quantity": 1, "UnitAmount": "80", "AccountCode": "200", "TaxType": "NONE"}]
    sale = company.xero.add_invoice(
        contact, rows, Date="2026-11-02", DueDate="2026-11-30", Status="AUTHORISED", Reference="From Xero"
    )
    company.xero.pay(sale, "80", day="2026-11-05")

    report = company.sync()

    assert reasons(report) == {}
    [row] = company.vtiger.records("Invoice")
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Paid", 80, 0)
    assert len(received(company)) == 1
    company.quiet()


def test_credit_in_xero_is_not_taken_for_a_payment(settled):
    settled.xero.credit(settled.sale_id, "104.50")

    settled.sync()

    assert received(settled) == []
    assert settled.row(settled.sale)["invoicestatus"] == "Paid"
    settled.quiet()


def test_payment_of_a_bill_stays_in_xero(settled):
    supplier = settled.xero.add_contact(Name="Supplier")
    rows = [{"Description": "x", "Quantity": 1, "UnitAmount": "10", "AccountCode": "300", "TaxType": "NONE"}]
    bill = settled.xero.add_invoice(
        supplier, rows, Type="ACCPAY", Date="2026-11-02", DueDate="2026-11-30", Status="AUTHORISED"
    )
    settled.xero.pay(bill, "10", day="2026-11-05")

    settled.sync()

    assert received(settled) == []
    settled.quiet()


def test_refund_of_an_invoice_in_vtiger_is_listed_and_never_taken_for_money_received(settled):
    refund = pay(settled, "20", paymenttype="Outgoing")

    report = settled.sync()

    assert reasons(report) == {number(settled, refund): ["PAY-STATUS"]}
    assert taken(settled) == []
    settled.quiet()


def test_refund_in_vtiger_is_not_the_twin_of_a_payment_in_xero(settled):
    pay(settled, "20", paymenttype="Outgoing")
    settled.xero.pay(settled.sale_id, "20", day="2026-11-10")

    settled.sync()

    assert sorted(each["paymenttype"] for each in received(settled)) == ["", "Outgoing"]
    settled.quiet()


def test_payment_deleted_in_xero_is_left_for_a_person_to_reverse(settled):
    settled.xero.pay(settled.sale_id, day="2026-11-12")
    settled.sync()
    [payment] = received(settled)
    [deleted] = taken(settled)
    settled.xero.remove_payment(deleted["PaymentID"])

    report = settled.sync()

    assert reasons(report) == {payment["paymentsno"]: ["PAY-CHANGED"]}
    assert len(received(settled)) == 1
    assert settled.row(settled.sale)["invoicestatus"] == "Approved"
    assert reasons(settled.sync()) == {payment["paymentsno"]: ["PAY-CHANGED"]}
    settled.vtiger.edit(payment["id"], paymentsstatus="Refunded")
    assert reasons(settled.sync()) == {}
    assert taken(settled) == []
    settled.quiet()


def test_only_payment_when_it_is_deleted_in_vtiger_is_reported_and_stops_no_run(settled):
    settled.xero.pay(settled.sale_id, day="2026-11-12")
    settled.sync()
    [payment] = received(settled)
    settled.vtiger.delete(payment["id"])

    for _ in range(2):
        report = settled.sync(full=True)

        assert (report.exit_code, reasons(report)) == (0, {payment["paymentsno"]: ["GONE"]})
    assert len(taken(settled)) == 1


def test_payment_made_anew_in_xero_crosses_once_the_old_one_is_reversed(settled):
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-11")
    again = settled.xero.pay(settled.sale_id, day="2026-11-12")
    settled.sync()
    [old] = [each for each in received(settled) if each["datereceived"] == "2026-11-12"]
    settled.xero.remove_payment(again)
    settled.xero.pay(settled.sale_id, day="2026-11-13")

    report = settled.sync()

    assert sorted(code for codes in reasons(report).values() for code in codes) == ["PAY-AMOUNT", "PAY-CHANGED"]
    settled.vtiger.delete(old["id"])
    assert reasons(settled.sync(full=True)) == {}
    assert [each["datereceived"] for each in received(settled)] == ["2026-11-11", "2026-11-13"]
    settled.quiet()


def test_payment_deleted_in_vtiger_is_never_made_again_nor_deleted_in_xero(settled):
    payment, other = pay(settled, "20"), pay(settled, "30")
    settled.sync()
    settled.vtiger.delete(payment)

    report = settled.sync(full=True)

    assert [each.reasons[0].code for each in only(report, "payments")] == ["GONE"]
    assert (len(taken(settled)), [each["id"] for each in received(settled)]) == (2, [other])
    settled.quiet()


def test_mode_of_a_payment_from_xero_is_the_one_that_has_its_account(tmp_path):
    with open_cloud(tmp_path, accounts={"Cheque": "090", "Cash": "092"}) as company:
        settle(company)
        company.xero.pay(company.sale_id, "5", day="2026-11-12")
        company.sync()
        [payment] = received(company)
        assert payment["paymentsmode"] == "Cheque"


# -- no duplicates -------------------------------------------------------------------------------------------------


def test_same_cash_entered_on_both_sides_is_one_payment(settled):
    pay(settled, "50", datereceived="2026-11-12")
    settled.xero.pay(settled.sale_id, "50", day="2026-11-12")

    report = settled.sync()

    assert reasons(report) == {}
    assert (len(taken(settled)), len(received(settled))) == (1, 1)
    settled.quiet()


@pytest.mark.parametrize("how", ["drop-after-commit", "drop-before", "500"])
def test_payment_to_xero_whose_reply_was_lost_exists_once(settled, how):
    pay(settled, "50")
    pay(settled, "50")
    settled.apps["xero"].faults.add({"path": "/Payments", "method": "PUT", "do": how})

    settled.sync()
    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert [each["Amount"] for each in taken(settled)] == [50, 50]
    assert len({each["Reference"] for each in taken(settled)}) == 2
    settled.quiet()


@pytest.mark.parametrize("how", ["drop-after-commit", "drop-before", "500"])
def test_payment_to_vtiger_whose_reply_was_lost_exists_once(settled, how):
    settled.xero.pay(settled.sale_id, "50", day="2026-11-12")
    settled.xero.pay(settled.sale_id, "50", day="2026-11-12")
    settled.apps["vtiger"].faults.add({"path": "/create", "do": how})

    settled.sync()
    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert [D(each["amount"]) for each in received(settled)] == [50, 50]
    assert D(settled.row(settled.sale)["received"]) == 100
    settled.quiet()


@pytest.mark.parametrize("side", ["xero", "vtiger"])
def test_equal_payments_whose_replies_were_all_lost_exist_once(settled, side):
    for _ in range(3):
        if side == "xero":
            pay(settled, "10")
        else:
            settled.xero.pay(settled.sale_id, "10", day="2026-11-12")
    place, method = ("/Payments", "PUT") if side == "xero" else ("/create", "POST")
    settled.apps[side].faults.add({"path": place, "do": "drop-after-commit", "nth": "every", "method": method})
    assert settled.sync().exit_code == 5
    settled.apps[side].faults.clear()

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert (len(taken(settled)), len(received(settled))) == (3, 3)
    settled.quiet()


def test_payments_when_the_state_is_lost_are_linked_again(settled, tmp_path):
    pay(settled, "20")
    pay(settled, "20")
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12")
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12")
    settled.sync()
    settled.settings = settled.settings.model_copy(update={"state_dir": tmp_path / "another"})

    report = settled.sync()

    assert reasons(report) == {}
    assert (len(taken(settled)), len(received(settled))) == (4, 4)
    settled.quiet()


def test_deleted_payment_when_the_state_is_lost_is_not_resurrected(settled, tmp_path):
    payment = pay(settled, "20")
    settled.sync()
    settled.xero.remove_payment(taken(settled)[0]["PaymentID"])
    settled.settings = settled.settings.model_copy(update={"state_dir": tmp_path / "another"})

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-CHANGED"]}
    assert taken(settled) == []


# -- parts of a run ------------------------------------------------------------------------------------------------


def test_sync_payments_alone_wants_a_linked_invoice_and_makes_none(company):
    company.sale = company.invoice(company.organization(), line(company.product(), "10"))
    payment = pay(company)

    report = company.sync(modules=("payments",))

    assert reasons(report) == {number(company, payment): ["DEPENDENCY"]}
    assert company.writes("xero") == []
    company.sync(modules=("invoices",))
    report = company.sync(modules=("payments",))
    assert reasons(report) == {}
    assert len(taken(company)) == 1
    company.quiet()


def test_payment_whose_invoice_was_skipped_is_dependency(company):
    company.sale = company.invoice(company.organization(), line(company.product(), "10"), hdnDiscountAmount="5")
    payment = pay(company, "20")

    found = reasons(company.sync())

    assert found[company.number_of(company.sale)] == ["INV-GROUP-DISCOUNT"]
    assert found[number(company, payment)] == ["DEPENDENCY"]


@pytest.mark.parametrize("direction", [Direction.TO_XERO, Direction.TO_VTIGER])
def test_direction_lets_payments_go_one_way_only(settled, direction):
    pay(settled, "20")
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12")

    settled.sync(direction=direction)

    assert (len(taken(settled)), len(received(settled))) == ((2, 1) if direction is Direction.TO_XERO else (1, 2))


def test_dry_run_shows_payments_and_sends_nothing(settled):
    pay(settled, "20")
    before = len(settled.writes())

    report = settled.sync(dry_run=True)

    assert [(each.outcome, each.changes[1].after) for each in only(report, "payments")] == [(Outcome.CREATED, "20")]
    assert settled.writes()[before:] == []


def test_many_payments_cost_one_write_call_and_a_quiet_run_few(company):
    # Nothing was edited in the last seconds, as in every quiet run.
    company.vtiger.clock = lambda: datetime.now(UTC) - timedelta(seconds=427)
    settle(company)
    for place in range(30):
        pay(company, "1", datereceived=f"2026-11-{place % 28 + 1:02}")
    company.sync()
    puts = [entry for entry in company.apps["xero"].journal.entries if entry.write and "/Payments" in entry.path]
    assert len(puts) == 1
    company.sync()
    company.sync()
    marks = {side: len(app.journal.entries) for side, app in company.apps.items()}

    company.sync()

    company.writes()
    served = {side: app.journal.entries[marks[side] :] for side, app in company.apps.items()}
    calls = {side: sum(entry.operation not in LOGINS for entry in entries) for side, entries in served.items()}
    assert calls["xero"] <= 8
    assert calls["vtiger"] <= 12, [entry.operation for entry in served["vtiger"]]


# -- an instance without the module --------------------------------------------------------------------------------


def test_instance_without_payments_says_so_once_and_carries_them_into_the_invoice(tmp_path):
    with open_cloud(tmp_path, with_payments=False) as company:
        settle(company)
        company.xero.pay(company.sale_id, "4.50", day="2026-11-12")

        report = company.sync()

        assert [text.partition(":")[0] for text in report.messages] == ["PAY-NO-MODULE"]
        assert report.exit_code == 0
        row = company.row(company.sale)
        assert (D(row["received"]), D(row["balance"])) == (D("4.5"), 100)
        assert company.sync(direction=Direction.TO_VTIGER).messages == ()
        assert company.sync(modules=("invoices",)).messages == ()
        assert len(company.sync(modules=("payments",)).messages) == 1
        company.quiet()
