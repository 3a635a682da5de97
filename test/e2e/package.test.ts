/** The packaged extension, installed from its file: nothing of the repository is in its reach. Full run only. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { FrameLocator } from 'playwright-core';
import { isBelow } from '../../src/core/files/paths';
import { itInFull } from '../harness/full';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

const stepLimit = 180_000;

describe('the packaged extension', function () {
  this.timeout(2 * stepLimit);
  let scratch: string;
  let vsix: string;
  let window: Workbench;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'frankenstein-packaged-'));
    vsix = join(scratch, 'lab.vsix');
    await promisify(execFile)(process.execPath, ['test/harness/package.mjs', '--out', vsix]);
  });
  after(async () => {
    await window?.close();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  itInFull('holds what it runs on, for one platform, and is small', () => {
    const bytes = readFileSync(vsix);
    assert.ok(bytes.length < 60 * 2 ** 20, `${bytes.length} bytes`);
    const files: string[] = [];
    unzipSync(bytes, { filter: ({ name }) => (files.push(name), false) });
    const folder = 'extension/dist/node_modules';
    const natives = files.filter((name) => /\.(node|dll|dylib)$|\.so\b/.test(name));
    assert.ok(natives.length >= 4, natives.join(', '));
    const here = [`${process.platform}/${process.arch}/`, `-${process.platform}-${process.arch}/`];
    for (const name of natives) assert.ok(name.startsWith(folder) && here.some((part) => name.includes(part)), name);
    for (const name of ['readme.md', 'changelog.md', 'LICENSE.txt', 'ThirdPartyNotices.txt', 'dist/engine.js']) {
      assert.ok(files.includes(`extension/${name}`), name);
    }
    const foreign = /\.(map|ts)$|^extension\/(src|test|webview|node_modules|\.)|\.runs\//;
    assert.deepEqual(
      files.filter((name) => foreign.test(name)),
      [],
    );
  });

  itInFull('puts the sample lab into an empty folder, whose checkpoints open down to the tensors', async () => {
    const folder = await mkdtemp(join(scratch, 'workspace-'));
    window = await openWorkbench({ vsix, folder, settings: { 'editor.minimap.enabled': false } });
    const installed = await window.evaluate(async (vscode) => {
      await vscode.commands.executeCommand('frankenstein.openSampleLab', vscode.workspace.workspaceFolders![0]!.uri);
      return vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.extensionPath;
    });
    assert.match(installed, /frankenstein-lab\.frankenstein-lab-\d/);
    assert.ok(!isBelow(installed, process.cwd()), installed);
    await shorten(join(folder, 'sample-lab', 'lab.frankenstein.yaml'));

    await window.page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
    const tree = window.page.getByRole('tree', { name: 'Checkpoints' });
    for (const name of ['base', 'Language model', 'Mid', 'Layer 4', 'Attention']) {
      const item = tree.getByRole('treeitem', { name: new RegExp(`^${name}\\b`) }).first();
      await item.click();
      if ((await item.getAttribute('aria-expanded')) !== 'true') await item.press('ArrowRight');
    }
    await tree.getByRole('treeitem', { name: /^tensor .*\blayers\.4\.self_attn\.q_proj\.weight\b/ }).waitFor();
    await window.screenshot('package-tree');
  });

  /** The engine, its workers, the sandbox and the image library, each out of the package. */
  for (const [step, title, finished] of [
    ['vision', 'vision · base', /^Finished · 12 of 12 pairs/],
    ['updates', 'updates · base → in → rl', /^Finished · (\d+) of \1 tensors/],
    ['abilities', 'abilities · 9 checkpoints', /^Finished · (\d+) of \1 answers/],
  ] as const) {
    itInFull(`runs the step ${step} to its end`, async () => {
      await window.evaluate(async (vscode, id) => {
        const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/sample-lab/lab.frankenstein.yaml`;
        await vscode.commands.executeCommand('frankenstein.runStep', { file, step: id });
      }, step);
      await ended(await window.frame(title), finished);
      await window.screenshot(`package-${step}`);
    });
  }
});

async function shorten(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace('limit: 50', 'limit: 3').replace('id: abilities', 'id: abilities\n      limit: 5'),
  );
}

async function ended(panel: FrameLocator, text: RegExp): Promise<void> {
  await panel.getByText(text).waitFor({ timeout: stepLimit });
}
