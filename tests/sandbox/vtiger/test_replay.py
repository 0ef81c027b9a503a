"""The stand-in answers as a real Vtiger was recorded to: status, envelope, code, message, and the types of values."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sandbox.vtiger.calling import ACCOUNT, Caller
from sandbox.vtiger.exchanges import BOTH, CRASH, EXCHANGES, ROW, Case
from sandbox.vtiger.shapes import misfits
from vtxero.sandbox.vtiger import VtigerState, operations
from vtxero.sandbox.vtiger.state import User

USERS = (
    User("admin", 1, "sandbox-key", is_admin=True),
    User("limited", 5, "limited-key"),
    User("reader", 6, "reader-key", reads_only=True),
)
KEYS = {user.name: user.access_key for user in USERS}
DOCS = Path(__file__).parents[3] / "docs" / "contract-tests.md"

CATALOGUE = {
    "AUTHENTICATION_REQUIRED", "INVALID_SESSIONID", "INVALID_USER_CREDENTIALS", "INVALID_AUTH_TOKEN", "ACCESS_DENIED",
    "INVALID_ID_ATTRIBUTE", "REFERENCE_INVALID", "MANDATORY_FIELDS_MISSING", "QUERY_SYNTAX_ERROR", "UNKOWN_ENTITY",
    "RECORD_NOT_FOUND", "INTERNAL_SERVER_ERROR", "CURRENCY_INACTIVE", 0,
}  # fmt: skip
"""Every code that a Vtiger was seen to answer with."""


class Books:
    """A customer with a person, another one, a deleted one, a product, and an invoice of one line."""

    def __init__(self, version, clock):
        self.state = VtigerState.sample_empty(version=version, users=USERS, clock=clock)
        self.admin = Caller(self.state).login()
        account = self.state.add("Accounts", ACCOUNT | {"source": "WEBSERVICE"})
        self.state.add("Accounts", {"accountname": "Other", "assigned_user_id": "19x1"})
        gone = self.state.add("Accounts", {"accountname": "Gone", "assigned_user_id": "19x1"})
        self.state.delete(gone)
        contact = self.state.add("Contacts", {"lastname": "Person", "account_id": account, "assigned_user_id": "19x1"})
        product = self.state.add(
            "Products",
            {"productname": "P", "unit_price": "10", "tax1": "4.5", "currency_id": "21x1", "assigned_user_id": "19x1"},
        )
        header = {"subject": "Sale", "account_id": account, "hdnTaxType": "individual", "assigned_user_id": "19x1"}
        row = ROW | {"productid": product}
        invoice, _ = (self.state.add_invoice_as_ui(header, rows) for rows in ([row], [row, row]))
        self.state.private = frozenset({"Accounts"})
        self.names = {
            "account": account, "gone": gone, "contact": contact, "product": product, "invoice": invoice,
            "account_number": account.partition("x")[2], "line": f"33x{max(self.state.lines)}",
        }  # fmt: skip

    def ask(self, case: Case):
        caller = Caller(self.state)
        if case.user:
            caller.login(case.user, KEYS[case.user])
        self.names["session"] = caller.session
        sent = {name: self.filled(value) for name, value in case.params.items()}
        params = {name: json.dumps(each) if isinstance(each, dict) else each for name, each in sent.items()}
        # An operation that opens a session is asked without one.
        session = {"sessionName": caller.session} if caller.session and case.operation not in OPENING else {}
        values = {"operation": case.operation, **session, **params}
        return caller.send(case.method, **{"params" if case.method == "GET" else "data": values})

    def filled(self, value):
        """Put the books' records in the place of their names."""
        if isinstance(value, str):
            return re.sub(r"\{(\w+)\}", lambda hit: self.names.get(hit[1], hit[0]), value)
        if isinstance(value, dict):
            return {name: self.filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        return value.filled(self.filled) if hasattr(value, "filled") else value


OPENING = {"getchallenge", "login"}


@pytest.mark.parametrize(
    ("version", "case"),
    [pytest.param(version, case, id=f"{version} {case.name}") for case in EXCHANGES for version in case.versions],
)
def test_exchange_has_the_shape_that_was_recorded(clock, version, case):
    books = Books(version, clock)
    response = books.ask(case)
    if case.answer == CRASH:
        assert (response.status_code, response.content) == (500, b"")
        return
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    envelope = response.json()
    if isinstance(case.answer, tuple):
        code, message = case.answer
        wanted = {"success": False, "error": {"message": message, "code": code}}
        assert envelope == wanted
        assert list(envelope["error"]) == ["message", "code"]
        assert type(envelope["error"]["code"]) is type(code)
        return
    assert list(envelope) == ["success", "result"], envelope
    assert envelope["success"] is True
    assert list(misfits(books.filled(case.answer), envelope["result"])) == []


def test_every_operation_has_a_case():
    assert {case.operation for case in EXCHANGES} >= set(operations.OPERATIONS)


@pytest.mark.parametrize("version", BOTH)
def test_every_error_has_a_case(version):
    codes = {case.answer[0] for case in EXCHANGES if isinstance(case.answer, tuple) and version in case.versions}
    assert codes == CATALOGUE


def test_names_of_cases_are_said_once():
    names = [case.name for case in EXCHANGES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("operation", sorted({*operations.OPERATIONS, *operations.NOT_MODELLED}))
def test_docs_say_of_every_operation_whether_it_is_modelled(operation):
    table = DOCS.read_text().partition("## What the stand-in models")[2]
    assert re.search(rf"\b{operation}\b", table), operation
