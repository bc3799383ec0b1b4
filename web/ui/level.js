// A bar that moves with the voice, so that a person sees the microphone work.

/** Milliseconds between looks: smooth enough, and cheap. */
const EVERY = 100;

/**
 * @param {HTMLMeterElement} meter from 0 to 1
 * @param {MediaStreamTrack} track
 * @returns {() => void} stops it
 */
export function showLevel(meter, track) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    // Samples are centred on 128; the loudest of them, made a little livelier for quiet voices.
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample - 128)), 0) / 128;
    meter.setAttribute('value', String(Math.min(1, Math.sqrt(loudest))));
  }, EVERY);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
