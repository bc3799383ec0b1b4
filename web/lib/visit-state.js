// What is happening, as one value: every frame and every change of the connection makes the next. Pure.

/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {import('./frames.js').Person} Person */
/** @typedef {import('./frames.js').PersonState} PersonState */
/** @typedef {import('./frames.js').Refusal} Refusal */
/** @typedef {import('./frames.js').Role} Role */
/** @typedef {import('./frames.js').Waiter} Waiter */
/** @typedef {import('./link.js').Link} Link */

/**
 * `ready`: before the click on Join. `letting_in`: admitted, and told so before anybody can see or hear (I).
 * `early`, `elsewhere` and `over` are where a refusal or an end leads.
 * @typedef {'ready' | 'connecting' | 'early' | 'elsewhere' | 'waiting' | 'letting_in' | 'in_room' | 'lobby' | 'over'} Phase
 */

/** @typedef {Person & PersonState} Present somebody else in the room, with what is known of their devices */

/** @typedef {{ sid: string, person: string, why: string }} Gone */

/** @typedef {{ position: number, practitionerHere: boolean, lateUntil: string | null, phone: string | null }} Place */

/**
 * @typedef {object} State
 * @property {Phase} phase
 * @property {Link} link
 * @property {string} sid
 * @property {Role | null} role
 * @property {string} name one's own
 * @property {string} practitioner
 * @property {string | null} room
 * @property {string | null} appointment
 * @property {string | null} startsAt
 * @property {{ opens_at: string, closes_at: string } | null} window
 * @property {string | null} timeZone the clinic's
 * @property {string | null} phone the clinic's
 * @property {readonly Present[]} people
 * @property {readonly Waiter[]} queue
 * @property {number} more how many wait whom the queue has no room for
 * @property {readonly string[]} locked rooms; a practitioner's, as the next two
 * @property {readonly import('./frames.js').Occupied[]} rooms those with patients or guests in them
 * @property {string | null} lateUntil what the waiting were told
 * @property {Gone | null} gone who went last, and why
 * @property {boolean} reassigned the visit was handed to a colleague who has not come yet
 * @property {boolean} sentBack waiting again, after having been let in
 * @property {Place | null} place
 * @property {Refusal | null} refusal
 * @property {number} close the close code of a refusal, 0 without
 */

/** @type {State} */
export const READY = {
  phase: 'ready', link: 'idle', sid: '', role: null, name: '', practitioner: '', room: null, appointment: null,
  startsAt: null, window: null, timeZone: null, phone: null, people: [], queue: [], more: 0, place: null, refusal: null, close: 0,
  locked: [], rooms: [], lateUntil: null, gone: null, reassigned: false, sentBack: false,
};

/** @param {State} state @param {Link} link @returns {State} */
export function linked(state, link) {
  const begins = link === 'connecting';
  return { ...state, link, ...(begins ? { phase: 'connecting', refusal: null, close: 0 } : {}) };
}

/** A hello was refused, or a session ended by the server. @param {State} state @param {Refusal} refusal @param {number} close @returns {State} */
export function refused(state, refusal, close) {
  const facts = {
    timeZone: refusal['time_zone'] ?? state.timeZone,
    phone: refusal['phone'] ?? state.phone,
    startsAt: refusal['starts_at'] ?? state.startsAt,
  };
  return { ...state, ...facts, people: [], queue: [], more: 0, refusal, close, phase: phaseAfter(refusal.code) };
}

/** @param {string} code @returns {Phase} */
function phaseAfter(code) {
  if (code === 'too_early') return 'early';
  if (code === 'elsewhere') return 'elsewhere';
  return code === 'resume_refused' ? 'ready' : 'over';
}

/** @typedef {(state: State, frame: Frame) => State} Step */

/** @type {Readonly<Record<string, Step>>} */
const STEPS = {
  welcome: (state, frame) => ({
    ...state,
    phase: phaseOf(state, frame['state']),
    sid: frame['sid'],
    role: frame['role'],
    name: frame['name'] ?? state.name,
    practitioner: frame['practitioner'] ?? state.practitioner,
    room: frame['room'] ?? null,
    appointment: frame['appointment'] ?? null,
    startsAt: frame['starts_at'] ?? null,
    window: frame['window'] ?? null,
    timeZone: frame['time_zone'] ?? state.timeZone,
    phone: frame['phone'] ?? state.phone,
    people: known(state.people, frame['people'] ?? []),
    queue: frame['queue'] ?? [],
    ...deskOf(frame),
    reassigned: state.reassigned && !hasHost(frame),
  }),
  // The appointment may have been moved meanwhile.
  waiting: (state, frame) => ({ ...state, phase: 'waiting', place: placeOf(frame), startsAt: frame['starts_at'] ?? state.startsAt }),
  queue: (state, frame) => ({ ...state, queue: frame['items'], ...deskOf(frame) }),
  admitted: (state, frame) => ({
    ...state,
    phase: state.role === 'practitioner' ? 'in_room' : 'letting_in',
    room: frame['room'],
    appointment: frame['appointment'] ?? state.appointment,
    // Whoever admits one more into the room they are in knows what the others have switched off.
    people: known(state.people, frame['people']),
    place: null,
    gone: null,
    reassigned: false,
    sentBack: false,
  }),
  joined: (state, { sid, person, name, role, polite }) => ({
    ...state,
    people: [...without(state.people, sid), { sid, person, name, role, polite, online: true }],
    reassigned: state.reassigned && role !== 'practitioner',
  }),
  left: (state, frame) => ({ ...state, people: without(state.people, frame['sid']), gone: goneOf(state, frame) }),
  state: (state, { from, ...news }) => ({
    ...state,
    people: state.people.map((person) => (person.sid === from ? { ...person, ...devices(news) } : person)),
  }),
  sent_back: (state) => ({ ...state, phase: 'waiting', people: [], room: null, place: null, sentBack: true }),
  // D3: a colleague has the visit now. The socket closes and comes back by itself; the person stays in the room.
  error: (state, frame) => (frame['code'] === 'reassigned' ? { ...state, reassigned: true, practitioner: '' } : state),
  ended: (state, frame) => ended(state, frame['why']),
};

/** The state after this frame; one that is not known changes nothing. @param {State} state @param {Frame} frame @returns {State} */
export function received(state, frame) {
  return STEPS[frame.type]?.(state, frame) ?? state;
}

/** People in a room, oneself included (E1). */
const SEATS = 4;

/** Whether nobody more can come into the room one is in. @param {Pick<State, 'phase' | 'people'>} state */
export function isFull({ phase, people }) {
  return phase === 'in_room' && people.length >= SEATS - 1;
}

const BACK_IN_LOBBY = ['done', 'ended', 'handed_over'];

/** A practitioner who ended a visit, or handed it over, is in the lobby again; everybody else is out. @param {State} state @param {string} why @returns {State} */
function ended(state, why) {
  const out = { ...state, people: [], room: null, place: null, gone: null };
  if (state.role === 'practitioner' && BACK_IN_LOBBY.includes(why)) return { ...out, phase: 'lobby' };
  return { ...out, phase: 'over', refusal: { code: why, message: '' }, close: 0 };
}

/** Being let in goes on over a reconnect. @param {State} state @param {'waiting' | 'in_room' | 'lobby'} next @returns {Phase} */
function phaseOf(state, next) {
  return state.phase === 'letting_in' && next === 'in_room' ? 'letting_in' : next;
}

/** A welcome's list is whole; what we know of their devices is kept. @param {readonly Present[]} before @param {Person[]} now */
function known(before, now) {
  return now.map((person) => ({ ...before.find(({ sid }) => sid === person.sid), ...person }));
}

/** @param {Record<string, any>} news @returns {PersonState} */
function devices(news) {
  return Object.fromEntries(['audio', 'video', 'screen', 'sound_only', 'media', 'online'].filter((name) => name in news).map((name) => [name, news[name]]));
}

/** @param {readonly Present[]} people @param {string} sid */
function without(people, sid) {
  return people.filter((person) => person.sid !== sid);
}

/** What a practitioner's `welcome` and `queue` say beside who waits. @param {Frame} frame */
function deskOf(frame) {
  return { locked: frame['locked'] ?? [], rooms: frame['rooms'] ?? [], lateUntil: frame['running_late'] ?? null, more: frame['more'] ?? 0 };
}

/** @param {State} state @param {Frame} frame @returns {Gone | null} */
function goneOf({ people, gone }, frame) {
  const who = people.find(({ sid }) => sid === frame['sid']);
  return who === undefined ? gone : { sid: who.sid, person: who.person, why: frame['why'] };
}

/** @param {Frame} frame */
function hasHost(frame) {
  return (frame['people'] ?? []).some((/** @type {Person} */ { role }) => role === 'practitioner');
}

/** @param {Frame} frame @returns {Place} */
function placeOf(frame) {
  return {
    position: frame['position'],
    practitionerHere: frame['practitioner_here'],
    lateUntil: frame['running_late'] ?? null,
    phone: frame['phone'] ?? null,
  };
}
