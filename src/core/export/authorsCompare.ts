import { InputError } from '../../shared/errors';
import { authorsChain, authorsUpdates } from '../compare/authors/authorsUpdates';
import { froNormJson } from '../compare/authors/froNorm';
import { layerwiseSvdJson } from '../compare/authors/layerwiseSvd';
import { readCompareFacts, readCompareRows } from '../compare/compareFacts';
import type { ReportRun } from '../experiment/report/reportRun';
import type { ExportedFile, ExportTools } from './exportedFile';

/**
 * `fro_norm.json` and, of a run with a spectrum, `layerwise_svd.json`. Null when the folder does not say a comparison.
 * @throws InputError for a run that has not both phases of a chain or is not finished
 */
export function authorsCompare({ id, manifest, rows, state }: ReportRun, { warn }: ExportTools) {
  const facts = readCompareFacts(manifest.facts);
  if (!facts) return null;
  const chain = authorsChain(facts);
  const own = readCompareRows(rows);
  if (state !== 'finished' || own.length < facts.rows) {
    throw new InputError(
      `the run "${id}" is not finished: ${own.length} of ${facts.rows} tensors are done`,
      'Run the step again; it is resumed.',
    );
  }
  const updates = authorsUpdates(chain, own);
  const files: ExportedFile[] = [{ name: 'fro_norm.json', content: froNormJson(chain, updates) }];
  if (facts.spectrum) {
    files.push({ name: 'layerwise_svd.json', content: layerwiseSvdJson(chain, updates, facts.numLayers) });
  } else {
    warn(`layerwise_svd.json is left out: the run "${id}" has no spectrum. Give the step spectrum: true, and run it.`);
  }
  return files;
}
