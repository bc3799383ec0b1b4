// The booking page, until it is built: says what will be there, in the viewer's language.

import { speak } from '../ui/page.js';

speak();
