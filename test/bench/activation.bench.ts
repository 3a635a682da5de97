/**
 * The extension's activation, its code loaded included, against an extension that does nothing in the same host. Each
 * round is a fresh extension host in a folder that activates neither, and activates both; which is first alternates.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';
import { conclude, median, milliseconds, printTable } from './measure';

const repetitions = 7;
const ours = 'frankenstein-lab.frankenstein-lab';
const empty = 'frankenstein-lab-tests.empty';
/** Seconds more than the empty extension. */
const aim = 0.05;
/** Milliseconds in which a new host settles: VS Code's own extensions start in it too. */
const settling = 2000;

/** Seconds by the clock, and seconds of the processor that the whole extension host used meanwhile. */
interface Activation {
  readonly clock: number;
  readonly processor: number;
}

async function main(): Promise<void> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'frankenstein-bench-'));
  try {
    const folder = path.join(scratch, 'nothing');
    await mkdir(folder);
    const window = await openWorkbench({ folder, extensions: [await writeEmptyExtension(scratch)] });
    try {
      const activations: Record<string, Activation[]> = { [ours]: [], [empty]: [] };
      await measure(window, [ours, empty]); // the files come into the page cache
      for (let round = 0; round < repetitions; round++) {
        await window.reload();
        const order = round % 2 === 0 ? [empty, ours] : [ours, empty];
        const measured = await measure(window, order);
        order.forEach((id, i) => activations[id].push(measured[i]));
      }
      const clock = (id: string) => activations[id].map((one) => one.clock);
      const processor = (id: string) => activations[id].map((one) => one.processor);
      const difference = (a: readonly number[], b: readonly number[]) => a.map((value, round) => value - b[round]);
      const more = difference(clock(ours), clock(empty));
      console.log(`${repetitions} repetitions, a fresh extension host each`);
      printTable([
        ['', 'time (range)', 'of it on the processor (range)'],
        ['empty extension', milliseconds(clock(empty)), milliseconds(processor(empty))],
        ['Frankenstein Lab', milliseconds(clock(ours)), milliseconds(processor(ours))],
        ['difference', milliseconds(more), milliseconds(difference(processor(ours), processor(empty)))],
      ]);
      const text = `${(median(more) * 1000).toFixed(0)} ms over an empty extension (aim ${aim * 1000} ms)`;
      conclude('activation', [{ text, met: median(more) < aim }]);
    } finally {
      await window.close();
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Activates the extensions one after another, in a host that has come to rest. */
async function measure(window: Workbench, ids: readonly string[]): Promise<Activation[]> {
  await delay(settling);
  const found = await window.evaluate(async (vscode, names: readonly string[]) => {
    const results: (Activation | string)[] = [];
    for (const name of names) {
      const extension = vscode.extensions.getExtension(name);
      if (!extension || extension.isActive) {
        results.push(extension ? `${name} is active already` : `${name} is not there`);
        continue;
      }
      const started = performance.now();
      const before = process.cpuUsage();
      await extension.activate();
      const { user, system } = process.cpuUsage(before);
      results.push({ clock: (performance.now() - started) / 1e3, processor: (user + system) / 1e6 });
    }
    return results;
  }, ids);
  return found.map((result) => (typeof result === 'string' ? assert.fail(result) : result));
}

async function writeEmptyExtension(scratch: string): Promise<string> {
  const folder = path.join(scratch, 'empty-0.0.0');
  const manifest = {
    name: 'empty',
    publisher: 'frankenstein-lab-tests',
    version: '0.0.0',
    engines: { vscode: '^1.99.0' },
    extensionKind: ['workspace'],
    main: './main.js',
    activationEvents: [],
  };
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'main.js'), 'exports.activate = () => undefined;\n');
  return folder;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
