import type { SidecarDifference } from '../../core/checkpoint/sidecarDifference';
import { sidecarDifferences } from '../../core/checkpoint/sidecarDifferences';
import { SidecarFactsReader } from '../../core/checkpoint/sidecarFacts';
import { gravestOf } from '../../core/checkpoint/sidecarWords';
import type { Experiment } from '../../core/experiment/experiment';
import { chainOf } from '../../core/experiment/stepSidecars';
import { InputError } from '../../shared/errors';

/** What the side files of a checkpoint have otherwise than those of the first of its chain. */
export interface ChainDifferences {
  /** The first of the chain, as the experiment names it. */
  readonly first: string;
  readonly differences: readonly SidecarDifference[];
}

/** Tells, for tooltips, whether checkpoints of one experiment are asked in the same way. */
export class ChainDifferencesReader {
  private readonly facts = new SidecarFactsReader();

  /** Null for a checkpoint in no chain, for the first of it, and where nothing differs that changes answers. */
  async of(directory: string, experiments: readonly Experiment[]): Promise<ChainDifferences | null> {
    for (const experiment of experiments) {
      const [first, ...others] = chainOf(experiment);
      const own = others.find((checkpoint) => checkpoint.directory === directory);
      if (!first || !own || first.directory === directory) continue;
      const differences = await this.between([first, own]);
      if (differences.length > 0) return { first: first.name, differences };
    }
    return null;
  }

  private async between(folders: readonly { name: string; directory: string }[]): Promise<SidecarDifference[]> {
    try {
      return gravestOf(await sidecarDifferences(folders, (directory) => this.facts.read(directory)));
    } catch (error) {
      if (error instanceof InputError) return []; // a folder that cannot be read says so itself
      throw error;
    }
  }
}
