"""What both mappers of products work with."""

from __future__ import annotations

from dataclasses import dataclass

from vtxero.domain.lookups import Lookups
from vtxero.domain.options import ProductOptions
from vtxero.domain.reference import Reference
from vtxero.rules.fields import FieldRules
from vtxero.rules.taxes import TaxMatcher


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that a projection may ask. Made once for a slice."""

    reference: Reference
    options: ProductOptions
    rules: FieldRules
    matcher: TaxMatcher
    lookups: Lookups
