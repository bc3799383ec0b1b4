"""Whether what somebody says is the contact on file, in another case, or without its country code."""

import msgspec

SHORTEST_NUMBER = 8
"""Digits of a number, without the 0 in front, by which it is known again whatever its country code."""


class StatedContact(msgspec.Struct, frozen=True):
    """How somebody says they are reached, cleaned: `email`, or else `phone`."""

    email: str | None = None
    phone: str | None = None

    @property
    def text(self) -> str:
        """In one form, to be counted by."""
        return (self.email or "").casefold() or _digits(self.phone or "")

    def is_on_file(self, email: str | None, phone: str | None) -> bool:
        """Whether it is one of these."""
        if self.email:
            return email is not None and email.casefold() == self.email.casefold()
        return bool(self.phone and phone) and _is_same(_digits(self.phone or ""), _digits(phone or ""))


def _is_same(one: str, other: str) -> bool:
    return one == other or _ends(one, other) or _ends(other, one)


def _ends(national: str, whole: str) -> bool:
    """`0491 570 006` is `+61 491 570 006`."""
    bare = national.lstrip("0")
    return national.startswith("0") and len(bare) >= SHORTEST_NUMBER and whole.endswith(bare)


def _digits(phone: str) -> str:
    return "".join(filter(str.isdecimal, phone.partition("ext")[0])).removeprefix("00")
