import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { installedPackages } from './installedPackages.mjs';

/** Platforms that the engine's native packages are built for, under the names that VS Code has for them. */
export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

/** What esbuild.mjs leaves outside the bundles and the engine loads when it runs. */
const external = ['onnxruntime-node', 'sharp'];

/** Code, libraries and licences; no sources, types and maps. */
const wanted = /\.(js|cjs|mjs|json|node|dll|dylib)$|\.so(\.\d+)*$|^(licen[cs]e|notice|third.?party|readme)/i;

/**
 * The files of the external packages that one platform needs.
 * @param {string} root the folder with node_modules, installed for `target`
 * @param {string} target one of {@link targets}
 * @returns {{from: string, to: string}[]} `to` is relative to the folder with the packages of the result
 */
export function externalFiles(root, target) {
  return installedPackages(root, external)
    .filter(({ name }) => !isForeign(name, target))
    .flatMap(({ folder }) => filesOf(folder).map((file) => ({ file, from: join(folder, file) })))
    .filter(({ file }) => isNeeded(file, target))
    .map(({ from }) => ({ from, to: relative(join(root, 'node_modules'), from) }));
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((file) => !pieces(file).includes('node_modules'));
}

/** sharp has a package, and one with its libraries, for every platform. */
function isForeign(name, target) {
  return name.startsWith('@img/sharp-') && !name.endsWith(`-${target}`);
}

/** ONNX Runtime has all platforms in one package, below bin/napi-v6/<system>/<processor>. */
function isNeeded(file, target) {
  const parts = pieces(file);
  const name = parts.at(-1);
  if (parts[0] === 'bin' && parts[1]?.startsWith('napi-')) {
    // CUDA's libraries are a gigabyte that only some machines need; on macOS the library is there twice.
    const extra = /providers_(cuda|tensorrt|shared)|\.\d+\.\d+\.\d+\.dylib$/;
    return `${parts[2]}-${parts[3]}` === target && !extra.test(name);
  }
  return wanted.test(name) && !['script', 'install', 'src'].includes(parts[0]);
}

function pieces(file) {
  return file.split(/[\\/]/);
}
