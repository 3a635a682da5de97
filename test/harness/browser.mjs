// A headless Chromium: the machine's own, else the one that an npm package brings.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { unpackedChromium } from './npmChromium.mjs';

const commands = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser', 'microsoft-edge'];
/** Where there is no such command (macOS, Windows), playwright knows the usual places. */
const channels = ['chrome', 'msedge'];
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', ...quiet];

/**
 * Starts the first Chromium that runs.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser() {
  const refusals = [];
  for (const candidate of candidates()) {
    try {
      return await chromium.launch({ headless: true, args, ...(await candidate()) });
    } catch (error) {
      refusals.push(String(error.message).split('\n')[0]);
    }
  }
  throw new Error(`No Chromium starts here. Install Chromium or Google Chrome. Tried:\n${refusals.join('\n')}`);
}

function candidates() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = commands.flatMap((command) => folders.map((folder) => join(folder, command))).filter(existsSync);
  return [
    ...onPath.map((executablePath) => () => ({ executablePath })),
    ...(process.platform === 'linux' ? [npmChromium] : channels.map((channel) => () => ({ channel }))),
  ];
}

async function npmChromium() {
  const folder = await unpackedChromium();
  const libraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  return {
    executablePath: join(folder, 'chromium'),
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, 'fonts') },
  };
}
