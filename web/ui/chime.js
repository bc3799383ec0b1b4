// A short, gentle sound of two notes, made by the browser itself. Browsers play nothing before a click: `unlock` belongs into one.

/** Hertz and seconds: D5 and then G5, rising, as a door that opens. */
const NOTES = [[587.33, 0], [783.99, 0.18]];
/** Seconds a note takes to fade out. */
const FADE = 0.7;
/** Of full loudness: to be noticed, not to startle. */
const LOUDNESS = 0.12;

export class Chime {
  constructor() {
    /** @type {AudioContext | null} */
    this.context = null;
  }

  /** Whether it would be heard now. */
  get ready() {
    return this.context?.state === 'running';
  }

  /** From within a click or a key press. */
  unlock() {
    if (window.AudioContext === undefined) return; // a browser without it has the words and the page's title
    this.context ??= new AudioContext();
    if (this.context.state !== 'running') void this.context.resume();
  }

  ring() {
    const { context } = this;
    if (context === null || context.state !== 'running') return;
    for (const [pitch = 0, after = 0] of NOTES) note(context, pitch, context.currentTime + after);
  }
}

/** @param {AudioContext} context @param {number} pitch @param {number} at */
function note(context, pitch, at) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + FADE);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + FADE);
}
