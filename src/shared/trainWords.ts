/** The words in which the Training panel and reports speak of train runs. */
import { quantity } from './format';
import type { GrpoVariant, TrainFacts, TrainPoint } from './trainResults';
import { partTitles, regionTitles } from './vocabulary';

/** What a step is measured by, in the order of the figures: what a run is watched by comes first. */
export const metrics = [
  'reward',
  'length',
  'kl',
  'clipped',
  'loss',
  'gradientNorm',
  'learningRate',
] as const satisfies readonly (keyof TrainPoint)[];
export type Metric = (typeof metrics)[number];

export const metricTitles: Readonly<Record<Metric, string>> = {
  loss: 'Loss',
  reward: 'Reward',
  kl: 'KL from the start',
  clipped: 'Clipped tokens',
  length: 'Length',
  gradientNorm: 'Gradient norm',
  learningRate: 'Learning rate',
};

/** What the vertical axes count in; empty for plain numbers. */
export const metricUnits: Readonly<Record<Metric, string>> = {
  loss: '',
  reward: '',
  kl: 'nats per token',
  clipped: 'share',
  length: 'tokens',
  gradientNorm: '',
  learningRate: '',
};

const methodTitles: Readonly<Record<TrainFacts['method'], string>> = {
  sft: 'supervised fine-tuning',
  grpo: 'reinforcement learning (GRPO)',
};
const variantTitles: Readonly<Record<GrpoVariant, string>> = {
  grpo: methodTitles.grpo,
  'dr-grpo': 'reinforcement learning (Dr. GRPO)',
  gspo: 'reinforcement learning (GSPO)',
};

/** "reinforcement learning (GSPO)" */
export function methodTitle({ method, variant }: Pick<TrainFacts, 'method' | 'variant'>): string {
  return method === 'grpo' && variant ? variantTitles[variant] : methodTitles[method];
}

/** `"late"` → "Late", `"4-8"` → "layers 4–7"; what else the file says stays as it is. */
export function selectorTitle(selector: string): string {
  const plain = selector.replace(/^"(.*)"$/, '$1');
  const titles: Readonly<Record<string, string>> = { ...regionTitles, ...partTitles };
  if (Object.hasOwn(titles, plain)) return titles[plain]!;
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(plain) ?? [];
  if (from === undefined) return plain.replace(/^\{(.*)\}$/, '$1');
  const last = to === undefined ? Number(from) : Number(to) - 1;
  return last > Number(from) ? `layers ${from}–${last}` : `layer ${from}`;
}

/** "Late frozen", "Early, Mid frozen", "nothing frozen". */
export function frozenTitle(freeze: readonly string[]): string {
  return freeze.length === 0 ? 'nothing frozen' : `${freeze.map(selectorTitle).join(', ')} frozen`;
}

/** "32 tensors, 1.1 M parameters". */
export function countText({ tensors, parameters }: TrainFacts['trained']): string {
  return `${tensors} ${tensors === 1 ? 'tensor' : 'tensors'}, ${quantity(parameters)} parameters`;
}

/** What each selector keeps: "Late: 32 tensors, 1.1 M parameters"; without counts where nobody has counted yet. */
export function selectorLines({ freeze, selectors }: Pick<TrainFacts, 'freeze' | 'selectors'>): string[] {
  if (selectors.length > 0) return selectors.map((one) => `${selectorTitle(one.selector)}: ${countText(one)}`);
  return freeze.map(selectorTitle);
}

/** "Trained: 98 tensors, 2.2 M parameters · frozen: 32 tensors, 1.1 M parameters (33 %)"; empty before the first run. */
export function shareSentence({ trained, frozen }: Pick<TrainFacts, 'trained' | 'frozen'>): string {
  const all = trained.parameters + frozen.parameters;
  if (all === 0) return '';
  if (frozen.tensors === 0) return `Trained: all ${countText(trained)}`;
  const share = `${Math.round((100 * frozen.parameters) / all)} %`;
  return `Trained: ${countText(trained)} · frozen: ${countText(frozen)} (${share})`;
}
