"""What an invoice's status on one side means on the other (config: status_to_xero, status_to_vtiger)."""

from __future__ import annotations

from vtxero.domain.options import InvoiceOptions

DRAFT, SUBMITTED, AUTHORISED, PAID = "DRAFT", "SUBMITTED", "AUTHORISED", "PAID"
VOIDED, DELETED = "VOIDED", "DELETED"
VOID, SKIP = "VOID", "skip"

OPEN = frozenset({DRAFT, SUBMITTED})
CLOSED_FOR_EVER = frozenset({VOIDED, DELETED})
RANK = {DRAFT: 0, SUBMITTED: 1, AUTHORISED: 2, PAID: 3}


class Statuses:
    """Translates statuses; a present status that already means what the other side says is kept."""

    def __init__(self, options: InvoiceOptions) -> None:
        self._to_xero = options.status_to_xero
        self._to_vtiger = options.status_to_vtiger
        self._hold_back = options.create_as == "draft"

    def meaning(self, vtiger: str) -> str:
        """Give what the config makes of a Vtiger status: DRAFT, SUBMITTED, AUTHORISED, VOID, skip, or blank."""
        return self._to_xero.get(vtiger, "")

    def to_xero(self, vtiger: str, current: str, *, settled: bool = False) -> str:
        """Give the Xero status that a Vtiger status asks for; `current` is blank for a new invoice.

        `skip` is no status of Xero: an edit to a status that does not cross must be seen, to be barred. `settled` says
        that Vtiger knows of the payments: approved then means no longer paid.
        """
        meaning = self.meaning(vtiger)
        if meaning == VOID:
            return self._void(current)
        if meaning not in RANK:
            return SKIP if current else ""
        if self._hold_back:
            return current if current in RANK else DRAFT
        if current == PAID and meaning == AUTHORISED:
            return AUTHORISED if settled and not self.is_paid(vtiger) else PAID
        kept = {DRAFT: OPEN, SUBMITTED: {SUBMITTED}, AUTHORISED: {AUTHORISED}}[meaning]
        return current if current in kept else meaning

    def to_vtiger(self, xero: str, current: str) -> str:
        """Give the Vtiger status that a Xero status asks for; blank when the config names none."""
        wanted = self._to_vtiger.get(xero, "")
        if not current:
            return wanted
        if not wanted:
            return current
        return current if self._means(current, xero) else wanted

    def is_paid(self, vtiger: str) -> bool:
        """Tell whether a Vtiger status says that the invoice was paid."""
        return vtiger == self._to_vtiger.get(PAID, "Paid")

    def _means(self, vtiger: str, xero: str) -> bool:
        """Tell whether a Vtiger status already says what a Xero status says.

        Paid says more than AUTHORISED: when a payment is taken back in Xero it must not stay. Where drafts are held
        back, an approved invoice is a draft in Xero until the bookkeeper approves it, paid or not.
        """
        meaning = self.meaning(vtiger)
        if xero in OPEN:
            return meaning in OPEN or (self._hold_back and meaning == AUTHORISED)
        if xero == AUTHORISED:
            return meaning == AUTHORISED and (self._hold_back or not self.is_paid(vtiger))
        if xero in CLOSED_FOR_EVER:
            return meaning == VOID
        return self.is_paid(vtiger) and xero == PAID

    def _void(self, current: str) -> str:
        if current in OPEN:
            return DELETED
        return VOIDED if current in {AUTHORISED, PAID} else current


def is_lowered(current: str, wanted: str) -> bool:
    """Tell whether a Xero status would go back."""
    return wanted in RANK and current in RANK and RANK[wanted] < RANK[current]
