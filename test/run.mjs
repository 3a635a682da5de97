// The whole test run: builds, checks, then every tier. `node test/run.mjs [--full] [tier…]`; tiers are check, unit,
// engine, webview, integration, e2e. `--full` adds the long cases that read ../shared, and pictures of all pages. The last
// line is the sum.
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

// What stands in one line runs side by side: it leaves a core idle while it waits for processes and pages.
await together({ check: () => headed('check', runChecks), unit: () => runMocha('unit', testFiles('dist/test/unit')) });
await inPool(3, [...(has('engine') ? engineJobs() : []), ...(has('webview') ? webviewJobs() : [])]);
// Each a whole VS Code, whose tests wait for it: one after the other.
await together({ integration: () => headed('integration', runIntegration) });
await together({ e2e: runEndToEnd });
finish(total);

/** What prints as it goes has its heading first. */
function headed(tier, run) {
  console.log(`\n── ${tier}`);
  return run();
}

async function together(tiers) {
  const chosen = Object.entries(tiers).filter(([tier]) => has(tier));
  await inPool(
    chosen.length,
    chosen.map(([, run]) => run),
  );
}

/** So many at a time. @param jobs functions that resolve to how many passed and failed */
async function inPool(workers, jobs) {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const { passed, failed } = await job();
      total.passed += passed;
      total.failed += failed;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** The tests on a GPU, and the others a few files at a time, so that none is left alone in the end. */
function engineJobs() {
  const files = testFiles('dist/test/engine');
  const isOnGpu = (file) => basename(file).startsWith('webgpu');
  return [
    () => runOnSoftwareGpu(files.filter(isOnGpu)),
    ...inGroups(
      'engine',
      files.filter((file) => !isOnGpu(file)),
      8,
    ),
  ];
}

function webviewJobs() {
  return inGroups('webview', testFiles('dist/test/webview'), 4);
}

/** Every so-manieth file is of one group: what stands side by side is often of one size. */
function inGroups(tier, files, groups) {
  return Array.from({ length: groups }, (_, group) => {
    const own = files.filter((__, i) => i % groups === group);
    return () => runMocha(`${tier}, ${group + 1} of ${groups}`, own);
  });
}

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.js'));
  // Those take pictures of pages, for people to look at.
  const taken = names.filter((name) => full || !name.endsWith('Look.test.js'));
  return taken.map((name) => join(folder, name)).sort();
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

function finish(result) {
  console.log(`\n${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed === 0 ? 0 : 1);
}
