// A window of the served VS Code with the extension in it, for end-to-end tests and screenshots.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser } from './browser.mjs';
import { installVsix, startCodeServer } from './codeServer.mjs';
import { openRunnerChannel } from './runnerChannel.mjs';
import { copySampleLab } from './sampleLab.mjs';

const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
};
const evaluator = 'dist/test/evaluator';

/** In a browser the workbench keeps its state some seconds after a change; a reload leaves it no time to. */
const keepingTime = 6000;

/** See workbench.d.mts. */
export async function openWorkbench({
  folder,
  theme = 'dark',
  trusted = true,
  settings = {},
  env = {},
  extensions = [],
  vsix,
} = {}) {
  if (!existsSync(evaluator)) throw new Error(`${evaluator} is missing: node esbuild.mjs --tests`);
  const scratch = await mkdtemp(join(tmpdir(), 'frankenstein-window-'));
  const closing = [() => rm(scratch, { recursive: true, force: true, maxRetries: 5 })];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const workspace = folder ?? join(scratch, 'sample-lab');
    if (!folder) await copySampleLab(workspace);
    const host = await openHost();
    closing.push(host.close);
    const dataFolder = join(scratch, 'data');
    // The address takes one extension under development, so this one is installed.
    for (const extension of [evaluator, ...extensions]) {
      await cp(extension, join(dataFolder, 'extensions', basename(extension)), { recursive: true });
    }
    if (vsix) await installVsix(dataFolder, vsix);
    const server = await startCodeServer({
      dataFolder,
      trusted,
      env: { ...host.env, ...env },
      userSettings: { 'workbench.colorTheme': themes[theme], ...settings },
    });
    closing.push(server.stop);
    const browser = await launchBrowser();
    closing.push(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const payload = vsix ? [] : [['extensionDevelopmentPath', resolve('.')]];
    await page.goto(server.address(workspace, payload));
    await ready(page, host);
    return {
      page,
      folder: workspace,
      evaluate: host.evaluate,
      frame: (title) => webviewFrame(page, title),
      screenshot: (name) => screenshot(page, name),
      async screenshots(name, wanted = ['dark', 'light', 'highContrast']) {
        for (const each of wanted) {
          await setTheme(page, host, each);
          await delay(500);
          await screenshot(page, `${name}-${each}`);
        }
        await setTheme(page, host, 'dark');
      },
      async reload() {
        await delay(keepingTime);
        host.forget();
        await page.reload();
        await ready(page, host);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ready(page, host) {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  await host.connected();
}

/** The extension host at the other end of the line: the newest that called. */
async function openHost() {
  let newest = withResolvers();
  const channel = await openRunnerChannel((host) => newest.resolve(evaluatorOf(host)));
  return {
    env: channel.env,
    close: channel.close,
    /** Before a reload: whoever called until now does not count. */
    forget: () => (newest = withResolvers()),
    connected: () => within(60_000, newest.promise, 'The extension host did not start within 60 s.'),
    evaluate: async (run, ...args) => (await newest.promise)(run, ...args),
  };
}

function evaluatorOf(host) {
  const waiting = [];
  let ended = false;
  host.lines.on('line', (line) => {
    const { id, value, error } = JSON.parse(line);
    if (error === undefined) waiting[id].resolve(value);
    else waiting[id].reject(new Error(`in the extension host: ${error}`));
  });
  host.lines.once('close', () => {
    ended = true;
    for (const { reject } of waiting) reject(new Error('The extension host ended.'));
  });
  return (run, ...args) => {
    if (ended) throw new Error('The extension host has ended.');
    const answer = withResolvers();
    host.send({ id: waiting.push(answer) - 1, source: String(run), args });
    return answer.promise;
  };
}

/**
 * A webview is a frame in a frame: the outer one is VS Code's, the inner one the extension's page, which carries the
 * panel's title.
 */
async function webviewFrame(page, title) {
  const end = Date.now() + 30_000;
  const seen = new Set();
  while (Date.now() < end) {
    for (const outer of await page.locator('iframe.webview.ready').all()) {
      const name = await outer.getAttribute('name', { timeout: 1000 }).catch(() => undefined);
      if (!name) continue;
      const frame = page.frameLocator(`iframe.webview.ready[name="${name}"]`);
      const inner = frame.locator('iframe#active-frame');
      const found = await inner.getAttribute('title', { timeout: 1000 }).catch(() => undefined);
      if (found !== undefined && (title === undefined || found === title)) return inner.contentFrame();
      seen.add(found);
    }
    await delay(100);
  }
  throw new Error(`No webview ${title ? `“${title}” ` : ''}within 30 s; there are: ${[...seen].join(', ') || 'none'}.`);
}

async function setTheme(page, host, theme) {
  await host.evaluate(
    (vscode, name) => vscode.workspace.getConfiguration('workbench').update('colorTheme', name, true),
    themes[theme],
  );
  const kind = { dark: 'vs-dark', light: 'vs', highContrast: 'hc-black', highContrastLight: 'hc-light' }[theme];
  await page.locator(`.monaco-workbench.${kind}`).waitFor();
}

async function screenshot(page, name) {
  const path = join('test-results', `${name}.png`);
  await mkdir('test-results', { recursive: true });
  await page.screenshot({ path });
  return path;
}

function withResolvers() {
  const result = {};
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
  return result;
}

function within(milliseconds, promise, message) {
  const { promise: late, reject } = withResolvers();
  const timer = setTimeout(() => reject(new Error(message)), milliseconds);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
