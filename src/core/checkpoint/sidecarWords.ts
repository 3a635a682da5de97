/** Differences between side files in words, and as the manifest keeps them. */
import type { SidecarDifference } from './sidecarDifference';

/** A difference as a run's manifest has it; JSON. */
export type SidecarRecord = readonly SidecarDifference[];

const shownDifferences = 4;

/** The differences as plain JSON for the manifest's `sidecars`. */
export function sidecarRecord(differences: readonly SidecarDifference[]): SidecarRecord {
  return differences.map(({ file, field, severity, values, meaning }) => {
    return { file, field, severity, values: { ...values }, meaning };
  });
}

/** Those that somebody should know of before comparing or combining. */
export function gravestOf(differences: readonly SidecarDifference[]): SidecarDifference[] {
  return differences.filter(({ severity }) => severity !== 'harmless');
}

/** A difference on a line: where, what each says, and what it means. */
export function describeDifference({ file, field, values, meaning }: SidecarDifference): string {
  return `${placeOf({ file, field })}: ${valuesIn(values)}. ${meaning}`;
}

/** Several in few words, for a diagnostic: "max_pixels (in 50176, rl 1003520), chat_template.jinja (…)". */
export function listDifferences(differences: readonly SidecarDifference[]): string {
  const shown = differences.slice(0, shownDifferences).map(({ field, file, values }) => {
    return `${field ?? file} (${valuesIn(values)})`;
  });
  const more = differences.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/**
 * Whose template and processor apply, as a sentence.
 * @param names of the checkpoints; of a hybrid its donors
 * @param skeleton of the hybrid; null where checkpoints are compared, each as it is
 */
export function whatWillBeUsed(names: readonly string[], skeleton: string | null): string {
  if (skeleton === null) {
    return `Each of ${listNames(names)} answers with its own chat template, tokenizer, image processor and stop tokens.`;
  }
  const others = names.filter((name) => name !== skeleton);
  const unused = others.length === 0 ? '' : `; those of ${listNames(others)} are not used`;
  return `Configuration, chat template, tokenizer, image processor and stop tokens are those of ${skeleton}${unused}.`;
}

function placeOf({ file, field }: Pick<SidecarDifference, 'file' | 'field'>): string {
  return field === null ? file : `${field} in ${file}`;
}

function valuesIn(values: SidecarDifference['values']): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value ?? 'has none'}`)
    .join(', ');
}

function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
