import path from 'node:path';
import type { SidecarDifference } from '../../core/checkpoint/sidecarDifference';
import { sidecarDifferences } from '../../core/checkpoint/sidecarDifferences';
import { SidecarFactsReader } from '../../core/checkpoint/sidecarFacts';
import type { Experiment } from '../../core/experiment/experiment';
import { describeError } from '../../shared/errors';
import { isArithmetic } from '../../core/merge/openNamed';
import type { MergeColumn, MergeProblem, MergeSize, MergeState, Tried } from '../../shared/protocol/merge';
import type { Runs } from '../experiments/runs';
import { CheckpointHeaders } from '../trees/checkpointHeaders';
import { readArithmetic } from './mergeArithmetic';
import { readTransplant, type OpenedDonor, type OpenedDonors } from './mergeColumns';
import { mergeCost } from './mergeCost';
import type { DocumentReading } from './mergeDocument';
import { MergeHeatReader } from './mergeHeatReader';
import { freeOutput } from './freeOutput';
import { evaluationProblem } from './mergeEvaluation';
import { mergeWritings } from './mergeWritings';
import { resolveRegions } from '../../core/checkpoint/regions';

/** What the state is made of beside the document. */
export interface MergeAround {
  readonly asked: MergeState['asked'];
  readonly canRun: boolean;
  readonly tried: readonly Tried[];
  /** Bytes per second, measured here. */
  readonly writeSpeed: number | null;
}

/** The wizard's state: what the document says, and what the disk says of it. */
export class MergeSource {
  private readonly headers = new CheckpointHeaders();
  private readonly sidecars = new SidecarFactsReader();
  private readonly heat: MergeHeatReader;
  /** What the file said when it had no error. */
  private sound: Experiment | null = null;

  constructor(
    readonly file: string,
    private readonly runs: Runs,
  ) {
    this.heat = new MergeHeatReader(runs);
  }

  /** Never fails: what cannot be read is said in the state. */
  async read({ experiment, problem }: DocumentReading, around: MergeAround): Promise<MergeState> {
    this.sound = experiment ?? this.sound;
    const { canRun, tried, asked } = around;
    const name = path.basename(this.file);
    const shown = this.sound;
    const standing = { experiment: name, problem, tried, asked, canRun };
    const asking = { ...standing, evaluationProblem: shown ? evaluationProblem(shown) : null };
    if (!shown) return { ...asking, donors: [], size: null, hybrids: [], heat: [] };
    const opened = await this.donors(shown);
    const donors = [...shown.checkpoints.values()].map(({ name: donor, role }) => {
      const read = opened.get(donor)!;
      return { name: donor, role, problem: read.kind === 'broken' ? read.message : null };
    });
    const names = Object.keys(shown.content.hybrids);
    const hybrids = await Promise.all(names.map((hybrid) => this.column(shown, hybrid, opened, around)));
    return { ...asking, donors, size: sizeOf(shown, opened), hybrids, heat: await this.heat.read(shown) };
  }

  /** The checkpoints of the file by name, opened again where their files have changed. */
  async donors({ checkpoints }: Experiment): Promise<OpenedDonors> {
    await this.headers.refresh();
    const opened = [...checkpoints.values()].map(async ({ name, directory }): Promise<[string, OpenedDonor]> => {
      return [name, await this.headers.get(directory)];
    });
    return new Map(await Promise.all(opened));
  }

  private async column(
    experiment: Experiment,
    name: string,
    opened: OpenedDonors,
    { writeSpeed }: MergeAround,
  ): Promise<MergeColumn> {
    const spec = experiment.content.hybrids[name]!;
    const { regions } = experiment.content;
    const read = isArithmetic(spec) ? null : readTransplant(name, spec, regions, opened);
    const computed = isArithmetic(spec) ? readArithmetic(name, spec, opened) : null;
    const { used, bytes, hash, problems } = (read ?? computed)!;
    const directories = used.flatMap((donor) => experiment.checkpoints.get(donor)?.directory ?? []);
    const base = {
      name,
      used,
      hash,
      problems: [...problems, ...(await this.sidecarProblems(experiment, used))],
      cost: bytes === null ? null : await mergeCost(bytes, experiment.directory, directories, writeSpeed),
      suggestedOutput: await freeOutput(experiment, name),
      writings: await mergeWritings(experiment, name, this.runs),
    };
    if (computed) return { ...base, kind: 'arithmetic', recipe: computed.recipe };
    return { ...base, kind: 'transplant', form: Array.isArray(spec) ? 'list' : 'named', donors: read!.donors };
  }

  /** What the other files of the donors disagree about. */
  private async sidecarProblems({ checkpoints }: Experiment, used: readonly string[]): Promise<MergeProblem[]> {
    const folders = used.flatMap((name) => checkpoints.get(name) ?? []);
    if (folders.length < 2) return [];
    try {
      return (await sidecarDifferences(folders, (directory) => this.sidecars.read(directory))).map(problemOf);
    } catch (error) {
      return [{ severity: 'warning', message: describeError(error) }];
    }
  }
}

const severities = { cannotCombine: 'error', changesAnswers: 'warning', harmless: 'note' } as const;

function problemOf({ severity, file, field, values, meaning }: SidecarDifference): MergeProblem {
  const what = field === null ? file : `${file}, ${field}`;
  const said = Object.entries(values).map(([name, value]) => `${name} ${value ?? 'nothing'}`);
  return { severity: severities[severity], message: `${what}: ${said.join(', ')}. ${meaning}` };
}

/** Of the first checkpoint that can be read. */
function sizeOf({ content }: Experiment, opened: OpenedDonors): MergeSize | null {
  for (const read of opened.values()) {
    if (read.kind !== 'opened') continue;
    const { numLayers, visionLayers, tied } = read.checkpoint.config;
    const hasHead = [...read.checkpoint.tensors.values()].some(({ part }) => part === 'head');
    try {
      const regions = resolveRegions(content.regions, numLayers);
      return { numLayers, visionLayers, regions, tied: tied && !hasHead };
    } catch {
      return null; // the diagnostics of the file say it
    }
  }
  return null;
}
