"""The calls of booking: hours, free times, holds, moves and what a person sets by hand (C1 to C9)."""

from signalling.http.callers import CLINIC_SCOPES, PATIENT_SCOPE, STAFF_SCOPES, VISITING_SCOPES, Scope
from signalling.http.handlers import appointment_changes, availability, booking
from signalling.http.routes import APPOINTMENT_PATH, UNKNOWN_ERRORS, Route
from signalling.http.schemas import answers, booking_answers, booking_requests

HOLD_SCOPES: frozenset[Scope] = STAFF_SCOPES | PATIENT_SCOPE
"""Whoever may hold a time, beside visitors."""

BOOKING_SCOPES: frozenset[Scope] = CLINIC_SCOPES | PATIENT_SCOPE
HOLD_KEEPER_SCOPES: frozenset[Scope] = HOLD_SCOPES | {"hold"}

WINDOW_ERRORS = UNKNOWN_ERRORS | {409: "window_overlaps", 422: "interval_invalid, length_invalid"}
NO_HOLD_ERRORS = {404: "hold_not_found"}
HOLD_ERRORS = UNKNOWN_ERRORS | {
    403: "self_booking_off",
    409: "slot_taken, slot_not_offered",
    422: "slot_in_past, too_late_to_book, reference_unknown, or the check that would block the link",
    429: "too_many_holds",
}
OFFER_ERRORS = UNKNOWN_ERRORS | {
    403: "self_booking_off",
    422: "reference_unknown, interval_invalid, or the check that blocks",
}
MOVE_ERRORS = UNKNOWN_ERRORS | {409: "slot_taken, state_conflict", 422: "interval_invalid, reference_unknown"}

_HOURS = (
    Route(
        method="GET",
        path="/v1/practitioners/{id}/availability",
        handler=availability.get_availability,
        summary="A practitioner's bookable hours.",
        scopes=CLINIC_SCOPES,
        answers={200: booking_answers.AvailabilityShown},
        errors=UNKNOWN_ERRORS,
    ),
    Route(
        method="POST",
        path="/v1/practitioners/{id}/availability",
        handler=availability.add_window,
        summary="Add weekly hours, or only ask what that would touch.",
        scopes=CLINIC_SCOPES,
        body=booking_requests.AddWindow,
        answers={200: booking_answers.WindowChanged, 201: booking_answers.WindowChanged},
        errors=WINDOW_ERRORS,
    ),
    Route(
        method="PATCH",
        path="/v1/practitioners/{id}/availability/{window}",
        handler=availability.change_window,
        summary="Change weekly hours (RFC 7396); what is booked stays.",
        scopes=CLINIC_SCOPES,
        body=booking_requests.ChangeWindow,
        answers={200: booking_answers.WindowChanged},
        errors=WINDOW_ERRORS,
    ),
    Route(
        method="DELETE",
        path="/v1/practitioners/{id}/availability/{window}",
        handler=availability.remove_window,
        summary="Remove weekly hours; what is booked stays.",
        scopes=CLINIC_SCOPES,
        query=booking_requests.RemoveHours,
        answers={200: booking_answers.Affected},
        errors=UNKNOWN_ERRORS,
    ),
    Route(
        method="GET",
        path="/v1/practitioners/{id}/exceptions",
        handler=availability.list_exceptions,
        summary="A practitioner's closed days and extra hours.",
        scopes=CLINIC_SCOPES,
        answers={200: booking_answers.ExceptionList},
        errors=UNKNOWN_ERRORS,
    ),
    Route(
        method="POST",
        path="/v1/practitioners/{id}/exceptions",
        handler=availability.add_exception,
        summary="Close a part of a day, a day or many, or add extra hours.",
        scopes=CLINIC_SCOPES,
        body=booking_requests.AddException,
        answers={200: booking_answers.ExceptionChanged, 201: booking_answers.ExceptionChanged},
        errors=WINDOW_ERRORS,
    ),
    Route(
        method="DELETE",
        path="/v1/practitioners/{id}/exceptions/{exception}",
        handler=availability.remove_exception,
        summary="Remove an exception.",
        scopes=CLINIC_SCOPES,
        query=booking_requests.RemoveHours,
        answers={200: booking_answers.Affected},
        errors=UNKNOWN_ERRORS,
    ),
)

_HOLDS = (
    Route(
        method="GET",
        path="/v1/booking",
        handler=booking.get_booking,
        summary="What can be booked: practitioners and types.",
        scopes=BOOKING_SCOPES,
        cancelled=PATIENT_SCOPE,
        public=True,
        query=booking_requests.AskChoice,
        answers={200: booking_answers.BookingShown},
        errors=UNKNOWN_ERRORS,
    ),
    Route(
        method="GET",
        path="/v1/slots",
        handler=booking.list_slots,
        summary="Free times.",
        scopes=BOOKING_SCOPES,
        cancelled=PATIENT_SCOPE,
        public=True,
        query=booking_requests.AskSlots,
        answers={200: booking_answers.SlotList},
        errors=OFFER_ERRORS,
    ),
    Route(
        method="POST",
        path="/v1/holds",
        handler=booking.make_hold,
        summary="Keep a time for a while.",
        scopes=HOLD_SCOPES,
        cancelled=PATIENT_SCOPE,
        public=True,
        body=booking_requests.MakeHold,
        answers={201: booking_answers.HoldMade},
        errors=HOLD_ERRORS,
    ),
    Route(
        method="GET",
        path="/v1/holds/{id}",
        handler=booking.get_hold,
        summary="How a hold stands.",
        scopes=HOLD_KEEPER_SCOPES,
        answers={200: booking_answers.HoldShown},
        errors=NO_HOLD_ERRORS,
    ),
    Route(
        method="POST",
        path="/v1/holds/{id}/extend",
        handler=booking.extend_hold,
        summary="Keep it longer, once.",
        scopes=HOLD_KEEPER_SCOPES,
        # The secret says whose it is: what is held while the link was good can be confirmed (C4).
        cancelled=PATIENT_SCOPE,
        closed=PATIENT_SCOPE,
        public=True,
        body=booking_requests.HoldSecret,
        answers={200: booking_answers.HoldShown},
        errors=NO_HOLD_ERRORS | {409: "already_extended, state_conflict", 410: "hold_expired"},
    ),
    Route(
        method="POST",
        path="/v1/holds/{id}/confirm",
        handler=booking.confirm_hold,
        summary="Confirm: the appointment and its links.",
        scopes=HOLD_KEEPER_SCOPES,
        # The secret says whose it is: what is held while the link was good can be confirmed (C4).
        cancelled=PATIENT_SCOPE,
        closed=PATIENT_SCOPE,
        public=True,
        body=booking_requests.ConfirmHold,
        answers={200: booking_answers.Confirmed},
        errors=NO_HOLD_ERRORS | {409: "state_conflict", 410: "hold_expired"},
    ),
    Route(
        method="DELETE",
        path="/v1/holds/{id}",
        handler=booking.release_hold,
        summary="Give it back.",
        scopes=HOLD_KEEPER_SCOPES,
        answers={204: None},
        errors=NO_HOLD_ERRORS | {409: "state_conflict"},
    ),
)

_MOVES = (
    Route(
        method="POST",
        path=f"{APPOINTMENT_PATH}/reschedule",
        handler=appointment_changes.reschedule,
        summary="Move to another time; id, links and history stay.",
        scopes=CLINIC_SCOPES,
        body=booking_requests.Reschedule,
        answers={200: answers.AppointmentShown},
        errors=MOVE_ERRORS,
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT_PATH}/reallocate",
        handler=appointment_changes.reallocate,
        summary="Move to another practitioner or time, and seat what waits for the place.",
        scopes=STAFF_SCOPES,
        body=booking_requests.Reallocate,
        answers={200: answers.AppointmentShown},
        errors=MOVE_ERRORS,
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT_PATH}/complete",
        handler=appointment_changes.complete,
        summary="It took place.",
        scopes=CLINIC_SCOPES,
        body=booking_requests.SetByHand,
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN_ERRORS | {409: "state_conflict"},
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT_PATH}/no-show",
        handler=appointment_changes.no_show,
        summary="The patient did not come.",
        scopes=CLINIC_SCOPES,
        body=booking_requests.SetByHand,
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN_ERRORS | {409: "state_conflict, evidence_contradicts"},
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT_PATH}/undo",
        handler=appointment_changes.undo,
        summary="Take an outcome back.",
        scopes=STAFF_SCOPES,
        body=booking_requests.Undo,
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN_ERRORS | {409: "state_conflict"},
    ),
    Route(
        method="GET",
        path=f"{APPOINTMENT_PATH}/calendar.ics",
        handler=appointment_changes.get_calendar,
        summary="A calendar file with the link of whoever asks.",
        scopes=CLINIC_SCOPES | VISITING_SCOPES,
        cancelled=VISITING_SCOPES,
        answers={200: str},
        media=appointment_changes.CALENDAR_TYPE,
        errors=UNKNOWN_ERRORS,
    ),
    Route(
        method="GET",
        path="/v1/clashes",
        handler=appointment_changes.list_clashes,
        summary="What syncs could not place, because somebody else has the time.",
        scopes=STAFF_SCOPES,
        answers={200: booking_answers.ClashList},
    ),
    Route(
        method="POST",
        path="/v1/clashes/{id}/seat",
        handler=appointment_changes.seat_clash,
        summary="Place it elsewhere.",
        scopes=STAFF_SCOPES,
        body=booking_requests.SeatElsewhere,
        answers={200: answers.AppointmentShown},
        errors=MOVE_ERRORS,
    ),
    Route(
        method="DELETE",
        path="/v1/clashes/{id}",
        handler=appointment_changes.dismiss_clash,
        summary="It was settled elsewhere.",
        scopes=STAFF_SCOPES,
        answers={204: None},
        errors=UNKNOWN_ERRORS,
    ),
)

BOOKING_ROUTES = (*_HOURS, *_HOLDS, *_MOVES)
