/** What *New Hybrid* asks. */
import type * as vscode from 'vscode';
import { resolveRegions } from '../../core/checkpoint/regions';
import type { Experiment, NamedCheckpoint } from '../../core/experiment/experiment';
import { hybridBriefly } from '../../core/experiment/hybridWords';
import { parseLayerRanges } from '../../core/experiment/layerRangesText';
import type { HybridSpec } from '../../core/experiment/schema';
import { resolveTransplant, type TransplantSpec } from '../../core/merge/transplant';
import { failureOf, InputError } from '../../shared/errors';
import { partTitles, regionNames, regionTitles, roleTitles } from '../../shared/vocabulary';
import { freeName } from '../panels/mergeNames';
import type { CheckpointHeaders } from '../trees/checkpointHeaders';
import { back, choose, enter, type Question } from './hybridDialog';
import { paperHybrids } from './paperHybrids';

type Kind = 'regions' | 'parts' | 'ranges';

/** What is known so far of a hybrid to be made. */
export interface HybridDraft {
  readonly experiment: Experiment;
  /** The checkpoint that it is to be made from, where the user began with one. */
  readonly skeleton: string | null;
  readonly kind: Kind | null;
  /** Chosen one after another: of the regions, or the skeleton and then of the parts. */
  readonly donors: readonly string[];
  readonly spec: TransplantSpec | null;
  readonly name: string | null;
}

interface KindItem extends vscode.QuickPickItem {
  /** Null for one that needs no more questions. */
  readonly hybridKind: Kind | null;
  readonly spec: TransplantSpec | null;
}

const kinds: readonly KindItem[] = [
  { hybridKind: 'regions', label: 'Regions…', detail: 'A donor each for Early, Mid and Late.', spec: null },
  {
    hybridKind: 'parts',
    label: 'Parts…',
    detail: 'Who gives the vision tower, the projector, the embeddings and the head.',
    spec: null,
  },
  {
    hybridKind: 'ranges',
    label: 'Layer ranges…',
    detail: 'Typed: 4-8: rl, 9 attention: rl, vision 0-4: rl.',
    spec: null,
  },
];

const givenParts = ['vision', 'projector', 'embeddings', 'head'] as const;

export function totalSteps({ kind, spec }: HybridDraft): number {
  if (kind === 'regions') return 5;
  if (kind === 'parts') return 7;
  return kind === 'ranges' ? 4 : spec ? 2 : 3;
}

/** The next question; null when there is all to make a hybrid. */
export function nextQuestion(draft: HybridDraft, headers: CheckpointHeaders): Question<HybridDraft> | null {
  if (draft.name !== null) return null;
  if (draft.spec) return askName(draft, draft.spec);
  const { kind, donors } = draft;
  if (kind === null) return askKind(draft);
  if (kind === 'regions') {
    const region = regionNames[donors.length]!;
    return askDonor(draft, `${regionTitles[region]}: whose layers?`, (chosen) => {
      const [early, mid, late] = chosen;
      return early !== undefined && mid !== undefined && late !== undefined ? [early, mid, late] : null;
    });
  }
  const [skeleton] = donors;
  if (skeleton === undefined) {
    return askDonor(draft, 'The skeleton: who gives all that is not named, config and tokenizer too?', () => null);
  }
  if (kind === 'ranges') return askRanges(draft, skeleton, headers);
  const part = givenParts[donors.length - 1]!;
  return askDonor(draft, `${partTitles[part]}: from which checkpoint?`, (chosen) => {
    if (chosen.length <= givenParts.length) return null;
    const own = givenParts.flatMap((one, i) => (chosen[i + 1] === skeleton ? [] : [[one, chosen[i + 1]]]));
    return { skeleton, ...(Object.fromEntries(own) as Partial<Record<(typeof givenParts)[number], string>>) };
  });
}

function askKind(draft: HybridDraft): Question<HybridDraft> {
  const checkpoints = [...draft.experiment.checkpoints.values()];
  const presets = paperHybrids(checkpoints, draft.skeleton).map(({ picture, ...preset }): KindItem => {
    return { ...preset, description: picture, hybridKind: null };
  });
  return async (place) => {
    const chosen = await choose(place, 'What kind of hybrid?', [...presets, ...kinds]);
    return chosen === back ? back : { ...draft, kind: chosen.hybridKind, spec: chosen.spec };
  };
}

/** @param finish makes the specification of what is chosen, when it is all there */
function askDonor(
  draft: HybridDraft,
  placeholder: string,
  finish: (donors: readonly string[]) => TransplantSpec | null,
): Question<HybridDraft> {
  const [first] = draft.donors;
  const all = [...draft.experiment.checkpoints.values()];
  const preferred = first ?? draft.skeleton;
  const ordered = [...all.filter(({ name }) => name === preferred), ...all.filter(({ name }) => name !== preferred)];
  const items = ordered.map(({ name, role, directory }) => {
    const isSkeleton = draft.kind !== 'regions' && name === first;
    const description = [role && roleTitles[role], isSkeleton && 'the skeleton'].filter(Boolean).join(' · ');
    return { label: name, description, detail: directory };
  });
  return async (place) => {
    const chosen = await choose(place, placeholder, items);
    if (chosen === back) return back;
    const donors = [...draft.donors, chosen.label];
    return { ...draft, donors, spec: finish(donors) };
  };
}

function askRanges(draft: HybridDraft, skeleton: string, headers: CheckpointHeaders): Question<HybridDraft> {
  const { checkpoints, content } = draft.experiment;
  const read = (text: string) => parseLayerRanges(text, skeleton, [...checkpoints.keys()]);
  const problem = async (text: string): Promise<string | null> => {
    const opened = await headers.get(checkpoints.get(skeleton)!.directory);
    return failureOf(() => {
      const spec = read(text);
      if (opened.kind === 'broken') return;
      const { numLayers, visionLayers } = opened.checkpoint.config;
      resolveTransplant(spec, { numLayers, visionLayers, regions: resolveRegions(content.regions, numLayers) });
    });
  };
  const prompt = 'Layers and their donors; ranges are half-open: 4-8 is 4, 5, 6 and 7';
  return async (place) => {
    const text = await enter(place, { prompt, value: '', placeholder: '4-8: rl, 9 attention: rl', problem });
    return text === back ? back : { ...draft, spec: read(text) };
  };
}

function askName(draft: HybridDraft, spec: TransplantSpec): Question<HybridDraft> {
  const { content, checkpoints } = draft.experiment;
  const taken = new Set([...Object.keys(content.hybrids), ...checkpoints.keys()]);
  const same = Object.entries(content.hybrids).find(([, known]) => JSON.stringify(known) === JSON.stringify(spec));
  const note = same ? `; it is there already as "${same[0]}"` : '';
  const prompt = `Its name (${hybridBriefly(spec)}${note})`;
  const problem = (name: string) => {
    if (name.trim() === '') return 'A hybrid needs a name.';
    if (checkpoints.has(name)) return `There is a checkpoint "${name}".`;
    return taken.has(name) ? `There is a hybrid "${name}" already.` : null;
  };
  return async (place) => {
    const name = await enter(place, { prompt, value: freeName(suggestedName(spec), taken), problem });
    return name === back ? back : { ...draft, name };
  };
}

function suggestedName(spec: TransplantSpec): string {
  return Array.isArray(spec) ? spec.map((donor: string) => donor.toUpperCase()).join(':') : 'grafted';
}

/** As the schema has it: lists that may be changed. */
export function specOf({ spec }: HybridDraft): HybridSpec {
  return structuredClone(spec) as HybridSpec;
}

/** @throws InputError where there are no two checkpoints to make one of */
export function firstDraft(experiment: Experiment, skeleton: NamedCheckpoint | null): HybridDraft {
  if (experiment.checkpoints.size < 2) {
    throw new InputError(`${experiment.file} has no two checkpoints`, 'A hybrid takes from two or more: add another.');
  }
  return { experiment, skeleton: skeleton?.name ?? null, kind: null, donors: [], spec: null, name: null };
}
