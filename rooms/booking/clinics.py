"""Which clinic an appointment of a shared external database belongs to: a rule, or an error that names them
(B5).
"""

from collections.abc import Sequence

import msgspec

from rooms.credentials import Database
from rooms.errors import Contradiction, Invalid
from rooms.ids import ClinicId
from rooms.records import Clinic, Practitioner, SettledBy


class Fit(msgspec.Struct, frozen=True):
    """A clinic of the database, and its practitioner whom the database calls so; None: nobody there."""

    clinic: Clinic
    practitioner: Practitioner | None


def called(practitioners: Sequence[Practitioner], external: str) -> Practitioner | None:
    """The first, by id, whom the external system calls so."""
    known = sorted(practitioners, key=lambda each: each.id)
    return next((each for each in known if external in each.external_ids), None)


def choose(
    database: Database, fits: Sequence[Fit], location: str | None, home: ClinicId | None = None
) -> tuple[Clinic, Practitioner, SettledBy]:
    """Its location says which clinic, else there is only one, else the order in which they are listed; and
    which of these it was. One that a clinic has already (`home`) stays there as long as it fits: whoever
    edits it means that one.

    `fits`: every clinic of the database in its order. Raises `reference_unknown` where no clinic is at that
    location, or nobody is called so (there); `ambiguous_clinic` with the ids of the clinics it fits.
    """
    candidates = [
        (each.clinic, each.practitioner) for each in _at(fits, location) if each.practitioner is not None
    ]
    if not candidates:
        message = "No clinic of this database has a practitioner of that external id there."
        raise Invalid("reference_unknown", message, field="external_practitioner")
    if len(candidates) == 1:
        return *candidates[0], "only_clinic" if location is None else "location"
    first, its_own = candidates[0], [each for each in candidates if each[0].id == home]
    if database.in_order and its_own in ([], [first]):
        return *first, "first_in_order"
    if its_own:
        return *its_own[0], "already_there"
    ids = [clinic.id for clinic, _ in candidates]
    message = f"It fits these clinics, and no rule says which: {', '.join(ids)}."
    raise Contradiction("ambiguous_clinic", message, clinics=ids)


def _at(fits: Sequence[Fit], location: str | None) -> Sequence[Fit]:
    """The clinics there; without a location all of them."""
    if location is None:
        return fits
    there = [each for each in fits if location in each.clinic.external_ids]
    if not there:
        message = "No clinic of this database is called so; see its external_ids."
        raise Invalid("reference_unknown", message, field="external_location")
    return there


def rivals(database: Database, fits: Sequence[Fit], location: str | None, own: Clinic) -> tuple[str, ...]:
    """The other clinics it fits as well, where no rule says which (for the diagnosis)."""
    try:
        choose(database, fits, location)
    except Contradiction as unsettled:
        named = unsettled.facts["clinics"]
        return tuple(each for each in named if each != own.id) if isinstance(named, list) else ()
    except Invalid:
        return ()  # practitioner or place are no longer called so anywhere: nothing to be mistaken about
    return ()
