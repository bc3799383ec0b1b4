"""The bookmarkable address (A8): it never changes, names nobody, and opens nothing by itself.

`<affinity>.<patient number>` is a patient's with one practitioner, `<affinity>.p` a practitioner's own.
"""

import hashlib
import re
from typing import Final

import msgspec

from rooms.errors import Invalid
from rooms.ids import PatientNo

BOOKMARK_PATTERN: Final = "[A-Za-z0-9_-]{8}[.]([A-Za-z0-9_-]{11}|p)"
"""As a pattern to be matched whole."""


class Bookmark(msgspec.Struct, frozen=True):
    """`patient` None: the practitioner's own."""

    affinity: str
    patient: PatientNo | None

    @property
    def place(self) -> str:
        """Where its code is kept: a digest, for the address may be anybody's invention."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]

    @property
    def text(self) -> str:
        """As it is bookmarked."""
        return f"{self.affinity}.{self.patient or 'p'}"


def parse(text: str) -> Bookmark:
    """Raises `address_invalid` for what cannot be one at all."""
    if re.fullmatch(BOOKMARK_PATTERN, text) is None:
        raise Invalid("address_invalid", "This is not one of our addresses.", field="address")
    affinity, _, patient = text.partition(".")
    return Bookmark(affinity, None if patient == "p" else PatientNo(patient))
