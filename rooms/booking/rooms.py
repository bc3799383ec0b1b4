"""D1: one room for a practitioner, a patient and a clinic-local day, whatever number of appointments that
is.
"""

from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from rooms.ids import AppointmentNo, PatientNo, PractitionerNo, RoomId
from rooms.records import Appointment, RoomEntry


class PairDay(msgspec.Struct, frozen=True):
    """What a room belongs to. `day` is `YYYY-MM-DD` in the clinic's zone."""

    practitioner_no: PractitionerNo
    patient_no: PatientNo
    day: str


def pair_day(appointment: Appointment) -> PairDay:
    """Where an appointment's room was given."""
    return PairDay(appointment.practitioner_no, appointment.patient_no, appointment.day)


def opened(pair: PairDay, room: RoomId) -> RoomEntry:
    """A room nobody has been given yet."""
    return RoomEntry(
        practitioner_no=pair.practitioner_no, patient_no=pair.patient_no, day=pair.day, room=room
    )


def entered(entry: RoomEntry, no: AppointmentNo) -> RoomEntry:
    """With this appointment too."""
    return replace(entry, appointments=(*others(entry, no), no))


def left(entry: RoomEntry, gone: Collection[AppointmentNo]) -> RoomEntry:
    """Without these appointments. The room stays the pair's for that day, should they book again."""
    return replace(entry, appointments=tuple(each for each in entry.appointments if each not in gone))


def others(entry: RoomEntry, no: AppointmentNo) -> tuple[AppointmentNo, ...]:
    """Whoever shares the room with this appointment."""
    return tuple(each for each in entry.appointments if each != no)
