import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { folderOf } from '../../src/engine/missingLibraries';
import { CudaFiles } from '../../src/host/cuda/cudaFiles';
import { temporaryFolders } from '../harness/temporaryFolders';

const runtime = path.resolve('node_modules/onnxruntime-node');

describe('ONNX Runtime beside its CUDA files', () => {
  const newFolder = temporaryFolders();

  it('is loaded from there by a process with their environment, and else from its package', () => {
    const files = new CudaFiles(path.join(newFolder(), 'with a space'), runtime);
    const own = path.join(runtime, 'bin/napi-v6/linux/x64');
    assert.equal(loadedFrom(files.environment()), own);
    mkdirSync(files.folder, { recursive: true });
    copyFileSync(path.join(own, 'libonnxruntime.so.1'), path.join(files.folder, 'libonnxruntime.so.1'));
    assert.equal(loadedFrom(files.environment()), files.folder);
  });
});

function loadedFrom(environment: Readonly<Record<string, string>>): string | null {
  const script = `require(${JSON.stringify(runtime)}); process.stdout.write(require('fs').readFileSync('/proc/self/maps'))`;
  const env = { ...process.env, ...environment };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], { env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return folderOf(stdout);
}
