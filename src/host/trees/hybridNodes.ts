import type { Experiment } from '../../core/experiment/experiment';
import { hybridDonors } from '../../core/experiment/hybridDonors';
import { experimentName } from '../experiments/experiments';
import type { HybridNode } from './checkpointNodes';

/** Makes the nodes of hybrids; one of which nothing has changed stays the very same object. */
export class HybridNodes {
  private known = new Map<string, { readonly print: string; readonly node: HybridNode }>();

  of(experiments: readonly Experiment[]): HybridNode[] {
    const having = experiments.filter(({ content }) => Object.keys(content.hybrids).length > 0);
    const known = new Map<string, { readonly print: string; readonly node: HybridNode }>();
    const nodes = having.flatMap((experiment) => hybridsOf(experiment, having.length > 1));
    for (const node of nodes) {
      const key = JSON.stringify([node.file, node.name]);
      const print = JSON.stringify({ ...node, donors: [...node.donors] });
      const before = this.known.get(key);
      known.set(key, before?.print === print ? before : { print, node });
    }
    this.known = known;
    return [...known.values()].map(({ node }) => node);
  }
}

function hybridsOf(experiment: Experiment, isHinted: boolean): HybridNode[] {
  const { file, content, checkpoints } = experiment;
  const hint = isHinted ? experimentName(file) : null;
  return Object.entries(content.hybrids).map(([name, spec]) => {
    const donors = new Map(hybridDonors(spec, experiment).map((donor) => [donor, checkpoints.get(donor)!.directory]));
    return { kind: 'hybrid', file, name, spec, regions: content.regions, donors, hint };
  });
}
