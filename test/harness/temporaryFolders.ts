import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Gives the tests of a `describe` fresh folders and removes them at its end. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  after(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })));
  return () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'frankenstein-test-')));
    made.push(folder);
    return folder;
  };
}
