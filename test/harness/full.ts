/** True under `npm run test:full`, which also reads the large reference data beside the repository. */
export const full = process.env.TEST_FULL === '1';

/** A test of the full run: in the short one it does not exist, so that no check is ever reported as skipped. */
export function itInFull(name: string, body: Mocha.AsyncFunc | Mocha.Func): void {
  if (full) it(name, body);
}

/** Data beside the repository: reference values, authors' image pairs. */
export const sharedData = '../shared';
