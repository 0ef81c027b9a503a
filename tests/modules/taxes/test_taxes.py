"""Rules of taxes: which rates count, what Vtiger can hold of them, and when one tax is another."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from modules.taxes.builders import Names, a_slice, codes, from_vtiger, from_xero
from vtxero.domain.sides import Side
from vtxero.errors import NotModelledError
from vtxero.modules.taxes import TaxRate
from vtxero.sync.records import Presence


def project(slice_, source, current=None):
    return slice_.mappers[Side.VTIGER].project(source, current)


# -- reading ---------------------------------------------------------------------------------------------------


def test_vtiger_tax_when_read_has_its_label_as_people_see_it():
    found = from_vtiger(a_slice(), taxlabel=" R&amp;D  Levy ", percentage="7.250")

    assert found.record == TaxRate("R&D  Levy", Decimal("7.25"))
    assert (found.id, found.modified, found.keys) == ("34x1", "", (("name", "r&d levy"),))


def test_vtiger_tax_when_deducted_is_nobodys_partner():
    slice_ = a_slice(mapped={"GST": "TAX001"})

    found = from_vtiger(slice_, method="Deducted")

    assert (found.keys, found.marker) == ((("deducted", "gst"),), "")


@pytest.mark.parametrize(("mapped", "marker"), [("TAX007", "TAX007"), (" TAX007 ", "TAX007"), ("NONE", "")])
def test_vtiger_tax_when_mapped_in_the_config_carries_the_tax_type(mapped, marker):
    assert from_vtiger(a_slice(mapped={"gst ": mapped})).marker == marker


def test_vtiger_row_when_its_rate_is_no_number_says_so():
    assert codes(from_vtiger(a_slice(), percentage="much").findings) == ["VTIGER-REFUSED"]


@pytest.mark.parametrize(
    ("fields", "rate"),
    [
        ({"EffectiveRate": 15.5, "DisplayTaxRate": 15}, "15.5"),
        ({"EffectiveRate": None, "DisplayTaxRate": 12}, "15"),
        ({"EffectiveRate": None, "TaxComponents": None, "DisplayTaxRate": 12}, "12"),
        (
            {"EffectiveRate": None, "TaxComponents": [{"Rate": 10}, {"Rate": 5, "IsCompound": True}]},
            "15.5",
        ),
        ({"EffectiveRate": None, "TaxComponents": [{"Rate": 5}, {"Rate": 7}]}, "12"),
    ],
)
def test_xero_rate_when_read_is_what_all_its_components_come_to(fields, rate):
    assert from_xero(a_slice(), **fields).record.rate == Decimal(rate)


@pytest.mark.parametrize(
    ("fields", "options", "counts"),
    [
        ({}, {}, True),
        ({"Status": "DELETED"}, {}, False),
        ({"Status": "ARCHIVED"}, {}, False),
        ({"Status": "PENDING"}, {}, False),
        ({"CanApplyToRevenue": False}, {}, False),
        ({"CanApplyToRevenue": False}, {"revenue_only": False}, True),
        ({"CanApplyToRevenue": None}, {}, True),
        ({"TaxType": "NONE"}, {}, False),
        ({"TaxType": "NONE"}, {"none": "EXEMPTOUTPUT"}, True),
    ],
)
def test_xero_rate_when_active_and_for_revenue_counts(fields, options, counts):
    found = from_xero(a_slice(**options), **fields)

    assert found.presence is (Presence.ACTIVE if counts else Presence.GONE)
    assert bool(found.keys) is counts
    assert codes(found.findings) == ([] if counts else ["GONE"])


def test_xero_row_when_it_has_no_tax_type_says_so():
    assert codes(from_xero(a_slice(), TaxType="").findings) == ["XERO-REFUSED"]


# -- what Vtiger gets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "kept", "noted"), [("15", "15", []), ("8.875", "8.875", []), ("15.4738", "15.474", ["DECIMALS"])]
)
def test_rate_when_it_has_more_than_three_decimals_is_rounded_with_a_note(rate, kept, noted):
    slice_ = a_slice()

    wanted = project(slice_, from_xero(slice_, EffectiveRate=float(rate)))

    assert (wanted.record, wanted.blockers) == (TaxRate("GST", Decimal(kept)), ())
    assert codes(wanted.notes) == noted


@pytest.mark.parametrize(("name", "code"), [("GST 😀", ["TEXT-UNSUPPORTED"]), ("x" * 51, ["TEXT-UNSUPPORTED"])])
def test_name_when_vtiger_cannot_hold_it_stops_a_new_tax(name, code):
    slice_ = a_slice(names=Names(xero_name={name.casefold(): ("TAX001",)}))

    assert codes(project(slice_, from_xero(slice_, Name=name)).blockers) == code


def test_name_when_several_xero_rates_bear_it_stops_them_all():
    slice_ = a_slice(names=Names(xero_name={"gst": ("TAX001", "TAX002")}))

    assert codes(project(slice_, from_xero(slice_)).blockers) == ["AMBIGUOUS"]


def test_name_when_a_deducted_tax_bears_it_stops_a_new_one():
    names = Names(xero_name={"gst": ("TAX001",)}, vtiger_deducted={"gst": ("34x6",)})
    slice_ = a_slice(names=names)

    assert codes(project(slice_, from_xero(slice_)).blockers) == ["AMBIGUOUS"]


def test_match_when_vtiger_has_several_of_the_label_is_ambiguous():
    one, several = a_slice(), a_slice(names=Names(vtiger_name={"gst": ("34x1", "34x5")}))
    tax = TaxRate("GST", Decimal(15))

    assert one.check_match(tax, tax) == ()
    assert codes(several.check_match(tax, tax)) == ["AMBIGUOUS"]


def test_present_tax_when_only_the_spelling_differs_keeps_its_label():
    slice_ = a_slice()

    assert project(slice_, from_xero(slice_), TaxRate("gst", Decimal(12))).record == TaxRate("gst", Decimal(15))


def test_present_tax_when_the_config_maps_it_keeps_its_label():
    slice_ = a_slice(mapped={"Umsatzsteuer": "TAX001"})

    assert project(slice_, from_xero(slice_), TaxRate("Umsatzsteuer")).record.name == "Umsatzsteuer"


def test_present_tax_when_xero_calls_it_otherwise_waits_for_a_person():
    slice_ = a_slice()
    current = TaxRate("Sales Tax", Decimal(15))

    wanted = project(slice_, from_xero(slice_), current).record

    assert codes(slice_.mappers[Side.VTIGER].check_update(current, wanted)) == ["TAX-NAME"]
    assert slice_.mappers[Side.VTIGER].check_update(current, replace(current, rate=Decimal(1))) == ()


# -- writing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "sent"), [("0", "0.000"), ("15", "15.000"), ("15.474", "15.474")])
def test_new_tax_is_sent_with_label_and_rate_only(rate, sent):
    payload = a_slice().mappers[Side.VTIGER].payload(TaxRate("GST", Decimal(rate)), None, "", "TAX001")

    assert payload == {"steps": [{"op": "create", "module": "Tax", "element": {"taxlabel": "GST", "percentage": sent}}]}


def test_changed_tax_is_revised_by_its_rate_alone_and_never_updated():
    current = TaxRate("GST", Decimal("12.5"))

    payload = a_slice().mappers[Side.VTIGER].payload(TaxRate("GST", Decimal(15)), current, "34x1", "TAX001")

    assert payload == {"steps": [{"op": "revise", "module": "Tax", "element": {"id": "34x1", "percentage": "15.000"}}]}


def test_tax_when_xero_would_be_written_is_refused():
    with pytest.raises(NotModelledError, match="GST"):
        a_slice().mappers[Side.XERO].payload(TaxRate("GST"), None, "34x1", "")


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (TaxRate("gst", Decimal(15)), []),
        (TaxRate("GST", Decimal("1.5")), ["VTIGER-REFUSED"]),
        (TaxRate("G", Decimal(15)), ["VTIGER-REFUSED"]),
    ],
)
def test_answer_when_vtiger_keeps_something_else_is_reported(answered, said):
    wanted = TaxRate("GST", Decimal(15))

    assert codes(a_slice().mappers[Side.VTIGER].check_answer(wanted, answered)) == said


def test_record_when_encoded_comes_back_and_is_shown_in_per_cent():
    slice_, tax = a_slice(), TaxRate("GST", Decimal("8.875"))

    assert slice_.decode(slice_.encode(tax)) == tax
    assert [slice_.show(field, tax) for field in slice_.fields] == ["GST", "8.875 %"]
    assert not slice_.is_blank("rate", TaxRate("GST"))
