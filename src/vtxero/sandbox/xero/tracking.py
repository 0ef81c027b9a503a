"""Tracking categories and their options (developer.xero.com: Accounting API, Tracking Categories)."""

from __future__ import annotations

from typing import Any

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotFoundError
from vtxero.sandbox.xero.wire import Record, given, text_in

NAME_LENGTH = 100
PER_LINE = 2
ACTIVE_AT_ONCE = 2
NO_NAME = "The Name of a tracking category or option must be specified."
SAME_NAME = "A tracking category or option with this name already exists."
TOO_MANY = "An organisation can have at most 2 active tracking categories."
STATUSES = ("ACTIVE", "ARCHIVED")


def add_category(books: Books, source: Record) -> Record:
    """Put a category into the books, unchecked; ids are kept where there are some."""
    category: Record = {
        "Name": str(source["Name"]),
        "Status": source.get("Status", "ACTIVE"),
        "TrackingCategoryID": source.get("TrackingCategoryID") or books.new_id(),
        "Options": [],
    }
    books.tracking[category["TrackingCategoryID"]] = category
    for option in source.get("Options", ()):
        _add_option(books, category, option)
    return category


def _add_option(books: Books, category: Record, source: Record) -> Record:
    option: Record = {
        "TrackingOptionID": source.get("TrackingOptionID") or books.new_id(),
        "Name": str(source["Name"]),
        "Status": source.get("Status", "ACTIVE"),
    }
    category["Options"].append(option)
    return option


def get_category(books: Books, key: str) -> Record:
    """Get a category that was not deleted.

    Raises:
        NotFoundError: there is none.
    """
    found = books.tracking.get(key.lower())
    if found is None:
        raise NotFoundError
    return found


def get_option(category: Record, key: str) -> Record:
    """Get an option of a category.

    Raises:
        NotFoundError: there is none.
    """
    for option in category["Options"]:
        if option["TrackingOptionID"] == key.lower():
            found: Record = option
            return found
    raise NotFoundError


def create_category(books: Books, element: Record) -> Record:
    """Create a category.

    Raises:
        InvalidError: its name is missing, too long or taken, or there are two already.
    """
    findings = Findings()
    name = _checked_name(element, books.tracking.values(), None, findings)
    if sum(one["Status"] == "ACTIVE" for one in books.tracking.values()) >= ACTIVE_AT_ONCE:
        findings.add(TOO_MANY)
    findings.stop()
    return add_category(books, {"Name": name})


def create_option(books: Books, category: Record, element: Record) -> Record:
    """Add an option to a category.

    Raises:
        InvalidError: its name is missing, too long or taken.
    """
    findings = Findings()
    name = _checked_name(element, category["Options"], None, findings)
    findings.stop()
    return _add_option(books, category, {"Name": name})


def change(records: Any, record: Record, element: Record) -> Record:
    """Rename or archive a category or an option.

    Raises:
        InvalidError: the name or the status is not allowed.
    """
    findings = Findings()
    name = _checked_name({"Name": record["Name"], **element}, records, record, findings)
    status = text_in(element, "Status") or record["Status"]
    if status not in STATUSES:
        findings.add(f"The status '{status}' is not valid for tracking categories and options")
    findings.stop()
    record.update({"Name": name, "Status": status})
    return record


def _checked_name(element: Record, others: Any, own: Record | None, findings: Findings) -> str:
    name = (text_in(element, "Name") or "").strip()
    if not name:
        findings.add(NO_NAME)
    findings.too_long({"Name": name}, {"Name": NAME_LENGTH})
    if any(one is not own and one["Name"].casefold() == name.casefold() for one in others):
        findings.add(SAME_NAME)
    return name


def is_tracked_anywhere(books: Books, option_ids: set[str]) -> bool:
    """Tell whether a document's line carries one of these options."""
    documents = [*books.invoices.values(), *books.credits.values()]
    lines = (line for document in documents for line in document["LineItems"])
    return any(one["TrackingOptionID"] in option_ids for line in lines for one in line.get("Tracking", ()))


def remove_category(books: Books, category: Record) -> Record:
    """Delete a category; one in use can only be archived.

    Raises:
        InvalidError: it is in use.
    """
    _refuse_in_use(books, {option["TrackingOptionID"] for option in category["Options"]})
    del books.tracking[category["TrackingCategoryID"]]
    return {**category, "Status": "DELETED"}


def remove_option(books: Books, category: Record, option: Record) -> Record:
    """Delete an option; one in use can only be archived.

    Raises:
        InvalidError: it is in use.
    """
    _refuse_in_use(books, {option["TrackingOptionID"]})
    category["Options"].remove(option)
    return {**option, "Status": "DELETED"}


def _refuse_in_use(books: Books, option_ids: set[str]) -> None:
    if is_tracked_anywhere(books, option_ids):
        raise InvalidError("A tracking category or option that is used on a transaction can only be archived.")


def line_tracking(books: Books, sources: list[Record], findings: Findings) -> list[Record]:
    """Find the categories and options that a line names, by ids or by names, two at most."""
    if len(sources) > PER_LINE:
        findings.add(f"A line item can have at most {PER_LINE} tracking categories.")
    found: list[Record] = []
    for source in sources:
        category = _found(list(books.tracking.values()), source, "TrackingCategoryID", "Name")
        option = _found(category["Options"], source, "TrackingOptionID", "Option") if category else None
        if category is None or option is None:
            named = text_in(source, "Name") or text_in(source, "TrackingCategoryID") or ""
            findings.add(f"The tracking category '{named}' or its option does not exist or is not active.")
            continue
        found.append(
            {
                "Name": category["Name"],
                "Option": option["Name"],
                "TrackingCategoryID": category["TrackingCategoryID"],
                "TrackingOptionID": option["TrackingOptionID"],
            },
        )
    if len({one["TrackingCategoryID"] for one in found}) < len(found):
        findings.add("A line item can name a tracking category only once.")
    return found


def _found(records: list[Record], source: Record, id_name: str, text_name: str) -> Record | None:
    sent, text = text_in(source, id_name), text_in(source, text_name)
    for record in records:
        is_meant = record[id_name] == sent.lower() if sent and given(sent) else record["Name"] == text
        if is_meant and record["Status"] == "ACTIVE":
            return record
    return None
