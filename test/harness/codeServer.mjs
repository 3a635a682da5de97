// A real VS Code from npm alone: the server inside the package code-server, whose workbench a browser shows and whose
// extension host is Node. This version runs on Node 20, needs no native build, and still takes an extension under
// development from the page's address (later ones only with a test flag).
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { installOnce } from './cache.mjs';
import { installStandIns, searchTool } from './nativeStandIns.mjs';
import { npm } from './npm.mjs';

const version = '4.99.4';
const portInUse = 'The port is in use. Choose another one, or none.';
const serverFolder = ['node_modules', 'code-server', 'lib', 'vscode'];

/** What a user who wants to be left alone sets; what a test or a screenshot needs to be the same every time. */
const settings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'chat.commandCenter.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'workbench.colorTheme': 'Default Dark Modern',
};

/**
 * Installs the server into the user's cache, once. The inner install is the server's own packages; scripts stay off,
 * since they would fetch or build what is not needed here.
 * @returns {Promise<string>} the folder with out/server-main.js
 */
export async function installCodeServer(log = console.log) {
  const folder = await installOnce(`vscode-${version}`, async (staging) => {
    log(`Installing a VS Code to be shown in the browser (code-server ${version} from npm, about 290 MB, once).`);
    const started = Date.now();
    await npmInstall(log, '1/2 the server', staging, [`code-server@${version}`, searchTool, '--no-save']);
    await npmInstall(log, '2/2 its packages', join(staging, ...serverFolder), ['--omit=dev']);
    await installStandIns(staging, join(staging, ...serverFolder));
    log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  });
  return join(folder, ...serverFolder);
}

async function npmInstall(log, title, folder, args) {
  log(`  ${title} …`);
  const started = Date.now();
  const timer = setInterval(() => log(`  ${title} … ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
  try {
    await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, ...args], folder);
  } finally {
    clearInterval(timer);
  }
}

/**
 * Installs a packaged extension, as VS Code does it from its file. Whatever lies in the folder of extensions already
 * stays installed; what is copied there later is not seen.
 */
export async function installVsix(dataFolder, file) {
  const server = join(await installCodeServer(), 'out', 'server-main.js');
  const args = ['--accept-server-license-terms', '--server-data-dir', dataFolder, '--install-extension', file];
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}' };
  await promisify(execFile)(process.execPath, [server, ...args], { env });
}

/**
 * Starts the server on 127.0.0.1. Only who knows the address's token gets in: the machine may have other users.
 * @param {object} options
 * @param {string} options.dataFolder settings and state of this VS Code; the user's own are never touched
 * @param {number} [options.port] 0: any free one
 * @param {boolean} [options.trusted] false: folders open in Restricted Mode
 * @param {boolean} [options.gallery] true: with the extension gallery; a test must not depend on a server elsewhere
 * @param {Record<string, string>} [options.env] added to the environment of server and extension host
 * @param {Record<string, unknown>} [options.userSettings] over the quiet ones
 */
export async function startCodeServer({
  dataFolder,
  port = 0,
  trusted = true,
  gallery = false,
  env = {},
  userSettings = {},
}) {
  const folder = await installCodeServer();
  const settingsFolder = join(dataFolder, 'data', 'User');
  await mkdir(settingsFolder, { recursive: true });
  const json = JSON.stringify({ ...settings, ...userSettings }, null, 2);
  // In a folder that is kept, the user may have changed the settings: theirs stay.
  await writeFile(join(settingsFolder, 'settings.json'), json, { flag: 'wx' }).catch(ignoreExisting);
  const token = randomBytes(16).toString('hex');
  const args = [
    ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', token, '--accept-server-license-terms'],
    ...['--server-data-dir', dataFolder, '--telemetry-level', 'off', ...(trusted ? ['--disable-workspace-trust'] : [])],
  ];
  const child = spawn(process.execPath, [join(folder, 'out', 'server-main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(gallery ? {} : { EXTENSIONS_GALLERY: '{}' }), ...env },
  });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('exit', () => process.off('exit', killAtExit));
  const origin = `http://127.0.0.1:${await listening(child)}`;
  return {
    origin,
    /** The page's address: a folder, and what the page is told about the extension under development. */
    address: (workspace, payload) => pageAddress(origin, token, workspace, payload),
    stopped: exitOf(child),
    stop: () => stop(child),
  };
}

/** The line that counts is "Extension host agent listening on 41234". A server that cannot listen says so and lives on. */
function listening(child) {
  const output = collectOutput(child);
  return new Promise((resolve, reject) => {
    const fail = (why) => {
      child.kill('SIGKILL');
      reject(new Error(/EADDRINUSE/.test(output.text) ? portInUse : `The VS Code server ${why}:\n${output.text}`));
    };
    const timer = setTimeout(fail, 60_000, 'did not start within 60 s');
    const read = () => {
      const port = /listening on (\d+)/.exec(output.text)?.[1];
      if (port) resolve(Number(port));
      else if (output.text.includes('EADDRINUSE')) fail();
      else return;
      clearTimeout(timer);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => fail(`does not start (${error.message})`));
    child.on('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
  });
}

/**
 * Asks politely; after 5 s not any more. The server's file watcher notices only seconds later that it is alone, and
 * nobody waits for it.
 */
async function stop(child) {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exitOf(child);
  clearTimeout(timer);
  child.stdout.destroy();
  child.stderr.destroy();
}

function exitOf(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve));
}

function pageAddress(origin, token, workspace, payload) {
  const url = new URL(origin);
  url.searchParams.set('tkn', token);
  url.searchParams.set('folder', pathToFileURL(workspace).pathname);
  const remote = payload.map(([key, value]) => [key, key.endsWith('Path') ? remoteUri(url.host, value) : value]);
  url.searchParams.set('payload', JSON.stringify([...remote, ['skipWelcome', 'true']]));
  return url.href;
}

function remoteUri(host, path) {
  return `vscode-remote://${host}${pathToFileURL(path).pathname}`;
}

/** The last 10,000 characters: enough for a message, bounded for a server that runs all day. */
function collectOutput(child) {
  const output = { text: '' };
  const add = (chunk) => (output.text = (output.text + chunk).slice(-10_000));
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  return output;
}

function ignoreExisting(error) {
  if (error.code !== 'EEXIST') throw error;
}
