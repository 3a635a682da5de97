/** Evaluating through the command line: contract, reference answers, and what can be wrong with the input. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EvaluateRow, EvaluateSummary } from '../../src/shared/evaluateResults';
import { command, countLines, holderOf, startCommand, waitUntil } from '../harness/commandLine';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { full } from '../harness/full';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const sets = `${sampleLab}/evaluation`;
const datasets = [
  `vision: ${sets}/vision.jsonl`,
  `visionToReasoning: ${sets}/vision_to_reasoning.jsonl`,
  `reasoning: ${sets}/reasoning.jsonl`,
].join(', ');

interface ReferenceAnswer {
  readonly id: string;
  readonly answer: string;
  readonly text: string;
  readonly near_tie?: boolean;
}
type ReferenceKey = 'vision' | 'visionBlack' | 'visionToReasoning' | 'visionToReasoningDescription' | 'reasoning';
const references = (name: string) =>
  JSON.parse(readFileSync(`test/fixtures/oracle/lab/answers-${name}.json`, 'utf8')) as Record<
    ReferenceKey,
    ReferenceAnswer[]
  >;
interface ReferenceCounts {
  readonly n: number;
  readonly withImage?: number;
  readonly blackImage?: number;
  readonly description?: number;
  readonly ability: number;
}
const counts = JSON.parse(readFileSync('test/fixtures/oracle/lab/answers-summary.json', 'utf8')) as Record<
  string,
  Record<string, ReferenceCounts>
>;

/** Runs the one step of a file and reads its folder. */
async function run(file: string, ...words: string[]) {
  const ended = await command('run', file, '--json', '--threads', '2', ...words);
  assert.equal(ended.code, 0, ended.stderr);
  const { steps } = JSON.parse(ended.stdout) as { steps: (EvaluateSummary & Record<string, unknown>)[] };
  const runFolder = file.replace(/\.frankenstein\.yaml$/, '.runs/abilities');
  return { summary: steps[0]!, rows: rowsOf(runFolder), runFolder, stderr: ended.stderr };
}

function rowsOf(runFolder: string): EvaluateRow[] {
  const lines = readFileSync(path.join(runFolder, 'rows.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as EvaluateRow);
}

const step = (options: string) => ['steps:', `  - evaluate: { id: abilities, ${options} }`];

/** The rule of the reference counts: the last `<answer>`, else the whole text, trimmed, equals the gold text. */
function isRightThere(text: string, gold: string): boolean {
  const found = [...text.matchAll(/<answer>([\s\S]*?)<\/answer>/g)].at(-1)?.[1] ?? text;
  return found.trim() === gold;
}

describe('evaluate', () => {
  const checkpoints = full ? ['base', 'in', 'rl'] : ['in'];
  const items = full ? 100 : 40;

  it(`says what transformers says to ${items} items in every setting: ${checkpoints.join(', ')}`, async () => {
    const file = writeExperiment(
      folder(),
      ...step(`checkpoints: [${checkpoints.join(', ')}], ${datasets}, limit: ${items}, maxNewTokens: 48`),
    );
    const { rows, summary } = await run(file);
    assert.equal(rows.length, checkpoints.length * 5 * items);
    for (const name of checkpoints) {
      const reference = references(name);
      const found = (ability: string, setting: string) =>
        new Map(
          rows
            .filter((row) => row.checkpoint === name && row.ability === ability && row.setting === setting)
            .map((row) => [row.id, row]),
        );
      const right: Record<string, Set<string>> = {};
      const pairs: [ReferenceKey, string, string][] = [
        ['vision', 'vision', 'image'],
        ['visionBlack', 'vision', 'black'],
        ['visionToReasoning', 'visionToReasoning', 'image'],
        ['visionToReasoningDescription', 'visionToReasoning', 'description'],
        ['reasoning', 'reasoning', 'text'],
      ];
      for (const [key, ability, setting] of pairs) {
        const own = found(ability, setting);
        const wanted = reference[key].slice(0, items);
        assert.equal(own.size, wanted.length);
        for (const { id, text, near_tie } of wanted) {
          if (!near_tie) assert.equal(own.get(id)!.text, text, `${name}: ${key}/${id}`);
        }
        const correct = wanted.filter(({ id, answer }) => isRightThere(own.get(id)!.text, answer));
        right[key] = new Set(correct.map(({ id }) => id));
      }
      if (!full) continue;
      const golden = counts[name]!;
      const both = (a: ReferenceKey, b: ReferenceKey, wanted: boolean) =>
        [...right[a]!].filter((id) => right[b]!.has(id) === wanted).length;
      assert.deepEqual(
        { withImage: right.vision!.size, blackImage: right.visionBlack!.size },
        { withImage: golden.vision!.withImage, blackImage: golden.vision!.blackImage },
      );
      assert.equal(both('vision', 'visionBlack', false), golden.vision!.ability);
      assert.equal(both('visionToReasoning', 'visionToReasoningDescription', true), golden.visionToReasoning!.ability);
      assert.equal(right.reasoning!.size, golden.reasoning!.ability);
    }
    for (const ability of ['vision', 'visionToReasoning', 'reasoning']) {
      for (const name of checkpoints) {
        const { n, value, low, high } = summary.abilities[ability]![name]!;
        assert.ok(n === items && low < value && value < high + 1e-12, `${ability} of ${name}`);
      }
    }
  }).timeout(240_000);

  it('compares hybrids with their parents, and states what a guess would score', async () => {
    const hybrid = ['hybrids:', '  "IN:RL:RL": [in, rl, rl]'];
    const options = `checkpoints: [base, in, "IN:RL:RL"], ${datasets}, limit: 6, seed: 123, maxNewTokens: 24`;
    const file = writeExperiment(folder(), ...hybrid, ...step(options));
    const { rows, summary } = await run(file);
    // numpy's RandomState(123).choice(arange(100), 6, replace=False), sorted.
    const sampled = [...new Set(rows.filter(({ ability }) => ability === 'vision').map(({ id }) => id))];
    assert.equal(sampled.length, 6);
    assert.ok(
      sampled.some((id) => Number(id.slice(4)) > 5),
      'a seed samples',
    );
    assert.deepEqual(Object.keys(summary).slice(0, 5), ['step', 'kind', 'device', 'abilities', 'comparisons']);
    assert.deepEqual(
      [...new Set(summary.comparisons.map(({ a, b }) => `${a} → ${b}`))],
      ['base → in', 'base → IN:RL:RL', 'in → IN:RL:RL'],
    );
    for (const comparison of summary.comparisons) {
      const { TT, TF, FT, FF } = comparison.transitions;
      assert.equal(TT + TF + FT + FF, 6);
      assert.ok(Math.abs(comparison.difference - (FT - TF) / 6) < 1e-12);
      assert.ok(comparison.pAdjusted >= comparison.pValue);
      assert.equal(comparison.detectable, 1);
    }
    const floor = summary.floors.reasoning!;
    assert.ok(floor.empty === 0 && floor.constant >= 1 / 6, JSON.stringify(floor));
    const manifest = JSON.parse(
      readFileSync(file.replace('.frankenstein.yaml', '.runs/abilities/manifest.json'), 'utf8'),
    ) as { sidecars?: unknown; inputs: { path: string }[]; seed: number | null };
    assert.ok(manifest.sidecars, 'the manifest says what the side files disagree about');
    assert.ok(manifest.inputs.some(({ path: input }) => input.endsWith('vision.jsonl')));
    assert.equal(manifest.seed, 123);
  }).timeout(60_000);

  it('samples several answers, the same for the same seed', async () => {
    const options = (seed: number) =>
      step(
        `checkpoints: [base], reasoning: ${sets}/reasoning.jsonl, limit: 4, seed: ${seed}, samples: 3, temperature: 1.5, maxNewTokens: 12`,
      );
    const place = folder();
    const first = await run(writeExperiment(place, ...options(1)));
    assert.equal(first.rows.length, 12);
    assert.deepEqual(
      first.rows.slice(0, 3).map(({ sample }) => sample),
      [0, 1, 2],
    );
    assert.ok(new Set(first.rows.map(({ text }) => text)).size > 4, 'the samples differ');
    const again = await run(writeExperiment(folder(), ...options(1)));
    assert.deepEqual(again.rows, first.rows);
    const { n, value } = first.summary.abilities.reasoning!.base!;
    assert.equal(n, 4);
    assert.ok(Math.abs(value * 12 - first.rows.filter(({ correct }) => correct).length) < 1e-9);
  }).timeout(60_000);

  it('has one checkpoint describe images once for all, and the manifest has the hash', async () => {
    const place = folder();
    const lines = readFileSync(`${sets}/vision_to_reasoning.jsonl`, 'utf8').trim().split('\n').slice(0, 2);
    const bare = lines.map((line) => {
      const item = JSON.parse(line) as Record<string, string>;
      return JSON.stringify({ ...item, description: undefined });
    });
    writeFileSync(path.join(place, 'bare.jsonl'), bare.join('\n'));
    cpSync(`${sets}/images`, path.join(place, 'images'), { recursive: true });
    const options = (checkpoints: string) =>
      step(`checkpoints: [${checkpoints}], visionToReasoning: ./bare.jsonl, maxNewTokens: 16, descriptions: base`);
    const file = writeExperiment(place, ...options('in, rl'));
    const { rows, runFolder, stderr } = await run(file);
    assert.equal(rows.length, 2 * 2 * 2);
    assert.match(stderr + readFileSync(path.join(runFolder, 'log.txt'), 'utf8'), /base describes images/);
    const described = (text: string) =>
      (JSON.parse(text) as { inputs: { path: string; sha256: string }[] }).inputs.filter(({ path: input }) =>
        input.includes('.descriptions'),
      );
    const manifest = readFileSync(path.join(runFolder, 'manifest.json'), 'utf8');
    assert.equal(described(manifest).length, 1);
    // Another set of checkpoints: the descriptions are there already, and the same.
    const other = await run(writeExperiment(place, ...options('in')));
    const later = readFileSync(path.join(other.runFolder, 'manifest.json'), 'utf8');
    assert.deepEqual(described(later), described(manifest));
    assert.doesNotMatch(readFileSync(path.join(other.runFolder, 'log.txt'), 'utf8'), /base describes images/);
  }).timeout(120_000);

  it('resumes to the same bytes after a kill', async () => {
    const options = `checkpoints: [in, rl], reasoning: ${sets}/reasoning.jsonl, limit: 24, maxNewTokens: 16, batch: 4`;
    const whole = await run(writeExperiment(folder(), ...step(options)));
    const file = writeExperiment(folder(), ...step(options));
    const rows = file.replace('.frankenstein.yaml', '.runs/abilities/rows.jsonl');
    const started = startCommand(['run', file, '--json', '--threads', '2']);
    assert.ok(await waitUntil(() => countLines(rows) >= 8, started.ended), 'it was over before it was killed');
    process.kill(holderOf(path.dirname(rows))!, 'SIGKILL');
    await started.ended;
    assert.ok(countLines(rows) < 48);
    const resumed = await run(file);
    assert.deepEqual(readFileSync(rows), readFileSync(path.join(whole.runFolder, 'rows.jsonl')));
    assert.deepEqual(resumed.summary, whole.summary);
  }).timeout(90_000);
});

describe('what can be wrong with an evaluation', () => {
  const lines = readFileSync(`${sets}/vision.jsonl`, 'utf8').trim().split('\n').slice(0, 4);

  it('is reported per item; the run goes on and the denominator is stated', async () => {
    const place = folder();
    cpSync(`${sets}/images`, path.join(place, 'images'), { recursive: true });
    writeFileSync(path.join(place, 'images/broken.png'), readFileSync(`${sets}/images/vis_00000.png`).subarray(0, 90));
    const item = (fields: object) => JSON.stringify({ id: 'odd', question: 'How many?', answer: '1', ...fields });
    const odd = [
      item({ id: 'no-question', question: undefined }),
      item({ id: 'no-image' }),
      item({ id: 'missing', image: 'images/nowhere.png' }),
      item({ id: 'cut-off', image: 'images/broken.png' }),
      item({ id: 'empty', answer: '', image: 'images/vis_00000.png' }),
      item({ id: 'vis_00000', image: 'images/vis_00000.png' }),
      '{ not json',
    ];
    writeFileSync(path.join(place, 'odd.jsonl'), [...lines, ...odd].join('\n'));
    const file = writeExperiment(place, ...step('checkpoints: [in], vision: ./odd.jsonl, maxNewTokens: 4'));
    const { summary, rows } = await run(file);
    const score = summary.abilities.vision!.in!;
    assert.equal(score.n, 4);
    assert.equal(rows.length, 8);
    const problems = Object.fromEntries(summary.leftOut.vision!.map(({ id, problem }) => [id, problem]));
    for (const id of ['no-question', 'no-image', 'missing', 'cut-off', 'empty', 'vis_00000']) {
      assert.ok(problems[id], `${id} is not reported: ${JSON.stringify(problems)}`);
    }
    assert.equal(summary.leftOut.vision!.length, odd.length);
  }).timeout(60_000);

  it('a model that does not stop is cut off, and that is counted', async () => {
    const options = `checkpoints: [in], reasoning: ${sets}/reasoning.jsonl, limit: 5, maxNewTokens: 2`;
    const { summary, rows } = await run(writeExperiment(folder(), ...step(options)));
    assert.ok(rows.every(({ truncated }) => truncated));
    assert.equal(summary.truncated.in, 5);
  }).timeout(30_000);

  it('without checkpoints, without data sets, or with nothing to ask: exit 2 and one line', async () => {
    for (const [options, message] of [
      ['checkpoints: [in]', /names no data set/],
      [`reasoning: ${sets}/reasoning.jsonl`, /names no checkpoints/],
      [`checkpoints: [in], vision: ${sets}/reasoning.jsonl`, /no item that can be asked/],
      [`checkpoints: [in], reasoning: ${sets}/nowhere.jsonl`, /nowhere\.jsonl/],
      [`checkpoints: [nobody], reasoning: ${sets}/reasoning.jsonl`, /"nobody" is no checkpoint/],
    ] as const) {
      const ended = await command('run', writeExperiment(folder(), ...step(options)), '--json');
      assert.equal(ended.code, 2, `${options}: ${ended.stderr}`);
      assert.match(ended.stderr, message);
    }
  }).timeout(60_000);
});
