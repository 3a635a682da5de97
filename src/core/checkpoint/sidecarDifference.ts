import type { SidecarSeverity } from './sidecarStatement';

/** Something that the side files of two or more checkpoints disagree about. */
export interface SidecarDifference {
  readonly file: string;
  /** Dotted; null where the whole file is meant. */
  readonly field: string | null;
  readonly severity: SidecarSeverity;
  /** By the checkpoint's name; null where it is absent. */
  readonly values: Readonly<Record<string, string | null>>;
  /** One sentence: what it means. */
  readonly meaning: string;
}
