/** Parameters that several methods have. */
import type { ParameterSpec } from './method';

export const weight: ParameterSpec = {
  name: 'weight',
  title: 'Weight',
  kind: 'number',
  default: null,
  description: 'How much of this model goes in.',
};

export const normalize = (standard: boolean): ParameterSpec => ({
  name: 'normalize',
  title: 'Normalise',
  kind: 'boolean',
  default: standard,
  description: 'Divide by the sum of the weights.',
});

export const lambda: ParameterSpec = {
  name: 'lambda',
  title: 'Lambda',
  kind: 'number',
  default: 1,
  description: 'Factor of the merged update before it is added to the base.',
};

export const share = (name: string, title: string, standard: number, description: string): ParameterSpec => ({
  name,
  title,
  kind: 'number',
  default: standard,
  min: 0,
  max: 1,
  description,
});
