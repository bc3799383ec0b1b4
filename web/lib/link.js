// How a connection stands, and what it is made with. Types only.

/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {import('./frames.js').Refusal} Refusal */

/**
 * `up`: welcomed. `down`: trying again by itself. `idle`: not asked to connect, or refused.
 * @typedef {'idle' | 'connecting' | 'up' | 'down'} Link
 */

/**
 * @typedef {object} Options
 * @property {string} url `wss://host/ws/<affinity>`
 * @property {string} token
 * @property {string} device a few words shown in attendance
 * @property {import('./session-store.js').SessionStore} store
 * @property {typeof WebSocket} Socket
 * @property {(frame: Frame) => void} onframe everything but `ack`, `pong` and refusals of a hello
 * @property {(link: Link) => void} onlink
 * @property {(refusal: Refusal, close: number) => void} onrefused the session is over, or asks for the person's decision
 * @property {() => number} [now] milliseconds
 * @property {() => number} [random]
 */

export {};
