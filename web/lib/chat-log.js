// What was written in this visit, by everybody who is in it. Kept in this page only, and gone with the visit (PROTOCOL.md `chat`).

/** @typedef {import('./frames.js').Frame} Frame */
/** @typedef {import('./frames.js').Person} Person */

/** Characters of one message, as the server counts them (PROTOCOL.md). */
export const LONGEST_TEXT = 2_000;

/** `sending`: not acknowledged yet, perhaps since the connection is down; it is sent when it is back. @typedef {'sending' | 'sent' | 'unsent'} Progress */

/**
 * @typedef {object} Line
 * @property {number} id of this page's own
 * @property {string | null} name whose it is; null: one's own
 * @property {string} text
 * @property {string | number} at
 * @property {Progress} progress
 */

/**
 * @typedef {object} Options
 * @property {(text: string) => Promise<Frame>} send answered by `ack` or `error`
 * @property {() => number} now milliseconds, the server's clock
 * @property {() => void} onchange
 */

export class ChatLog {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {readonly Line[]} */
    this.lines = [];
    /** Of others, that nobody has looked at yet. */
    this.unread = 0;
    this.count = 0;
  }

  /** @param {string} typed @returns {boolean} false for what is empty or too long */
  say(typed) {
    const text = clean(typed);
    if (text === '' || length(text) > LONGEST_TEXT) return false;
    const line = this.#add({ name: null, text, at: this.options.now(), progress: 'sending' });
    void this.#send(line);
    return true;
  }

  /** One more try. @param {number} id of a line that was not sent */
  again(id) {
    const line = this.lines.find((each) => each.id === id && each.progress === 'unsent');
    if (line !== undefined) void this.#send(line);
  }

  /** @param {Frame} frame `chat` @param {readonly Person[]} people those in the room */
  receive(frame, people) {
    const name = people.find(({ sid }) => sid === frame['from'])?.name ?? '';
    this.unread += 1;
    this.#add({ name, text: frame['text'], at: frame['at'], progress: 'sent' });
  }

  read() {
    if (this.unread === 0) return;
    this.unread = 0;
    this.options.onchange();
  }

  /** The visit is over. */
  clear() {
    this.lines = [];
    this.unread = 0;
  }

  /** @param {Line} line */
  async #send({ id, text }) {
    this.#mark(id, 'sending');
    const answer = await this.options.send(text);
    this.#mark(id, answer.type === 'ack' ? 'sent' : 'unsent');
  }

  /** @param {Omit<Line, 'id'>} line */
  #add(line) {
    const added = { ...line, id: (this.count += 1) };
    this.lines = [...this.lines, added];
    this.options.onchange();
    return added;
  }

  /** Does nothing to a line of a visit that is over. @param {number} id @param {Progress} progress */
  #mark(id, progress) {
    if (!this.lines.some((line) => line.id === id && line.progress !== progress)) return;
    this.lines = this.lines.map((line) => (line.id === id ? { ...line, progress } : line));
    this.options.onchange();
  }
}

/** Half a surrogate pair, as a cut emoji leaves it, is no text and no JSON. @param {string} typed */
function clean(typed) {
  return typed.replace(/\p{Surrogate}/gu, '\uFFFD').trim();
}

/** @param {string} text */
export function length(text) {
  return [...text].length;
}
