import { parts, regionNames } from '../../../shared/vocabulary';
import type { ValueMeaning } from '../schema';
import type { Outline } from './outline';

/** The names that a text with this meaning may be, as far as the file itself tells. */
export function namesFor(meaning: ValueMeaning | undefined, { checkpoints, hybrids }: Outline): string[] {
  const own = checkpoints.map(({ name }) => name);
  const made = hybrids.map(({ name }) => name);
  switch (meaning) {
    case 'checkpoint':
      return own;
    case 'checkpointOrHybrid':
      return [...own, ...made];
    case 'hybrid':
      return made;
    case 'frozen':
      return [...regionNames, ...parts];
    default:
      return [];
  }
}

/** A text that Markdown shows as it is. Its spaces stay spaces, so that long lines wrap. */
export function markdownText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
