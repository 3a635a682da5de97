import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../src/core/experiment/manifest';
import type { CompareFacts, CompareRow } from '../../src/shared/compareResults';
import type { AuthorsFile } from './authorsFiles';

/** One vision block, the merger and the last layer of the sample lab, Base → IN → RL, and what the authors' scripts say. */
export function compareFixture() {
  return JSON.parse(readFileSync('test/fixtures/compare/authors.json', 'utf8')) as {
    readonly rows: readonly CompareRow[];
    readonly froNorm: AuthorsFile;
    readonly layerwiseSvd: AuthorsFile;
  };
}

export function compareFacts(rows: readonly CompareRow[], part: Partial<CompareFacts> = {}): CompareFacts {
  return {
    phases: [
      { from: 'base', to: 'in', onlyFrom: [], onlyTo: [] },
      { from: 'in', to: 'rl', onlyFrom: [], onlyTo: [] },
    ],
    spectrum: true,
    numLayers: 12,
    regions: { early: [0, 4], mid: [4, 8], late: [8, 12] },
    rows: rows.length,
    ...part,
  };
}

/** Writes a compare run's folder. @param runs `NAME.runs` @returns the folder */
export function writeCompareRun(
  runs: string,
  step: string,
  rows: readonly CompareRow[],
  facts: CompareFacts,
  part: Partial<Manifest> = {},
): string {
  const folder = path.join(runs, step);
  mkdirSync(folder, { recursive: true });
  const manifest: Manifest = {
    version: 1,
    step,
    kind: 'compare',
    plan: '0',
    device: 'cpu',
    options: { phases: facts.phases.map(({ from, to }) => [from, to]), spectrum: facts.spectrum },
    seed: null,
    inputs: [],
    facts: { ...facts },
    versions: {},
    shard: null,
    started: '2026-01-01T00:00:00.000Z',
    state: 'finished',
    ...part,
  };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return folder;
}
