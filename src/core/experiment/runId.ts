/** A step's id, or that of a run of it that was set aside (`vision~1`). It is a folder's name and no path. */
export const runIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(~[1-9]\d{0,8})?$/;

/** `vision` for the run `vision~1` that was set aside, and for itself. */
export function stepOfRun(id: string): string {
  return id.replace(/~\d+$/, '');
}
