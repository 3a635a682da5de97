import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findNode } from '../../../src/core/process/findNode';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('findNode', () => {
  const folder = temporaryFolders();
  const electron = Object.getOwnPropertyDescriptor(process.versions, 'electron');
  const searchPath = process.env.PATH;

  /** A program that answers as Node of a version does. */
  function program(version: string, name = 'node'): string {
    const file = path.join(folder(), name);
    writeFileSync(file, `#!/bin/sh\necho ${version}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  function inElectron(): void {
    Object.defineProperty(process.versions, 'electron', { value: '34.0.0', configurable: true });
  }

  afterEach(() => {
    if (electron) Object.defineProperty(process.versions, 'electron', electron);
    else Reflect.deleteProperty(process.versions, 'electron');
    process.env.PATH = searchPath;
  });

  it('a setting wins, and must be a Node of version 20 or later', async () => {
    const good = program('v22.1.0');
    assert.deepEqual(await findNode(good), { execPath: good, env: {}, electron: false });
    const [old, other] = [program('v18.20.4'), program('Python 3.11')];
    const mend = 'Set it to a Node 20 or later.';
    await assert.rejects(findNode(old), { message: `frankenstein.nodePath: ${old} is Node 18`, mend });
    await assert.rejects(findNode(other), { message: `frankenstein.nodePath: ${other} is not Node`, mend });
    await assert.rejects(findNode('/none/node'), { message: 'frankenstein.nodePath: /none/node is not Node', mend });
  });

  it('in a Node: this one', async () => {
    assert.deepEqual(await findNode(), { execPath: process.execPath, env: {}, electron: false });
  });

  it('in Electron: the first on the path that is new enough, else Electron itself', async () => {
    inElectron();
    const [old, good] = [program('v16.0.0'), program('v20.9.0')];
    process.env.PATH = ['relative', path.dirname(old), path.dirname(good)].join(path.delimiter);
    assert.deepEqual(await findNode(), { execPath: good, env: {}, electron: false });
    process.env.PATH = path.dirname(old);
    assert.deepEqual(await findNode(), {
      execPath: process.execPath,
      env: { ELECTRON_RUN_AS_NODE: '1' },
      electron: true,
    });
  });
});
