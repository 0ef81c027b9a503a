"""The record that a Vtiger product or service and a Xero item share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

FIELDS = (
    "code",
    "name",
    "description",
    "sales_price",
    "sales_account",
    "purchase_price",
    "purchase_account",
    "tax",
    "quantity",
)
"""The fields that are merged, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class AttachedTax:
    """A tax that a Vtiger product has: its column (`tax4`) and the product's own rate in per cent."""

    field: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """A product as one side holds it. The fields after `quantity` are not merged: they are what writing needs.

    Prices are in the base currency; None where there is none, or none in that currency. Accounts are codes of Xero's
    chart, in Vtiger the text of its field. `tax` is a TaxType in Xero, in Vtiger the column of the
    one tax, several joined by `+`.
    """

    code: str = ""
    name: str = ""
    description: str = ""
    sales_price: Decimal | None = None
    sales_account: str = ""
    purchase_price: Decimal | None = None
    purchase_account: str = ""
    tax: str = ""
    quantity: Decimal | None = None

    kind: str = ""
    """Vtiger: the module, Products or Services."""
    active: bool = True
    currency: str = ""
    """Vtiger: the id of the currency that the product is priced in."""
    unit_price: Decimal | None = None
    """Vtiger: the price in `currency`."""
    taxes: tuple[AttachedTax, ...] = ()
    """Vtiger: all attached taxes; a revision that leaves them out would detach them."""
    prices: tuple[tuple[str, Decimal], ...] = ()
    """Vtiger: prices in further currencies, by column (`currency2`); the same holds for them."""
    marker: str = ""
    """Vtiger: the content of `Xero Item ID`."""
    is_sold: bool = True
    is_purchased: bool = True
    tracked: bool = False
    """Xero: an inventory item. Its purchases go to a cost of goods sold account, and its quantity is Xero's own."""
    purchase_tax: str = ""
    cost_account: str = ""

    @property
    def tax_fields(self) -> tuple[str, ...]:
        """The columns of the attached taxes, for the lines of invoices."""
        return tuple(tax.field for tax in self.taxes)

    @property
    def counted(self) -> tuple[AttachedTax, ...]:
        """The attached taxes that `tax` names: those that Vtiger counts, without deleted and deducted ones."""
        named = self.tax.split("+")
        return tuple(tax for tax in self.taxes if tax.field in named)
