/** All tensors as a table for other programs: one line per phase and tensor. No DOM. */
import type { UpdatesState, UpdatesTensor } from '../../src/shared/protocol/updates';
import { csv, type CsvValue } from '../../src/shared/csv';

const columns: readonly (readonly [string, (tensor: UpdatesTensor) => CsvValue])[] = [
  ['name', ({ name }) => name],
  ['part', ({ part }) => part],
  ['layer', ({ layer }) => layer],
  ['component', ({ component }) => component],
  ['dtype', ({ dtype }) => dtype],
  ['shape', ({ shape }) => shape.join('x')],
  ['fromShape', ({ fromShape }) => fromShape?.join('x')],
  ['comparedShape', ({ comparedShape }) => comparedShape?.join('x')],
  ['skipped', ({ skipped }) => skipped],
  ['nan', ({ notFinite }) => notFinite?.nan],
  ['infinite', ({ notFinite }) => notFinite?.infinite],
  ['energy', ({ energy }) => energy],
  ['relativeEnergy', ({ relativeEnergy }) => relativeEnergy],
  ['changedFraction', ({ changedFraction }) => changedFraction],
  ['largest', ({ largest }) => largest],
  ['roundingFloor', ({ roundingFloor }) => roundingFloor],
  ['fromNorm', ({ fromNorm }) => fromNorm],
  ['toNorm', ({ toNorm }) => toNorm],
  ['cosine', ({ cosine }) => cosine],
  ['spectral', ({ spectral }) => spectral],
  ['nuclear', ({ nuclear }) => nuclear],
  ['stableRank', ({ stableRank }) => stableRank],
  ['effectiveRank', ({ effectiveRank }) => effectiveRank],
  ['logVolume', ({ logVolume }) => logVolume],
  ['overlapDimension', ({ overlap }) => overlap?.dimension],
  ['overlapPrevious', ({ overlap }) => overlap?.previous],
  ['overlapWeights', ({ overlap }) => overlap?.weights],
];

/** In full precision; what a tensor does not have is empty. */
export function tensorsCsv({ phases }: UpdatesState): string {
  const lines = phases.flatMap(({ from, to, tensors }) =>
    tensors.map((tensor) => [from, to, ...columns.map(([, value]) => value(tensor))]),
  );
  return csv(['from', 'to', ...columns.map(([title]) => title)], lines);
}
