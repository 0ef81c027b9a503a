"""The accounts of a product as this Vtiger's fields show them."""

from __future__ import annotations

from dataclasses import dataclass

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, note
from vtxero.domain.options import ProductOptions
from vtxero.domain.reference import Reference
from vtxero.modules.products.record import Product
from vtxero.rules.accounts import PASTE, is_picklist, picklist_text, spelled_account
from vtxero.rules.fields import FieldRules


@dataclass(frozen=True, slots=True)
class AccountTexts:
    """Writes accounts as the picklists of this Vtiger spell them."""

    reference: Reference
    options: ProductOptions
    rules: FieldRules

    def text(self, record: Product, held: Product, field: str, *, is_new: bool) -> str:
        """Give an account as this Vtiger shows it: as it stands, else as its picklist spells it, else the code.

        A product that names none means the config's.
        """
        ours, code = str(getattr(held, field)), str(getattr(record, field))
        module = self.reference.vtiger.modules[held.kind]
        place = module.field(self.rules.vtiger_field(field, module))
        if place is None:
            return ours
        if not code:
            return ""
        find = self.reference.xero.find_account
        meant = "" if is_new or ours.strip() else getattr(self.options, field)
        account, present = self.reference.xero.account(code), find(ours or meant)
        if present is not None and present.code == code:
            return ours
        if account is None or not is_picklist(place):
            return code
        return spelled_account(account, place.choices, self.reference.xero)

    def notes(self, wanted: Product, held: Product) -> tuple[Finding, ...]:
        """Say which account is written to a picklist that does not have it: its API cannot add values."""
        module, found = self.reference.vtiger.modules[wanted.kind], []
        for field in ("sales_account", "purchase_account"):
            account = getattr(wanted, field)
            place = module.field(self.rules.vtiger_field(field, module))
            if account != getattr(held, field) and (text := picklist_text(place, account)):
                found.append(note(Code.PRD_ACCOUNT, text[:1].upper() + text[1:], field=field, remedy=PASTE))
        return tuple(found)
