import assert from 'node:assert/strict';
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';

describe('a folder that comes or goes', () => {
  let api: ExtensionApi;
  let scratch: string;
  const first = () => path.join(scratch, 'first');
  const second = () => path.join(scratch, 'second');

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    scratch = path.join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'removals-test');
    mkdirSync(scratch);
    const lab = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    cpSync(path.join(lab, 'base'), path.join(first(), 'base'), { recursive: true });
    writeFileSync(path.join(first(), 'small.frankenstein.yaml'), 'version: 1\ncheckpoints: { base: ./base }\n');
    api.experiments.refresh();
    await api.trees.checkpoints.refresh();
    await areListed('first/small.frankenstein.yaml', 'first/base');
  });
  after(async () => {
    rmSync(scratch, { recursive: true, force: true });
    api.experiments.refresh();
    await api.trees.checkpoints.refresh();
  });

  /** The experiment files and checkpoints in the folder of this test, from it. */
  async function listed(): Promise<string[]> {
    const experiments = (await api.experiments.all()).map(({ file }) => file);
    const checkpoints = (await api.trees.checkpoints.known()).map(({ directory }) => directory);
    return [...experiments, ...checkpoints]
      .filter((each) => each.startsWith(scratch + path.sep))
      .map((each) => path.relative(scratch, each).split(path.sep).join('/'));
  }

  async function areListed(...expected: readonly string[]): Promise<void> {
    for (const end = Date.now() + 20_000; ; await sleep(100)) {
      const now = await listed();
      if (now.join() === expected.join()) return;
      assert.ok(Date.now() < end, `after 20 s: ${now.join()}`);
    }
  }

  it('brings its experiments and checkpoints', async () => {
    // Within another file system it would be copied, a file at a time.
    const outside = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}.outside`;
    cpSync(first(), path.join(outside, 'moved'), { recursive: true });
    renameSync(path.join(outside, 'moved'), path.join(scratch, 'moved'));
    rmSync(outside, { recursive: true });
    await areListed('first/small.frankenstein.yaml', 'moved/small.frankenstein.yaml', 'first/base', 'moved/base');
    rmSync(path.join(scratch, 'moved'), { recursive: true });
    await areListed('first/small.frankenstein.yaml', 'first/base');
  });

  it('takes its experiments and checkpoints along when it gets another name', async () => {
    renameSync(first(), second());
    await areListed('second/small.frankenstein.yaml', 'second/base');
  });

  it('takes them out of the trees when it is deleted', async () => {
    rmSync(second(), { recursive: true });
    await areListed();
  });
});
