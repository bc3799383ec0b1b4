"""The calls of booking: hours, free times, holds, moves and what a person sets by hand (C1 to C9)."""

from signalling.http.callers import CLINIC, COMERS, PATIENT, STAFF, Scope
from signalling.http.calls import booking, hours, moves
from signalling.http.routes import Route
from signalling.http.shapes import answers, booking_answers, booking_requests

HOLDERS: frozenset[Scope] = STAFF | PATIENT
"""Whoever may hold a time, beside visitors."""

BOOKERS: frozenset[Scope] = CLINIC | PATIENT
KEEPERS: frozenset[Scope] = HOLDERS | {"hold"}

UNKNOWN = {404: "not_found"}
OVERLAP = UNKNOWN | {409: "window_overlaps", 422: "interval_invalid, length_invalid"}
NO_HOLD = {404: "hold_not_found"}
HOLD = UNKNOWN | {
    403: "self_booking_off",
    409: "slot_taken, slot_not_offered",
    422: "slot_in_past, too_late_to_book, reference_unknown, or the check that would block the link",
    429: "too_many_holds",
}
OFFER = UNKNOWN | {
    403: "self_booking_off",
    422: "reference_unknown, interval_invalid, or the check that blocks",
}
MOVED = UNKNOWN | {409: "slot_taken, state_conflict", 422: "interval_invalid, reference_unknown"}

_HOURS = (
    Route(
        method="GET",
        path="/v1/practitioners/{id}/availability",
        handler=hours.get_availability,
        summary="A practitioner's bookable hours.",
        scopes=CLINIC,
        answers={200: booking_answers.AvailabilityShown},
        errors=UNKNOWN,
    ),
    Route(
        method="POST",
        path="/v1/practitioners/{id}/availability",
        handler=hours.add_window,
        summary="Add weekly hours, or only ask what that would touch.",
        scopes=CLINIC,
        body=booking_requests.AddWindow,
        answers={200: booking_answers.WindowChanged, 201: booking_answers.WindowChanged},
        errors=OVERLAP,
    ),
    Route(
        method="PATCH",
        path="/v1/practitioners/{id}/availability/{window}",
        handler=hours.change_window,
        summary="Change weekly hours (RFC 7396); what is booked stays.",
        scopes=CLINIC,
        body=booking_requests.ChangeWindow,
        answers={200: booking_answers.WindowChanged},
        errors=OVERLAP,
    ),
    Route(
        method="DELETE",
        path="/v1/practitioners/{id}/availability/{window}",
        handler=hours.remove_window,
        summary="Remove weekly hours; what is booked stays.",
        scopes=CLINIC,
        query=booking_requests.RemoveHours,
        answers={200: booking_answers.Affected},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/practitioners/{id}/exceptions",
        handler=hours.list_exceptions,
        summary="A practitioner's closed days and extra hours.",
        scopes=CLINIC,
        answers={200: booking_answers.ExceptionList},
        errors=UNKNOWN,
    ),
    Route(
        method="POST",
        path="/v1/practitioners/{id}/exceptions",
        handler=hours.add_exception,
        summary="Close a part of a day, a day or many, or add extra hours.",
        scopes=CLINIC,
        body=booking_requests.AddException,
        answers={200: booking_answers.ExceptionChanged, 201: booking_answers.ExceptionChanged},
        errors=OVERLAP,
    ),
    Route(
        method="DELETE",
        path="/v1/practitioners/{id}/exceptions/{exception}",
        handler=hours.remove_exception,
        summary="Remove an exception.",
        scopes=CLINIC,
        query=booking_requests.RemoveHours,
        answers={200: booking_answers.Affected},
        errors=UNKNOWN,
    ),
)

_HOLDS = (
    Route(
        method="GET",
        path="/v1/booking",
        handler=booking.get_booking,
        summary="What can be booked: practitioners and types.",
        scopes=BOOKERS,
        cancelled=PATIENT,
        public=True,
        query=booking_requests.AskChoice,
        answers={200: booking_answers.BookingShown},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/slots",
        handler=booking.list_slots,
        summary="Free times.",
        scopes=BOOKERS,
        cancelled=PATIENT,
        public=True,
        query=booking_requests.AskSlots,
        answers={200: booking_answers.SlotList},
        errors=UNKNOWN
        | {403: "self_booking_off", 422: "reference_unknown, interval_invalid, or the check that blocks"},
    ),
    Route(
        method="POST",
        path="/v1/holds",
        handler=booking.make_hold,
        summary="Keep a time for a while.",
        scopes=HOLDERS,
        cancelled=PATIENT,
        public=True,
        body=booking_requests.MakeHold,
        answers={201: booking_answers.HoldMade},
        errors=HOLD,
    ),
    Route(
        method="GET",
        path="/v1/holds/{id}",
        handler=booking.get_hold,
        summary="How a hold stands.",
        scopes=KEEPERS,
        answers={200: booking_answers.HoldShown},
        errors=NO_HOLD,
    ),
    Route(
        method="POST",
        path="/v1/holds/{id}/extend",
        handler=booking.extend_hold,
        summary="Keep it longer, once.",
        scopes=KEEPERS,
        # The secret says whose it is: what is held while the link was good can be confirmed (C4).
        cancelled=PATIENT,
        closed=PATIENT,
        public=True,
        body=booking_requests.HoldSecret,
        answers={200: booking_answers.HoldShown},
        errors=NO_HOLD | {409: "already_extended, state_conflict", 410: "hold_expired"},
    ),
    Route(
        method="POST",
        path="/v1/holds/{id}/confirm",
        handler=booking.confirm_hold,
        summary="Confirm: the appointment and its links.",
        scopes=KEEPERS,
        # The secret says whose it is: what is held while the link was good can be confirmed (C4).
        cancelled=PATIENT,
        closed=PATIENT,
        public=True,
        body=booking_requests.ConfirmHold,
        answers={200: booking_answers.Confirmed},
        errors=NO_HOLD | {409: "state_conflict", 410: "hold_expired"},
    ),
    Route(
        method="DELETE",
        path="/v1/holds/{id}",
        handler=booking.release_hold,
        summary="Give it back.",
        scopes=KEEPERS,
        answers={204: None},
        errors=NO_HOLD | {409: "state_conflict"},
    ),
)

_MOVES = (
    Route(
        method="POST",
        path="/v1/appointments/{id}/reschedule",
        handler=moves.reschedule,
        summary="Move to another time; id, links and history stay.",
        scopes=CLINIC,
        body=booking_requests.Reschedule,
        answers={200: answers.AppointmentShown},
        errors=MOVED,
    ),
    Route(
        method="POST",
        path="/v1/appointments/{id}/reallocate",
        handler=moves.reallocate,
        summary="Move to another practitioner or time, and seat what waits for the place.",
        scopes=STAFF,
        body=booking_requests.Reallocate,
        answers={200: answers.AppointmentShown},
        errors=MOVED,
    ),
    Route(
        method="POST",
        path="/v1/appointments/{id}/complete",
        handler=moves.complete,
        summary="It took place.",
        scopes=CLINIC,
        body=booking_requests.ByHand,
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN | {409: "state_conflict"},
    ),
    Route(
        method="POST",
        path="/v1/appointments/{id}/no-show",
        handler=moves.no_show,
        summary="The patient did not come.",
        scopes=CLINIC,
        body=booking_requests.ByHand,
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN | {409: "state_conflict, evidence_contradicts"},
    ),
    Route(
        method="POST",
        path="/v1/appointments/{id}/undo",
        handler=moves.undo,
        summary="Take an outcome back.",
        scopes=STAFF,
        body=booking_requests.Undo,
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN | {409: "state_conflict"},
    ),
    Route(
        method="GET",
        path="/v1/appointments/{id}/calendar.ics",
        handler=moves.get_calendar,
        summary="A calendar file with the link of whoever asks.",
        scopes=CLINIC | COMERS,
        cancelled=COMERS,
        answers={200: str},
        media=moves.CALENDAR,
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/clashes",
        handler=moves.list_clashes,
        summary="What syncs could not place, because somebody else has the time.",
        scopes=STAFF,
        answers={200: booking_answers.ClashList},
    ),
    Route(
        method="POST",
        path="/v1/clashes/{id}/seat",
        handler=moves.seat_clash,
        summary="Place it elsewhere.",
        scopes=STAFF,
        body=booking_requests.Elsewhere,
        answers={200: answers.AppointmentShown},
        errors=MOVED,
    ),
    Route(
        method="DELETE",
        path="/v1/clashes/{id}",
        handler=moves.dismiss_clash,
        summary="It was settled elsewhere.",
        scopes=STAFF,
        answers={204: None},
        errors=UNKNOWN,
    ),
)

ROUTES = (*_HOURS, *_HOLDS, *_MOVES)
