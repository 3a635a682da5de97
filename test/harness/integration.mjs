// Runs dist/test/integration.js inside a real extension host: that of a desktop VS Code where there is one, else that of
// the served one (codeServer.mjs). The tests report over runnerChannel.mjs, the same way from both.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { startCodeServer } from './codeServer.mjs';
import { desktopExecutable } from './desktop.mjs';
import { openRunnerChannel } from './runnerChannel.mjs';
import { copySampleLab } from './sampleLab.mjs';

const extensionTestsPath = resolve('dist/test/integration.js');
const longestRun = 10 * 60_000;

/**
 * Prints every test with its result.
 * @returns {Promise<{passed: number, failed: number}>} a run that did not end, or that had no test, counts as failed
 */
export async function runIntegration() {
  const result = { passed: 0, failed: 0 };
  let ended = false;
  let hangUp;
  const hungUp = new Promise((resolve) => (hangUp = resolve));
  const scratch = await mkdtemp(join(tmpdir(), 'frankenstein-integration-'));
  const channel = await openRunnerChannel(({ lines }) => {
    lines.on('line', (line) => {
      const message = JSON.parse(line);
      if (message.kind === 'end') ended = true;
      else report(result, message);
    });
    lines.once('close', () => hangUp('the extension host hung up'));
  });
  try {
    const workspace = join(scratch, 'sample-lab');
    await copySampleLab(workspace);
    const executable = desktopExecutable();
    const run = executable ? runInDesktop : runInServed;
    const how = await run({ executable, scratch, workspace, env: channel.env, hungUp }).catch((error) => error.message);
    const problem = !ended ? `It did not end: ${how}` : result.passed + result.failed === 0 ? 'It found no test.' : '';
    if (problem) {
      console.log(`  ✘ the run in the extension host\n${indent(problem)}`);
      result.failed++;
    }
  } finally {
    await channel.close();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  return result;
}

function report(result, { kind, title, milliseconds, error }) {
  result[kind]++;
  console.log(kind === 'passed' ? `  ✔ ${title} (${milliseconds} ms)` : `  ✘ ${title}\n${indent(error)}`);
}

function indent(text) {
  return text.replace(/^/gm, '      ');
}

async function runInDesktop({ executable, scratch, workspace, env }) {
  const { runTests } = await import('@vscode/test-electron');
  await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: resolve('.'),
    extensionTestsPath,
    extensionTestsEnv: env,
    // VS Code puts a socket into its user folder, and a socket's path must be short.
    launchArgs: [workspace, '--disable-workspace-trust', '--skip-welcome', '--user-data-dir', join(scratch, 'user')],
  });
}

/** Answers how it ended and what the extension host last wrote to its console, for a run that breaks off. */
async function runInServed({ scratch, workspace, env, hungUp }) {
  const server = await startCodeServer({ dataFolder: join(scratch, 'data'), env });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const log = [];
      // The workbench calls these two where they exist.
      await page.exposeFunction('codeAutomationLog', (_kind, args) => log.push(args.join(' ')));
      const exited = new Promise((resolve) =>
        page.exposeFunction('codeAutomationExit', (code) => resolve(`exit code ${code}`)),
      );
      const paths = { extensionDevelopmentPath: resolve('.'), extensionTestsPath };
      await page.goto(server.address(workspace, Object.entries(paths)));
      const how = await Promise.race([exited, hungUp, timeout(longestRun)]);
      return [how, ...log.slice(-20)].join('\n');
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

function timeout(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, 'out of time').unref());
}
