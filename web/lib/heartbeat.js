// A page cannot see the server's protocol pings; a `ping` of its own finds a connection that is dead but open (RELIABILITY 4, half-open).

/** Milliseconds between looks. Hidden tabs are throttled to one a minute, which only makes this slower, never wrong. */
export const PING_EVERY = 10_000;
/** Milliseconds a pong may take: longer than a bad mobile network, shorter than the server's 25 s. */
export const PATIENCE = 8_000;

export class Heartbeat {
  /**
   * @param {() => void} ping
   * @param {() => void} dead
   * @param {() => number} now milliseconds
   */
  constructor(ping, dead, now) {
    this.ping = ping;
    this.dead = dead;
    this.now = now;
    this.askedAt = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  start() {
    this.stop();
    this.timer = setInterval(() => this.look(), PING_EVERY);
  }

  stop() {
    clearInterval(this.timer);
    this.askedAt = 0;
  }

  /** Anything that came in proves life. */
  heard() {
    this.askedAt = 0;
  }

  /** Asks, or gives up on a question asked too long ago; the machine may have slept in between. */
  look() {
    if (this.askedAt === 0) {
      this.askedAt = this.now();
      this.ping();
    } else if (this.now() - this.askedAt > PATIENCE) {
      this.stop();
      this.dead();
    }
  }
}
