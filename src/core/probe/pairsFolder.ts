import path from 'node:path';
import type { Manifest } from '../experiment/manifest';
import type { SwapFacts } from './swapSummary';

/**
 * The pairs folder that a run read, off the data.jsonl files among its inputs. Null when they name none: somebody else
 * may have written the manifest.
 * @param directory that of the experiment file: inputs are relative to it
 */
export function pairsFolderOf({ inputs }: Manifest, directory: string, { functions }: SwapFacts): string | null {
  for (const input of Array.isArray(inputs) ? (inputs as readonly unknown[]) : []) {
    const { path: given } = (input ?? {}) as { path?: unknown };
    if (typeof given !== 'string' || path.basename(given) !== 'data.jsonl') continue;
    const of = path.dirname(path.resolve(directory, given));
    const folder = path.dirname(of);
    if (Object.hasOwn(functions, path.basename(of)) && folder !== path.parse(folder).root) return folder;
  }
  return null;
}
