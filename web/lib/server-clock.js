// What time it is, as the server says: this machine's own clock may be hours off, and may be put right while a page is open (A6).

/** Milliseconds by which the two clocks of a machine may come apart until the server is asked: more than they are slewed by, less than anybody notices. */
const APART = 1_500;

export class ServerClock {
  /**
   * How much time has passed is told by a clock that nobody sets. That one stands still while some machines sleep, and the wall clock does not: when the two
   * have come apart, either was the case, and `onapart` asks the server.
   * @param {() => number} [steady] milliseconds @param {() => number} [wall] milliseconds since 1970
   */
  constructor(steady = () => performance.now(), wall = Date.now) {
    this.steady = steady;
    this.wall = wall;
    this.gap = wall() - steady();
    this.ahead = this.gap;
    /** @type {() => void} */
    this.onapart = () => {};
  }

  /** @param {string} serverTime RFC 3339, just arrived */
  hear(serverTime) {
    this.ahead = Date.parse(serverTime) - this.steady();
  }

  /** An answer said the time in whole seconds, and took its time: what is known better than that stays. @param {number} from milliseconds since 1970 @param {number} to */
  hearBetween(from, to) {
    const known = this.steady() + this.ahead;
    if (known < from || known > to) this.ahead += (from + to) / 2 - known;
  }

  /** Milliseconds since 1970, as the server would say. */
  now() {
    this.look();
    return this.steady() + this.ahead;
  }

  /** Whether the machine slept, or its clock was set, since the last look. */
  look() {
    const gap = this.wall() - this.steady();
    if (Math.abs(gap - this.gap) < APART) return;
    this.gap = gap;
    this.onapart();
  }
}

/**
 * Milliseconds that have passed, the time asleep among them; never fewer than before, however the wall clock is set.
 * @param {() => number} [steady] @param {() => number} [wall]
 */
export function passing(steady = () => performance.now(), wall = Date.now) {
  let [before, beforeWall, sum] = [steady(), wall(), 0];
  return () => {
    const [now, nowWall] = [steady(), wall()];
    sum += Math.max(now - before, nowWall - beforeWall);
    [before, beforeWall] = [now, nowWall];
    return sum;
  };
}
