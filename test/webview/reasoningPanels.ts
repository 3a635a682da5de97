import type { ReasoningHostSurface, ReasoningState } from '../../src/shared/protocol/reasoning';
import type { FakedPage, FakeHost } from './fakeHost';
import { fakePanels } from './fakePanels';
import { labItems } from './reasoningRuns';

export type ReasoningHost = FakeHost<ReasoningState, ReasoningHostSurface>;

const reasoning: FakedPage<ReasoningState, ReasoningHostSurface> = {
  name: 'reasoning',
  answers: (host) => ({
    ready: () => host.state,
    items: (query) => labItems(host.state, query),
    run: () => null,
    cancel: () => null,
    save: ({ format }) => `reasoning.${format}`,
    openFile: () => null,
  }),
};

/** Gives the tests of a `describe` Reasoning pages. */
export const reasoningPanels = () => fakePanels(reasoning);

export const tabNames = ['Figure', 'Table'] as const;

/** Goes to a tab. */
export async function goTo(host: ReasoningHost, tab: (typeof tabNames)[number]): Promise<void> {
  await host.page.getByRole('tab', { name: tab }).click();
  await host.settle();
}

/** Chooses in one of the page's lists. */
export async function choose(host: ReasoningHost, list: string, choice: string): Promise<void> {
  await host.page.getByRole('combobox', { name: list, exact: true }).click();
  await host.page.getByRole('option', { name: choice, exact: true }).click();
  await host.settle();
}

/** A figure of the page, by what it shows; of the language model unless told otherwise. */
export function figureOf(host: ReasoningHost, name: string, part = 'language model') {
  return host.page.getByRole('slider', { name: `${name} by ablated layer of the ${part}`, exact: true });
}

/** Chooses a layer as the keyboard does. */
export async function chooseLayer(host: ReasoningHost, name: string, layer: number, part?: string): Promise<void> {
  const figure = figureOf(host, name, part);
  await figure.focus();
  await figure.press('Home');
  for (let i = 0; i < layer; i++) await figure.press('ArrowRight');
  await figure.press('Enter');
  await host.settle();
}
