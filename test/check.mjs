// Types of every ring, lint and format, each reported as one check. Exported for test/run.mjs; runs alone as `npm run check`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const rings = ['src/shared', 'src/core', 'src/engine', 'src/host', 'webview', 'test'];
const checks = [
  ...rings.map((ring) => ({ name: `types ${ring}`, command: ['typescript/bin/tsc', '-p', ring] })),
  { name: 'lint', command: ['eslint/bin/eslint.js', '.'] },
  { name: 'format', command: ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
];

/** Runs the checks, two at a time; prints what fails; returns how many passed and failed. */
export async function runChecks() {
  const waiting = [...checks];
  const result = { passed: 0, failed: 0 };
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { code, output } = await run(check.command);
      if (code === 0) result.passed++;
      else result.failed++;
      console.log(`${code === 0 ? '  ✔' : '  ✘'} ${check.name}${code === 0 ? '' : `\n${output}`}`);
    }
  };
  await Promise.all([worker(), worker()]);
  return result;
}

function run([script, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`node_modules/${script}`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed } = await runChecks();
  process.exitCode = failed === 0 ? 0 : 1;
}
