// Notes the first time of each step of a call. Put into a page before its own scripts; changes nothing of what they do.
{
  globalThis.marks = {};
  const mark = (name) => { globalThis.marks[name] ??= performance.timeOrigin + performance.now(); };

  document.addEventListener('click', ({ target }) => {
    if (target.closest('#join') !== null) mark('join');
    if (target.closest('.queue button') !== null) mark('admit');
  }, { capture: true });

  const note = ({ type, data }) => { mark(type === 'signal' ? data.description?.type ?? 'candidate' : type); };
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => note(JSON.parse(data)));
    }

    send(text) {
      note(JSON.parse(text));
      super.send(text);
    }
  };

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      mark('peer');
      this.addEventListener('iceconnectionstatechange', () => { if (this.iceConnectionState === 'connected') mark('ice'); });
      this.addEventListener('connectionstatechange', () => { if (this.connectionState === 'connected') mark('connected'); });
    }
  };

  const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (open !== undefined) {
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      mark('devices');
      return stream;
    };
  }

  const watched = new WeakSet();
  new MutationObserver(() => {
    for (const video of document.querySelectorAll('.stage video')) {
      if (watched.has(video)) continue;
      watched.add(video);
      video.requestVideoFrameCallback(() => mark('frame'));
    }
  }).observe(document, { childList: true, subtree: true });
}
