"""The shop's customers in its Vtiger, with the people who work there."""

from __future__ import annotations

from typing import Final, NamedTuple


class Customer(NamedTuple):
    """An organization with its people, oldest first, as (first name, last name, email address)."""

    key: str
    fields: dict[str, str]
    people: tuple[tuple[str, str, str], ...] = ()


CUSTOMERS: Final = (
    Customer(
        "aroha",
        {
            "accountname": "Aroha & Sons Ltd", "email1": "office@aroha.example", "phone": "+64 9 555 0101",
            "website": "https://aroha.example", "accounttype": "Customer", "bill_street": "12 Puriri Street",
            "bill_city": "Auckland", "bill_code": "1010", "bill_country": "New Zealand",
        },
        (("Aroha", "Ngata", "aroha@aroha.example"), ("Wiremu", "Ngata", "wiremu@aroha.example")),
    ),
    Customer(
        "cafe",
        {
            "accountname": "Café Māhina", "email1": "kia.ora@mahina.example", "phone": "+64 4 555 0102",
            "bill_street": "3 Cuba Lane", "bill_city": "Wellington", "bill_code": "6011",
            "bill_country": "New Zealand", "ship_street": "3 Cuba Lane\nBack door", "ship_city": "Wellington",
        },
        (("Zoë", "Fénelon", "zoe@mahina.example"),),
    ),
    Customer(
        "plumber",
        {"accountname": "O'Brien \"Quick\" Plumbing", "email1": "jobs@obrien.example", "bill_street": "44 Rata Road"},
        (("Siobhán", "O'Brien", "siobhan@obrien.example"),),
    ),
    Customer(
        "tab",
        {"accountname": "Kōwhai\tGarden Supplies", "email1": "kowhai@garden.example", "bill_street": "8 Fern Terrace"},
    ),
    Customer(
        "angle",
        {"accountname": "Widgets <NZ> Ltd", "email1": "hello@widgets.example", "bill_street": "90 Factory Road"},
    ),
    Customer(
        "trust",
        {"accountname": "Harbour Lights Trust", "bill_street": "1 Wharf Road", "bill_city": "Napier"},
        (("Hemi", "Parata", ""), ("Ngaire", "Cole", "ngaire@harbour.example"), ("Tom", "Lee", "tom@harbour.example")),
    ),
    Customer(
        "cycles",
        {
            "accountname": "Kererū Cycles", "email1": "ride@kereru.example", "phone": "+64 3 555 0107",
            "accounttype": "Customer", "bill_street": "7 Manuka Avenue", "bill_city": "Christchurch",
            "bill_code": "8011", "bill_country": "New Zealand",
        },
    ),
    Customer(
        "prints",
        {
            "accountname": "Pounamu Prints", "email1": "studio@pounamu.example", "accounttype": "Customer",
            "bill_street": "21 Greenstone Way", "bill_city": "Hokitika",
        },
    ),
    Customer(
        "optics",
        {
            "accountname": "Southern Cross Optics Inc", "email1": "accounts@scoptics.example",
            "bill_street": "500 Harbor Blvd", "bill_city": "Oakland", "bill_state": "CA", "bill_code": "94607",
            "bill_country": "United States",
        },
        (("Dana", "Whitfield", "dana@scoptics.example"),),
    ),
    Customer(
        "mueller",
        {
            "accountname": "Müller & Söhne Bergsport", "email1": "einkauf@mueller.example",
            "bill_street": "Gartenweg 5", "bill_city": "Garmisch", "bill_country": "Germany",
        },
        (("Jörg", "Müller", "joerg@mueller.example"),),
    ),
    Customer(
        "pottery",
        {"accountname": "Ponsonby Pottery", "email1": "clay@ponsonby.example", "bill_street": "16 Kiln Street"},
        (("Ines", "Duarte", "ines@ponsonby.example"),),
    ),
    Customer(
        "school",
        {"accountname": "Te Awa School Camps", "email1": "camps@teawa.example", "bill_street": "100 River Road"},
        (
            ("Mere", "Tawhai", "mere@teawa.example"), ("Paul", "Hughes", "paul@teawa.example"),
            ("Anita", "Rao", "anita@teawa.example"), ("Lucas", "Berg", "lucas@teawa.example"),
            ("Sina", "Fale", "sina@teawa.example"), ("Grace", "Okoro", "grace@teawa.example"),
            ("Finn", "Walsh", "finn@teawa.example"),
        ),
    ),
)  # fmt: skip
"""`plumber`, `tab` and `angle` have names that need care, `trust` has no address for its primary person, `school` too
many people; `cycles` and `prints` are in Xero as well."""
