"""What holds for all products: nothing echoes, nothing is lost, equal records are equal text."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from modules.products.builders import a_slice, created_in_xero, from_vtiger, from_xero
from vtxero.domain.sides import Side

SLICES = [
    a_slice(),
    a_slice(name_is="code", sales_account="200"),
    a_slice(sales_account="260", taxes={"City": "TAX010"}),
]
NASTY = st.text(st.sampled_from("aB &<>\"';\\\t\nōé1-"), max_size=30)
PRICES = st.decimals(0, 99999, places=8).map(str) | st.just("0.00000000")
ACCOUNTS = st.sampled_from(["", "200 - Sales", "260", "Freight"])
RATES = st.sampled_from(["", "15.000", "10.000", "0.000"])


@st.composite
def products(draw, slice_):
    module = draw(st.sampled_from(["Products", "Services"]))
    names = ("productname", "productcode") if module == "Products" else ("servicename",)
    fields = {name: draw(NASTY) for name in (*names, "description")}
    fields |= {"unit_price": draw(PRICES), "purchase_cost": draw(PRICES), "currency_id": draw(CURRENCIES)}
    fields["cf_913" if module == "Products" else "cf_921"] = draw(ACCOUNTS)
    fields |= {f"tax{number}": draw(RATES) for number in (1, 2, 3)}
    return from_vtiger(slice_, module, **fields)


CURRENCIES = st.sampled_from(["21x1", "21x1", "21x2"])


@st.composite
def items(draw, slice_):
    sales = {"AccountCode": draw(st.sampled_from(["", "200", "300"])), "TaxType": draw(TAX_TYPES)}
    if draw(st.booleans()):
        sales["UnitPrice"] = draw(st.decimals(0, 99999, places=4))
    return from_xero(
        slice_,
        sales=sales,
        Code=draw(NASTY.filter(str.strip)),
        Name=draw(NASTY),
        Description=draw(NASTY),
        IsSold=draw(st.booleans()),
        IsTrackedAsInventory=draw(st.booleans()),
        QuantityOnHand=draw(st.sampled_from([Decimal(0), Decimal("3.5")])),
    )


TAX_TYPES = st.sampled_from(["", "NONE", "OUTPUTX", "INPUTX", "TAX010", "TAX013"])


def differing(slice_, one, other):
    return {field for field in slice_.fields if getattr(one, field) != getattr(other, field)}


@given(st.data(), st.sampled_from(SLICES))
def test_creation_when_xero_answers_equals_what_was_projected(data, slice_):
    source = data.draw(products(slice_))
    wanted = slice_.mappers[Side.XERO].project(source, None).record
    assert differing(slice_, created_in_xero(slice_, source).record, wanted) == set()


@given(st.data(), st.sampled_from(SLICES))
def test_round_trip_when_nothing_was_edited_changes_neither_side(data, slice_):
    source = data.draw(products(slice_))
    answered = created_in_xero(slice_, source)
    there = slice_.mappers[Side.XERO].project(source, answered.record).record
    back = slice_.mappers[Side.VTIGER].project(answered, source.record).record
    changed = differing(slice_, there, answered.record) & differing(slice_, back, source.record)
    assert changed == set()


@given(st.data(), st.sampled_from(SLICES))
def test_projection_when_two_records_meet_is_stable(data, slice_):
    vtiger, xero = data.draw(products(slice_)), data.draw(items(slice_))
    for side, source, current in ((Side.XERO, vtiger, xero), (Side.VTIGER, xero, vtiger)):
        mapper = slice_.mappers[side]
        projection = mapper.project(source, current.record)
        assume(not projection.blockers)
        once = projection.record
        again = mapper.project(source, once).record
        assert {field: (getattr(once, field), getattr(again, field)) for field in differing(slice_, again, once)} == {}


@given(st.data(), st.sampled_from(SLICES))
def test_encode_when_decoded_gives_the_same_record_and_text(data, slice_):
    for record in (data.draw(products(slice_)).record, data.draw(items(slice_)).record):
        again = slice_.decode(slice_.encode(record))
        assert again == record
        assert slice_.encode(again) == slice_.encode(record)


def test_show_and_blank_when_asked_speak_of_each_field():
    slice_ = SLICES[0]
    record = from_vtiger(slice_, unit_price="10.50000000", cf_913="200", tax1="15.000").record
    shown = {field: slice_.show(field, record) for field in slice_.fields if not slice_.is_blank(field, record)}
    assert shown == {"code": "P-1", "name": "Pipe", "sales_price": "10.5", "sales_account": "200", "tax": "GST 15 %"}
    assert slice_.show("description", record) is None
