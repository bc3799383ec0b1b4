// This page's camera and microphone: those that were chosen on this device, and what comes and goes while they are used (E3, E5).

import { OwnMedia } from '../lib/own-media.js';
import { chosen } from './chosen.js';
import { devicesNow, speakerStays } from './device-choice.js';
import { announce } from './page.js';
import { followPermissions } from './permissions.js';

/** @param {(own: OwnMedia) => void} onchange after every change, also one that failed */
export function ownDevices(onchange) {
  const source = navigator.mediaDevices;
  const own = new OwnMedia({ source, choice: chosen, onchange });
  followPermissions(own);
  source?.addEventListener?.('devicechange', () => void changed());

  async function changed() {
    await own.devicesChanged();
    const gone = await speakerStays((await devicesNow()).audiooutput);
    if (gone !== null) announce(gone);
  }

  return own;
}
