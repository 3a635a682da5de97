import type { HybridSpec } from '../../core/experiment/schema';
import type { ArithmeticColumn, MergeProblem } from '../../shared/protocol/merge';
import { shortHash, type OpenedDonors } from './mergeColumns';

/** An arithmetic hybrid as the file has it. */
interface ArithmeticWords {
  readonly method: string;
  readonly base?: string | undefined;
  readonly models: readonly { readonly model: string }[];
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly seed?: number | undefined;
}

export interface ReadArithmetic {
  /** Checkpoints that it is computed from. */
  readonly used: readonly string[];
  readonly problems: readonly MergeProblem[];
  readonly hash: string | null;
  readonly bytes: number | null;
  readonly shown: Pick<ArithmeticColumn, 'title' | 'models' | 'settings'>;
}

/** What the wizard shows of a hybrid whose weights are computed. */
export function readArithmetic(spec: HybridSpec, opened: OpenedDonors): ReadArithmetic {
  const { method, base, models, parameters = {}, seed } = spec as unknown as ArithmeticWords;
  const names = models.map(({ model }) => model);
  const used = [...new Set([...(base === undefined ? [] : [base]), ...names])];
  const reads = used.map((name) => [name, opened.get(name)] as const);
  const problems = reads.flatMap(([name, read]): MergeProblem[] =>
    read?.kind === 'broken' ? [{ severity: 'error', message: `${name} cannot be read: ${read.message}` }] : [],
  );
  const checkpoints = reads.flatMap(([, read]) => (read?.kind === 'opened' ? [read.checkpoint] : []));
  const isComplete = checkpoints.length === used.length;
  const [first] = checkpoints;
  const files = checkpoints.flatMap(({ shards }) => shards.map(({ path, identity }) => [path, identity]));
  return {
    used,
    problems,
    hash: isComplete ? shortHash([spec, files]) : null,
    bytes: isComplete && first ? [...first.tensors.values()].reduce((sum, { length }) => sum + length, 0) : null,
    shown: {
      title: method,
      models: models.map(({ model, ...settings }) => ({ name: model, settings: settingsText(settings) })),
      settings: settingsText({ ...(base === undefined ? {} : { base }), ...parameters, ...(seed === undefined ? {} : { seed }) }),
    },
  };
}

/** "weight 0.5, density 0.3" */
function settingsText(settings: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${text(value)}`)
    .join(', ');
}
