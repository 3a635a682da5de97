import type { TrainingHostSurface, TrainingState } from '../../src/shared/protocol/training';
import type { FakedPage, FakeHost } from './fakeHost';
import { fakePanels } from './fakePanels';
import { labSamples, type LabArm } from './trainingRuns';

export type TrainingHost = FakeHost<TrainingState, TrainingHostSurface>;

const training: FakedPage<TrainingState, TrainingHostSurface> = {
  name: 'training',
  answers: (host) => ({
    ready: () => host.state,
    show: () => null,
    samples: ({ run, step }) => labSamples(run as LabArm, step),
    run: () => null,
    cancel: () => null,
    save: ({ format }) => `training.${format}`,
    openFile: () => null,
  }),
};

/** Gives the tests of a `describe` Training pages. */
export const trainingPanels = () => fakePanels(training);

export const tabNames = ['Curves', 'Samples', 'Table'] as const;

export async function goTo(host: TrainingHost, tab: (typeof tabNames)[number]): Promise<void> {
  await host.page.getByRole('tab', { name: tab, exact: true }).click();
  await host.settle();
  await host.settle();
}

/** Chooses in one of the page's lists. */
export async function choose(host: TrainingHost, list: string, choice: string): Promise<void> {
  await host.page.getByRole('combobox', { name: list }).click();
  await host.page.getByRole('option', { name: choice, exact: true }).click();
  await host.settle();
}
