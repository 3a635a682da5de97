// The whole test run: builds, checks, then every tier. `node test/run.mjs [--full] [tier…]`; tiers are check, unit,
// engine, webview, integration, e2e. `--full` adds the long cases that read ../shared. The last line is the sum.
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runChecks } from './check.mjs';
import { installCodeServer } from './harness/codeServer.mjs';
import { runIntegration } from './harness/integration.mjs';
import { softwareGpu } from './harness/swiftshader.mjs';

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('--'));
const full = args.includes('--full');
const has = (tier) => wanted.length === 0 || wanted.includes(tier);
const total = { passed: 0, failed: 0 };

rmSync('dist/test', { recursive: true, force: true });
const build = spawnSync(process.execPath, ['esbuild.mjs', '--tests'], { stdio: 'inherit' });
if (build.status !== 0) finish({ passed: 0, failed: 1 });

if (has('check')) {
  console.log('\n── check');
  add(await runChecks());
}
if (has('unit')) add(await runMocha('unit', testFiles('dist/test/unit')));
// Each leaves a core idle for much of the time: they wait for processes and for pages.
const together = ['engine', 'webview'].filter(has).flatMap((tier) => {
  const files = testFiles(`dist/test/${tier}`);
  if (tier === 'webview') return [() => runMocha(tier, files)];
  const [onGpu, others] = [true, false].map((gpu) =>
    files.filter((file) => basename(file).startsWith('webgpu') === gpu),
  );
  const halves = [0, 1].map((half) => others.filter((_, i) => i % 2 === half));
  return [...halves.map((some) => () => runMocha(tier, some)), () => runOnSoftwareGpu(onGpu)];
});
for (const result of await Promise.all(together.map((run) => run()))) add(result);
if (has('integration')) {
  console.log('\n── integration');
  add(await runIntegration());
}
if (has('e2e')) add(await runEndToEnd());
finish(total);

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.js'));
  return names.map((name) => join(folder, name)).sort();
}

/** A Vulkan driver is found by the environment that a process starts with. */
async function runOnSoftwareGpu(files) {
  try {
    // It compiles every kernel when it is first used.
    return await runMocha('engine on WebGPU', files, { environment: await softwareGpu(), seconds: full ? 900 : 180 });
  } catch (error) {
    console.log(`\n  ✘ a driver for the tests on WebGPU\n${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

/** The VS Code comes before the tests and their time limits: the first time, it takes as long as the network needs. */
async function runEndToEnd() {
  try {
    await installCodeServer();
  } catch (error) {
    console.log(`\n  ✘ VS Code for the tests of e2e\n${error.message}`);
    return { passed: 0, failed: 1 };
  }
  return runMocha('e2e', testFiles('dist/test/e2e'));
}

/**
 * Mocha in a process of its own, so that a native crash fails one tier and is counted as a failure. What it says is
 * printed at its end: tiers may run side by side.
 */
async function runMocha(tier, files, { environment = {}, seconds = 60 } = {}) {
  if (files.length === 0) return { passed: 0, failed: 0 };
  const folder = mkdtempSync(join(tmpdir(), 'frankenstein-tests-'));
  const counts = join(folder, 'counts.json');
  const mocha = [
    'node_modules/mocha/bin/mocha.js',
    '--reporter',
    'test/harness/reporter.cjs',
    '--timeout',
    `${seconds * 1000}`,
  ];
  const child = spawn(process.execPath, ['--enable-source-maps', ...mocha, ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, TEST_COUNTS: counts, ...(full ? { TEST_FULL: '1' } : {}) },
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  console.log(`\n── ${tier}\n${Buffer.concat(said).toString()}`);
  const result = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : { passed: 0, failed: 1 };
  if (status !== 0 && result.failed === 0) result.failed = 1;
  rmSync(folder, { recursive: true });
  return result;
}

function add(result) {
  total.passed += result.passed;
  total.failed += result.failed;
}

function finish(result) {
  console.log(`\n${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed === 0 ? 0 : 1);
}
