// A headless Chromium: the machine's own, else the one in the npm package @sparticuz/chromium (Linux x64), which brings
// the system libraries that a bare machine lacks.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { installOnce } from './cache.mjs';

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

/**
 * The package unpacks into the temporary folder and takes whatever it finds there, finished or not. So it unpacks in a
 * process of its own, into our cache, once for a version.
 */
async function npmChromium() {
  if (process.arch !== 'x64') throw new Error('@sparticuz/chromium is for Linux x64 only.');
  const { version } = JSON.parse(readFileSync('node_modules/@sparticuz/chromium/package.json', 'utf8'));
  const folder = await installOnce(`chromium-${version}`, async (staging) => {
    const unpack = `await (await import('@sparticuz/chromium')).default.executablePath()`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', unpack], {
      // The runtime's name makes the package unpack its system libraries too.
      env: { ...process.env, TMPDIR: staging, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' },
    });
    await writeFile(join(staging, 'fonts', 'fonts.conf'), fontsConf);
  });
  const libraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  return {
    executablePath: join(folder, 'chromium'),
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, 'fonts') },
  };
}

/** The package's own file names a fixed folder; this one adds its fonts to those of the machine, where there are any. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
