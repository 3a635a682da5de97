import { InputError } from '../../shared/errors';
import { components, type Component } from '../../shared/vocabulary';
import type { LayerDonors, TransplantSpec } from '../merge/transplant';

type Stack = Record<string, string | LayerDonors>;

const entryForm = new RegExp(`^(vision +)?(\\d+(?:-\\d+)?)(?: +(${components.join('|')}))? *: *(.+)$`);

/**
 * Layers and their donors as a person types them on one line: `4-8: rl, 9 attention: rl, vision 0-4: in`.
 * @param known names of checkpoints
 * @throws InputError that says which entry is not understood
 */
export function parseLayerRanges(
  text: string,
  skeleton: string,
  known: readonly string[],
): Exclude<TransplantSpec, readonly string[]> {
  const layers: Stack = {};
  const visionLayers: Stack = {};
  const entries = text.split(/[,;]/).map((entry) => entry.trim());
  for (const entry of entries.filter(Boolean)) {
    const [, vision, range, component, donor] = entryForm.exec(entry) ?? [];
    if (range === undefined || donor === undefined) {
      throw new InputError(`"${entry}" is not understood`, 'Write a layer or a range and a donor, as in 4-8: rl.');
    }
    if (!known.includes(donor))
      throw new InputError(`there is no checkpoint "${donor}"`, `It has ${known.join(', ')}.`);
    put(vision === undefined ? layers : visionLayers, range, component as Component | undefined, donor);
  }
  const filled = (stack: Stack) => Object.keys(stack).length > 0;
  if (!filled(layers) && !filled(visionLayers)) throw new InputError('no layers are given', 'As in 4-8: rl.');
  return { skeleton, ...(filled(layers) ? { layers } : {}), ...(filled(visionLayers) ? { visionLayers } : {}) };
}

function put(stack: Stack, range: string, component: Component | undefined, donor: string): void {
  const own = stack[range];
  const twice = new InputError(`"${range}" is given twice`, 'Give it one donor, or one for each of its components.');
  if (component === undefined || typeof own === 'string') {
    if (own !== undefined) throw twice;
    stack[range] = component === undefined ? donor : { [component]: donor };
  } else if (own?.[component] !== undefined) throw twice;
  else stack[range] = { ...own, [component]: donor };
}
