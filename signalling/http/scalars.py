"""The strings and numbers a request may hold. Each is checked where it is read, and says in JSON Schema what
it takes, so that `/v1/openapi.json` and the check cannot differ.
"""

import re
from typing import ClassVar, Self

from rooms import times
from rooms.access import bookmark
from rooms.errors import Invalid
from rooms.ids import PUBLIC_ID_PATTERN
from rooms.times import Instant
from signalling.http import contacts

# Control characters, line and paragraph separators, and the bidi overrides and isolates that let a name
# rewrite the line it is shown in.
_UNSAFE = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_VISIBLE_ASCII = "^[!-~]*$"
_UNSAFE_IN_TEXT = _UNSAFE.replace(r"\u0000-\u001f", r"\u0000-\u0009\u000b-\u001f")


class WrongScalar(ValueError):
    """A scalar that cannot be taken. msgspec adds the path to it (`signalling.http.convert`)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Scalar(str):
    """A checked string. Subclasses name their pattern and what to say when it does not match."""

    __slots__ = ()
    pattern: ClassVar[str] = f"^[^{_UNSAFE}]*$"
    code: ClassVar[str] = "string_invalid"
    hint: ClassVar[str] = "Leave out control characters and text direction overrides."
    shortest: ClassVar[int] = 1
    longest: ClassVar[int] = 200

    @classmethod
    def read(cls, raw: object) -> Self:
        """The checked string, or `WrongScalar`."""
        if not isinstance(raw, str):
            raise WrongScalar("type_invalid", "Send a string.")
        if not cls.shortest <= len(raw) <= cls.longest:
            raise WrongScalar(cls.code, f"Use {cls.shortest} to {cls.longest} characters.")
        if re.fullmatch(cls.pattern, raw) is None:
            raise WrongScalar(cls.code, cls.hint)
        return cls(raw)

    @classmethod
    def schema(cls) -> dict[str, object]:
        """Its JSON Schema."""
        return {
            "type": "string",
            "pattern": cls.pattern,
            "minLength": cls.shortest,
            "maxLength": cls.longest,
        }


class Id(Scalar):
    """An id a booking service chose (CONTRACT)."""

    __slots__ = ()
    pattern = f"^{PUBLIC_ID_PATTERN}$"
    code = "id_invalid"
    hint = "Use letters, digits and . _ ~ - only."
    longest = 64


class Name(Scalar):
    """What people are called, and clinics: one line with something to see in it."""

    __slots__ = ()
    pattern = rf"^[^{_UNSAFE}]*[^{_UNSAFE}\s][^{_UNSAFE}]*$"
    hint = "Use visible characters, without control characters or text direction overrides."


class Text(Scalar):
    """A reason or a note: lines of plain text."""

    __slots__ = ()
    pattern = rf"^[^{_UNSAFE_IN_TEXT}]*[^{_UNSAFE_IN_TEXT}\s][^{_UNSAFE_IN_TEXT}]*$"
    hint = Name.hint
    longest = 2000


class Outside(Scalar):
    """Another system's id or type: whatever that system calls it, on one line."""

    __slots__ = ()
    longest = 128


class Contact(Scalar):
    """How somebody is reached, in one form, or empty: what cannot be used costs the contact and nothing else
    (`signalling.http.contacts`). `is_unusable`: something was there.
    """

    is_unusable = False

    @classmethod
    def read(cls, raw: object) -> Self:
        if not isinstance(raw, str):
            raise WrongScalar("type_invalid", "Send a string.")
        cleaned = cls.clean(raw)
        read = cls(cleaned or "")
        read.is_unusable = cleaned is None and bool(raw.strip())
        return read

    @classmethod
    def clean(cls, raw: str) -> str | None:
        """In its one form; None: it cannot be used."""
        raise NotImplementedError

    @classmethod
    def schema(cls) -> dict[str, object]:
        left_out = "Cleaned before it is judged; one that cannot be used is left out and named in `warnings`."
        return {"type": "string", "description": f"{cls.hint} {left_out}"}


class Email(Contact):
    """An address mail can be sent to; whether it arrives only sending can tell."""

    hint = "An address such as name@example.org."

    @classmethod
    def clean(cls, raw: str) -> str | None:
        return contacts.email(raw)


class Phone(Contact):
    """A number as people write it."""

    hint = "A number, best with + and the country code in front."

    @classmethod
    def clean(cls, raw: str) -> str | None:
        return contacts.phone(raw)


class Person(Scalar):
    """CONTRACT's names for who is in an appointment."""

    __slots__ = ()
    pattern = f"^(patient|practitioner|guest:{PUBLIC_ID_PATTERN})$"
    code = "person_invalid"
    hint = "Use patient, practitioner or guest:<id>."
    longest = 70


class Zone(Scalar):
    """An IANA time zone this machine knows."""

    __slots__ = ()
    code = "timezone_unknown"

    @classmethod
    def read(cls, raw: object) -> Self:
        if not isinstance(raw, str):
            raise WrongScalar("type_invalid", "Send a string.")
        try:
            times.zone(raw)
        except Invalid as invalid:
            raise WrongScalar(invalid.code, invalid.message) from None
        return cls(raw)

    @classmethod
    def schema(cls) -> dict[str, object]:
        return {"type": "string", "enum": sorted(times.zone_names())}


class InstantText(int):
    """An `Instant`, sent as an RFC 3339 time with offset; `fromisoformat` takes far more."""

    __slots__ = ()

    @classmethod
    def read(cls, raw: object) -> Self:
        """The instant, or `WrongScalar`."""
        if not isinstance(raw, str):
            raise WrongScalar("type_invalid", "Send a time as a string.")
        try:
            instant: Instant = times.parse(raw)
        except Invalid as invalid:
            raise WrongScalar(invalid.code, invalid.message) from None
        return cls(instant)

    @staticmethod
    def schema() -> dict[str, object]:
        """Its JSON Schema."""
        # Years 1901 to 2199: with any offset that is inside `times.EARLIEST` to `times.LATEST`.
        day = r"(190[1-9]|19[1-9][0-9]|20[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
        clock = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
        offset = r"(Z|[+-](0[0-9]|1[0-9]|2[0-3]):[0-5][0-9])"
        return {"type": "string", "format": "date-time", "pattern": f"^{day}T{clock}{offset}$"}


class PageLimit(int):
    """How many items a page of a list holds, as a query says it; `int` would take `１２` and
    `1_000`.
    """

    __slots__ = ()
    MOST: ClassVar[int] = 200

    @classmethod
    def read(cls, raw: object) -> Self:
        """The number, or `WrongScalar`."""
        if not isinstance(raw, str) or re.fullmatch("[0-9]{1,9}", raw) is None:
            raise WrongScalar("number_invalid", "Send a whole number.")
        if not 1 <= int(raw) <= cls.MOST:
            raise WrongScalar("number_out_of_range", f"Ask for 1 to {cls.MOST}.")
        return cls(raw)

    @classmethod
    def schema(cls) -> dict[str, object]:
        """Its JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": cls.MOST}


class Statuses(Scalar):
    """One status or several, `held,confirmed`."""

    __slots__ = ()
    pattern = "^{0}(,{0}){{0,5}}$".format("(held|confirmed|cancelled|expired|completed|no_show)")
    code = "value_invalid"
    hint = "Use held, confirmed, cancelled, expired, completed, no_show, with commas between several."


class SpanEnd(Scalar):
    """An end of a span: a time, or a clinic-local date (CONTRACT). What it means, the clinic's zone
    decides.
    """

    __slots__ = ()
    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt].{1,40})?$"
    code = "time_invalid"
    hint = "Use an RFC 3339 time with an offset, or a date such as 2026-03-02."

    @classmethod
    def schema(cls) -> dict[str, object]:
        time = InstantText.schema()
        date = str(time["pattern"]).partition("T")[0] + "$"
        return {"anyOf": [time, {"type": "string", "format": "date", "pattern": date}]}


class OnceToken(Scalar):
    """A link's token, or a remembered device's secret: what it is worth, its reader says."""

    __slots__ = ()
    pattern = _VISIBLE_ASCII
    hint = "Send it as it is."
    longest = 256


class PlaceText(Scalar):
    """A bookmarkable address, as it stands behind the `#` (A8)."""

    __slots__ = ()
    pattern = f"^{bookmark.BOOKMARK_PATTERN}$"
    code = "address_invalid"
    hint = "Send what follows the # of the address."
    longest = 20


class Code(Scalar):
    """A one-time code. Six digits; anything else is a wrong one, not a malformed request."""

    __slots__ = ()
    longest = 32


class Flag(Scalar):
    """Yes or no in a query."""

    __slots__ = ()
    pattern = "^(true|false)$"
    code = "value_invalid"
    hint = "Use true or false."


class Day(Scalar):
    """A calendar day, `YYYY-MM-DD`."""

    __slots__ = ()
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    code = "time_invalid"
    hint = "Use a date, such as 2026-03-02."
    shortest = longest = 10

    @classmethod
    def read(cls, raw: object) -> Self:
        day = super().read(raw)
        try:
            times.day_start(day, "UTC")
        except Invalid as invalid:
            raise WrongScalar(invalid.code, invalid.message) from None
        return day

    @classmethod
    def schema(cls) -> dict[str, object]:
        day = str(InstantText.schema()["pattern"]).partition("T")[0] + "$"
        return {"type": "string", "format": "date", "pattern": day}


class Secret(Scalar):
    """A hold's secret: what it is worth, the hold says."""

    __slots__ = ()
    pattern = _VISIBLE_ASCII
    hint = "Send it as it is."
    longest = 200


class LocalTime(Scalar):
    """A time as a caller says it, by the clinic's clock, or RFC 3339. What it means, the clinic's zone
    decides.
    """

    __slots__ = ()
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].{1,40}$"
    code = "time_invalid"
    hint = "Use a local date and time, such as 2026-03-02 09:00, or an RFC 3339 time."
    longest = 60

    @classmethod
    def schema(cls) -> dict[str, object]:
        time = InstantText.schema()
        day = str(time["pattern"]).partition("T")[0]
        return {"anyOf": [time, {"type": "string", "pattern": day + " ([01][0-9]|2[0-3]):[0-5][0-9]$"}]}


class Url(Scalar):
    """Where a webhook goes; `signalling.outbound` says whether it may."""

    __slots__ = ()
    pattern = _VISIBLE_ASCII
    code = "webhook_url_forbidden"
    hint = "Use an https address of at most 2048 characters."
    longest = 2048

    @classmethod
    def schema(cls) -> dict[str, object]:
        return {"type": "string", "format": "uri", "pattern": "^https://[!-~]+$", "maxLength": cls.longest}


class Cursor(Scalar):
    """Where a page of a list ended, as it was answered."""

    __slots__ = ()
    pattern = "^[A-Za-z0-9_.~=-]*$"
    code = "cursor_invalid"
    hint = "Use next_cursor as it came."
