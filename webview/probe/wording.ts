/** The words in which the panel speaks of runs. No DOM. */
import type { ProbeRun } from '../../src/shared/protocol/probe';
import { roleTitles, type SwapMode } from '../../src/shared/vocabulary';

const functionLabels: Readonly<Record<string, string>> = {
  recognition: 'Recognition',
  counting: 'Counting',
  ocr: 'OCR',
  grounding: 'Grounding',
};

/** A function's name as a heading; a function of the user's own keeps its name. */
export function functionLabel(name: string): string {
  return Object.hasOwn(functionLabels, name) ? functionLabels[name]! : name;
}

/** What a mode does, in one sentence. */
export function modeSentence(mode: SwapMode, window: number): string {
  const swapped: Record<SwapMode, string> = {
    suffix: 'from layer l upward',
    single: 'in layer l alone',
    window: `in layers l to l + ${Math.max(0, window - 1)}`,
    prefix: 'in all layers up to l',
  };
  return `The image’s keys and values come from the source image ${swapped[mode]}.`;
}

/** What the panel says while there is no curve to show; null when the run needs no word. */
export function emptySentence(run: ProbeRun): string | null {
  switch (run.state) {
    case null:
      return 'Nothing has been computed yet. Press Run: the curves grow as pairs are finished.';
    case 'queued':
      return 'The run waits for the one before it.';
    case 'preparing':
      return 'The checkpoint is being opened and the first pairs are on their way.';
    case 'running':
      return 'The first pairs are on their way.';
    case 'interrupted':
    case 'cancelled':
      return 'The run ended before its first pair was finished. Resume goes on from there.';
    case 'failed':
      return 'The run failed before its first pair was finished.';
    case 'finished':
      return 'The run is finished, but no pair could be compared: see the facts in the table.';
  }
}

/** The name of a run's checkpoint, with what tells it from the other runs shown. */
export function runLabels(runs: readonly Pick<ProbeRun, 'id' | 'checkpoint'>[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { checkpoint } of runs) counts.set(checkpoint, (counts.get(checkpoint) ?? 0) + 1);
  return new Map(
    runs.map(({ id, checkpoint }) => [id, counts.get(checkpoint)! > 1 ? `${checkpoint} (${id})` : checkpoint]),
  );
}

/** What the differences are taken to: the panel's own run. */
export function differenceTitle(runs: readonly Pick<ProbeRun, 'id' | 'checkpoint'>[]): string {
  const [own] = runs;
  return `Difference to ${own ? runLabels(runs).get(own.id) : 'the first run'}, percentage points`;
}

/** What a run probes, and how. */
export function subtitle({ checkpoint, role, mode, window }: ProbeRun, experiment: string): string {
  const shownMode = mode === 'window' ? `window swap of ${window} layers` : `${mode} swap`;
  const shownRole = role && roleTitles[role].toLowerCase() !== checkpoint.toLowerCase() ? ` (${roleTitles[role]})` : '';
  return [`${checkpoint}${shownRole}`, shownMode, experiment].join(' · ');
}
