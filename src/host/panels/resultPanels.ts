import { kindOf } from '../../core/experiment/experimentFile';
import { stepById } from '../../core/experiment/experiment';
import { InputError } from '../../shared/errors';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';

/** What shows the runs of one kind of step. */
export interface ResultPanel {
  open(file: string, step: string): Promise<unknown>;
}

/** Shows a step, or a run of it that was set aside, in the panel for its kind. */
export class ResultPanels implements ResultPanel {
  /** @param panels by kind of step */
  constructor(
    private readonly panels: Readonly<Record<string, ResultPanel>>,
    private readonly experiments: Experiments,
    private readonly runs: Runs,
  ) {}

  /** @throws InputError for a kind that no panel shows */
  async open(file: string, step: string): Promise<unknown> {
    const kind = (await this.kindOfStep(file, step)) ?? (await this.runs.view(file, step)).snapshot?.manifest.kind;
    const panel = kind !== undefined && Object.hasOwn(this.panels, kind) ? this.panels[kind] : undefined;
    if (panel) return panel.open(file, step);
    const what = kind === undefined ? 'nobody knows the kind of' : `this version has no panel for ${kind} steps:`;
    throw new InputError(`${what} "${step}"`);
  }

  /** As the file says; undefined for a run set aside, and where the file no longer has the step. */
  private async kindOfStep(file: string, step: string): Promise<string | undefined> {
    const { experiment } = await this.experiments.get(file);
    try {
      return experiment ? kindOf(stepById(experiment, step)) : undefined;
    } catch {
      return undefined;
    }
  }
}
