import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { imageCacheFolder } from '../../../src/core/evaluate/datasets/imageCache';
import { runItemsText } from '../../../src/core/evaluate/runItems';
import { DatasetItems } from '../../../src/host/panels/datasetItems';
import { datasetItem } from '../../harness/datasetItem';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('DatasetItems', () => {
  const newFolder = temporaryFolders();
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = newFolder();
    file = path.join(directory, 'math.jsonl');
  });

  const write = (...ids: string[]) =>
    writeFileSync(file, ids.map((id) => `${JSON.stringify({ id, question: `${id}?`, answer: '1' })}\n`).join(''));
  const ids = async (datasets: DatasetItems, given = 'math.jsonl') => [
    ...(await datasets.read({ directory }, given)).keys(),
  ];

  it('reads a data set beside the experiment file, and says where its images lie', async () => {
    write('a', 'b');
    const datasets = new DatasetItems();
    assert.deepEqual(await ids(datasets), ['a', 'b']);
    assert.equal((await datasets.read({ directory }, file)).get('b')?.question, 'b?');
    assert.equal(await datasets.imageFolder({ directory }, 'math.jsonl'), directory);
  });

  it('reads again only what has changed', async () => {
    write('a');
    const datasets = new DatasetItems();
    const first = await datasets.read({ directory }, 'math.jsonl');
    assert.equal(await datasets.read({ directory }, 'math.jsonl'), first);
    const [one, two] = await Promise.all([datasets.read({ directory }, file), datasets.read({ directory }, file)]);
    assert.equal(one, two);
    write('a', 'b');
    assert.deepEqual(await ids(datasets), ['a', 'b']);
  });

  it('knows nothing, and never fails, where the data set is gone, broken or nobody’s', async () => {
    const datasets = new DatasetItems();
    assert.deepEqual(await ids(datasets), []);
    assert.equal(await datasets.imageFolder({ directory }, 'math.jsonl'), null);
    write('a');
    assert.deepEqual(await ids(datasets), ['a']);
    writeFileSync(file, 'no items');
    assert.deepEqual(await ids(datasets), []);
    rmSync(file);
    assert.deepEqual(await ids(datasets), []);
    assert.deepEqual(await ids(datasets, ''), []);
    assert.deepEqual([...(await datasets.read(null, 'math.jsonl'))], []);
    assert.deepEqual(await ids(datasets, 'hf:nobody/nothing-of-this-name'), []);
  });

  it('opens no parquet file', async () => {
    writeFileSync(path.join(directory, 'set.parquet'), 'PAR1 and so on');
    assert.deepEqual(await ids(new DatasetItems(), 'set.parquet'), []);
  });

  it('takes what a run kept where the data set cannot be read here, with images of the cache alone', async () => {
    const run = path.join(directory, 'lab.runs/abilities');
    mkdirSync(run, { recursive: true });
    writeFileSync(path.join(directory, 'set.parquet'), 'PAR1');
    const item = datasetItem({ id: 'a', question: 'how many?', image: path.join(directory, 'a.png') });
    writeFileSync(path.join(run, 'items.json'), runItemsText([{ dataset: './set.parquet', items: [item] }]));
    const datasets = new DatasetItems();
    const place = { directory, run };
    assert.equal((await datasets.read(place, './set.parquet')).get('a')?.question, 'how many?');
    assert.equal(await datasets.imageFolder(place, './set.parquet'), imageCacheFolder());
    assert.deepEqual(await ids(datasets, './other.parquet'), []);
    writeFileSync(path.join(run, 'items.json'), '[{"dataset": 3}]');
    assert.deepEqual([...(await datasets.read(place, './set.parquet')).keys()], []);
  });
});
