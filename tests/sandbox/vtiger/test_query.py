"""The query language and the joins behind it."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import error

NAMES = ["Kauri & Sons <Ltd> O'Neil — Māori", "Simple Co", "Back\\slash", "North or South; 100% Inc."]


@pytest.fixture
def accounts(vtiger):
    for name in NAMES:
        vtiger.create("Accounts", accountname=name, assigned_user_id="19x1", employees="5")
    return vtiger


def names(caller, where):
    return [row["accountname"] for row in caller.query(f"select accountname from Accounts where {where};")]


def refusal(caller, text):
    return error(caller.get("query", query=text))


def syntax(token, shown, expected):
    return (
        "QUERY_SYNTAX_ERROR",
        f"Syntax Error on line 1: token '{token}' Unexpected {shown}, expected one of: {expected}",
    )


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("accountname = 'Simple Co'", [1]),
        ("accountname = 'SIMPLE CO  '", [1]),
        ("accountname like '%maori%'", [0]),
        ("accountname like '%O''Neil%'", [0]),
        ("accountname like '%&%'", [0]),
        ("accountname = 'Back\\\\slash'", [2]),
        ("accountname = 'Back\\slash'", []),
        ("accountname = 'North or South; 100% Inc.'", [3]),
        ("accountname in ('Simple Co','Back\\\\slash')", [1, 2]),
        ("accountname != 'Simple Co'", [0, 2, 3]),
        ("accountname like 'S%' and employees = 4 or accountname like 'N%'", [3]),
        ("accountname like 'N%' or accountname like 'S%' and employees = 4", [3]),
        ("employees > 4.5", [0, 1, 2, 3]),
        ("modifiedtime >= '2026-03-01'", [0, 1, 2, 3]),
        ("modifiedtime > '2026-03-01T08:00:00Z'", []),
        ("cf_855 = '0' and phone != 'x'", [0, 1, 2, 3]),
    ],
)
def test_query_when_it_has_conditions_lists_what_fits_them(accounts, where, found):
    assert names(accounts, where) == [NAMES[each] for each in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("select id from Accounts", syntax("Accounts", "End of Input(0)", "SEMICOLON")),
        ("select from Accounts;", syntax("from", "FRM(from)", "COLUMNNAME")),
        ("select *,id from Accounts;", syntax(",", "Unknown(,)", "FRM,COMMA")),
        ("select id from Accounts where;", syntax(";", "SEMICOLON(;)", "COLUMNNAME")),
        ("select id from Accounts where (id = '11x1');", syntax("(", "PARENOPEN(()", "COLUMNNAME")),
        (
            "select id from Accounts where phone is null;",
            syntax("is", "VALUE(is)", "EQ,LT,GT,LTE,GTE,NE,IN,LIKE"),
        ),
        ("select id from Accounts where phone = 'O'Neil';", syntax("Neil", "COLUMNNAME(Neil)", "SEMICOLON")),
        ("select id from Accounts order by phone asc, id desc;", syntax(",", "COMMA(,)", "SEMICOLON")),
        ("select distinct phone from Accounts;", syntax("phone", "COLUMNNAME(phone)", "SELECT")),
    ],
)
def test_syntax_is_refused_in_the_words_of_the_parser(accounts, text, wanted):
    assert refusal(accounts, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "select id from Accounts where phone = '';",
        'select id from Accounts where phone = "x";',
        "select account_id.accountname from Contacts;",
        "select id,shipping_&_handling from Invoice;",
        "select tax1 from Products;",
    ],
)
def test_some_texts_crash_the_parser(accounts, text):
    assert refusal(accounts, text) == ("INTERNAL_SERVER_ERROR", "Unknown Error while processing request")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello world", "Permission to perform the operation is denied for query"),
        ("select * from Nosuch;", "Permission to perform the operation is denied for name : Nosuch"),
        ("select * from accounts;", "Permission to perform the operation is denied for name : accounts"),
        ("select a from Accounts, Contacts;", "Permission to perform the operation is denied for name : Accounts,"),
        ("select nosuch from Accounts;", "Permission to access '.nosuch.' attribute denied."),
        ("select id from Accounts where nosuch = 1;", "Permission to access nosuch attribute denied."),
    ],
)
def test_unknown_modules_and_fields_are_denied(accounts, text, message):
    assert refusal(accounts, text) == ("ACCESS_DENIED", message)


def test_ids_are_compared_by_number(accounts):
    ids = [row["id"] for row in accounts.query("select id from Accounts;")]
    number = ids[1].removeprefix("11x")

    assert accounts.query(f"select id from Accounts where id = {ids[1]};") == [{"id": ids[1]}]
    assert accounts.query(f"select id from Accounts where id in ('12x{number}');") == [{"id": ids[1]}]
    assert [row["id"] for row in accounts.query(f"select id from Accounts where id > '{ids[1]}';")] == ids[2:]


def test_a_reference_compared_with_no_id_is_refused_even_without_rows(vtiger):
    assert refusal(vtiger, "select id from Contacts where account_id = 'Simple Co';")[0] == "INVALID_ID_ATTRIBUTE"


def test_the_one_direction_belongs_to_the_last_field(accounts):
    rows = accounts.query("select accountname from Accounts order by employees, accountname desc limit 2;")

    assert [row["accountname"] for row in rows] == ["Simple Co", NAMES[3]]


def test_pages_hold_a_hundred_at_most(vtiger, state):
    for number in range(105):
        state.add("Accounts", {"accountname": f"A{number}"})

    assert len(vtiger.query("select id from Accounts;")) == 100
    assert len(vtiger.query("select id from Accounts limit 500;")) == 100
    assert len(vtiger.query("select id from Accounts limit 100,500;")) == 5
    assert vtiger.query("select id from Accounts limit 1000,100;") == []
    assert vtiger.query("select id from Accounts limit 0;") == []
    assert vtiger.query("select id from Accounts limit -1;") == []


def test_count_is_a_text(accounts):
    assert accounts.query("select count(*) from Accounts;") == [{"count": "4"}]


def test_empty_dates_match_nothing(vtiger):
    vtiger.create("Contacts", lastname="Lee", assigned_user_id="19x1")

    assert vtiger.query("select id from Contacts where birthday != '2000-01-01';") == []


@pytest.fixture
def invoices(vtiger):
    vtiger.create("Products", productname="P", assigned_user_id="19x1", unit_price="1")
    line = {"productid": "14x2", "quantity": "1", "listprice": "1"}
    vtiger.invoice(line, line, {**line, "comment": "last", "discount_amount": "0.5"}, subject="three")
    vtiger.invoice(line, subject="one", hdnDiscountAmount="0.25")
    return vtiger


def test_a_star_on_invoices_counts_lines_and_folds_them(invoices):
    assert len(invoices.query("select * from Invoice limit 3;")) == 1
    assert [row["subject"] for row in invoices.query("select * from Invoice limit 2,2;")] == ["three", "one"]


def test_header_columns_page_by_invoice(invoices):
    assert len(invoices.query("select id,subject,hdnGrandTotal from Invoice limit 2;")) == 2


def test_the_last_line_wins_and_header_discounts_are_the_lines(invoices):
    rows = invoices.query("select subject,hdnDiscountAmount,comment from Invoice order by id;")

    assert rows[0]["comment"] == "last"
    assert rows[0]["discount_amount"] == "0.50000000"
    assert rows[1]["discount_amount"] == "0.00000000"
    assert all("hdnDiscountAmount" not in row for row in rows)


def test_a_condition_on_lines_counts_lines(invoices):
    assert invoices.query("select count(*) from Invoice where quantity > 0;") == [{"count": "4"}]
    found = invoices.query("select subject from Invoice where hdnDiscountAmount > 0;")
    assert [row["subject"] for row in found] == ["three"]


def test_line_items_can_be_read_in_bulk_with_their_true_parent(invoices):
    first, second = (row["id"] for row in invoices.query("select id from Invoice order by id;"))
    rows = invoices.query(f"select parent_id,quantity from LineItem where parent_id in ('{first}','{second}');")

    assert [row["parent_id"] for row in rows] == [first, first, first, second]


def test_products_are_queried_without_their_taxes_and_prices(invoices):
    (row,) = invoices.query("select * from Products;")

    assert not {"tax1", "tax4", "currency1", "currency_id"} & row.keys()


@pytest.mark.parametrize("module", ["Tax", "Currency", "Users", "Groups", "CompanyDetails"])
def test_plain_tables_can_be_queried(vtiger, module):
    assert vtiger.query(f"select * from {module};")


def test_product_taxes_are_always_empty(vtiger):
    assert vtiger.query("select * from ProductTaxes;") == []
