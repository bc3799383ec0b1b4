// Run from the top of the checkout: `tests/web/node_modules/.bin/eslint --config tests/web/eslint.config.js web tests/web`.
import js from '@eslint/js';
import globals from 'globals';

/** Ways to make markup of a string. Names and messages come from people, so pages use `textContent` (RELIABILITY 3, XSS). */
const MARKUP = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'createContextualFragment', 'setHTMLUnsafe', 'srcdoc'];

const OWN_EVENT = { name: 'event', message: 'Take the event as an argument.' };

/** What only a page has. `lib/` runs without one, in Node's tests too (HOUSE: no DOM in them). */
const PAGE = ['document', 'window', 'self', 'parent', 'top', 'location', 'history', 'localStorage', 'sessionStorage', 'addEventListener', 'alert', 'confirm',
  'getComputedStyle', 'matchMedia', 'requestAnimationFrame', 'CustomEvent', 'Document', 'DOMParser', 'Element', 'Image', 'IntersectionObserver', 'MutationObserver', 'Node',
  'ResizeObserver', ...Object.keys(globals.browser).filter((name) => /^(HTML|SVG)/.test(name))];

/** Folders of web/ that import each other only downwards: a page from ui/ and lib/, ui/ from lib/, lib/ from itself. */
const above = (...folders) => ({ patterns: [{ regex: `^(\\.\\./)+(${folders.join('|')})/`, message: 'lib/ <- ui/ <- the pages.' }] });
const PAGES = ['address', 'book', 'gallery', 'home', 'join', 'practice', 'staff'];

export default [
  js.configs.recommended,
  { ignores: ['**/node_modules/**'] },
  {
    files: ['**/*.js'],
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    rules: {
      complexity: ['error', 12],
      'consistent-return': 'error',
      curly: ['error', 'multi-line'],
      'default-case-last': 'error',
      eqeqeq: 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 400, skipBlankLines: true }],
      'no-console': 'error',
      'no-else-return': 'error',
      'no-eval': 'error',
      'no-implicit-coercion': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-param-reassign': 'error',
      'no-restricted-globals': ['error', OWN_EVENT],
      'no-restricted-properties': ['error', ...MARKUP.map((property) => ({ property, message: 'Use textContent or nodes.' }))],
      'no-return-assign': 'error',
      'no-self-compare': 'error',
      'no-shadow': ['error', { builtinGlobals: false }],
      'no-throw-literal': 'error',
      'no-unmodified-loop-condition': 'error',
      'no-unneeded-ternary': 'error',
      'no-unused-expressions': 'error',
      'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
      'no-useless-return': 'error',
      'no-var': 'error',
      'no-warning-comments': ['error', { terms: ['@ts-ignore', '@ts-nocheck', '@ts-expect-error'], location: 'anywhere' }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
      radix: 'error',
      'require-await': 'error',
      strict: ['error', 'never'],
    },
  },
  { files: ['web/**/*.js'], languageOptions: { globals: globals.browser } },
  {
    files: ['web/lib/**/*.js'],
    rules: {
      'no-restricted-globals': ['error', OWN_EVENT, ...PAGE.map((name) => ({ name, message: 'lib/ knows no page.' }))],
      'no-restricted-imports': ['error', above('ui', ...PAGES)],
    },
  },
  { files: ['web/ui/**/*.js'], rules: { 'no-restricted-imports': ['error', above(...PAGES)] } },
  ...PAGES.filter((page) => page !== 'gallery').map((page) => (
    { files: [`web/${page}/**/*.js`], rules: { 'no-restricted-imports': ['error', above(...PAGES)] } })),
  { files: ['tests/web/**/*.js'], languageOptions: { globals: { ...globals.node, ...globals.nodeBuiltin } } },
];
