// Two notes from the speaker, made here: nothing to load, and nobody's jingle.

/** Hertz and seconds. */
const NOTES = [523.25, 659.25];
const LENGTH = 0.45;

/** Plays them; after a click, for browsers let no page begin by itself. @returns {Promise<void>} when they are over */
export async function playTone() {
  const context = new AudioContext();
  const loudness = context.createGain();
  loudness.gain.value = 0.3;
  loudness.connect(context.destination);
  NOTES.forEach((frequency, i) => {
    const note = context.createOscillator();
    note.frequency.value = frequency;
    note.connect(loudness);
    note.start(context.currentTime + i * LENGTH);
    note.stop(context.currentTime + (i + 1) * LENGTH);
  });
  await new Promise((done) => setTimeout(done, NOTES.length * LENGTH * 1000 + 200));
  await context.close();
}
