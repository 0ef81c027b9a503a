"""The two sides, and the directions between them."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """One of the two systems that are kept in step."""

    VTIGER = "vtiger"
    XERO = "xero"

    @property
    def label(self) -> str:
        """The service's name, as people write it."""
        return self.value.capitalize()

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.XERO if self is Side.VTIGER else Side.VTIGER


class Direction(StrEnum):
    """Which way a module may cross. The value is what users type."""

    TO_XERO = "to-xero"
    TO_VTIGER = "to-vtiger"
    BOTH = "both"

    def reaches(self, side: Side) -> bool:
        """Tell whether this direction may write to `side`."""
        if self is Direction.BOTH:
            return True
        return (self is Direction.TO_XERO) == (side is Side.XERO)

    @property
    def end(self) -> Side | None:
        """The side that a one-way direction ends at; None for both."""
        return {Direction.TO_XERO: Side.XERO, Direction.TO_VTIGER: Side.VTIGER}.get(self)

    @staticmethod
    def towards(side: Side) -> Direction:
        """The one-way direction that ends at `side`."""
        return Direction.TO_XERO if side is Side.XERO else Direction.TO_VTIGER
