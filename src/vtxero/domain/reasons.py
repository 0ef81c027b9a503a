"""What each reason's code means, in one sentence, and a remedy: something that a bookkeeper can do."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from vtxero.domain.codes import Code


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code means, and what to do about it."""

    summary: str
    remedy: str


_TABLE: dict[Code, tuple[str, str]] = {
    Code.RUN_BASE_CURRENCY: (
        "The base currencies of Vtiger and Xero differ, so amounts cannot be compared.",
        "Make the base currency the same on both sides; organizations and contacts can be synced meanwhile.",
    ),
    Code.RUN_TENANT: (
        "The login reaches another Xero organisation than the one this profile is pinned to, or one that was reset.",
        "Log in to the right one (`vtxero auth xero`), or use another profile; after a reset: `vtxero sync --resync`.",
    ),
    Code.RUN_VTIGER_USER: (
        "The Vtiger API user's number format or currency would change amounts on the way in.",
        "Give that user the base currency, a decimal point and at least two decimals in Vtiger's My Preferences.",
    ),
    Code.RUN_VTIGER_INSTANCE: (
        "Not the Vtiger that this profile is pinned to: a copy, a restored backup, a stand-in started anew.",
        "Run `vtxero sync --resync`; if only the address is new, go on with `--allow instance`.",
    ),
    Code.RUN_VTIGER_VERSION: (
        "This version of Vtiger has a fault that bars this.",
        "Update Vtiger, or let the module cross to Xero only.",
    ),
    Code.RUN_STATE: (
        "The state database is older than the last run: a copy of it was put back.",
        "Run `vtxero sync --resync`, and decide where both sides differ; if nobody set a value back: `--allow state`.",
    ),
    Code.RUN_GUARD_EMPTIED: (
        "One side suddenly shows no records at all.",
        "Check the API user's rights; if the side is really empty, run with `--allow emptied`.",
    ),
    Code.RUN_GUARD_CHANGES: (
        "The run would change more records than guards.max_changes or guards.max_share allows.",
        "Look at the plan with `--dry-run`; if it is right, run with `--allow changes`.",
    ),
    Code.RUN_GUARD_DELETIONS: (
        "Unusually many records have disappeared from one side.",
        "Find out why; if it was meant, run with `--allow deletions`.",
    ),
    Code.RUN_GUARD_CONFIG: (
        "A mapping, a filter or the instance changed since the last run.",
        "Look at the plan with `--dry-run`; if it is right, run with `--allow config`.",
    ),
    Code.RUN_ENDED: (
        "The run ended before this record's turn.",
        "Run again: the next run goes on where this one ended.",
    ),
    Code.MANDATORY_FIELD: (
        "A field that is mandatory in Vtiger has no value in Xero.",
        "Fill it in Xero, or give it a default in the config under modules.<name>.defaults.",
    ),
    Code.AMBIGUOUS: (
        "More than one record on the other side could be this one.",
        "Make names, codes or numbers unique on the other side, or merge the duplicates there.",
    ),
    Code.CONFLICT: (
        "Both sides changed the same field, or never agreed on it.",
        "Make both sides equal by hand, or let one win: `vtxero sync --only KIND:ID --conflict xero` (or `vtiger`).",
    ),
    Code.MOVED: (
        "It was changed after it was planned, so what was to be written there was not sent.",
        "Nothing needs to be done: the next run looks at it anew.",
    ),
    Code.ONE_WAY: (
        "It was changed on the side that this direction does not read.",
        "Run with `--direction both` to carry the change over, or undo it there.",
    ),
    Code.GONE: (
        "It was deleted, archived or voided on one side.",
        "Restore it there, or delete, archive or merge the other one by hand; vtxero deletes nothing.",
    ),
    Code.TEXT_UNSUPPORTED: (
        "The other side cannot hold these characters or this length.",
        "Shorten the text or remove the characters named.",
    ),
    Code.DECIMALS: (
        "The other side keeps fewer decimals of a price or a rate.",
        "Nothing needs to be done, unless the rounded figure matters: then enter one that both sides hold.",
    ),
    Code.ANSWER_LOST: (
        "It was sent, and no usable answer came: nobody knows yet whether it was carried out.",
        "Run again: the next run looks what became of it before it sends anything again.",
    ),
    Code.XERO_REFUSED: (
        "Xero refused it.",
        "Xero's own words are shown; mend the record accordingly and run again.",
    ),
    Code.VTIGER_REFUSED: (
        "Vtiger refused it.",
        "Vtiger's own words are shown; mend the record accordingly and run again.",
    ),
    Code.ORG_NAME: (
        "It has no name, or its name holds characters that Xero refuses (< or >).",
        "Give the organization a name without < and >.",
    ),
    Code.ORG_DUPLICATE: (
        "Several Vtiger organizations have this name; one Xero contact serves them all.",
        "Merge the duplicates in Vtiger, or give them different names.",
    ),
    Code.ORG_PRIMARY_EMAIL: (
        "Additional people cannot be added while the primary person has no email address.",
        "Fill in the email address of the organization or of its first contact, or unlink the other contacts.",
    ),
    Code.ORG_PEOPLE_MAX: (
        "Xero holds five people besides the primary person; the others are left out.",
        "Unlink the contacts that Xero need not know, if others should cross instead.",
    ),
    Code.ORG_ARCHIVED: (
        "The Xero contact is archived.",
        "Restore the contact in Xero, then run again.",
    ),
    Code.ORG_MERGED: (
        "The Xero contact was merged into another one.",
        "Merge the organizations in Vtiger likewise.",
    ),
    Code.ORG_PEOPLE_REMOVED: (
        "Somebody removed a person on one side, and the person is not made anew there.",
        "Remove the person on the other side too, or enter the person again.",
    ),
    Code.ORG_PERSON_MOVED: (
        "The person belongs to an organization in Vtiger now, and has a contact of their own in Xero.",
        "Merge that contact into the organization's in Xero, or take the organization off the person in Vtiger.",
    ),
    Code.ORG_NOT_INVOICED: (
        "The person has no organization in Vtiger, and no invoice that crosses names them.",
        "Nothing needs to be done; modules.contacts.everyone: true in the config sends them all.",
    ),
    Code.PRD_CODE: (
        "It has no code (Part Number), and Xero requires one.",
        "Fill in the Part Number in Vtiger.",
    ),
    Code.PRD_CODE_LONG: (
        "Its code is longer than the 30 characters that Xero holds.",
        "Shorten the Part Number in Vtiger.",
    ),
    Code.PRD_NAME_LONG: (
        "Its name is longer than the 50 characters that Xero holds.",
        "Shorten the name in Vtiger.",
    ),
    Code.PRD_CODE_TAKEN: (
        "Its code is in use by another item.",
        "Give one of the two another code.",
    ),
    Code.PRD_DUPLICATE: (
        "Several Vtiger products have this name or code; one Xero item serves them all.",
        "Merge the duplicates in Vtiger, or give them different codes.",
    ),
    Code.PRD_ACCOUNT: (
        "Its sales or purchase account is missing, unknown, archived, or a system account.",
        "Choose an active, ordinary account of Xero's chart as the product's Xero Sales or Purchase Account.",
    ),
    Code.PRD_TAX: (
        "It has several taxes and Xero's items have one; it crosses without a tax.",
        "Leave one tax on the product if Xero should know it.",
    ),
    Code.PRD_CURRENCY: (
        "It is priced in another currency than the base one, and Xero's items have the base currency's price only.",
        "Price it in the base currency in Vtiger if Xero should know its price.",
    ),
    Code.PRD_INACTIVE: (
        "The product is inactive in Vtiger, and no invoice that crosses needs it.",
        "Tick Product Active in Vtiger, or set modules.products.inactive: true in the config.",
    ),
    Code.PRD_PLACEHOLDER: (
        "It stands for Xero's lines without an item, and never crosses itself.",
        "Nothing needs to be done.",
    ),
    Code.TAX_DENIED: (
        "The Vtiger user may not create or change taxes.",
        "Give vtxero an administrator's access key, or enter the taxes in Vtiger by hand.",
    ),
    Code.TAX_NAME: (
        "Xero's tax rate and Vtiger's tax have different names, and vtxero cannot rename a tax in Vtiger.",
        "Rename the tax in Vtiger's tax settings, or map its label to the TaxType under taxes.map in the config.",
    ),
    Code.INV_PARTY: (
        "It has neither an organization nor a contact.",
        "Choose an organization on the invoice in Vtiger.",
    ),
    Code.INV_DATE: (
        "Its invoice date or due date is missing.",
        "Enter the missing date on the invoice, or on the payment, in Vtiger.",
    ),
    Code.INV_LINES: (
        "It has no lines, or not as many as were sent.",
        "Add the lines, or run again where the service lost some.",
    ),
    Code.INV_GROUP_DISCOUNT: (
        "It has a discount on the whole invoice, and Xero has none.",
        "Give the discount on the lines instead.",
    ),
    Code.INV_DEDUCTED_TAX: (
        "It has a deducted (withholding) tax, which Xero's invoices do not have.",
        "Remove the deducted tax, or enter this invoice in Xero by hand.",
    ),
    Code.INV_TAX_UNKNOWN: (
        "The other side has no tax of that name and rate.",
        "Create the tax there, choose another, or map it under taxes.map in the config.",
    ),
    Code.INV_TAX_SEVERAL: (
        "A line has several taxes, and Xero takes one.",
        "Leave one tax on the line by setting the others to 0.",
    ),
    Code.INV_TAX_COMBINED: (
        "It has a group of taxes that Xero does not have as one combined tax.",
        "Create a combined tax rate in Xero of exactly these components.",
    ),
    Code.INV_TAX_ACCOUNT: (
        "The tax cannot be used with the account.",
        "Choose an account that fits the tax, or a tax that fits the account.",
    ),
    Code.INV_CURRENCY: (
        "Its currency is not one of the other side's.",
        "Add the currency there, or change the invoice's.",
    ),
    Code.INV_ACCOUNT: (
        "A line's account is missing, unknown, archived, or a system account.",
        "Choose an active, ordinary account of Xero's chart for the line, its product, or the config's default.",
    ),
    Code.INV_CHARGES: (
        "It has charges, and this Vtiger does not say how it takes them.",
        "Enter or change the charges in Vtiger by hand; or give the line in Xero an item or another description.",
    ),
    Code.INV_ADJUSTMENT: (
        "It has an adjustment, and the config names no account for adjustments.",
        "Set modules.invoices.adjustment_account in the config, or remove the adjustment.",
    ),
    Code.INV_STATUS: (
        "Invoices of this status do not cross.",
        "Change the status, or map it under modules.invoices.status_to_xero in the config.",
    ),
    Code.INV_LOCK_DATE: (
        "It is dated on or before Xero's lock date.",
        "Change the date, or have the lock date moved in Xero.",
    ),
    Code.INV_CLOSED: (
        "It is approved, paid, voided or deleted in Xero and cannot be modified.",
        "Make the change in Xero, or undo it in Vtiger.",
    ),
    Code.INV_NUMBER_TAKEN: (
        "Xero has another invoice of that number, maybe a voided one.",
        "Give Xero's invoice another number. If that one has ended, duplicate Vtiger's, and delete the first.",
    ),
    Code.INV_STOCK: (
        "There are no, or not enough, items available to sell.",
        "Raise the quantity on hand in Xero with an inventory adjustment.",
    ),
    Code.INV_TOTAL: (
        "Its total by Xero's rules differs from Vtiger's by more than rounding explains.",
        "Open the invoice in Vtiger, check its taxes and charges, and save it.",
    ),
    Code.INV_NEGATIVE: (
        "Its total is below zero.",
        "Enter it as a credit note in Xero.",
    ),
    Code.INV_DISCOUNT: (
        "A line's discount is more than the line.",
        "Lower the discount.",
    ),
    Code.INV_PAID_ELSEWHERE: (
        "Vtiger calls it paid, Xero does not.",
        "Enter the payment in Xero.",
    ),
    Code.INV_PRODUCT: (
        "A line has no product that could be named to the other side.",
        "Nothing needs to be done, unless the item should be on the line: then choose its product in Vtiger.",
    ),
    Code.INV_LIMIT: (
        "Xero's plan lets no more invoices be approved this month.",
        "Upgrade Xero's plan, wait for the next month, or set modules.invoices.create_as to draft in the config.",
    ),
    Code.INV_TOO_BIG: (
        "It has more lines or bytes than the service takes.",
        "Split the invoice.",
    ),
    Code.PAY_STATUS: (
        "The payment is not Received.",
        "Set its status to Received once the money is there.",
    ),
    Code.PAY_INVOICE_STATUS: (
        "Its invoice is not approved.",
        "Approve the invoice on both sides.",
    ),
    Code.PAY_ACCOUNT: (
        "The payment has no account, or one that takes no payments.",
        "Choose a bank account, or one that Xero allows payments to.",
    ),
    Code.PAY_AMOUNT: (
        "It is more than what is due.",
        "Correct the amount, or enter the rest as an overpayment in Xero.",
    ),
    Code.PAY_NO_MODULE: (
        "This Vtiger has no Payments module: Xero's payments are carried into the invoices, none goes to Xero.",
        "Enter payments in Xero.",
    ),
    Code.PAY_CHANGED: (
        "It was changed after it crossed, and payments are never edited.",
        "Undo the change, or delete the payment on both sides and enter it anew.",
    ),
    Code.UNDO_STAYS: (
        "This cannot be taken back.",
        "Leave it, or change it by hand where it stands.",
    ),
    Code.UNDO_TOUCHED: (
        "Somebody changed it after the run, so it was left alone.",
        "Look at it, and delete or change it by hand if it should not stay.",
    ),
    Code.UNDO_LATER: (
        "A later run wrote to it as well.",
        "Take back the later run first, then this one again.",
    ),
    Code.DEPENDENCY: (
        "What it refers to did not cross.",
        "Mend the record named; this one follows by itself.",
    ),
}

REASONS = MappingProxyType({code: Reason(*_TABLE[code]) for code in Code})
