import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { findCachedCheckpoints, findCheckpoints, huggingFaceCacheRoot } from '../../../src/core/checkpoint/discover';
import { shardOf, writeFiles } from '../../harness/checkpointFiles';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const checkpoint = { 'config.json': { model_type: 'm' }, 'model.safetensors': shardOf('a') };

function place(root: string, ...folders: string[]): string[] {
  return folders.map((name) => writeFiles(path.join(root, name), checkpoint));
}

describe('findCheckpoints', () => {
  it('the roots themselves and what lies below them, sorted, each once', async () => {
    const root = folder();
    const [b, a, deep] = place(root, 'b', 'a', 'x/y/z');
    const inside = place(a!, 'nested')[0]!;
    writeFiles(path.join(root, 'no-weights'), { 'config.json': {} });
    writeFiles(path.join(root, 'no-config'), { 'model.safetensors': '' });
    assert.deepEqual(await findCheckpoints([root, a!, `${root}/../${path.basename(root)}`]), [a, inside, b, deep]);
    assert.deepEqual(await findCheckpoints([b!]), [b]);
  });

  it('passes over hidden folders, packages, run folders and links, and over what cannot be read', async () => {
    const root = folder();
    const [found] = place(root, 'found', '.hidden', 'node_modules/x', '__pycache__/x', 'lab.runs/x');
    symlinkSync(root, path.join(root, 'circle'));
    symlinkSync('found', path.join(root, 'again'));
    assert.deepEqual(await findCheckpoints([root, path.join(root, 'none')]), [found]);
    // A root that is a link is followed: the user named it.
    assert.deepEqual(await findCheckpoints([path.join(root, 'again')]), [path.join(root, 'again')]);
  });

  it('goes six levels deep, or as deep as it is told', async () => {
    const root = folder();
    const [six, , two] = place(root, '1/2/3/4/5/6', '1/2/3/4/5/6/7', 'a/b');
    assert.deepEqual(await findCheckpoints([root]), [six, two]);
    assert.deepEqual(await findCheckpoints([root], { maxDepth: 2 }), [two]);
  });

  it('stops', async () => {
    await assert.rejects(findCheckpoints([folder()], { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});

describe('the Hugging Face cache', () => {
  it('is where huggingface_hub has it', () => {
    const home = (rest: string) => path.join(homedir(), rest);
    assert.equal(huggingFaceCacheRoot({}), home('.cache/huggingface/hub'));
    assert.equal(huggingFaceCacheRoot({ XDG_CACHE_HOME: '/x' }), '/x/huggingface/hub');
    assert.equal(huggingFaceCacheRoot({ HF_HOME: '~/hf', XDG_CACHE_HOME: '/x' }), home('hf/hub'));
    assert.equal(huggingFaceCacheRoot({ HUGGINGFACE_HUB_CACHE: '/y', HF_HOME: '/z' }), '/y');
    assert.equal(huggingFaceCacheRoot({ HF_HUB_CACHE: '~', HUGGINGFACE_HUB_CACHE: '/y' }), homedir());
  });

  /** A model as the hub's client lays it out: files are links into blobs. */
  function cached(root: string, repository: string, revision: string): string {
    const model = path.join(root, `models--${repository}`);
    const snapshot = path.join(model, 'snapshots', revision);
    writeFiles(path.join(model, 'blobs'), { c0ffee: { model_type: 'm' }, abc123: shardOf('a') });
    mkdirSync(snapshot, { recursive: true });
    symlinkSync('../../blobs/c0ffee', path.join(snapshot, 'config.json'));
    symlinkSync('../../blobs/abc123', path.join(snapshot, 'model.safetensors'));
    return snapshot;
  }

  it('finds snapshots whose files are links to blobs, and they open', async () => {
    const root = folder();
    const directory = cached(root, 'Qwen--Qwen2.5-VL-7B-Instruct', 'cc594898');
    cached(root, 'gpt2', '607a30d7');
    mkdirSync(path.join(root, 'models--half--done/snapshots/1234'), { recursive: true });
    mkdirSync(path.join(root, 'datasets--a--b/snapshots/1234'), { recursive: true });
    const found = await findCachedCheckpoints(root);
    assert.deepEqual(found[0], { repository: 'Qwen/Qwen2.5-VL-7B-Instruct', revision: 'cc594898', directory });
    assert.deepEqual(
      found.map(({ repository }) => repository),
      ['Qwen/Qwen2.5-VL-7B-Instruct', 'gpt2'],
    );
    const { tensors } = await openCheckpoint(directory);
    const [entry] = tensors.values();
    assert.equal(entry!.path, path.join(root, 'models--Qwen--Qwen2.5-VL-7B-Instruct/blobs/abc123'));
    assert.equal(entry!.file, 'model.safetensors');
  });

  it('is empty where there is none', async () => {
    assert.deepEqual(await findCachedCheckpoints(path.join(folder(), 'none')), []);
  });
});
