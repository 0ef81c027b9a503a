"""What both mappers of invoices work with: reference data, options, lookups, and answers drawn from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from vtxero.domain.lookups import Lookups, Partner, PartnerState, PartyView, ProductView, symbol
from vtxero.domain.money import ZERO
from vtxero.domain.options import InvoiceOptions, TaxMapOptions
from vtxero.domain.reference import Reference, VtigerModule
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, unescape
from vtxero.modules.invoices.record import LineTax
from vtxero.rules import labels
from vtxero.rules.fields import FieldRules
from vtxero.rules.taxes import TaxMatcher

DEDUCTED = "Deducted"
COMPOUND = "Compound"
DESCRIPTION_MAX = 4000
REFERENCE_MAX = 255
SUBJECT_MAX = 100
SUBJECT = "subject"
CHARGE_TAX = "Tax on charges"
"""What `taxes.map` calls the tax that a Vtiger shows as a sum without a name."""
MOVABLE = {"reference": SUBJECT}
"""The Vtiger field of each field of the record that the config may place elsewhere."""
_NO_MODULE = VtigerModule("", "", ())


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that a projection may ask. Made once for a slice; the tables are drawn from the reference data."""

    reference: Reference
    options: InvoiceOptions
    lookups: Lookups
    matcher: TaxMatcher
    rules: FieldRules
    rates: Mapping[str, Decimal]
    compounds: Mapping[str, Sequence[str]]
    tax_labels: Mapping[str, str]
    tax_fields: tuple[str, ...]
    deducted: frozenset[str]
    zero_taxes: frozenset[str]
    header: VtigerModule
    """Vtiger's module Invoice."""
    reference_field: str
    """The field that holds our reference: subject, unless the config names another."""
    number_field: str
    id_field: str
    """Invoice's fields labelled `Xero Invoice Number` and `Xero Invoice ID`, blank where it has none."""
    line_account_field: str
    """The line's own field labelled `Xero Sales Account`, blank where lines have none."""
    person_prefix: str
    placeholder_key: str
    """The placeholder product's name as a key."""
    adjustment_accounts: frozenset[str]
    """Where adjustments go, and where they went under earlier configs: what is there stays an adjustment."""
    charge_field: str = "shipping_&_handling"

    @property
    def has_payments(self) -> bool:
        """Tell whether this Vtiger has a Payments module, which then looks after received and balance."""
        return "Payments" in self.reference.vtiger.modules

    @property
    def placeholder_symbol(self) -> str:
        """Stands for the placeholder product until it exists."""
        return symbol("products", self.options.placeholder_product)

    def is_person(self, party: str) -> bool:
        """Tell whether a Vtiger party is a contact rather than an organization."""
        return bool(self.person_prefix) and party.partition("x")[0] == self.person_prefix

    def product(self, side: Side, product_id: str) -> ProductView | None:
        """Give a product as `side` has it, None when it is unknown or gone."""
        found = self.lookups.record("products", side, product_id) if product_id else None
        return cast("ProductView | None", found)

    def renamed(self, product_id: str) -> str:
        """Give the code that this plan gives to the item of a Vtiger product, blank where it writes none."""
        planned = self.lookups.planned("products", Side.VTIGER, product_id)
        return cast("ProductView", planned).code if planned else ""

    def partner_of(self, party: str) -> Partner:
        """Find the Xero contact of a Vtiger organization, or of a person: their organization's, else their own.

        Who got an organization keeps a contact, which nothing goes to any more.
        """
        if self.is_person(party) and not self.organization_of(party):
            person = self.lookups.partner("contacts", Side.VTIGER, party)
            if person.state is not PartnerState.UNKNOWN:
                return person
        return self.lookups.partner("organizations", Side.VTIGER, self.customer(party))

    def customer(self, party: str) -> str:
        """Give the organization of a person who belongs to one; any other party is the customer itself."""
        if not self.is_person(party):
            return party
        return self.lookups.find_by_key("organizations", Side.VTIGER, "member", party) or party

    @property
    def needs_organization(self) -> bool:
        """Tell whether this Vtiger takes no invoice without an organization."""
        field = self.header.field("account_id")
        return field is None or field.mandatory

    def organization_of(self, person: str) -> str:
        """Give the organization that a person who had none belongs to by now, blank when there is none."""
        view = self.lookups.record("contacts", Side.VTIGER, person)
        return str(getattr(view, "organization", ""))

    def party(self, party_id: str) -> PartyView | None:
        """Give a Vtiger organization, None when it has not been read."""
        return cast("PartyView | None", self.lookups.record("organizations", Side.VTIGER, party_id))

    def is_placeholder(self, product_id: str, view: ProductView | None) -> bool:
        """Tell whether a Vtiger product is the one that stands for `no item`."""
        if product_id == self.placeholder_symbol:
            return True
        return view is not None and match_key(unescape(view.name)) == self.placeholder_key

    def zero_tax(self, product_id: str, view: ProductView | None) -> tuple[LineTax, ...]:
        """Give the tax of 0 % that a line has by its product.

        It leaves no trace in the amounts: that the product has it is all there is to see. The placeholder has every
        tax.
        """
        if view is None or self.is_placeholder(product_id, view):
            return ()
        name = next((each for each in view.tax_fields if each in self.zero_taxes), "")
        return ((name, ZERO),) if name else ()

    def chosen(self, taxes: Iterable[LineTax]) -> tuple[tuple[str, Decimal, bool], ...]:
        """Name a group's taxes for the tax matcher: label, rate, compound."""
        return tuple((self.tax_labels.get(name, name), rate, name in self.compounds) for name, rate in taxes)


def make_tools(
    reference: Reference,
    options: InvoiceOptions,
    taxes: TaxMapOptions,
    lookups: Lookups,
    rules: FieldRules,
    *,
    former_accounts: Iterable[str],
) -> Tools:
    """Draw the tables from the reference data."""
    vtiger = reference.vtiger
    charge_fields = list(vtiger.charge_taxes)
    header = vtiger.modules.get("Invoice", _NO_MODULE)
    return Tools(
        reference=reference,
        options=options,
        lookups=lookups,
        matcher=TaxMatcher(reference, taxes),
        rules=rules,
        rates={rate.tax_type: rate.effective_rate for rate in reference.xero.tax_rates},
        compounds=compounds_of(reference),
        tax_labels={tax.field: unescape(tax.label) for tax in vtiger.taxes}
        | {name: unescape(label) for name, label in vtiger.charge_taxes.items()}
        | ({vtiger.charge_tax_sum: CHARGE_TAX} if vtiger.charge_tax_sum else {}),
        tax_fields=tuple(tax.field for tax in vtiger.taxes),
        deducted=deducted_of(reference),
        zero_taxes=frozenset(tax.field for tax in vtiger.taxes if not tax.rate and tax.method != DEDUCTED),
        header=header,
        reference_field=rules.vtiger_field("reference", header) or SUBJECT,
        number_field=header.by_label(labels.INVOICE_NUMBER),
        id_field=header.by_label(labels.INVOICE_ID),
        line_account_field=vtiger.modules.get("LineItem", _NO_MODULE).by_label(labels.SALES_ACCOUNT),
        person_prefix=vtiger.modules.get("Contacts", _NO_MODULE).id_prefix,
        placeholder_key=match_key(options.placeholder_product),
        adjustment_accounts=frozenset(filter(None, (options.adjustment_account, *former_accounts))),
        charge_field=charge_fields[0].rpartition("_shtax")[0] if charge_fields else "shipping_&_handling",
    )


def compounds_of(reference: Reference) -> dict[str, tuple[str, ...]]:
    """Give, for each compound tax, the fields of the taxes it is also taken on; an empty list means all others."""
    taxes = reference.vtiger.taxes
    simple = tuple(tax.field for tax in taxes if tax.method not in {COMPOUND, DEDUCTED})
    return {tax.field: tax.compound_on or simple for tax in taxes if tax.method == COMPOUND}


def deducted_of(reference: Reference) -> frozenset[str]:
    """Give the fields of the deducted (withholding) taxes."""
    return frozenset(tax.field for tax in reference.vtiger.taxes if tax.method == DEDUCTED)
