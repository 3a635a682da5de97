/** What is packaged, without packaging it: `.vscodeignore` on this checkout, and the files of the native packages. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import manifest from '../../../package.json';
import { externalFiles, targets } from '../../harness/externals.mjs';
import { thirdPartyNotices } from '../../harness/notices.mjs';

const root = path.resolve('.');
const host = `${process.platform}-${process.arch}`;
const names = (target: string) => externalFiles(root, target).map(({ to }) => to.split(path.sep).join('/'));

describe('the files of .vscodeignore', () => {
  let files: string[];
  before(async () => {
    const vsce = 'node_modules/@vscode/vsce/vsce';
    const { stdout } = await promisify(execFile)(process.execPath, [vsce, 'ls', '--no-dependencies']);
    files = stdout.trim().split(/\r?\n/);
  });

  it('are the bundles, the media and the papers, nothing else', () => {
    const shipped = [
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
      /^dist\/\w+\.js$/,
      /^dist\/fonts\/(DejaVu\w+\.ttf|LICENSE)$/,
      /^dist\/webview\/[\w-]+\.(js|css|ttf)$/,
      /^media\/(icons|walkthrough)\/[\w.-]+$/,
      /^media\/experiment\.schema\.json$/,
      /^media\/sample-lab\/(README\.md|lab\.frankenstein\.yaml)$/,
      /^media\/sample-lab\/(base|in|rl)\/[\w.]+$/,
      /^media\/sample-lab\/(pairs\/\w+|evaluation|training)\/([\w-]+\.jsonl|images\/[\w-]+\.png)$/,
    ];
    assert.deepEqual(
      files.filter((file) => !shipped.some((kind) => kind.test(file))),
      [],
    );
    for (const kind of shipped)
      assert.ok(
        files.some((file) => kind.test(file)),
        `nothing is like ${kind}`,
      );
  });

  it('have the processes, and all that the manifest names', () => {
    const { contributes, main, icon } = manifest;
    const named = [
      main,
      icon,
      ...['engine', 'energyWorker', 'sandbox', 'cli'].map((process) => `dist/${process}.js`),
      ...contributes.viewsContainers.activitybar.map((container) => container.icon),
      ...contributes.yamlValidation.map(({ url }) => url),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ].map((name) => path.posix.normalize(name));
    assert.deepEqual(
      named.filter((name) => !files.includes(name)),
      [],
    );
  });

  it('have a page for every panel', () => {
    const prefix = 'onWebviewPanel:frankenstein.';
    for (const event of manifest.activationEvents.filter((each) => each.startsWith(prefix))) {
      const page = `dist/webview/${event.slice(prefix.length)}`;
      for (const file of [`${page}.js`, `${page}.css`]) assert.ok(files.includes(file), file);
    }
  });
});

it('the notices name every package that is bundled, with its licence', () => {
  const notices = thirdPartyNotices(root);
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    assert.match(notices, new RegExp(`^${name} ${version.replaceAll('.', '\\.')} \\([A-Z]`, 'm'), name);
  }
  assert.ok(notices.includes('Permission is hereby granted, free of charge'));
});

describe('the files of the native packages', () => {
  it('hold the libraries of one platform only', () => {
    for (const target of targets) {
      const [system, processor] = target.split('-');
      const binaries = names(target).filter((name) => name.startsWith('onnxruntime-node/bin/'));
      const folder = `onnxruntime-node/bin/napi-v6/${system}/${processor}/`;
      assert.deepEqual(
        binaries.filter((name) => !name.startsWith(folder)),
        [],
      );
      assert.ok(binaries.includes(`${folder}onnxruntime_binding.node`), target);
      const libraries = binaries.filter((name) => /\/(lib)?onnxruntime\.(so|dll|[\d.]*dylib)/.test(name));
      assert.equal(libraries.length, 1, `${target}: ${libraries.join(', ')}`);
    }
  });

  it('of this machine have what they need, and no more', () => {
    const files = names(host);
    const packages = new Set(files.map((file) => /^(@[^/]+\/)?[^/]+/.exec(file)![0]));
    const images = [...packages].filter((name) => name.startsWith('@img/sharp-'));
    assert.ok(images.includes(`@img/sharp-${host}`), images.join(', '));
    assert.ok(
      images.every((name) => name.endsWith(`-${host}`)),
      images.join(', '),
    );
    const others = ['onnxruntime-node', 'onnxruntime-common', 'sharp', '@img/colour', 'detect-libc', 'semver'];
    assert.deepEqual([...packages].sort(), [...others, ...images].sort());
    const bytes = externalFiles(root, host).reduce((sum, { from }) => sum + statSync(from).size, 0);
    assert.ok(bytes < 100e6, `${bytes} bytes`);
    assert.deepEqual(
      files.filter((file) => /\.(ts|mts|cts|map|cc|h)$/.test(file)),
      [],
    );
  });
});
