// The Idempotency-Key of what is asked for and may be asked for again: an answer can be lost (C4).

export class RepeatKey {
  constructor() {
    this.asked = '';
    this.key = '';
  }

  /** The same for a second try of the same, as long as it was not forgotten. @param {...unknown} asked */
  of(...asked) {
    const what = JSON.stringify(asked);
    if (what !== this.asked) [this.asked, this.key] = [what, crypto.randomUUID()];
    return this.key;
  }

  /** It is done: the same once more is another. */
  forget() {
    this.asked = '';
  }
}
