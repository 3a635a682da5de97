import type { Runtime } from '../ports';
import type { EnergyMeter } from './energy';
import type { ReadBytes } from './span';

/** What weights themselves are read and computed with. */
export interface WeightTools {
  readonly meter: EnergyMeter;
  readonly read: ReadBytes;
  /** On the CPU, the device that has products in float64. */
  readonly runtime: Runtime;
}
