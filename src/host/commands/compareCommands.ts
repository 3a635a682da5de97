import * as vscode from 'vscode';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { compareSteps, type ComparedChain, type StoredComparisons } from '../experiments/storedComparisons';
import type { ResultPanel } from '../panels/resultPanels';
import type { CheckpointsTree } from '../trees/checkpointsTree';
import type { LastComparison } from '../trees/lastComparison';
import { assertTrusted } from '../trust';
import { chooseChain, choosePair, chooseSpectrum } from './compareChoices';
import { registerCommands } from './failable';
import { runAndShow } from './runAndShow';
import type { StepTarget } from './stepTarget';

/** What the commands work with. */
export interface CompareContext {
  readonly tree: CheckpointsTree;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly panels: ResultPanel;
  readonly stored: StoredComparisons;
  readonly lastComparison: LastComparison;
}

/** *Compare with*, *Compare Base → IN → RL* and *Clear Comparison Badges*. */
export function registerCompareCommands(context: CompareContext, log: vscode.LogOutputChannel): vscode.Disposable {
  const { tree, runs, panels } = context;
  const compare = async (chain: ComparedChain) => {
    assertTrusted();
    const target = await stepOf(chain, context);
    const isRunning = runs.running().some(({ file, step }) => file === target.file && step === target.step);
    await (isRunning ? panels.open(target.file, target.step) : runAndShow(target, runs, panels));
  };
  return registerCommands(
    {
      compareWith: async (argument) => {
        const all = await tree.all();
        const { directory } = (argument ?? {}) as { readonly directory?: unknown };
        const given = all.find((checkpoint) => checkpoint.directory === directory);
        await compare(await choosePair(all, given));
      },
      compareChain: async () => compare(await chooseChain(await tree.all())),
      clearComparisonBadges: () => context.lastComparison.clear(),
    },
    log,
  );
}

/** The step of an experiment file that compares just these, else one of the extension's own. */
async function stepOf(chain: ComparedChain, { experiments, stored }: CompareContext): Promise<StepTarget> {
  for (const { file, experiment } of await experiments.all()) {
    const [step] = experiment ? compareSteps(experiment, chain) : [];
    if (step !== undefined) return { file, step };
  }
  return stored.step(chain, await chooseSpectrum());
}
