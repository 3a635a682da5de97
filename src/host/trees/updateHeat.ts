/** How much each node of the Checkpoints tree moved in a phase, as its badge and in words. Pure. */
import type { OutlineNode } from '../../core/checkpoint/outline';
import type { CompareFacts, ComparePhase } from '../../shared/compareResults';
import { movedShare } from '../../shared/format';

/** What is told of one node. */
export interface Heat {
  /** 0: it did not move at all; else from 1 to 9 by its rank among the nodes of its kind. */
  readonly level: number;
  /** ‖Δ‖ / ‖W_from‖; null where W_from is zero. */
  readonly relativeEnergy: number | null;
  readonly stableRank: number | undefined;
  /** `base → in`. */
  readonly phase: string;
}

interface Measured {
  readonly relativeEnergy: number | null;
  readonly stableRank?: number;
}

/** Levels of what moved. */
const levels = 9;

/** The nodes of a checkpoint that a phase ends with, by {@link heatKey}. */
export function heatOfPhase(phase: ComparePhase, { regions }: CompareFacts): ReadonlyMap<string, Heat> {
  const title = `${phase.from} → ${phase.to}`;
  const heats = new Map<string, Heat>();
  const add = (groups: readonly (readonly [key: string, measured: Measured])[]) => {
    const rank = rankAmong(groups.map(([, measured]) => amount(measured)));
    for (const [key, measured] of groups) {
      const { relativeEnergy, stableRank } = measured;
      heats.set(key, { level: rank(amount(measured)), relativeEnergy, stableRank, phase: title });
    }
  };
  add(phase.parts.map((group) => [group.part ?? 'other', group]));
  if (regions) add(phase.regions.map((group) => [regionKey(regions[group.region]), group]));
  for (const { part } of phase.parts) {
    const layers = phase.layers.filter((group) => group.part === part && group.layer !== null);
    add(layers.map((group) => [`${part}/${group.layer}`, group]));
    const inside = phase.components.filter((group) => group.part === part && group.layer !== null);
    for (const component of new Set(inside.map((group) => group.component))) {
      const own = inside.filter((group) => group.component === component);
      add(own.map((group) => [`${part}/${group.layer}/${component}`, group]));
    }
  }
  const tensors = phase.tensors.filter(({ skipped }) => skipped === undefined);
  add(tensors.map((tensor) => [`tensor/${tensor.name}`, tensor]));
  return heats;
}

/** A node's id; of a region its layers, since the tree's division need not be the comparison's. */
export function heatKey(node: OutlineNode): string {
  return node.kind === 'region' ? regionKey(node.range) : node.id;
}

function regionKey([from, to]: readonly [number, number]): string {
  return `layers/${from}-${to}`;
}

/** `moved 2.30 %`; short, for the line of a node. */
export function movedBriefly({ relativeEnergy }: Heat): string {
  return relativeEnergy === 0 ? 'did not move' : `moved ${movedShare(relativeEnergy)}`;
}

/** `moved 2.30 % of its norm in base → in; stable rank 4.1`. */
export function movedInWords({ relativeEnergy, stableRank, phase }: Heat): string {
  if (relativeEnergy === 0) return `did not move in ${phase}`;
  const how = relativeEnergy === null ? 'moved from zero' : `moved ${movedShare(relativeEnergy)} of its norm`;
  const rank = stableRank === undefined ? '' : `; stable rank ${stableRank.toFixed(1)}`;
  return `${how} in ${phase}${rank}`;
}

function amount({ relativeEnergy }: Measured): number {
  return relativeEnergy ?? Infinity;
}

/** The level of an amount: the ninth of those that moved into which it falls; equal amounts share one. */
function rankAmong(amounts: readonly number[]): (amount: number) => number {
  const moved = amounts.filter((value) => value > 0).sort((a, b) => a - b);
  return (value) => (value === 0 ? 0 : Math.ceil((levels * (moved.lastIndexOf(value) + 1)) / moved.length));
}
