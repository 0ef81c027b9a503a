"""What a real Vtiger was asked and what it answered, one case for every operation and every error, as shapes.

`{name}` in a request stands for a record of the test's books. Measured on 8.2.0 and 8.3.0 (PHP 8.2, MariaDB 10.11).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from sandbox.vtiger.shapes import (
    DECIMAL3,
    DECIMAL8,
    MOMENT,
    NUMBER,
    Each,
    Exactly,
    Like,
    Without,
    wire_id,
)

OLD, NEW = "8.2.0", "8.3.0"
BOTH = (OLD, NEW)
CRASH = "crash"
"""HTTP 500 without a body."""

DENIED = "Permission to perform the operation is denied"
NO_RIGHT = ("ACCESS_DENIED", DENIED)
NO_READ = ("ACCESS_DENIED", "Permission to read given object is denied")
NO_WRITE = ("ACCESS_DENIED", "Permission to write is denied")
BAD_ID = ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
NOT_FOUND = ("RECORD_NOT_FOUND", "Record not found")
INTERNAL = ("INTERNAL_SERVER_ERROR", "Unknown Error while processing request")
DUPLICATE = (0, "Duplicate(s) detected!")
NO_RELATION = ("UNKOWN_ENTITY", "Relation specified is incorrect")
NO_SESSION = ("AUTHENTICATION_REQUIRED", "Authencation required")
BAD_SESSION = ("INVALID_SESSIONID", "Session Identifier provided is Invalid")
BAD_TOKEN = ("INVALID_AUTH_TOKEN", "Specified token is invalid or expired")
BAD_KEY = ("INVALID_USER_CREDENTIALS", "Invalid username or password")


@dataclass(frozen=True)
class Case:
    """One exchange. `answer` is the shape of the result, (code, message) of an error, or CRASH."""

    name: str
    method: str
    operation: str
    answer: Any
    params: dict[str, Any] = field(default_factory=dict)
    user: str = "admin"
    versions: tuple[str, ...] = BOTH


def get(name: str, operation: str, answer: Any, *, user: str = "admin", versions: Any = BOTH, **params: Any) -> Case:
    return Case(name, "GET", operation, answer, params, user, versions)


def post(name: str, operation: str, answer: Any, *, user: str = "admin", versions: Any = BOTH, **params: Any) -> Case:
    return Case(name, "POST", operation, answer, params, user, versions)


def query(name: str, text: str, answer: Any, *, user: str = "admin", versions: Any = BOTH) -> Case:
    return get(name, "query", answer, user=user, versions=versions, query=text)


def missing(name: str) -> tuple[str, str]:
    return ("MANDATORY_FIELDS_MISSING", f"{name} does not have a value")


def syntax(words: str) -> tuple[str, str]:
    return ("QUERY_SYNTAX_ERROR", f"Syntax Error on line 1: token {words}")


def no_module(name: str) -> tuple[str, str]:
    return ("ACCESS_DENIED", f"{DENIED} for name : {name}")


def no_field(name: str) -> tuple[str, str]:
    return ("ACCESS_DENIED", f"Permission to access {name} attribute denied.")


OPTIONAL = (str, NoneType)
NO_ID = ("ACCESS_DENIED", f"{DENIED} for id")
IDENTITY = {"sessionName": str, "userId": wire_id(19), "version": "0.22", "vtigerVersion": Like(r"8\.[23]\.0")}

LOGIN = (
    get("challenge", "getchallenge", Exactly({"token": Like(r"[0-9a-f]{13}"), "serverTime": int, "expireTime": int}),
        username="admin"),
    get("challenge of nobody", "getchallenge", ("ACCESS_DENIED", "No username given")),
    post("challenge by POST", "getchallenge", ("ACCESS_DENIED", "No username given"), username="admin"),
    get("challenge of a stranger", "getchallenge", ("ACCESS_DENIED", "username does not exists"), username="who"),
    post("login with a wrong key", "login", BAD_KEY, username="admin", accessKey="deadbeef"),
    post("login of a stranger", "login", BAD_TOKEN, username="who", accessKey="deadbeef"),
    get("login by GET", "login", BAD_TOKEN, username="admin", accessKey="deadbeef"),
    post("extend a session", "extendsession", IDENTITY, sessionName="{session}"),
    get("extend a session by GET", "extendsession", NO_SESSION),
    get("no session", "listtypes", NO_SESSION, user=""),
    get("unknown session", "listtypes", BAD_SESSION, sessionName="deadbeef"),
    post("log out", "logout", CRASH),
    get("unknown operation", "frobnicate", CRASH),
)  # fmt: skip

FIELD = {
    "name": str, "label": str, "mandatory": bool, "type": {"name": str}, "isunique": bool, "nullable": bool,
    "editable": bool, "default": str,
}  # fmt: skip

DESCRIBING = (
    get("list the types", "listtypes",
        Exactly({"types": Each(str), "information": {
            "Invoice": {"isEntity": True, "label": "Invoices", "singular": "Invoice"}, "Tax": {"isEntity": False}}})),
    get("list types with an e-mail field", "listtypes", {"types": Each(str), "information": dict},
        fieldTypeList='["email"]'),
    get("list the types as somebody else", "listtypes", {"information": Without(("Users",))}, user="limited"),
    get("describe a module", "describe",
        {"label": str, "name": "Accounts", "createable": True, "updateable": True, "deleteable": True,
         "retrieveable": True, "fields": list, "idPrefix": "11", "isEntity": True, "allowDuplicates": bool,
         "labelFields": "accountname"},
        elementType="Accounts"),
    get("describe a plain table", "describe",
        Without(("allowDuplicates",), {"name": "Tax", "idPrefix": "34", "isEntity": False}), elementType="Tax"),
    get("describe a module as one who may only read", "describe",
        {"createable": False, "updateable": False, "deleteable": False, "retrieveable": True},
        elementType="Accounts", user="reader"),
    get("describe what is not there", "describe", no_module("Payments"), elementType="Payments"),
    get("describe users as somebody else", "describe", NO_RIGHT, elementType="Users", user="limited"),
    get("types of related records", "relatedtypes", Exactly({"types": Each(str), "information": dict}),
        elementType="Accounts"),
)  # fmt: skip

ACCOUNT = {
    "accountname": str, "account_no": Like(r"ACC\d+"), "assigned_user_id": wire_id(19), "createdtime": MOMENT,
    "modifiedtime": MOMENT, "modifiedby": wire_id(19), "isconvertedfromlead": str, "source": "WEBSERVICE",
    "annual_revenue": DECIMAL8, "emailoptout": "0", "id": wire_id(11), "label": str,
}  # fmt: skip
SOMEBODY = {
    "user_name": "x", "user_password": "Word#1x", "confirm_password": "Word#1x", "last_name": "X",
    "email1": "x@example.com", "roleid": "H5", "status": "Active",
}  # fmt: skip
OWNED = {"assigned_user_id": "19x1"}

RECORDS = (
    post("create", "create", ACCOUNT, elementType="Accounts", element={"accountname": "New & Co", **OWNED}),
    post("create with a label that is escaped", "create", {"accountname": "A & B", "label": "A &amp; B"},
         elementType="Accounts", element={"accountname": "A & B", **OWNED}),
    post("create without a name", "create", missing("accountname"), elementType="Accounts", element=OWNED),
    post("create a name that is there", "create", DUPLICATE, elementType="Accounts",
         element={"accountname": "KAURI LTD", **OWNED}),
    post("create with a blank reference", "create", {"account_id": ""}, versions=(OLD,), elementType="Contacts",
         element={"lastname": "Lee", **OWNED}),
    post("create with a blank reference, null", "create", {"account_id": None}, versions=(NEW,),
         elementType="Contacts", element={"lastname": "Lee", **OWNED}),
    post("create with a reference to nothing", "create", {"account_id": ""}, versions=(OLD,), elementType="Contacts",
         element={"lastname": "Lee", "account_id": "11x99999", **OWNED}),
    post("create with a reference of the wrong kind", "create",
         ("REFERENCE_INVALID", "Invalid reference specified for account_id"), elementType="Contacts",
         element={"lastname": "Lee", "account_id": "{product}", **OWNED}),
    post("create with half a reference", "create", NO_ID, versions=(OLD,), elementType="Contacts",
         element={"lastname": "Lee", "account_id": "abc", **OWNED}),
    post("create with half a reference, refused", "create", BAD_ID, versions=(NEW,), elementType="Contacts",
         element={"lastname": "Lee", "account_id": "abc", **OWNED}),
    post("create without JSON", "create", missing("accountname"), versions=(OLD,), elementType="Accounts",
         element="no json"),
    post("create without JSON, an error", "create", INTERNAL, versions=(NEW,), elementType="Accounts",
         element="no json"),
    post("create in no module", "create", NO_RIGHT, elementType="Nosuch", element={"a": "b"}),
    get("create by GET", "create", NO_RIGHT, elementType="Accounts", element='{"accountname": "x"}'),
    post("create a user", "create", NO_ID, versions=(OLD,), elementType="Users", element=SOMEBODY),
    post("create as one who may only read", "create", NO_WRITE, user="reader", elementType="Accounts",
         element={"accountname": "x", **OWNED}),
    get("retrieve", "retrieve", ACCOUNT, id="{account}"),
    get("retrieve a deleted record", "retrieve", NO_RIGHT, id="{gone}"),
    get("retrieve what never was", "retrieve", NO_RIGHT, id="11x99999"),
    get("retrieve under the wrong prefix", "retrieve", BAD_ID, id="12x{account_number}"),
    get("retrieve under no prefix", "retrieve", NO_ID, id="99x1"),
    get("retrieve half an id", "retrieve", NO_ID, id="abc"),
    get("retrieve without an id", "retrieve", NO_ID),
    get("retrieve what sharing hides", "retrieve", NO_READ, id="{account}", user="limited"),
    post("revise", "revise", ACCOUNT | {"phone": "1"}, element={"id": "{account}", "phone": "1"}),
    post("revise to a blank name", "revise", missing("accountname"), element={"id": "{account}", "accountname": ""}),
    post("revise to a name that is there", "revise", DUPLICATE, element={"id": "{account}", "accountname": "Other"}),
    post("revise a deleted record", "revise", NO_RIGHT, element={"id": "{gone}", "phone": "1"}),
    post("revise without an id", "revise", NO_ID, versions=(OLD,), element={"phone": "1"}),
    post("revise as one who may only read", "revise", NO_READ, element={"id": "{account}"}, user="reader"),
    post("update", "update", ACCOUNT | {"phone": "2"},
         element={"id": "{account}", "accountname": "Kauri Ltd", "phone": "2", **OWNED}),
    post("update without a name", "update", missing("accountname"), element={"id": "{account}", "phone": "2"}),
    post("update as one who may only read", "update", NO_READ, element={"id": "{account}"}, user="reader"),
    post("delete", "delete", Exactly({"status": "successful"}), id="{account}"),
    post("delete again", "delete", NO_RIGHT, id="{gone}"),
    post("delete as one who may only read", "delete", NO_READ, id="{account}", user="reader"),
)  # fmt: skip

PRODUCT = {"unit_price": "10.00000000", "product_no": Like(r"PRO\d+"), "currency_id": "21x1", "id": wire_id(14)}
PRODUCTS = (
    post("create a product", "create", PRODUCT | {"tax1": "4.500", "currency1": NUMBER, "discontinued": "0"},
         elementType="Products", element={"productname": "P", "unit_price": "10", "tax1": "4.5", **OWNED}),
    post("create a product in no currency", "create", ("CURRENCY_INACTIVE", "Provided Curreny is Inactive"),
         elementType="Products", element={"productname": "P", "currency_id": "21x9", **OWNED}),
    post("create a service", "create", {"service_no": Like(r"SER\d+"), "id": wire_id(26)}, elementType="Services",
         element={"servicename": "S"}),
    post("revise a product's name alone", "revise", Without(("tax1",), {"productname": "Q", "currency1": 0}),
         versions=(OLD,), element={"id": "{product}", "productname": "Q"}),
    post("revise a product's name alone, all kept", "revise", {"productname": "Q", "tax1": "4.500"}, versions=(NEW,),
         element={"id": "{product}", "productname": "Q"}),
    get("retrieve a product", "retrieve", PRODUCT | {"tax1": "4.500"}, id="{product}"),
)  # fmt: skip

LINE_TEXTS = {
    "productid": str, "sequence_no": str, "quantity": DECIMAL3, "listprice": DECIMAL8, "discount_percent": OPTIONAL,
    "discount_amount": OPTIONAL, "comment": str, "incrementondel": str, "tax1": str, "id": wire_id(33),
}  # fmt: skip
INVOICE_LINE = LINE_TEXTS | {"product_name": str, "entity_type": "Products", "deleted": "0"}
HEADER = {
    "subject": str, "invoice_no": Like(r"INV\d+"), "account_id": wire_id(11), "currency_id": "21x1",
    "conversion_rate": DECIMAL3, "hdnTaxType": "individual", "txtAdjustment": DECIMAL8, "received": str,
    "createdtime": MOMENT, "modifiedtime": MOMENT, "id": wire_id(7), "label": str,
}  # fmt: skip
SALE = {
    "subject": "Sale", "account_id": "{account}", "bill_street": "1 Road", "ship_street": "1 Road",
    "productid": "{product}", "invoicestatus": "Created", "hdnTaxType": "individual", "currency_id": "21x1",
    "conversion_rate": "1", **OWNED,
}  # fmt: skip
ROW = {"productid": "{product}", "quantity": "2", "listprice": "10", "tax1": "4.5"}
FINAL = {
    "taxtype": "individual", "hdnSubTotal": str, "discount_type_final": "zero", "taxes": dict, "tax_totalamount": str,
    "shipping_handling_charge": str, "chargesAndItsTaxes": dict, "sh_taxes": list, "deductTaxes": (dict, list),
    "adjustment": str, "grandTotal": str, "preTaxTotal": str,
}  # fmt: skip
DETAILS = {"1": {"hdnProductId1": str, "productName1": str, "qty1": str, "listPrice1": str, "final_details": FINAL}}

INVOICES = (
    post("create an invoice", "create",
         HEADER | {"hdnSubTotal": NUMBER, "hdnGrandTotal": NUMBER, "pre_tax_total": NUMBER, "productid": None,
                   "shipping_&_handling": None, "new": True, "LineItems": Each(INVOICE_LINE, 1)},
         versions=(OLD,), elementType="Invoice", element=SALE | {"LineItems": [ROW]}),
    post("create an invoice, which always fails", "create", BAD_ID, versions=(NEW,), elementType="Invoice",
         element=SALE | {"LineItems": [ROW]}),
    post("create an invoice without lines", "create", ("MANDATORY_FIELDS_MISSING", "Mandatory Fields Missing.."),
         elementType="Invoice", element=SALE | {"LineItems": []}),
    post("create an invoice without a customer", "create", missing("account_id"), elementType="Invoice",
         element=SALE | {"account_id": "", "LineItems": [ROW]}),
    post("create an invoice without a product in its header", "create", missing("productid"), elementType="Invoice",
         element=SALE | {"productid": "", "LineItems": [ROW]}),
    *(post(f"create an invoice with a blank {name}", "create", CRASH, versions=(OLD,), elementType="Invoice",
           element=SALE | {"LineItems": [ROW | {name: ""}]}) for name in ("quantity", "listprice", "tax1")),
    post("create an invoice with a blank discount", "create", CRASH, versions=(OLD,), elementType="Invoice",
         element=SALE | {"hdnDiscountAmount": "", "LineItems": [ROW]}),
    get("retrieve an invoice", "retrieve",
        HEADER | {"hdnSubTotal": "20.90000000", "hdnGrandTotal": "20.90000000", "pre_tax_total": "20.00000000",
                  "hdnDiscountPercent": "", "hdnDiscountAmount": "", "shipping_&_handling": OPTIONAL,
                  "LineItems": Each(INVOICE_LINE | {"parent_id": "7xArray"}, 1), "LineItems_FinalDetails": DETAILS},
        versions=(OLD,), id="{invoice}"),
    get("retrieve an invoice, whose lines know their parent", "retrieve",
        {"LineItems": Each({"parent_id": "{invoice}"}, 1)}, versions=(NEW,), id="{invoice}"),
    post("revise an invoice's header", "revise",
         HEADER | {"invoicestatus": "Sent", "conversion_rate": "1.000", "LineItems": Each(dict, 1)},
         element={"id": "{invoice}", "invoicestatus": "Sent"}),
    post("revise an invoice with lines", "revise",
         {"hdnTaxType": "", "LineItems": Each({"quantity": "3.000"}, 1), "hdnGrandTotal": NUMBER}, versions=(OLD,),
         element={"id": "{invoice}", "LineItems": [ROW | {"quantity": "3"}]}),
    post("revise an invoice with lines, which kills it", "revise", CRASH, versions=(NEW,),
         element={"id": "{invoice}", "LineItems": [ROW | {"quantity": "3"}]}),
    post("update an invoice with lines", "update", {"LineItems": [], "hdnGrandTotal": NUMBER, "productid": None},
         versions=(OLD,), element=SALE | {"id": "{invoice}", "LineItems": [ROW]}),
    post("update an invoice without its mandatory fields", "update", missing("subject"),
         element={"id": "{invoice}", "LineItems": [ROW]}),
    get("retrieve an invoice's inventory", "retrieve_inventory", CRASH, id="{invoice}"),
    get("sync", "sync", CRASH, modifiedTime="0", elementType="Accounts"),
)  # fmt: skip

QUERIES = (
    query("a query", "select accountname from Accounts;", Each(Exactly({"accountname": str, "id": wire_id(11)}), 2)),
    query("a query for all", "select * from Accounts;", Each(Without(("label",), {"accountname": str}), 2)),
    query("a count", "select count(*) from Accounts;", [{"count": "2"}], versions=(OLD,)),
    query("a count, empty", "select count(*) from Accounts;", [], versions=(NEW,)),
    query("a count of a plain table", "select count(*) from Currency;", [{"count": "1"}]),
    query("a query without rows", "select id from Accounts where accountname = 'Nobody';", []),
    query("a query without its end", "select id from Accounts",
          syntax("'Accounts' Unexpected End of Input(0), expected one of: SEMICOLON")),
    query("a query with a bracket", "select id from Accounts where (id = '11x2');",
          syntax("'(' Unexpected PARENOPEN((), expected one of: COLUMNNAME")),
    query("a query for blank", "select id from Accounts where phone = '';", INTERNAL),
    query("no query", "hello", ("ACCESS_DENIED", f"{DENIED} for query")),
    post("a query by POST", "query", ("ACCESS_DENIED", f"{DENIED} for query"), query="select id from Accounts;"),
    query("a query in no module", "select id from Nosuch;", no_module("Nosuch")),
    query("a query for no field", "select nosuch from Accounts;", no_field("'.nosuch.'")),
    query("a query by no field", "select id from Accounts where nosuch = '1';", no_field("nosuch")),
    query("a query by half a reference", "select id from Contacts where account_id = 'abc';", BAD_ID),
    query("a query for users as somebody else", "select * from Users;", NO_RIGHT, user="limited"),
    query("a query for what sharing hides", "select id from Accounts;", [], user="limited"),
    query("a query for invoices with the columns of lines", "select * from Invoice;",
          Each(Without(("hdnDiscountPercent", "LineItems"), {"productid": str, "discount_percent": OPTIONAL}), 2)),
    query("a query for charges", "select shipping_&_handling from Invoice;", INTERNAL),
    query("a query for lines", "select * from LineItem where parent_id = '{invoice}';",
               Each(Without(("product_name",), LINE_TEXTS | {"parent_id": "{invoice}"}), 1)),
    query("a query for taxes of products", "select * from ProductTaxes;", []),
    get("related records", "retrieve_related", Each({"lastname": "Person", "id": wire_id(12)}, 1), id="{account}",
        relatedType="Contacts", relatedLabel="Contacts"),
    get("related records of no label", "retrieve_related", NO_RELATION, id="{account}", relatedType="Contacts",
        relatedLabel="Friends"),
    get("related records by a query", "query_related", Each({"lastname": "Person"}, 1), id="{account}",
        query="select lastname from Contacts", relatedLabel="Contacts"),
    get("related records by a query with its end", "query_related", NO_RELATION, id="{account}",
        query="select lastname from Contacts;", relatedLabel="Contacts"),
    post("relate", "add_related", Exactly({"message": "successfull"}), sourceRecordId="{account}",
         relatedRecordId="{contact}", relationIdLabel="Contacts"),
)  # fmt: skip

TAX = {"taxid": str, "taxname": Like(r"tax\d+"), "taxlabel": str, "percentage": DECIMAL3, "deleted": "0",
       "method": "Simple", "type": "Fixed", "id": wire_id(34)}  # fmt: skip
TABLES = (
    query("taxes", "select * from Tax;",
          Each(Exactly({"id": wire_id(34), "taxname": str, "taxlabel": str, "percentage": DECIMAL3, "deleted": "0",
                        "method": "Simple", "type": "Fixed", "compoundon": "[]", "regions": "[]"}), 3)),
    query("currencies", "select * from Currency;", Each({"id": "21x1", "defaultid": "-11", "currency_code": str}, 1)),
    post("create a tax", "create", TAX, elementType="Tax", element={"taxlabel": "GST", "percentage": "15"}),
    post("create a tax on a tax", "create", TAX | {"method": "Compound", "tax4_formula": "tax1"}, elementType="Tax",
         element={"taxlabel": "On top", "percentage": "10", "method": "Compound", "formula": "tax1"}),
    post("create a tax as somebody else", "create", NO_WRITE, user="limited", elementType="Tax",
         element={"taxlabel": "GST", "percentage": "15"}),
    post("create a tax of a product", "create", NOT_FOUND, elementType="ProductTaxes",
         element={"productid": "{product}", "taxid": "34x1", "taxpercentage": "5"}),
    post("revise a tax", "revise", TAX | {"percentage": "5.000"}, element={"id": "34x1", "percentage": "5"}),
    post("delete a tax", "delete", Exactly({"status": "successful"}), id="34x3"),
    get("retrieve a tax", "retrieve", TAX, id="34x1"),
    post("update the last of several lines", "update", NOT_FOUND,
         element={"id": "{line}", "parent_id": "{invoice}", **ROW}),
    get("retrieve a tax of a product", "retrieve", NO_RIGHT, id="35x1"),
)  # fmt: skip

EXCHANGES = (*LOGIN, *DESCRIBING, *RECORDS, *PRODUCTS, *INVOICES, *QUERIES, *TABLES)
