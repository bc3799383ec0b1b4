"""Every call of the API, in CONTRACT's order: what it takes, who may make it, what it answers."""

from signalling.http import table_booking, table_links
from signalling.http.callers import CLINIC, KEY, OPERATOR, STAFF, Scope
from signalling.http.calls import accounts, appointments, clinics, health, links, people
from signalling.http.routes import Route
from signalling.http.shapes import answers, requests

CONCERNED: frozenset[Scope] = CLINIC | {"patient"}

APPOINTMENT = "/v1/appointments/{id}"
UNKNOWN = {404: "not_found"}

_CLINIC = (
    Route(
        method="POST",
        path="/v1/clinics",
        handler=clinics.create_clinic,
        summary="Create a clinic; its API key is shown this once.",
        scopes=OPERATOR,
        body=requests.CreateClinic,
        answers={201: answers.ClinicCreated},
        errors={409: "clinic_exists"},
    ),
    Route(
        method="GET",
        path="/v1/clinic",
        handler=clinics.get_clinic,
        summary="The caller's clinic.",
        scopes=CLINIC,
        answers={200: answers.ClinicShown},
    ),
    Route(
        method="PATCH",
        path="/v1/clinic",
        handler=clinics.change_clinic,
        summary="Change the clinic (RFC 7396); what is not yet decided follows.",
        scopes=KEY,
        body=requests.ChangeClinic,
        answers={200: answers.ClinicShown},
    ),
)


_PEOPLE = (
    Route(
        method="GET",
        path="/v1/colleagues",
        handler=people.list_colleagues,
        summary="Whom a practitioner can hand a visit to: the others who do video.",
        scopes=CLINIC,
        answers={200: answers.Colleagues},
    ),
    Route(
        method="PUT",
        path="/v1/practitioners/{id}",
        handler=people.put_practitioner,
        summary="Create or replace a practitioner.",
        scopes=STAFF,
        body=requests.PutPractitioner,
        answers={200: answers.PractitionerShown, 201: answers.PractitionerShown},
    ),
    Route(
        method="GET",
        path="/v1/practitioners/{id}",
        handler=people.get_practitioner,
        summary="Read a practitioner.",
        scopes=CLINIC,
        answers={200: answers.PractitionerShown},
        errors=UNKNOWN,
    ),
    Route(
        method="DELETE",
        path="/v1/practitioners/{id}",
        handler=people.delete_practitioner,
        summary="Remove a practitioner with no appointment to come.",
        scopes=KEY,
        answers={204: None},
        errors=UNKNOWN | {409: "state_conflict"},
    ),
    Route(
        method="PUT",
        path="/v1/appointment-types/{id}",
        handler=people.put_appointment_type,
        summary="Create or replace an appointment type.",
        scopes=STAFF,
        body=requests.PutAppointmentType,
        answers={200: answers.AppointmentTypeShown, 201: answers.AppointmentTypeShown},
    ),
    Route(
        method="GET",
        path="/v1/appointment-types/{id}",
        handler=people.get_appointment_type,
        summary="Read an appointment type.",
        scopes=CLINIC,
        answers={200: answers.AppointmentTypeShown},
        errors=UNKNOWN,
    ),
    Route(
        method="DELETE",
        path="/v1/appointment-types/{id}",
        handler=people.delete_appointment_type,
        summary="Remove an appointment type.",
        scopes=KEY,
        answers={204: None},
        errors=UNKNOWN,
    ),
    Route(
        method="PUT",
        path="/v1/patients/{id}",
        handler=people.put_patient,
        summary="Create or replace a patient.",
        scopes=KEY,
        body=requests.PutPatient,
        answers={200: answers.PatientShown, 201: answers.PatientShown},
    ),
    Route(
        method="GET",
        path="/v1/patients/{id}",
        handler=people.get_patient,
        summary="Read a patient.",
        scopes=STAFF,
        answers={200: answers.PatientShown},
        errors=UNKNOWN,
    ),
    Route(
        method="DELETE",
        path="/v1/patients/{id}",
        handler=people.delete_patient,
        summary="Erase a patient: name and contact are gone everywhere, what is to come only if asked.",
        scopes=KEY,
        query=requests.ErasePatient,
        answers={204: None},
        errors=UNKNOWN | {409: "state_conflict"},
    ),
)

_APPOINTMENTS = (
    Route(
        method="PUT",
        path=APPOINTMENT,
        handler=appointments.put_appointment,
        summary="Create or change an appointment.",
        scopes=KEY,
        body=requests.PutAppointment,
        answers={200: answers.AppointmentShown, 201: answers.AppointmentShown},
        errors={409: "slot_taken, state_conflict", 422: "reference_unknown, interval_invalid"},
    ),
    Route(
        method="GET",
        path=APPOINTMENT,
        handler=appointments.get_appointment,
        summary="Read an appointment.",
        scopes=CONCERNED | {"guest"},
        cancelled=CONCERNED | {"guest"},
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/appointments",
        handler=appointments.list_appointments,
        summary="List appointments: without status and dates, what is to come.",
        scopes=CLINIC,
        query=requests.ListAppointments,
        answers={200: answers.AppointmentList},
        errors={422: "cursor_invalid"},
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT}/cancel",
        handler=appointments.cancel_appointment,
        summary="Cancel an appointment.",
        scopes=CONCERNED,
        # So that whoever asks again under its Idempotency-Key is answered, and not refused.
        cancelled=CONCERNED,
        body=requests.CancelAppointment,
        answers={200: answers.AppointmentShown},
        errors=UNKNOWN | {409: "state_conflict, too_late_to_cancel", 422: "field_required"},
    ),
    Route(
        method="GET",
        path=f"{APPOINTMENT}/attendance",
        handler=accounts.get_attendance,
        summary="Who was there, and what came of it.",
        scopes=CLINIC,
        answers={200: answers.AttendanceShown},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path=f"{APPOINTMENT}/history",
        handler=accounts.get_history,
        summary="Everything that was done to an appointment.",
        scopes=CLINIC,
        answers={200: answers.History},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path=f"{APPOINTMENT}/diagnosis",
        handler=accounts.get_diagnosis,
        summary="Why is there no link?",
        scopes=CONCERNED,
        answers={200: answers.DiagnosisShown},
        errors=UNKNOWN,
    ),
)

_LINKS = (
    Route(
        method="POST",
        path=f"{APPOINTMENT}/tokens",
        handler=links.issue_token,
        summary="One person's link to the room.",
        scopes=STAFF,
        body=requests.AskToken,
        answers={200: answers.IssuedShown},
        errors={404: "not_found, person_unknown", 409: "the code of the check that blocks"},
    ),
    Route(
        method="POST",
        path="/v1/practitioners/{id}/room-link",
        handler=links.issue_room_link,
        summary="A link to the practitioner's own page.",
        scopes=STAFF,
        body=requests.AskRoomLink,
        answers={200: answers.GrantShown},
        errors=UNKNOWN,
    ),
    Route(
        method="POST",
        path="/v1/staff-links",
        handler=links.issue_staff_link,
        summary="A link to the staff page.",
        scopes=KEY,
        body=requests.AskStaffLink,
        answers={200: answers.GrantShown},
    ),
    Route(
        method="DELETE",
        path="/v1/links/{id}",
        handler=links.revoke_link,
        summary="Revoke a room link or staff link.",
        scopes=STAFF,
        answers={204: None},
        errors=UNKNOWN,
    ),
)

ROUTES = (
    *_CLINIC,
    *_PEOPLE,
    *_APPOINTMENTS,
    *_LINKS,
    *table_links.ROUTES,
    *table_booking.ROUTES,
    *health.ROUTES,
)
