/** See externals.mjs. */
export const targets: readonly string[];
export function externalFiles(root: string, target: string): { from: string; to: string }[];
