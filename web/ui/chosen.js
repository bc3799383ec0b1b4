// The devices that were chosen in this browser, the same for everything on the page.

import { DeviceChoice } from '../lib/device-list.js';
import { lasting } from './storage.js';

export const chosen = new DeviceChoice(lasting);
