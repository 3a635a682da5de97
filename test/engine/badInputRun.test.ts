/** What is wrong with an experiment, its pairs or the disk, as a user who runs it sees it. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command, countLines, startCommand, type Ended } from '../harness/commandLine';
import { quickSwap, sampleLab, writeExperiment } from '../harness/experimentFile';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const step = `steps: [swap: { id: vision, ${quickSwap}, limit: 1, functions: [ocr] }]`;

/** The command must say exactly this line last, print no result, and end with exit code 2. */
function assertRefused({ code, stdout, stderr }: Ended, line: string): void {
  assert.equal(stderr.trimEnd().split('\n').at(-1), `frankenstein run: ${line}`);
  assert.equal(stdout, '');
  assert.equal(code, 2);
}

describe('an experiment file with an error', () => {
  const cases: [title: string, lines: string[], at: string, message: string][] = [
    ['an unknown key', ['stepz: []'], ':6:1', 'unknown key "stepz"; did you mean "steps"?'],
    ['no YAML', ['steps: ['], ':7:1', 'Flow sequence in block collection must be sufficiently indented'],
    [
      'an unknown checkpoint',
      ['steps: [swap: { id: a, checkpoint: inn, pairs: ./p }]'],
      ':6:36',
      '"inn" is no checkpoint or hybrid of this file; did you mean "in"?',
    ],
  ];
  for (const [title, lines, at, message] of cases) {
    it(`${title}: its line and column`, async () => {
      const file = writeExperiment(folder(), ...lines);
      const { code, stderr } = await command('run', file, '--json');
      assert.ok(stderr.startsWith(`frankenstein run: ${file}${at}: ${message}`), stderr);
      assert.equal(stderr.split('\n').length, 2);
      assert.equal(code, 2);
    });
  }

  it('a region past the last layer: nothing is run', async () => {
    const file = writeExperiment(folder(), 'regions: { early: [0, 4], mid: [4, 8], late: [8, 13] }', step);
    const message = 'regions: late [8, 13] goes past the last layer: the model has 12';
    assertRefused(await command('run', file, '--json'), `${file}: ${message}`);
    assert.ok(!existsSync(path.join(path.dirname(file), 'x.runs/vision/rows.jsonl')));
  });

  it('regions of another model', async () => {
    const file = writeExperiment(folder(), 'regions: paper', step);
    const message = 'regions: paper divides 28 layers, this model has 12. Use thirds, or two cuts such as [4, 8].';
    assertRefused(await command('run', file, '--json'), `${file}: ${message}`);
  });

  it('a layer past the last one', async () => {
    const file = writeExperiment(folder(), `steps: [swap: { id: vision, ${quickSwap}, layers: [3, 12] }]`);
    const message = 'swap step "vision": layer 12 is past the last one. The model has layers 0 to 11.';
    assertRefused(await command('run', file, '--json'), `${file}: ${message}`);
  });

  it('a step that is not there, a file that is not there', async () => {
    const file = writeExperiment(folder(), step);
    assertRefused(await command('run', file, '--step', 'visoin'), `${file} has no step "visoin". Its steps: vision`);
    assertRefused(await command('run', `${file}.gone`), `cannot read ${file}.gone: it does not exist`);
  });
});

describe('pairs with an error', () => {
  /** A copy of the lab's pairs for ocr, and an experiment over the first three. */
  function labPairs(): { file: string; data: string; images: string } {
    const place = folder();
    const pairs = path.join(place, 'pairs/ocr');
    cpSync(path.join(sampleLab, 'pairs/ocr'), pairs, { recursive: true });
    const swap = 'id: vision, checkpoint: in, pairs: ./pairs, limit: 3, batch: 14, maxNewTokens: 8';
    const file = writeExperiment(place, `steps: [swap: { ${swap} }]`);
    return { file, data: path.join(pairs, 'data.jsonl'), images: path.join(pairs, 'images') };
  }

  it('a broken line: its number, before anything is run', async () => {
    const { file, data } = labPairs();
    const [first, second, ...rest] = readFileSync(data, 'utf8').split('\n');
    writeFileSync(data, [first, second!.slice(0, 40), ...rest].join('\n'));
    const { code, stderr } = await command('run', file, '--json');
    assert.ok(stderr.startsWith(`frankenstein run: ${data}:2: not JSON: `), stderr);
    assert.ok(stderr.endsWith('. Write one JSON object per line.\n'), stderr);
    assert.equal(code, 2);
  });

  it('an image that is none: said, counted, and the others are done', async () => {
    const { file, images } = labPairs();
    const broken = path.join(images, 'ocr_000001_s.png');
    writeFileSync(broken, 'hello');
    const { code, stdout, stderr } = await command('run', file, '--json');
    assert.equal(code, 0, stderr);
    const warning = `vision: warn: ocr/ocr_000001 is left out: ${broken}: not an image`;
    assert.ok(stderr.split('\n').includes(warning), stderr);
    const { steps } = JSON.parse(stdout) as {
      steps: [{ functions: { ocr: { n: number }[] }; skipped: { ocr: object } }];
    };
    assert.deepEqual(steps[0].skipped, { ocr: { tokens: 0, unreadable: 1 } });
    assert.deepEqual(new Set(steps[0].functions.ocr.map(({ n }) => n)), new Set([2]));
    const run = path.join(path.dirname(file), 'x.runs/vision');
    assert.ok(readFileSync(path.join(run, 'log.txt'), 'utf8').includes(broken));
    // The pair without rows does not confuse a second run.
    const rows = readFileSync(path.join(run, 'rows.jsonl'), 'utf8');
    assert.equal(countLines(path.join(run, 'rows.jsonl')), 2 * 14);
    assert.equal((await command('run', file, '--json')).stdout, stdout);
    assert.equal(readFileSync(path.join(run, 'rows.jsonl'), 'utf8'), rows);
  });
});

describe('a disk that is full', () => {
  it('ends the run with exit code 1, keeps the finished rows, and the run is resumed', async () => {
    const whole = writeExperiment(folder(), `steps: [swap: { id: vision, ${quickSwap}, limit: 6 }]`);
    const file = writeExperiment(folder(), `steps: [swap: { id: vision, ${quickSwap}, limit: 6 }]`);
    const [run, wholeRun] = [file, whole].map((name) => path.join(path.dirname(name), 'x.runs/vision'));
    const rows = path.join(run!, 'rows.jsonl');

    // The system refuses what would make a file larger than 24 kB: the rows of 24 pairs take twice as much.
    const { code, stderr } = await startCommand(['run', file, '--json'], 48).ended;
    const cause = 'the file would become too large for its file system (EFBIG)';
    assert.equal(stderr.trimEnd().split('\n').at(-1), `frankenstein run: cannot append to ${rows}: ${cause}`);
    assert.equal(code, 1);
    const kept = readFileSync(rows, 'utf8');
    assert.ok(kept.length > 10_000 && kept.endsWith('\n'));
    const manifest = JSON.parse(readFileSync(path.join(run!, 'manifest.json'), 'utf8')) as Record<string, string>;
    assert.equal(manifest.state, 'failed');
    assert.equal(manifest.message, `cannot append to ${rows}: ${cause}`);

    const [resumed, undisturbed] = [await command('run', file, '--json'), await command('run', whole, '--json')];
    assert.deepEqual([resumed.code, undisturbed.code], [0, 0]);
    for (const name of ['rows.jsonl', 'summary.json']) {
      const [actual, expected] = [run!, wholeRun!].map((place) => readFileSync(path.join(place, name), 'utf8'));
      assert.equal(actual, expected, name);
    }
    assert.ok(readFileSync(rows, 'utf8').startsWith(kept));
  });

  it('cannot even begin: said, with exit code 1', async () => {
    const file = writeExperiment(folder(), step);
    const { code, stderr } = await startCommand(['run', file], 1).ended;
    assert.match(stderr, /frankenstein run: cannot write .*manifest\.json: the file would become too large .*\n$/);
    assert.equal(code, 1);
  });
});
