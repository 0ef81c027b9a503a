"""How this stand-in says no; each class is one of Xero's answers (developer.xero.com: response codes)."""

from __future__ import annotations

from typing import Any


class XeroError(Exception):
    """Base of every refusal that becomes an HTTP answer of its own."""


class NotModelledError(XeroError):
    """Real Xero may well do this; the stand-in does not and will not guess. Answered as 501."""


class NotFoundError(XeroError):
    """No such record. Answered as 404 in text/html, as Xero does."""


class BadRequestError(XeroError):
    """The request itself cannot be used. Answered as 400 without Elements."""

    def __init__(self, number: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.number = number
        self.kind = kind

    @classmethod
    def unreadable(cls, why: str) -> BadRequestError:
        """ErrorNumber 14: the body is no JSON, or a value in it has the wrong form."""
        return cls(14, "PostDataInvalidException", f"JSON for post data was invalid,{why}")

    @classmethod
    def query(cls, why: str) -> BadRequestError:
        """ErrorNumber 16: `where` or `order` cannot be parsed."""
        return cls(16, "QueryParseException", why)


class UnauthorisedError(XeroError):
    """401 with a Detail; `scope` adds the WWW-Authenticate header, in Xero's own spelling."""

    def __init__(self, detail: str, *, scope: bool = False) -> None:
        super().__init__(detail)
        self.scope = scope


class ForbiddenError(XeroError):
    """403: the tenant is not connected to this token."""


class InvalidError(XeroError):
    """One element of a request was refused, for all the reasons found at once."""

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = list(messages)


class Findings:
    """Collects an element's validation errors and warnings, so that it is refused for all of them at once."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.warnings: list[str] = []

    def add(self, message: str) -> None:
        if message not in self.messages:
            self.messages.append(message)

    def too_long(self, element: dict[str, Any], limits: dict[str, int]) -> None:
        """Refuse texts over the vendor's lengths; the wording is not recorded anywhere we know of."""
        for name, limit in limits.items():
            value = element.get(name)
            if isinstance(value, str) and len(value) > limit:
                self.add(f"The {name} field exceeds the maximum length of {limit} characters.")

    def stop(self) -> None:
        """Raise when anything was found."""
        if self.messages:
            raise InvalidError(*self.messages)
