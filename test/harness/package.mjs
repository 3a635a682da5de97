// `npm run package [-- --target win32-x64] [--out FILE]`: the extension as a VSIX for one platform, this machine's by
// default. Everything is put together in a temporary folder: dist/ and node_modules/ stay as they are.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { externalFiles, targets } from './externals.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { npm } from './npm.mjs';

const host = `${process.platform}-${process.arch}`;
const { values } = parseArgs({ options: { target: { type: 'string', default: host }, out: { type: 'string' } } });
const { target } = values;
if (!targets.includes(target)) {
  console.error(`--target ${target}: ONNX Runtime has no build for it. Give one of ${targets.join(', ')}.`);
  process.exit(2);
}

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const file = resolve(values.out ?? `${name}-${target}-${version}.vsix`);
const scratch = mkdtempSync(join(tmpdir(), 'frankenstein-package-'));
try {
  const folder = join(scratch, 'extension');
  build(folder);
  const root = target === host ? resolve('.') : await installFor(target);
  addExternals(folder, root);
  writeFileSync(join(folder, 'ThirdPartyNotices.txt'), thirdPartyNotices(root));
  // The externals lie in dist/node_modules: what vsce itself would take from node_modules is every platform's.
  await createVSIX({ cwd: folder, packagePath: file, target, dependencies: false, allowMissingRepository: true });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${file}: ${(statSync(file).size / 2 ** 20).toFixed(1)} MiB for ${target}`);

/** What is the same on every platform; `.vscodeignore` says which files of it are packaged. */
function build(folder) {
  const out = join(folder, 'dist');
  execFileSync(process.execPath, ['esbuild.mjs', '--production', `--out=${out}`], { stdio: 'inherit' });
  for (const entry of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore', 'media']) {
    cpSync(entry, join(folder, entry), { recursive: true });
  }
}

function addExternals(folder, root) {
  for (const { from, to } of externalFiles(root, target)) {
    const copy = join(folder, 'dist', 'node_modules', to);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(from, copy);
  }
}

/** The packages of another platform, of the versions and with the checksums of package-lock.json. */
async function installFor(target) {
  const folder = join(scratch, 'install');
  mkdirSync(folder);
  for (const entry of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(entry, join(folder, entry));
  const [system, processor] = target.split('-');
  const platform = [`--os=${system}`, `--cpu=${processor}`, ...(system === 'linux' ? ['--libc=glibc'] : [])];
  await npm(['ci', '--omit=dev', '--no-audit', '--no-fund', ...platform], folder);
  return folder;
}
