import { diskOperations, type FileOperations } from '../../src/core/files/fileOperations';

export interface Refusal {
  /** The call that is refused, counted from 1 over all operations (or those of `only`). */
  readonly at: number;
  /** Every later call is refused too: the disk stays full, or the process is dead. */
  readonly forever?: boolean;
  readonly code?: string;
  readonly only?: keyof FileOperations;
}

/** The disk, refusing a call. A refused write leaves half of its bytes behind, as a full disk does. */
export function refusingDisk({ at, forever = false, code = 'ENOSPC', only }: Refusal): FileOperations & {
  /** Whether a call was refused. */
  readonly refused: boolean;
} {
  let calls = 0;
  let refused = false;
  const isRefused = (operation: keyof FileOperations) => {
    if (only !== undefined && operation !== only) return false;
    calls++;
    const now = calls === at || (forever && calls > at);
    refused ||= now;
    return now;
  };
  const failure = () => Object.assign(new Error(`${code}: refused by the test`), { code });
  const guarded = <Rest extends unknown[], R>(name: keyof FileOperations, work: (...rest: Rest) => Promise<R>) => {
    return async (...rest: Rest) => {
      if (isRefused(name)) throw failure();
      return work(...rest);
    };
  };
  return {
    get refused() {
      return refused;
    },
    write: async (handle, bytes, position) => {
      if (!isRefused('write')) return diskOperations.write(handle, bytes, position);
      await diskOperations.write(handle, bytes.subarray(0, bytes.length / 2), position);
      throw failure();
    },
    sync: guarded('sync', diskOperations.sync),
    truncate: guarded('truncate', diskOperations.truncate),
    rename: guarded('rename', diskOperations.rename),
    remove: guarded('remove', diskOperations.remove),
    clone: guarded('clone', diskOperations.clone),
  };
}
