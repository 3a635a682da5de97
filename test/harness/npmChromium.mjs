// What the npm package @sparticuz/chromium (Linux x64) brings, unpacked: a Chromium with the system libraries that a
// bare machine lacks, and SwiftShader, a Vulkan driver that computes on the CPU.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installOnce } from './cache.mjs';

/**
 * The package unpacks into the temporary folder and takes whatever it finds there, finished or not. So it unpacks in a
 * process of its own, into our cache, once for a version.
 * @returns {Promise<string>} the folder
 */
export async function unpackedChromium() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('@sparticuz/chromium is for Linux x64 only.');
  }
  const { version } = JSON.parse(readFileSync('node_modules/@sparticuz/chromium/package.json', 'utf8'));
  return installOnce(`chromium-${version}`, async (staging) => {
    const unpack = `await (await import('@sparticuz/chromium')).default.executablePath()`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', unpack], {
      // The runtime's name makes the package unpack its system libraries too.
      env: { ...process.env, TMPDIR: staging, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' },
    });
    await writeFile(join(staging, 'fonts', 'fonts.conf'), fontsConf);
  });
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
