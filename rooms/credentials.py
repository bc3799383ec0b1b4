"""What proves a person or a group beside a link: one-time codes, remembered devices, external databases (A8,
B5).
"""

from rooms.ids import ClinicId
from rooms.preserving import Preserving
from rooms.records import Record
from rooms.times import Instant


class Challenge(Record, frozen=True, kw_only=True):
    """A one-time code that is out. `place` is a digest of the address it was asked for; the code itself is
    nowhere (`rooms.access.codes`).
    """

    place: str
    nonce: str
    key: int
    expires_at: Instant
    version: int = 0


class Device(Record, frozen=True, kw_only=True):
    """A browser that need not ask for a code again. `holder` is a patient's or practitioner's number;
    `contact` a digest of the contact it was proven by: another contact, another proof.
    """

    digest: str
    holder: str
    contact: str
    expires_at: Instant
    version: int = 0


class ExternalKey(Preserving, frozen=True, kw_only=True):
    """SHA-256 of a group key's secret, hex."""

    digest: str
    created_at: Instant


class Database(Record, frozen=True, kw_only=True):
    """An external database that several clinics share (B5). `clinics` in the order that settles what fits
    two of them; `in_order` false: such an appointment is an error instead.
    """

    id: str
    clinics: tuple[ClinicId, ...]
    in_order: bool = True
    keys: tuple[ExternalKey, ...] = ()
    version: int = 0
