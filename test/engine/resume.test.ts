/**
 * A run that was killed, cancelled or cut into shards ends in the bytes of an undisturbed one. The moments are random:
 * SEED=number repeats those of an earlier run, which printed its seed.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, countLines, holderOf, startCommand, waitUntil, type Command } from '../harness/commandLine';
import { quickSwap, writeExperiment } from '../harness/experimentFile';
import { full, itInFull } from '../harness/full';
import { temporaryFolders } from '../harness/temporaryFolders';
import { seededUniform } from '../../src/core/statistics/random';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const random = seededUniform(seed);
const limit = 5;
/** Four functions; a batch is a pair, and a pair has 14 rows. */
const pairs = 4 * limit;
const rowsPerPair = 14;

const folder = temporaryFolders();
const files = ['rows.jsonl', 'summary.json'];
let undisturbed: Record<string, string>;

function experiment(options = ''): { file: string; run: string; rows: string } {
  const place = folder();
  const file = writeExperiment(place, `steps: [swap: { id: vision, ${quickSwap}, limit: ${limit}${options} }]`);
  const run = path.join(place, 'x.runs/vision');
  return { file, run, rows: path.join(run, 'rows.jsonl') };
}

function contents(run: string): Record<string, string> {
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(run, name), 'utf8')]));
}

/** A moment at which so many rows are there, and some milliseconds more. */
interface Moment {
  readonly rows: number;
  readonly delay: number;
}

/** One moment in each of `count` equal stretches of the run; the first may come before any row is there. */
function moments(count: number): Moment[] {
  return Array.from({ length: count }, (_, i) => ({
    rows: Math.floor(((i + random()) / count) * 0.9 * pairs) * rowsPerPair,
    delay: Math.floor(random() * 40),
  }));
}

/** @returns false when the command ended before */
async function reach({ rows, delay }: Moment, run: string, { ended }: Command): Promise<boolean> {
  const there = () => runsNow(run) && countLines(path.join(run, 'rows.jsonl')) >= rows;
  if (!(await waitUntil(there, ended))) return false;
  await sleep(delay);
  return runsNow(run);
}

/** Somebody runs it: a killed process leaves its lock behind. */
function runsNow(run: string): boolean {
  const holder = holderOf(run);
  return holder !== undefined && isAlive(holder);
}

async function finish(file: string, run: string, why: string): Promise<void> {
  const { code, stderr } = await command('run', file);
  assert.equal(code, 0, stderr);
  assert.deepEqual(contents(run), undisturbed, `${why} (SEED=${seed})`);
  assert.deepEqual(readdirSync(run).sort(), ['log.txt', 'manifest.json', 'rows.jsonl', 'summary.json']);
}

before(async () => {
  console.log(`    moments from SEED=${seed}`);
  const { file, run } = experiment();
  const { code, stderr } = await command('run', file);
  assert.equal(code, 0, stderr);
  undisturbed = contents(run);
  assert.equal(undisturbed['rows.jsonl']!.split('\n').length - 1, pairs * rowsPerPair);
});

describe('kill -9 of the engine', () => {
  it('once, at moments all over the run', async () => {
    for (const moment of moments(full ? 4 : 2)) {
      const { file, run, rows } = experiment();
      const started = startCommand(['run', file]);
      assert.ok(await reach(moment, run, started), `ended before ${JSON.stringify(moment)} (SEED=${seed})`);
      process.kill(holderOf(run)!, 'SIGKILL');
      const { code, stderr } = await started.ended;
      const kept = `what step "vision" of ${file} has finished is kept: run it again to resume`;
      assert.equal(stderr.trimEnd().split('\n').at(-1), `frankenstein run: the engine was ended by SIGKILL; ${kept}`);
      assert.equal(code, 1);
      const written = existsSync(rows) ? readFileSync(rows, 'utf8') : '';
      assert.ok(written.length < undisturbed['rows.jsonl']!.length);
      assert.ok(undisturbed['rows.jsonl']!.startsWith(written), 'what is there is the beginning of the whole');
      await finish(file, run, `killed at ${JSON.stringify(moment)}`);
    }
  });

  itInFull('again and again in one run', async () => {
    const { file, run } = experiment();
    let before = 0;
    for (const moment of moments(5)) {
      const started = startCommand(['run', file]);
      assert.ok(await reach(moment, run, started), `ended before ${JSON.stringify(moment)} (SEED=${seed})`);
      process.kill(holderOf(run)!, 'SIGKILL');
      assert.equal((await started.ended).code, 1);
      const after = countLines(path.join(run, 'rows.jsonl'));
      assert.ok(after >= before, 'no finished row is lost');
      before = after;
    }
    await finish(file, run, 'killed again and again');
  });

  it('with a line half written: the torn line is done again', async () => {
    const { file, run, rows } = experiment();
    mkdirSync(run, { recursive: true });
    assert.equal((await command('run', file)).code, 0);
    const cut = Math.floor(undisturbed['rows.jsonl']!.length * (0.2 + 0.6 * random()));
    writeFileSync(rows, undisturbed['rows.jsonl']!.slice(0, cut));
    await finish(file, run, `cut at byte ${cut}`);
  });
});

describe('the command line is gone or told to stop', () => {
  it('kill -9 of the command line: its engine ends too, and the run is resumed', async () => {
    const [moment] = moments(1);
    const { file, run } = experiment();
    const started = startCommand(['run', file]);
    assert.ok(await reach(moment!, run, started));
    const engine = holderOf(run)!;
    started.child.kill('SIGKILL');
    await started.ended;
    const from = performance.now();
    while (isAlive(engine)) {
      assert.ok(performance.now() - from < 10_000, 'the engine lives on');
      await sleep(20);
    }
    await finish(file, run, `killed at ${JSON.stringify(moment)}`);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`${signal}: exit code 130 at once, nothing half done, and the run is resumed`, async () => {
      const [moment] = moments(1);
      const { file, run, rows } = experiment();
      const started = startCommand(['run', file]);
      assert.ok(await reach(moment!, run, started));
      const from = performance.now();
      started.child.kill(signal);
      const { code, stdout, stderr } = await started.ended;
      assert.ok(performance.now() - from < 8000);
      assert.equal(code, 130, stderr);
      assert.equal(stdout, '');
      assert.equal(stderr.trimEnd().split('\n').at(-1), 'cancelled');
      const manifest = JSON.parse(readFileSync(path.join(run, 'manifest.json'), 'utf8')) as { state: string };
      assert.equal(manifest.state, 'cancelled');
      assert.equal(countLines(rows) % rowsPerPair, 0);
      assert.ok(!existsSync(path.join(run, 'lock.json')));
      await finish(file, run, `cancelled at ${JSON.stringify(moment)}`);
    });
  }
});

describe('one run folder', () => {
  it('shards one after another are the whole', async () => {
    const { file, run } = experiment();
    for (const shard of ['0/2', '1/2']) {
      const { code, stderr } = await command('run', file, '--shard', shard);
      assert.equal(code, 0, stderr);
    }
    const halves = ['0-of-2', '1-of-2'].map((name) =>
      readFileSync(path.join(run, 'shards', name, 'rows.jsonl'), 'utf8'),
    );
    assert.ok(halves.every((text) => text.length > 0));
    assert.equal(halves.join(''), undisturbed['rows.jsonl']);
  });

  it('a finished run is not done again', async () => {
    const { file, run, rows } = experiment();
    assert.equal((await command('run', file)).code, 0);
    const before = readFileSync(rows, 'utf8');
    const marked = before.replace('"text":"', '"text":"mark ');
    writeFileSync(rows, marked);
    assert.equal((await command('run', file)).code, 0);
    assert.equal(readFileSync(rows, 'utf8'), marked);
    assert.ok(!existsSync(`${run}~1`));
  });

  it('a changed plan, a changed input and --fresh set the earlier run aside', async () => {
    const { file, run } = experiment(', functions: [ocr], layers: [3]');
    const text = readFileSync(file, 'utf8');
    const said = async (...words: string[]) => {
      const { code, stderr } = await command('run', file, ...words);
      assert.equal(code, 0, stderr);
      return stderr;
    };
    await said();
    const first = contents(run);
    assert.match(await said('--fresh'), /^vision: started anew, the earlier run is now in vision~1$/m);
    assert.deepEqual(contents(run), first);
    assert.deepEqual(contents(`${run}~1`), first);

    writeFileSync(file, text.replace('layers: [3]', 'layers: [3, 4]'));
    assert.match(await said(), /^vision: plan or input changed, the earlier run is now in vision~2$/m);
    assert.deepEqual(contents(`${run}~2`), first);
    assert.notDeepEqual(contents(run), first);

    // What does not touch the plan: a comment, another step.
    const changed = contents(run);
    writeFileSync(file, `# a comment\n${readFileSync(file, 'utf8')}`);
    assert.doesNotMatch(await said(), /earlier run/);
    assert.deepEqual(contents(run), changed);
    assert.deepEqual(readdirSync(path.dirname(run)).sort(), ['.hashes.json', 'vision', 'vision~1', 'vision~2']);
  });

  it('a second run of the same step is refused with the process that runs it', async () => {
    const { file, run } = experiment();
    const started = startCommand(['run', file]);
    assert.ok(await waitUntil(() => holderOf(run) !== undefined, started.ended));
    const holder = holderOf(run)!;
    const { code, stdout, stderr } = await command('run', file);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`^frankenstein run: ${run} is in use by process ${holder} on .+ \\(vision\\)\\. `));
    assert.match(stderr, /Wait for it or stop it\. If it no longer runs, delete .*lock\.json\.\n$/);
    assert.equal((await started.ended).code, 0);
    assert.deepEqual(contents(run), undisturbed);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Where nobody collects orphans a killed process stays as a zombie: it runs no more.
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
