import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CheckpointHeaders } from '../../../src/host/trees/checkpointHeaders';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { writeCheckpoint } from '../../harness/writeCheckpoint';

const llama = { model_type: 'llama', num_hidden_layers: 2 };

describe('headers of checkpoints', () => {
  const folder = temporaryFolders();

  it('are read once while the files stay as they are', async () => {
    const directory = folder();
    writeCheckpoint(directory, llama, ['model.norm.weight']);
    const headers = new CheckpointHeaders();
    assert.equal(headers.peek(directory), null);
    const first = await headers.get(directory);
    assert.equal(first.kind === 'opened' && first.inspection.parameters, 1);
    assert.deepEqual(await headers.refresh(), new Set());
    assert.equal(headers.peek(directory), first);
    assert.equal(await headers.get(directory), first);
  });

  it('are read again when a shard or config.json was written', async () => {
    const directory = folder();
    writeCheckpoint(directory, llama, ['model.norm.weight']);
    const headers = new CheckpointHeaders();
    await headers.get(directory);
    writeCheckpoint(directory, llama, ['model.norm.weight', 'lm_head.weight']);
    assert.deepEqual(await headers.refresh(), new Set([directory]));
    const second = await headers.get(directory);
    assert.equal(second.kind === 'opened' && second.inspection.parameters, 2);
    writeFileSync(path.join(directory, 'config.json'), JSON.stringify({ ...llama, model_type: 'mistral' }));
    await headers.refresh();
    const third = await headers.get(directory);
    assert.equal(third.kind === 'opened' && third.inspection.family, 'mistral');
  });

  it('say what is wrong with a checkpoint, and are well again once it is mended', async () => {
    const directory = folder();
    writeCheckpoint(directory, llama, ['model.norm.weight']);
    writeFileSync(path.join(directory, 'model.safetensors'), 'abc');
    const headers = new CheckpointHeaders();
    const broken = await headers.get(directory);
    assert.match(
      broken.kind === 'broken' ? broken.message : '',
      /model\.safetensors: too small for a safetensors file/,
    );
    writeCheckpoint(directory, llama, ['model.norm.weight']);
    await headers.refresh();
    assert.equal((await headers.get(directory)).kind, 'opened');
    rmSync(directory, { recursive: true });
    await headers.refresh();
    assert.equal((await headers.get(directory)).kind, 'broken');
  });

  it('of many checkpoints come all', async () => {
    const directories = Array.from({ length: 20 }, () => folder());
    for (const directory of directories) writeCheckpoint(directory, llama, ['model.norm.weight']);
    const headers = new CheckpointHeaders();
    const all = await Promise.all(directories.map((directory) => headers.get(directory)));
    assert.deepEqual(new Set(all.map(({ kind }) => kind)), new Set(['opened']));
  });
});
