import { stat, statfs } from 'node:fs/promises';
import { availableMemory } from '../../core/files/availableMemory';
import type { MergeCost } from '../../shared/protocol/merge';

/** File systems known to share the blocks of copied files (statfs(2), `f_type`). */
const sharing: Readonly<Record<number, string>> = { 0x9123683e: 'btrfs', 0xca451a4e: 'bcachefs' };

/**
 * What trying and writing a hybrid of so many bytes costs.
 * @param directory where it would be written
 * @param donors folders of its donors
 * @param writeSpeed bytes per second, measured before
 */
export async function mergeCost(
  bytes: number,
  directory: string,
  donors: readonly string[],
  writeSpeed: number | null,
): Promise<MergeCost> {
  const disk = await statfs(directory).catch(() => null);
  const name = disk ? (sharing[disk.type] ?? null) : null;
  return {
    bytes,
    diskFree: disk ? disk.bavail * disk.bsize : null,
    memoryFree: availableMemory(),
    writeSpeed,
    sharesBlocks: name !== null && (await onOneDevice([directory, ...donors])) ? name : null,
  };
}

async function onOneDevice(folders: readonly string[]): Promise<boolean> {
  const devices = await Promise.all(
    folders.map((folder) =>
      stat(folder).then(
        ({ dev }) => dev,
        () => null,
      ),
    ),
  );
  return devices[0] !== null && new Set(devices).size === 1;
}
