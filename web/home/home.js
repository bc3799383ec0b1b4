// The two pages that need no link: what this is, and that there is nothing at an address. They say it in the viewer's language.

import { entitle, speak } from '../ui/page.js';
import { words } from '../lib/i18n.js';

speak();
entitle(words(document.title));
