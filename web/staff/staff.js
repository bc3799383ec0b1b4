// The front desk's page, until it is built: says what will be there. The token leaves the address bar all the same (A4).

import { takeToken } from '../lib/token.js';
import { speak } from '../ui/page.js';
import { storage } from '../ui/storage.js';

takeToken(location, history, storage);
speak();
