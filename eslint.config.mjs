// The rings of the house (CONTRIBUTING.md) and the usual TypeScript rules.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** One ring: which files, and which imports it must not have. Each refusal says where the thing belongs. */
function ring(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}
const noVscode = { group: ['vscode'], message: 'Only src/host and src/extension.ts may import vscode.' };
const noRuntime = { group: ['onnxruntime-node', 'sharp'], message: 'Native modules are loaded in src/engine only.' };
const noToolkit = { group: ['@vscode/webview-ui-toolkit*'], message: 'Use the façade webview/kit/controls.ts.' };
const noNode = { group: ['node:*'], message: 'This ring also runs in a browser.' };
const noOuter = {
  group: ['**/engine/**', '**/host/**'],
  message: 'Dependencies run inwards: core and shared know nobody.',
};
const noEngine = { group: ['**/engine/**'], message: 'Host and engine meet over RPC only.' };
const noHost = { group: ['**/host/**'], message: 'Host and engine meet over RPC only.' };
const noCore = { group: ['**/core/**'], message: 'Send results, not logic: what a page needs belongs to src/shared.' };
const noDisk = { group: ['node:fs', 'node:fs/promises'], message: 'Core touches the disk in src/core/files only.' };
const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];
const scriptGlobals = Object.fromEntries(['process', 'console', 'URL', ...timers].map((name) => [name, 'readonly']));

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test/fixtures/**', 'test-results/**', 'media/**'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports: a thing has one name.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that has it.' },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  ring(['src/shared/**/*.ts'], [noVscode, noRuntime, noNode, noCore, noOuter]),
  ring(['src/core/**/*.ts'], [noVscode, noRuntime, noOuter, noDisk]),
  ring(['src/core/files/**/*.ts'], [noVscode, noRuntime, noOuter]),
  ring(['src/engine/**/*.ts'], [noVscode, noHost]),
  ring(['src/host/**/*.ts', 'src/extension.ts'], [noRuntime, noEngine]),
  ring(['webview/**/*.ts'], [noVscode, noRuntime, noNode, noCore, noOuter, noToolkit]),
  ring(['webview/kit/controls.ts'], [noVscode, noRuntime, noNode, noCore, noOuter]),
  // Scripts of this repository: plain JavaScript in Node, outside every tsconfig.
  { files: ['**/*.{mjs,cjs}'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: { globals: scriptGlobals },
    rules: { 'no-console': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { require: 'readonly', module: 'writable' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['src/engine/cli/**', 'test/**'], rules: { 'no-console': 'off' } },
);
