// Two partners in one page and the wire between them, which the test can delay, cut and reorder. Evaluates to a function.
async ({ audio = [true, true], lossy = false, held = false, lost = '' } = {}) => {
  const { Partner } = await import('/assets/lib/partner.js');
  const wire = { log: [], media: [[], []], lose: (_from, kind) => lossy && kind !== 'candidate', hold: held ? [] : null, partners: [] };
  const take = async (kind) => (await navigator.mediaDevices.getUserMedia({ [kind]: true })).getTracks()[0];

  const voice = (index) => (audio[index] ? take('audio') : Promise.resolve(undefined));

  function deliver(to, data) {
    const late = Math.random() * 20;
    wire.queue = (wire.queue ?? Promise.resolve()).then(() => new Promise((done) => setTimeout(done, late)));
    void wire.queue.then(() => wire.partners[to].receive(data));
  }

  function send(from, data) {
    const kind = data.description?.type ?? 'candidate';
    wire.log.push(`${from} ${kind}`);
    if (wire.lose(from, kind) || (`${from} ${kind}` === lost && wire.log.indexOf(lost) === wire.log.length - 1)) return;
    if (wire.hold !== null && data.description) wire.hold.push([1 - from, data]);
    else deliver(1 - from, data);
  }

  function partner(index, track) {
    return new Partner({
      polite: index === 1,
      iceServers: [],
      tracks: track === undefined ? {} : { audio: track },
      Peer: RTCPeerConnection,
      send: (data) => send(index, data),
      onstream: () => {},
      onmedia: (media) => wire.media[index].push(media),
    });
  }

  wire.pass = (to, kinds) => {
    for (const kind of kinds) deliver(...wire.hold.splice(wire.hold.findIndex(([whom, { description }]) => whom === to && description.type === kind), 1)[0]);
  };
  wire.release = () => { for (const [to, data] of wire.hold.splice(0)) deliver(to, data); wire.hold = null; };
  wire.replace = async (index) => { wire.partners[index].close(); wire.partners[index] = partner(index, await voice(index)); };
  wire.track = take;
  wire.states = () => wire.partners.map(({ current: { pc } }) => `${pc.connectionState} ${pc.signalingState}`);
  wire.receiving = () => wire.partners.map(({ current: { pc } }) =>
    pc.getTransceivers().filter(({ currentDirection }) => /recv/.test(currentDirection ?? '')).length);
  globalThis.wire = wire;
  const voices = [await voice(0), await voice(1)];
  wire.partners = voices.map((track, index) => partner(index, track));
}
