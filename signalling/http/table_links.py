"""The calls about links, in three parts: of whoever holds one, of the front desk, and of other systems."""

from signalling.http.callers import CLINIC, KEY, OPERATOR, STAFF, Scope
from signalling.http.calls import accounts, desk, guests, holders, people, systems
from signalling.http.routes import Route
from signalling.http.shapes import answers, link_answers, link_requests, requests

HOLDERS: frozenset[Scope] = frozenset({"patient", "guest", "practitioner"})

APPOINTMENT = "/v1/appointments/{id}"
WEBHOOK = "/v1/webhooks/{id}"
UNKNOWN = {404: "not_found"}
OVER = {404: "not_found, person_unknown", 409: "state_conflict, or the code of the check that blocks"}

_HOLDERS = (
    Route(
        method="GET",
        path="/v1/link",
        handler=holders.get_own_link,
        summary="One's own link: the visit, what keeps it back, what can be done.",
        scopes=HOLDERS,
        cancelled=HOLDERS,
        closed=HOLDERS,
        answers={200: link_answers.OwnLink},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/link/qr",
        handler=holders.get_own_qr,
        summary="One's own link as a QR code, for another device.",
        scopes=HOLDERS,
        answers={200: str},
        media=holders.QR,
    ),
    Route(
        method="POST",
        path="/v1/link/current",
        handler=holders.send_current_link,
        summary="Send the current link to whom this old one was for, to the contact on file.",
        body=link_requests.SendCurrent,
        answers={202: link_answers.Sent},
        errors={401: "unauthenticated", 429: "rate_limited"},
    ),
    Route(
        method="POST",
        path="/v1/addresses/code",
        handler=holders.send_code,
        summary="Send a one-time code to the contact on file, if the address is somebody's.",
        body=link_requests.AskCode,
        answers={202: link_answers.Sent},
        errors={422: "address_invalid", 429: "rate_limited"},
    ),
    Route(
        method="POST",
        path="/v1/addresses/open",
        handler=holders.open_address,
        summary="The current visit and those to come, by a code or a remembered device.",
        body=link_requests.OpenAddress,
        answers={200: link_answers.AddressOpened},
        errors={403: "code_wrong, device_unknown", 422: "address_invalid", 429: "rate_limited"},
    ),
    Route(
        method="POST",
        path="/v1/addresses/forget",
        handler=holders.forget_device,
        summary="Forget a remembered device.",
        body=link_requests.ForgetDevice,
        answers={204: None},
        errors={422: "address_invalid", 429: "rate_limited"},
    ),
)

_DESK = (
    Route(
        method="GET",
        path="/v1/links",
        handler=desk.list_links,
        summary="Everybody's link; with usable=false, video appointments without one.",
        scopes=STAFF,
        query=link_requests.ListLinks,
        answers={200: link_answers.LinkRows},
        errors={422: "cursor_invalid"},
    ),
    Route(
        method="GET",
        path="/v1/diagnosis",
        handler=desk.find_links,
        summary="Why is there no link, by a practitioner's name and a time.",
        scopes=STAFF,
        query=link_requests.FindLinks,
        answers={200: link_answers.FoundList},
        errors={
            404: "practitioner_unknown",
            422: "time_invalid, time_nonexistent, time_ambiguous, time_out_of_range",
        },
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT}/resend",
        handler=desk.resend_link,
        summary="Send a person their link again; anew where it was revoked.",
        scopes=STAFF,
        body=link_requests.Resend,
        answers={200: answers.AppointmentShown},
        errors=OVER,
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT}/revoke",
        handler=desk.revoke_persons_link,
        summary="Take a person's link back; what it opened ends.",
        scopes=STAFF,
        body=link_requests.Revoke,
        answers={200: answers.AppointmentShown},
        errors=OVER,
    ),
    Route(
        method="POST",
        path=f"{APPOINTMENT}/extend",
        handler=desk.extend_window,
        summary="Keep one appointment's join window open for longer.",
        scopes=STAFF,
        body=link_requests.Extend,
        answers={200: answers.AppointmentShown},
        errors=OVER,
    ),
    Route(
        method="GET",
        path=f"{APPOINTMENT}/support-bundle",
        handler=accounts.get_support_bundle,
        summary="All that support needs, without clinical data, names or tokens.",
        scopes=STAFF,
        answers={200: link_answers.SupportBundle},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/audit",
        handler=desk.list_audit,
        summary="Who did what to whose link, and why; newest first.",
        scopes=STAFF,
        query=requests.Paged,
        answers={200: link_answers.AuditList},
        errors={422: "cursor_invalid"},
    ),
    Route(
        method="GET",
        path="/v1/practitioners",
        handler=people.list_practitioners,
        summary="All practitioners.",
        scopes=CLINIC,
        answers={200: answers.Practitioners},
    ),
    Route(
        method="GET",
        path="/v1/practitioners/{id}/affected",
        handler=people.list_practitioner_affected,
        summary="What is to come by video with this practitioner; at most 200.",
        scopes=STAFF,
        answers={200: answers.AppointmentList},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/appointment-types",
        handler=people.list_appointment_types,
        summary="All appointment types.",
        scopes=STAFF,
        answers={200: answers.AppointmentTypes},
    ),
    Route(
        method="GET",
        path="/v1/appointment-types/{id}/affected",
        handler=people.list_type_affected,
        summary="What is to come by video of this type; at most 200.",
        scopes=STAFF,
        answers={200: answers.AppointmentList},
        errors=UNKNOWN,
    ),
)

GUEST = f"{APPOINTMENT}/guests/{{guest}}"
KNOWN = {404: "not_found, person_unknown"}

_GUESTS = (
    Route(
        method="POST",
        path=f"{APPOINTMENT}/guests",
        handler=guests.invite_guest,
        summary="Invite a companion or interpreter, in mid-call too; who has a contact is sent the link.",
        scopes=CLINIC,
        body=link_requests.InviteGuest,
        answers={201: link_answers.InvitedShown},
        errors={
            404: "not_found",
            409: "state_conflict, guests_used_up, or the code of the check that blocks",
            422: "length_invalid",
        },
    ),
    Route(
        method="GET",
        path=GUEST,
        handler=guests.get_guest,
        summary="Somebody who was invited: their link, and whether the message to them has arrived.",
        # At the desk a link is copied by `tokens`, which writes down who did (A9).
        scopes=CLINIC - {"staff"},
        answers={200: link_answers.InvitedShown},
        errors=KNOWN | {409: "the code of the check that blocks"},
    ),
    Route(
        method="DELETE",
        path=GUEST,
        handler=guests.withdraw_guest,
        summary="Take somebody who was invited off again; what their link opened ends, a call too.",
        scopes=CLINIC,
        answers={204: None},
        errors=KNOWN | {409: "state_conflict"},
    ),
)

_SYSTEMS = (
    Route(
        method="PUT",
        path=WEBHOOK,
        handler=systems.put_webhook,
        summary="Create or replace a webhook.",
        scopes=KEY,
        body=link_requests.PutHook,
        answers={200: link_answers.HookShown, 201: link_answers.HookShown},
        errors={422: "webhook_url_forbidden"},
    ),
    Route(
        method="GET",
        path=WEBHOOK,
        handler=systems.get_webhook,
        summary="Read a webhook, with its secret.",
        scopes=KEY,
        answers={200: link_answers.HookShown},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path="/v1/webhooks",
        handler=systems.list_webhooks,
        summary="All webhooks.",
        scopes=KEY,
        answers={200: link_answers.Hooks},
    ),
    Route(
        method="DELETE",
        path=WEBHOOK,
        handler=systems.delete_webhook,
        summary="Remove a webhook.",
        scopes=KEY,
        answers={204: None},
        errors=UNKNOWN,
    ),
    Route(
        method="GET",
        path=f"{WEBHOOK}/deliveries",
        handler=systems.list_deliveries,
        summary="What waits, what was given up, what arrived.",
        scopes=KEY,
        answers={200: link_answers.Deliveries},
        errors=UNKNOWN,
    ),
    Route(
        method="POST",
        path=f"{WEBHOOK}/replay",
        handler=systems.replay_webhook,
        summary="Send dead letters once more, at most 50 at once.",
        scopes=KEY,
        body=link_requests.Replay,
        answers={200: link_answers.Replayed},
        errors=UNKNOWN,
    ),
    Route(
        method="POST",
        path=f"{WEBHOOK}/rotate",
        handler=systems.rotate_webhook_secret,
        summary="A new secret; for a day both sign.",
        scopes=KEY,
        answers={200: link_answers.HookShown},
        errors=UNKNOWN,
    ),
    Route(
        method="PUT",
        path="/v1/external/{database}",
        handler=systems.put_database,
        summary="An external database and the clinics that share it; its group key is shown this once.",
        scopes=OPERATOR,
        body=link_requests.PutDatabase,
        answers={200: link_answers.DatabaseShown, 201: link_answers.DatabaseMade},
        errors={422: "reference_unknown"},
    ),
    Route(
        method="GET",
        path="/v1/external/{database}",
        handler=systems.get_database,
        summary="Which clinics share an external database.",
        scopes=OPERATOR,
        answers={200: link_answers.DatabaseShown},
        errors=UNKNOWN,
    ),
    Route(
        method="POST",
        path="/v1/external/{database}/appointments",
        handler=systems.put_external_appointment,
        summary="Create or change an appointment in whichever clinic it falls to.",
        scopes=frozenset({"group"}),
        body=link_requests.PutExternal,
        answers={200: link_answers.ExternalShown, 201: link_answers.ExternalShown},
        errors={
            409: "ambiguous_clinic, slot_taken, state_conflict",
            422: "reference_unknown, interval_invalid",
        },
    ),
)

ROUTES = (*_HOLDERS, *_DESK, *_GUESTS, *_SYSTEMS)
