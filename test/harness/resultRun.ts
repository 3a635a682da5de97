import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../src/core/experiment/manifest';
import type { Row } from '../../src/core/experiment/step';
import type { EvaluateFacts, EvaluateRow } from '../../src/shared/evaluateResults';
import type { Setting } from '../../src/shared/vocabulary';

/** Writes the folder of a finished run of any kind. @param runs `NAME.runs` @returns the folder */
export function writeResultRun(
  runs: string,
  step: string,
  kind: string,
  { facts, rows }: { readonly facts: object; readonly rows: readonly Row[] },
  part: Partial<Manifest> = {},
): string {
  const folder = path.join(runs, step);
  mkdirSync(folder, { recursive: true });
  const manifest: Manifest = {
    version: 1,
    ...{ step, kind, plan: '0', device: 'cpu', options: {}, seed: null, inputs: [] },
    facts: { ...facts },
    ...{ versions: {}, shard: null, started: '2026-01-01T00:00:00.000Z', state: 'finished' },
    ...part,
  };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return folder;
}

/** Rows of vision and reasoning of Base, IN, a hybrid and RL on eight items; RL has item 0 right where IN has it wrong. */
export function evaluateFixture(): { facts: EvaluateFacts; rows: EvaluateRow[] } {
  const items = Array.from({ length: 8 }, (_, i) => `item ${i}`);
  const checkpoints = ['base', 'in', 'rl', 'IN:RL:RL'];
  const settings: Readonly<Record<string, readonly Setting[]>> = { vision: ['image', 'black'], reasoning: ['text'] };
  /** A digit per item, right with image or text. */
  const right: Readonly<Record<string, string>> = {
    base: '00001111',
    in: '01111111',
    rl: '11111111',
    'IN:RL:RL': '01111110',
  };
  const rows = checkpoints.flatMap((checkpoint) =>
    Object.entries(settings).flatMap(([ability, own]) =>
      items.flatMap((id, i) =>
        own.map((setting): EvaluateRow => {
          const correct = setting !== 'black' && right[checkpoint]![i] === '1';
          const key = [checkpoint, ability, id, setting].join('/');
          return { key, checkpoint, ability, setting, id, text: `It is ${i}.`, extracted: `${i}`, correct };
        }),
      ),
    ),
  );
  const abilities = Object.entries(settings).map(([ability, own]) => [
    ability,
    {
      dataset: './items.jsonl',
      settings: own,
      items,
      leftOut: [{ id: 'odd', problem: 'it has no image' }],
      floor: { empty: 0, constant: 0.25, constantAnswer: '3' },
    },
  ]);
  const facts = {
    checkpoints,
    chain: ['base', 'in', 'rl'],
    samples: 1,
    abilities: Object.fromEntries(abilities) as EvaluateFacts['abilities'],
  };
  return { facts, rows };
}
