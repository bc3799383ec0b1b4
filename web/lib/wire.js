// One WebSocket at a time: frames in and out, a deadline for being welcomed, and nothing heard of one that was let go.

/** @typedef {import('./frames.js').Frame} Frame */

/** Milliseconds from opening to the welcome. A network that swallows everything never closes; the browser gives up much later. */
const DEADLINE = 10_000;

/**
 * @typedef {object} Listener
 * @property {() => void} onopen
 * @property {(frame: Frame) => void} onframe
 * @property {(code: number) => void} onclose also 1006 when the deadline has passed
 */

export class Wire {
  /** @param {string} url @param {typeof WebSocket} Socket @param {Listener} listener */
  constructor(url, Socket, listener) {
    this.url = url;
    this.Socket = Socket;
    this.listener = listener;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.deadline = undefined;
  }

  open() {
    this.drop();
    const socket = new this.Socket(this.url, 'consultroom.v1');
    socket.onopen = () => this.listener.onopen();
    socket.onmessage = (event) => this.listener.onframe(JSON.parse(event.data));
    socket.onclose = (event) => this.listener.onclose(event.code);
    this.socket = socket;
    this.deadline = setTimeout(() => this.listener.onclose(1006), DEADLINE);
  }

  /** The other side has shown that it is there. */
  welcomed() {
    clearTimeout(this.deadline);
  }

  /** @param {Frame} frame */
  write(frame) {
    if (this.socket?.readyState === this.Socket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** Lets go of the present socket; a late event of it is no longer heard. */
  drop() {
    clearTimeout(this.deadline);
    const old = this.socket;
    this.socket = null;
    if (old === null) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
  }
}
