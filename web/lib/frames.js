// The shapes of PROTOCOL.md that the pages read. Types only.

/**
 * @typedef {'patient' | 'guest' | 'practitioner'} Role
 * @typedef {{ iceServers: RTCIceServer[], expires_at?: string }} Ice
 * @typedef {{ opens_at: string, closes_at: string }} Window
 * @typedef {{ sid: string, person: string, name: string, role: Role, polite: boolean, online?: boolean }} Person
 * @typedef {{ person: string, name: string, role: Role, guest_of?: string, appointment: string, room: string, starts_at: string,
 *   waiting_since: string, check?: import('./check-found.js').Found | null, online: boolean, sid: string, state: 'waiting' | 'in_room',
 *   handed_by?: string }} Waiter one line of a practitioner's `queue`
 * @typedef {{ room: string, names: string[] }} Occupied a room of the day with patients or guests in it
 * @typedef {{ audio?: boolean, video?: boolean, screen?: boolean, sound_only?: boolean, media?: 'connected' | 'failed',
 *   online?: boolean }} PersonState
 * @typedef {{ description?: RTCSessionDescriptionInit, candidate?: RTCIceCandidateInit | null,
 *   candidates?: RTCIceCandidateInit[] }} SignalData
 */

/**
 * A frame from the server. Which members there are depends on `type`; the reader checks what it uses.
 * @typedef {{ type: string, seq?: number, [member: string]: any }} Frame
 */

/** What an `error` says: its code, and the facts beside it. @typedef {{ code: string, message: string, [fact: string]: any }} Refusal */

export {};
