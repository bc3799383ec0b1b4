// The front desk's page, until it is built: says what will be there. The token leaves the address bar all the same (A4).

import { takeToken } from '../lib/token.js';
import { speak } from '../ui/page.js';

takeToken(location, history, sessionStorage);
speak();
