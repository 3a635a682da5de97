import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedPackages } from './installedPackages.mjs';

/**
 * The licences of all packages whose code is in the bundles or beside them, as their terms ask for.
 * @param {string} root the folder with package.json and node_modules
 */
export function thirdPartyNotices(root) {
  const { displayName, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = installedPackages(root, Object.keys(dependencies));
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [`${displayName} contains the following packages.`, ...packages.map(noticeOf)].join(`\n\n${'─'.repeat(80)}\n`);
}

/** Some packages have no licence file: then the name of their licence stands for it, as their manifest has it. */
function noticeOf({ name, folder, manifest }) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|third.?party)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const { version, license = 'see its web page', homepage, repository } = manifest;
  const where = homepage ?? repository?.url ?? repository ?? `https://www.npmjs.com/package/${name}`;
  return [`${name} ${version} (${license})\n${where}`, ...texts].join('\n\n');
}
