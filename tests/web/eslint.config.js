// Run from the top of the checkout: `tests/web/node_modules/.bin/eslint --config tests/web/eslint.config.js web tests/web`.
import js from '@eslint/js';
import globals from 'globals';

/** Ways to make markup of a string. Names and messages come from people, so pages use `textContent` (RELIABILITY 3, XSS). */
const MARKUP = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'createContextualFragment', 'setHTMLUnsafe', 'srcdoc'];

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
      'no-restricted-globals': ['error', { name: 'event', message: 'Take the event as an argument.' }],
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
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
      radix: 'error',
      'require-await': 'error',
      strict: ['error', 'never'],
    },
  },
  { files: ['web/**/*.js'], languageOptions: { globals: globals.browser } },
  { files: ['tests/web/**/*.js'], languageOptions: { globals: { ...globals.node, ...globals.nodeBuiltin } } },
];
