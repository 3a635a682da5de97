/** Paired images as the command line makes them, judged from their files alone. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultPairs } from '../../src/core/pairs/options';
import { writePairs, type PairsTools } from '../../src/core/pairs/writePairs';
import type { RgbImage } from '../../src/core/ports';
import { readPairs, type Box } from '../../src/core/probe/pairs';
import { decodePng, drawPng } from '../../src/engine/drawing';
import { SharpImageDecoder } from '../../src/engine/imageDecoder';
import type { PairsResult } from '../../src/shared/protocol/engine';
import { command, startCommand, waitUntil } from '../harness/commandLine';
import { writeExperiment } from '../harness/experimentFile';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const serif = path.resolve('dist/fonts/DejaVuSerif.ttf');

async function make(output: string, ...words: string[]): Promise<PairsResult> {
  const { code, stdout, stderr } = await command('pairs', '--out', output, '--json', ...words);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
  return JSON.parse(stdout) as PairsResult;
}

/** SHA-256 by the path of each file. */
function hashes(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const plain = files.filter((file) => statSync(path.join(root, file)).isFile());
  return Object.fromEntries(plain.map((file) => [file, sha256(path.join(root, file))]));
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

type Rgb = readonly number[];

function pixel({ width, data }: RgbImage, x: number, y: number): Rgb {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

/** Pixels of an image of which something holds. */
function where({ width, height }: RgbImage, holds: (x: number, y: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (holds(x, y)) found.push([x, y]);
  return found;
}

function extent(pixels: readonly (readonly [number, number])[]): Box {
  const [xs, ys] = [pixels.map(([x]) => x), pixels.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
}

function assertNear(box: Box, expected: Box, id: string): void {
  assert.ok(
    box.every((edge, i) => Math.abs(edge - expected[i]!) <= 1),
    `${id}: ${box.join()}, not ${expected.join()}`,
  );
}

describe('pairs --json', () => {
  it('pairs that readPairs reads; they differ in what their meta says and nowhere else', async () => {
    const output = path.join(folder(), 'new', 'pairs');
    const made = await make(output, '--count', '12', '--size', '112x112', '--size', '168x126', '--seed', '5');
    const names = ['recognition', 'counting', 'ocr', 'grounding'];
    assert.deepEqual(Object.keys(made).sort(), ['bytes', 'files', 'functions', 'output', 'seed']);
    assert.deepEqual(made.functions, Object.fromEntries(names.map((name) => [name, { pairs: 12 }])));
    assert.deepEqual([made.output, made.seed, made.files], [output, 5, 4 * (1 + 24) + 1]);
    const files = Object.keys(hashes(output));
    assert.equal(files.length, made.files);
    assert.equal(
      files.reduce((sum, file) => sum + statSync(path.join(output, file)).size, 0),
      made.bytes,
    );
    assert.deepEqual(readdirSync(path.dirname(output)), ['pairs']);

    const decoder = new SharpImageDecoder();
    const { functions } = await readPairs(output);
    assert.deepEqual([...functions.keys()], names);
    for (const [name, pairs] of functions) {
      assert.equal(pairs.length, 12);
      assert.equal(new Set(pairs.map(({ targetImage }) => sha256(targetImage))).size, 12);
      for (const [i, { id, targetImage, sourceImage, meta }] of pairs.entries()) {
        const [target, source] = [await decoder.decode(targetImage), await decoder.decode(sourceImage)];
        const size = i % 2 === 0 ? [112, 112] : [168, 126];
        for (const { width, height } of [target, source]) assert.deepEqual([width, height], size, id);
        const changed = meta.changed_bboxes_xyxy as Box[];
        const different = where(target, (x, y) => pixel(target, x, y).join() !== pixel(source, x, y).join());
        for (const [x1, y1, x2, y2] of changed) {
          const inside = different.filter(([x, y]) => x >= x1 && x < x2 && y >= y1 && y < y2);
          if (name === 'ocr') assert.ok(inside.length > 20, id);
          else assertNear(extent(inside), [x1, y1, x2, y2], id);
        }
        const inAny = ([x, y]: [number, number]) => changed.some(([a, b, c, d]) => x >= a && x < c && y >= b && y < d);
        assert.ok(different.every(inAny), id);
        if (name !== 'grounding') continue;
        for (const [image, box] of [
          [target, meta.target_bbox_xyxy],
          [source, meta.source_bbox_xyxy],
        ] as const) {
          const background = pixel(image, 0, 0).join();
          assertNear(extent(where(image, (x, y) => pixel(image, x, y).join() !== background)), box!, id);
        }
      }
    }
  });

  it('the same call makes the same bytes; another seed makes others; pairs.json says what was asked', async () => {
    const words = ['--count', '6', '--size', '112x84', '--functions', 'ocr,grounding', '--font', 'mono'];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => path.join(folder(), name)) as [string, string, string];
    await Promise.all([make(a, ...words), make(b, ...words), make(c, ...words, '--seed', '1')]);
    assert.deepEqual(hashes(b), hashes(a));
    const shared = Object.values(hashes(c)).filter((hash) => Object.values(hashes(a)).includes(hash));
    assert.deepEqual(shared, []);
    const { version, versions, options, inputs } = JSON.parse(
      readFileSync(path.join(a, 'pairs.json'), 'utf8'),
    ) as never;
    assert.equal(version, 1);
    assert.deepEqual(Object.keys(versions), ['frankensteinLab', 'sharp', 'vips', 'rsvg']);
    assert.deepEqual(options, {
      ...defaultPairs,
      count: 6,
      functions: ['ocr', 'grounding'],
      sizes: [{ width: 112, height: 84 }],
      fonts: ['mono'],
    });
    assert.deepEqual(inputs, { fonts: [{ font: 'mono', sha256: sha256('dist/fonts/DejaVuSansMono.ttf') }] });
  });

  it('words, fonts, counts, colours and font size of the user', async () => {
    const place = folder();
    const file = path.join(place, 'words.txt');
    writeFileSync(file, 'Größe\nWörter\nnaïve\nΩmega\n');
    const words = [
      '--words',
      file,
      '--font',
      serif,
      '--font-size',
      '20',
      '--counts',
      '2-3',
      '--colours',
      'purple,pink',
    ];
    const output = path.join(place, 'p');
    await make(output, ...words, '--count', '6', '--size', '112x112');
    const { functions } = await readPairs(output);
    const seen = functions.get('ocr')!.flatMap(({ meta }) => [meta.target_text, meta.source_text]);
    assert.deepEqual([...new Set(seen)].sort(), ['Größe', 'Wörter', 'naïve', 'Ωmega']);
    assert.ok(functions.get('ocr')!.every(({ meta }) => meta.font_size === 20));
    assert.ok(functions.get('counting')!.every(({ meta }) => /^[23]$/.test(meta.target_answer!)));
    assert.ok(
      functions.get('recognition')!.every(({ prompt }) => /a (purple|pink) (circle|square|triangle)/.test(prompt)),
    );
  });

  it('a swap over them leaves none out', async () => {
    const place = folder();
    await make(path.join(place, 'pairs'), '--count', '6', '--size', '112x112', '--distractors', '0');
    const step = `swap: { id: v, checkpoint: base, pairs: ./pairs, layers: [0] }`;
    const { code, stdout, stderr } = await command('run', writeExperiment(place, `steps: [${step}]`), '--json');
    assert.equal(code, 0, stderr);
    const [summary] = (JSON.parse(stdout) as { steps: Record<string, Record<string, unknown>>[] }).steps;
    for (const [name, skipped] of Object.entries(summary!.skipped!)) {
      assert.deepEqual(skipped, { tokens: 0, unreadable: 0 }, name);
    }
    const same = Object.values(summary!.sameAnswer!) as number[];
    assert.ok(same.reduce((a, b) => a + b) <= 6, `of 24 pairs ${same.join()} have the same answer`);
  });

  it('without --json: for people', async () => {
    const output = path.join(folder(), 'p');
    const { stdout } = await command('pairs', '--out', output, '--count', '2', '--functions', 'grounding');
    assert.match(stdout, /^.+\/p: pairs for 2 grounding; [\d.]+ kB\n$/);
  });
});

describe('pairs that cannot be made', () => {
  const broken = () => {
    const file = path.join(folder(), 'broken.ttf');
    writeFileSync(file, readFileSync(serif).subarray(0, 5000));
    return file;
  };
  const word = () => {
    const file = path.join(folder(), 'words.txt');
    writeFileSync(file, 'one\n漢字\n');
    return file;
  };
  const wrong: [words: () => string[], line: RegExp][] = [
    [
      () => ['--functions', 'depth'],
      /there are no pairs for "depth"\. Choose of recognition, counting, ocr, grounding\./,
    ],
    [() => ['--size', '384'], /--size 384 is no size\. /],
    [() => ['--counts', '9'], /--counts 9 is no range\. /],
    [() => ['--count', '0'], /--count 0 is not a whole number from 1 on/],
    [() => ['--colours', 'red,beige'], /there is no colour "beige"\. /],
    [() => ['--font', 'comic'], /--font comic: there is no such file\. Choose sans, serif, mono, or a file\./],
    [() => ['--font', broken()], /broken\.ttf: cannot be read as a font \(.+\)\. Use a TrueType/],
    [() => ['--words', word()], /DejaVuSans\.ttf has no letter "漢", as in "漢字"\. Choose another font\./],
    [() => ['--words', '/nowhere/words.txt'], /cannot read \/nowhere\/words\.txt: it does not exist/],
    [() => ['--font-size', '100'], /the words do not fit: .+ A font size of \d+ fits\./],
    [() => ['--counts', '1-80', '--size', '56x56'], /80 objects do not fit into 56×56 pixels\. At most 16 do/],
  ];
  for (const [words, line] of wrong) {
    it(String(line), async () => {
      const output = path.join(folder(), 'p');
      const { code, stdout, stderr } = await command('pairs', '--out', output, ...words());
      assert.match(stderr, /^frankenstein pairs: [^\n]+\n$/);
      assert.match(stderr, line);
      assert.deepEqual([code, stdout], [2, '']);
      assert.deepEqual(readdirSync(path.dirname(output)), []);
    });
  }

  it('a folder that is not empty is left as it is', async () => {
    const output = folder();
    writeFileSync(path.join(output, 'mine.txt'), 'mine');
    const { code, stderr } = await command('pairs', '--out', output);
    assert.equal(code, 2);
    assert.match(stderr, /exists and is not empty\. Choose a new folder\./);
    assert.deepEqual(readdirSync(output), ['mine.txt']);
  });
});

describe('pairs that go wrong', () => {
  const tools: PairsTools = {
    fontFile: () => serif,
    outlines: () => Promise.reject(new Error('no words are asked for')),
    draw: drawPng,
    decode: decodePng,
    versions: {},
  };
  const params = (output: string) => ({
    ...defaultPairs,
    output,
    functions: ['counting', 'grounding'] as const,
    count: 3,
  });

  it('an image that is not as planned: its pair is named, and nothing is left', async () => {
    let drawn = 0;
    const place = folder();
    const without = (svg: string) => svg.replace(/<(rect x|ellipse|polygon)[^>]+>/, '');
    const draw = (svg: string) => drawPng(++drawn === 9 ? without(svg) : svg);
    const work = writePairs(
      params(path.join(place, 'p')),
      { ...tools, draw },
      new AbortController().signal,
      () => undefined,
    );
    await assert.rejects(work, {
      name: 'Error',
      message: /^the pair grounding\/grounding_000001 is not as planned: in the target image nothing is drawn at/,
    });
    assert.deepEqual(readdirSync(place), []);
  });

  it('cancelled: nothing is left', async () => {
    const place = folder();
    const cancelling = new AbortController();
    const work = writePairs(params(path.join(place, 'p')), tools, cancelling.signal, ({ done }) => {
      if (done === 4) cancelling.abort();
    });
    await assert.rejects(work, { name: 'AbortError' });
    assert.deepEqual(readdirSync(place), []);
  });

  it('Ctrl-C: exit code 130 and nothing is left', async () => {
    const place = path.join(folder(), 'here');
    mkdirSync(place);
    const { child, ended } = startCommand(['pairs', '--out', path.join(place, 'p'), '--count', '2000']);
    const begun = () => readdirSync(place).some((name) => existsSync(path.join(place, name, 'recognition', 'images')));
    assert.ok(await waitUntil(begun, ended));
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [130, 'cancelled\n']);
    assert.deepEqual(readdirSync(place), []);
  });
});
