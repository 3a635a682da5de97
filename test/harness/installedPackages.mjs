// The npm packages that the product uses, as they are installed.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Only the install script of onnxruntime-node uses them, to download CUDA's libraries. */
const installTimeOnly = ['adm-zip', 'global-agent'];

/**
 * The packages named and everything they need at run time, where Node would find them.
 * @param {string} root the folder with node_modules
 * @param {string[]} names
 * @returns {{name: string, folder: string, manifest: object}[]} optional packages only where they are installed
 */
export function installedPackages(root, names) {
  const found = new Map();
  const visit = (name, from, optional) => {
    const folder = locate(name, from, root);
    if (!folder) {
      if (optional) return;
      throw new Error(`The package ${name} is not installed: npm ci`);
    }
    if (found.has(folder)) return;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    found.set(folder, { name, folder, manifest });
    for (const needed of Object.keys(manifest.dependencies ?? {})) {
      if (!installTimeOnly.includes(needed)) visit(needed, folder, false);
    }
    for (const needed of Object.keys(manifest.optionalDependencies ?? {})) visit(needed, folder, true);
  };
  for (const name of names) visit(name, root, false);
  return [...found.values()];
}

/** Looks upward from a folder to `root`, as Node does. */
function locate(name, from, root) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root) return undefined;
  }
}
