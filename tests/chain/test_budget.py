"""`--max-calls` is exact: no call more is sent, whatever it is for, and the next run goes on from there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from chain.company import line, open_company, settle
from vtxero.errors import BudgetError
from vtxero.sync.budget import CallBudget


def fill(company):
    acme = company.organization("Acme Ltd", accounttype="Customer")
    company.person(acme, "Smith")
    widget = company.product()
    company.invoice(acme, line(widget))
    company.xero.add_contact(Name="Born in Xero", EmailAddress="x@born.test", FirstName="Ann")


def sent(company):
    settle(company.apps)
    return sum(len(app.journal.entries) for app in company.apps.values())


def end_state(company):
    return (
        sorted(company.contacts()),
        sorted(company.items()),
        sorted((row["InvoiceNumber"], str(row["Total"]), row["Status"]) for row in company.invoices().values()),
        sorted(
            entity.fields["accountname"]
            for entity in company.vtiger.entities.values()
            if "accountname" in entity.fields
        ),
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What an unlimited run comes to, and the calls it takes."""
    with open_company(tmp_path_factory.mktemp("whole")) as company:
        fill(company)
        assert company.sync().exit_code == 0
        calls = sent(company)
        company.sync()
        return end_state(company), calls


@pytest.mark.parametrize("most", [1, 2, 5, 11, 17, 23, 29, 35])
def test_run_with_a_budget_of_calls_sends_no_more_and_the_next_run_goes_on(tmp_path, whole, most):
    state, calls = whole
    with open_company(tmp_path) as company:
        fill(company)
        try:
            code = company.sync(max_calls=most).exit_code
        except BudgetError as error:
            code = error.exit_code
        made = sent(company)
        if most < calls:
            assert (made, code) == (most, 7)
        company.sync()
        company.sync()

        assert end_state(company) == state
        company.quiet()


def test_budget_when_many_threads_take_from_it_gives_no_more_than_there_is():
    budget = CallBudget(50)

    def take(_):
        try:
            budget.take()
        except BudgetError:
            return 0
        return 1

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(take, range(400))) == 50


@pytest.mark.parametrize(("most", "given"), [(None, 1000), (0, 0), (1, 1), (999, 999)])
def test_budget_gives_as_many_calls_as_it_has_and_without_a_limit_any_number(most, given):
    budget, taken = CallBudget(most), 0

    with suppress(BudgetError):
        for _ in range(1000):
            budget.take()
            taken += 1

    assert taken == given
