import type { ComparePhase } from '../../shared/compareResults';
import type { MergeHeat } from '../../shared/protocol/merge';

/** The relative energy of a phase by place. */
export function heatOf({ from, to, parts, layers, components }: ComparePhase): MergeHeat {
  const ofParts = parts.map((group) => [group.part, group.relativeEnergy]);
  const ofLayers = layers
    .filter(({ layer }) => layer !== null)
    .map((group) => [`${group.part}/${group.layer}`, group.relativeEnergy]);
  const ofComponents = components
    .filter(({ layer, component }) => layer !== null && component !== null)
    .map((group) => [`${group.part}/${group.layer}/${group.component}`, group.relativeEnergy]);
  return {
    title: `${from} → ${to}`,
    relativeEnergy: Object.fromEntries([...ofParts, ...ofLayers, ...ofComponents]) as MergeHeat['relativeEnergy'],
  };
}
