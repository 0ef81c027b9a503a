"""The query language: grammar, comparisons, limits, and the traps of inventory modules."""

from __future__ import annotations

import pytest

from contract.vtiger.calling import FAULTY, line, opened, refusal


@pytest.fixture(scope="module")
def people(books):
    """Seven contacts with department A or B, named so that they sort."""
    return [
        books.person(lastname=f"{books.word} P{number}", department=f"{books.word} {'AB'[number % 2]}")["id"]
        for number in range(7)
    ]


def ask(vtiger, books, tail, fields="id"):
    return vtiger.query(f"select {fields} from Contacts where lastname like '{books.word} P%' {tail};")


# -- grammar ---------------------------------------------------------------------------------------------------


def test_semicolon_is_needed(vtiger):
    code, message = refusal(vtiger.get("query", query="select id from Accounts"))
    assert code == "QUERY_SYNTAX_ERROR"
    assert message.endswith("Unexpected End of Input(0), expected one of: SEMICOLON")


@pytest.mark.parametrize(
    "text",
    [
        "select id from Contacts where (lastname = 'a');",
        "select id from Contacts where not lastname = 'a';",
        "select id from Contacts where lastname is null;",
        "select distinct lastname from Contacts;",
        "select id from Contacts group by lastname;",
        "select id from Contacts order by lastname asc, id desc;",
    ],
)
def test_what_other_databases_know_is_a_syntax_error(vtiger, text):
    assert refusal(vtiger.get("query", query=text))[0] == "QUERY_SYNTAX_ERROR"


def test_text_without_from_is_denied(vtiger):
    found = refusal(vtiger.get("query", query="hello;"))
    assert found == ("ACCESS_DENIED", "Permission to perform the operation is denied for query")


def test_empty_text_breaks_the_parser(vtiger):
    found = refusal(vtiger.get("query", query="select id from Contacts where lastname = '';"))
    assert found == ("INTERNAL_SERVER_ERROR", "Unknown Error while processing request")


def test_unknown_field_is_denied_in_its_own_words(vtiger):
    assert refusal(vtiger.get("query", query="select nosuch from Contacts;")) == (
        "ACCESS_DENIED",
        "Permission to access '.nosuch.' attribute denied.",
    )
    assert refusal(vtiger.get("query", query="select id from Contacts where nosuch = 'a';")) == (
        "ACCESS_DENIED",
        "Permission to access nosuch attribute denied.",
    )


def test_keywords_may_be_of_any_case_but_names_may_not(vtiger, books, people):
    text = f"SELECT id FROM Contacts WHERE lastname LIKE '{books.word} P%' ORDER BY lastname LIMIT 1;"
    assert vtiger.query(text) == [{"id": people[0]}]
    assert refusal(vtiger.get("query", query="select id from contacts;"))[0] == "ACCESS_DENIED"


# -- values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["O'Neil & Sons", "Back\\slash", "Semi;colon, <b>", "50% or select", "Māori €"])
def test_quoted_text_finds_what_was_stored(vtiger, books, name):
    whole = f"{books.word} {name}"
    made = books.account(accountname=whole)["id"]
    quoted = whole.replace("\\", "\\\\").replace("'", "''")
    assert vtiger.query(f"select accountname from Accounts where accountname = '{quoted}';") == [
        {"accountname": whole, "id": made}
    ]


def test_comparison_ignores_case_accents_and_blanks_at_the_end(vtiger, books):
    made = books.account(accountname=f"{books.word} Café")["id"]
    for text in ("CAFE", "café", "cafe  "):
        assert vtiger.query(f"select id from Accounts where accountname = '{books.word} {text}';") == [{"id": made}]


def test_and_binds_tighter_than_or(vtiger, books, people):
    text = f"and department = '{books.word} A' or id = '{people[1]}' order by id"
    assert [row["id"] for row in ask(vtiger, books, text)] == [people[each] for each in (0, 1, 2, 4, 6)]


def test_in_and_unequal_and_like(vtiger, books, people):
    listed = ",".join(f"'{each}'" for each in people[:3])
    assert len(ask(vtiger, books, f"and id in ({listed})")) == 3
    assert len(ask(vtiger, books, f"and department != '{books.word} A'")) == 3
    assert len(ask(vtiger, books, f"and department like '%{books.word} B'")) == 3


def test_ids_compare_by_their_number(vtiger, books, people):
    assert [row["id"] for row in ask(vtiger, books, f"and id > '{people[4]}' order by id")] == people[5:]
    assert [row["id"] for row in ask(vtiger, books, f"and id <= '{people[1]}' order by id")] == people[:2]


def test_reference_finds_children_and_refuses_what_is_no_id(vtiger, books):
    account = books.account()["id"]
    people = [books.person(account_id=account)["id"] for _ in range(2)]
    assert [
        row["id"] for row in vtiger.query(f"select id from Contacts where account_id = '{account}' order by id;")
    ] == (people)
    for text in ("abc", "11"):
        found = refusal(vtiger.get("query", query=f"select id from Contacts where account_id = '{text}';"))
        assert found == ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")


@pytest.mark.parametrize(
    "condition", ["account_id = 'x'", "account_id = '11x'", "id = 'abc'", "assigned_user_id = 'abc'"]
)
def test_what_is_half_an_id_finds_nothing_or_is_refused(vtiger, condition):
    answer = vtiger.get("query", query=f"select id from Contacts where {condition};")
    if vtiger.version == FAULTY:
        assert refusal(answer) == ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
    else:
        assert opened(answer) == []


def test_times_compare_as_the_server_writes_them(vtiger, books, people):
    moment = vtiger.retrieve(people[0])["modifiedtime"]
    assert people[0] in {row["id"] for row in ask(vtiger, books, f"and modifiedtime >= '{moment}'")}
    assert ask(vtiger, books, "and modifiedtime > '2199-01-01'") == []


# -- columns, order, limits ------------------------------------------------------------------------------------


def test_id_is_in_every_row(vtiger, books, people):
    rows = ask(vtiger, books, "order by id", fields="lastname")
    assert [row["id"] for row in rows] == people
    assert set(rows[0]) == {"lastname", "id"}


def test_direction_belongs_to_the_last_field(vtiger, books, people):
    rows = ask(vtiger, books, "order by department, id desc")
    assert [row["id"] for row in rows] == [people[each] for each in (6, 4, 2, 0, 5, 3, 1)]


def test_limits_offsets_and_what_lies_beyond(vtiger, books, people):
    assert [row["id"] for row in ask(vtiger, books, "order by id limit 2")] == people[:2]
    assert [row["id"] for row in ask(vtiger, books, "order by id limit 5,10")] == people[5:]
    assert ask(vtiger, books, "order by id limit 90,10") == []
    assert ask(vtiger, books, "limit 0") == []


def test_keyset_paging_by_id_gives_every_row_once(vtiger, books, people):
    seen: list[str] = []
    while rows := ask(vtiger, books, f"and id > '{seen[-1] if seen else '1x0'}' order by id limit 3"):
        seen += [row["id"] for row in rows]
    assert seen == people


def test_keyset_paging_by_time_and_id_gives_every_row_once(vtiger, books, people):
    seen: list[str] = []
    moment, last = "2000-01-01 00:00:00", "1x0"
    own = f"lastname like '{books.word} P%'"
    while True:
        # No brackets: each half of the or carries the other conditions.
        where = f"{own} and modifiedtime > '{moment}' or {own} and modifiedtime = '{moment}' and id > '{last}'"
        rows = vtiger.query(f"select id,modifiedtime from Contacts where {where} order by modifiedtime, id limit 3;")
        if not rows:
            break
        seen += [row["id"] for row in rows]
        moment, last = rows[-1]["modifiedtime"], rows[-1]["id"]
    assert sorted(seen) == sorted(people)


def test_count_is_text_or_in_one_version_nothing(vtiger, books, people):
    found = vtiger.query(f"select count(*) from Contacts where lastname like '{books.word} P%';")
    assert found == ([] if vtiger.version == FAULTY else [{"count": str(len(people))}])
    assert vtiger.query("select count(*) from Currency;")[0]["count"].isdecimal()


def test_deleted_records_are_in_no_answer(vtiger, books):
    made = books.person()
    vtiger.post("delete", id=made["id"])
    assert vtiger.query(f"select id from Contacts where id in ('{made['id']}');") == []


def test_address_of_9000_bytes_is_refused_by_the_web_server(vtiger):
    long = ",".join(f"'12x{number}'" for number in range(10000, 10900))
    assert vtiger.get("query", query=f"select id from Contacts where id in ({long});").status_code == 414


def test_200_ids_fit_into_one_query(vtiger, people):
    many = ",".join(f"'{each}'" for each in [*people, *(f"12x{n}" for n in range(900000, 900193))])
    rows = vtiger.query(f"select id from Contacts where id in ({many});")
    assert {row["id"] for row in rows} == set(people)


def test_product_lists_have_neither_taxes_nor_prices_by_currency(vtiger, books):
    tax = vtiger.taxes_of("Simple")[0]
    made = books.product(**{tax: "7"})["id"]
    (row,) = vtiger.query(f"select * from Products where id = '{made}';")
    assert tax not in row
    assert "currency_id" not in row
    assert vtiger.retrieve(made)[tax] == "7.000"


# -- the join of inventory modules -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def invoices(sales):
    """Three invoices of three lines each."""
    return [
        sales.invoice(*[line(sales.plain, str(n + 1)) for n in range(3)], subject=f"{sales.word} J{number}")["id"]
        for number in range(3)
    ]


def pick(sales, fields, tail=""):
    return sales.vtiger.query(f"select {fields} from Invoice where subject like '{sales.word} J%' {tail};")


@pytest.mark.parametrize("fields", ["*", "id,quantity", "id,hdnDiscountPercent", "id,hdnDiscountAmount"])
def test_limit_counts_lines_once_a_column_of_the_line_is_named(sales, invoices, fields):
    assert len(pick(sales, fields, "order by id limit 3")) == 1
    assert len(pick(sales, fields, "order by id limit 5")) == 2
    assert [row["id"] for row in pick(sales, fields, "order by id limit 6,3")] == invoices[2:]


def test_header_columns_alone_page_by_invoice(sales, invoices):
    fields = (
        "id,subject,invoice_no,invoicedate,duedate,invoicestatus,account_id,contact_id,hdnTaxType,hdnSubTotal,"
        "hdnGrandTotal,pre_tax_total,hdnS_H_Amount,hdnS_H_Percent,txtAdjustment,received,balance,currency_id,"
        "conversion_rate,modifiedtime,createdtime,source"
    )
    rows = pick(sales, fields, "order by id limit 3")
    assert [row["id"] for row in rows] == invoices
    assert set(rows[0]) == set(fields.split(","))


def test_count_with_a_condition_on_a_line_counts_lines(sales, invoices):
    assert pick(sales, "count(*)") == [{"count": "3"}]
    assert pick(sales, "count(*)", "and quantity > 0") == [{"count": str(3 * len(invoices))}]


def test_header_discounts_come_out_as_those_of_the_line(sales):
    made = sales.invoice(line(sales.plain, "1", "100", discount_percent="7"), hdnDiscountAmount="12")["id"]
    (row,) = sales.vtiger.query(f"select hdnDiscountPercent,hdnDiscountAmount from Invoice where id = '{made}';")
    assert set(row) == {"discount_percent", "discount_amount", "id"}
    assert float(row["discount_percent"]) == 7
    assert sales.vtiger.query(f"select id from Invoice where id = '{made}' and hdnDiscountAmount > 0;") == []


def test_hundred_rows_are_the_most_that_come(sales):
    parent = sales.invoice(*[line(sales.plain) for _ in range(103)])["id"]
    for tail, count in (("", 100), (" limit 500", 100), (" limit 100,500", 3), (" limit 50,20", 20)):
        found = sales.vtiger.query(f"select id from LineItem where parent_id = '{parent}' order by id{tail};")
        assert len(found) == count


def test_charges_cannot_be_selected(sales):
    found = refusal(sales.vtiger.get("query", query="select id,shipping_&_handling from Invoice;"))
    assert found[0] == "INTERNAL_SERVER_ERROR"
