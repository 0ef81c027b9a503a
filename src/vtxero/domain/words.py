"""What people call a record's fields, where that is not the field's own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

WORDS: Mapping[str, Mapping[str, str]] = {
    "contacts": {"first": "first name", "last": "last name", "billing": "address", "kind": "customer or supplier"},
    "organizations": {
        "billing": "billing address",
        "shipping": "shipping address",
        "kind": "customer or supplier",
        "primary": "first person",
        "people": "further people",
    },
    "products": {"quantity": "quantity in stock"},
    "invoices": {
        "party": "customer",
        "invoice_on": "invoice date",
        "due_on": "due date",
        "shipping": "charges",
        "group_discount": "discount on the whole",
        "deducted": "deducted tax",
    },
    "payments": {"paid_on": "payment date"},
}
"""By module and field. JSON keeps the fields' own names: programs read those."""


def called(module: str, field: str) -> str:
    """Give what people call a field of a module's records."""
    return WORDS.get(module, {}).get(field) or field.replace("_", " ")


def all_called(module: str, fields: Iterable[str]) -> str:
    """Give what people call several fields, with commas."""
    return ", ".join(called(module, field) for field in fields)


def counted(number: int, noun: str) -> str:
    """Give a number with its noun: one call, many calls."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def quoted(value: object) -> str:
    """Give a name in quotes, as it is: Python's own would put backslashes into a name that has quotes."""
    return f"'{value}'" if isinstance(value, str) else repr(value)


def did_you_mean(likely: Sequence[str]) -> str:
    """Ask back, behind a sentence; blank where nothing suggests itself."""
    return f" Did you mean {' or '.join(likely)}?" if likely else ""


def with_rate(name: str, rate: str) -> str:
    """Name a tax with its rate in per cent, once: Xero's own names often hold it (`15% GST on Income`)."""
    return name if f"{rate}%" in name.replace(" ", "") else f"{name} {rate} %"
