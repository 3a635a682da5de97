import { shardOf, writeFiles } from './checkpointFiles';

/** Writes a checkpoint whose tensors are one zero byte each, dealt out to `shards` files; what is there is replaced. */
export function writeCheckpoint(directory: string, config: object, names: readonly string[], shards = 1): void {
  if (shards === 1) {
    writeFiles(directory, { 'config.json': config, 'model.safetensors': shardOf(...names) });
    return;
  }
  const perShard = Math.ceil(names.length / shards);
  const files: Record<string, Buffer> = {};
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const file = `model-${number(shard + 1)}-of-${number(shards)}.safetensors`;
    const own = names.slice(shard * perShard, (shard + 1) * perShard);
    files[file] = shardOf(...own);
    for (const name of own) weightMap[name] = file;
  }
  const index = { metadata: { total_size: names.length }, weight_map: weightMap };
  writeFiles(directory, { 'config.json': config, 'model.safetensors.index.json': index, ...files });
}

function number(value: number): string {
  return String(value).padStart(5, '0');
}
