import { InputError } from '../../shared/errors';
import { readSmallFile } from '../files/containedFile';
import { JsonScanner } from './jsonScanner';
import { quoteName } from './quoteName';

/** What `model.safetensors.index.json` says. */
export interface ShardIndex {
  /** The shard of every tensor, in file order. */
  readonly shardOf: ReadonlyMap<string, string>;
  /** Names of the shards, sorted. Each is the name of a file directly in the checkpoint's folder. */
  readonly shards: readonly string[];
  /** `metadata.total_size`, bytes; null where it is not there. */
  readonly totalSize: number | null;
}

/** As the Hugging Face Hub has them. */
const indexSizeLimit = 250e6;
const longestString = 100_000;
const mostShards = 10_000;

/** @throws InputError naming the file, the rule and the byte */
export async function readShardIndex(file: string, within: string): Promise<ShardIndex> {
  return parseShardIndex(file, await readSmallFile(file, { within, limit: indexSizeLimit }));
}

export function parseShardIndex(file: string, bytes: Uint8Array): ShardIndex {
  const scanner = new JsonScanner(file, bytes, { stringLimit: longestString });
  const shardOf = new Map<string, string>();
  const shards = new Set<string>();
  let totalSize: number | null = null;
  let mapped = false;
  scanner.object('the index', (key) => {
    if (key === 'weight_map') {
      mapped = true;
      readWeightMap(scanner, shardOf, shards);
    } else if (key === 'metadata' && scanner.peek() === 'object') totalSize = readTotalSize(scanner);
    else scanner.skip();
  });
  scanner.end();
  if (!mapped) throw new InputError(`${file}: weight_map is missing`);
  refuseSameNames(file, shards);
  return { shardOf, shards: [...shards].sort(), totalSize };
}

function readWeightMap(scanner: JsonScanner, shardOf: Map<string, string>, shards: Set<string>): void {
  scanner.object('weight_map', (tensor) => {
    const what = `the shard of ${quoteName(tensor)}`;
    scanner.expect('string', what);
    const { position } = scanner;
    const shard = scanner.string(what);
    if (!shards.has(shard)) {
      const problem = problemOfShardName(shard);
      if (problem) scanner.fail(`${what} is ${quoteName(shard)}: ${problem}`, position);
      if (shards.size === mostShards) scanner.fail(`more than ${mostShards} shards`, position);
      shards.add(shard);
    }
    shardOf.set(tensor, shard);
  });
}

function readTotalSize(scanner: JsonScanner): number | null {
  let totalSize: number | null = null;
  scanner.object('metadata', (key) => {
    if (key === 'total_size' && scanner.peek() === 'number') totalSize = Number(scanner.number(key).value);
    else scanner.skip();
  });
  return totalSize;
}

const reservedByWindows = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * What is wrong with a shard's name, on any system; null when it is the plain name of a safetensors file. A name that
 * could lead out of the folder is not tried: what it would mean differs between systems.
 */
export function problemOfShardName(name: string): string | null {
  if (/[/\\]/.test(name)) return 'it must be the name of a file in the same folder';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f:*?"<>|]/.test(name)) return 'it has a character that file names cannot have everywhere';
  if (reservedByWindows.test(name)) return 'Windows reserves that name';
  return /^.+\.safetensors$/.test(name) ? null : 'only *.safetensors files are read';
}

function refuseSameNames(file: string, shards: ReadonlySet<string>): void {
  const seen = new Map<string, string>();
  for (const shard of shards) {
    const other = seen.get(shard.toLowerCase());
    if (other !== undefined) {
      const both = `${quoteName(other)} and ${quoteName(shard)}`;
      throw new InputError(`${file}: ${both} differ in case only and are one file on some systems`);
    }
    seen.set(shard.toLowerCase(), shard);
  }
}
