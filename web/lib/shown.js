// What the API answers, as the pages read it. Types only; `/v1/openapi.json` is the full text.

/**
 * @typedef {{ id: string, status: 'held' | 'confirmed' | 'cancelled' | 'expired' | 'completed' | 'no_show', outcome: string | null, review: boolean,
 *   starts_at: string, ends_at: string, room: string, window: { opens_at: string, closes_at: string },
 *   link: { usable: boolean, failed: string[] }, practitioner: string, practitioner_name: string | null, patient: string,
 *   patient_name?: string, guests: { id: string, name: string }[], type: string | null, external_type: string | null,
 *   cancelled: { by: string, at: string, reason: string | null, note?: string | null } | null }} Appointment
 */

/** @typedef {'patient' | 'practitioner' | 'clinic' | 'booking service'} Who can put something right */

/** B3: one check of a link. @typedef {{ code: string, passed: boolean, blocking: boolean, message: string, who: Who, where: string }} Check */

/**
 * @template T
 * @typedef {{ items: T[], next_cursor: string | null }} Page
 */

/**
 * What a person's own link says of itself.
 * @typedef {{ person: string, appointment: Appointment, usable: boolean, checks: Check[], can_cancel: boolean, cancel_until: string | null,
 *   address: string | null, time_zone: string, phone: string | null, server_time: string }} OwnLink
 */

/**
 * One visit behind an address (A8).
 * @typedef {{ starts_at: string, ends_at: string, window: { opens_at: string, closes_at: string }, practitioner_name: string | null,
 *   link: string | null, is_open: boolean, failed: string[] }} Entry
 */

/**
 * @typedef {{ role: 'patient' | 'practitioner', link?: string, current: Entry | null, upcoming: Entry[], time_zone: string,
 *   phone: string | null, server_time: string, device: string | null, device_expires_at: string | null }} Opened
 */

/** How one message to a person went. @typedef {{ state: 'none' | 'pending' | 'delivered' | 'failed', at: string | null, why: string | null }} Message */

/**
 * @typedef {{ person: string, name: string | null, usable: boolean, failed: string[], revoked: boolean, has_contact: boolean,
 *   told: boolean, message: Message }} PersonLink
 */

/** One appointment with everybody's link, failing checks first. @typedef {{ appointment: Appointment, checks: Check[], people: PersonLink[] }} LinkRow */

/**
 * B4: what goes on by itself after a setting was put right.
 * @typedef {{ cause: 'practitioner' | 'type' | 'contact' | 'clinic', started_at: string, seen: number, healed: number, total: number,
 *   finished_at: string | null }} Backfill
 */

/** @typedef {{ id: string, name: string, video_enabled: boolean, external_ids: string[], email: string | null }} Practitioner */
/** @typedef {{ id: string, name: string, video: boolean, minutes: number, external_ids: string[] }} AppointmentType */
/** Another system that wants no more messages. @typedef {{ id: string, at: string, why: string }} DisabledWebhook */
/** @typedef {{ id: string, name: string, time_zone: string, phone: string | null }} Clinic */
/** A9. @typedef {{ at: string, who: string, what: string, appointment: string | null, person: string | null, reason: string | null }} Act */
/** @typedef {{ at: string, what: string, by: string, facts: Record<string, any> }} Step */
/** @typedef {{ appointment: Appointment, usable: boolean, checks: Check[] }} Found */

/** @typedef {{ starts_at: string, ends_at: string }} Times */
/** A free time, with whom. @typedef {Times & { practitioner: string }} Slot */

/**
 * C1: hours of every week. `valid_until` is the last day.
 * @typedef {{ id: string, weekday: number, start_minute: number, end_minute: number, slot_minutes: number, buffer_minutes: number, active: boolean,
 *   valid_from: string | null, valid_until: string | null }} AvailabilityWindow
 */

/**
 * C1: what is different on one day, or closed until another (C10).
 * @typedef {{ id: string, date: string, until: string | null, kind: 'closed' | 'extra', start_minute: number, end_minute: number, slot_minutes: number | null,
 *   buffer_minutes: number | null, note: string | null }} Exception
 */

/** @typedef {{ items: AvailabilityWindow[], exceptions: Exception[], time_zone: string, self_booking: boolean }} Availability */
/** A booking that would lie outside the hours; it is not touched. @typedef {Times & { id: string, status: string, patient_name: string | null }} Affected */

/**
 * C3: it came from another system and overlapped `other`, so it has no place yet; by now the other one may be elsewhere.
 * @typedef {Times & { id: string, other: Appointment | null, practitioner: string, practitioner_name: string | null, patient: string,
 *   patient_name: string | null, type: string | null, external_type: string | null, at: string }} Clash
 */

export {};
