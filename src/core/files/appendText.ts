import { appendFileSync } from 'node:fs';

/** Appends to a text file that nobody depends on: what cannot be written is dropped. */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch {
    // a full disk is reported by the files that matter
  }
}
