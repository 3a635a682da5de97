import type { ReportRun } from '../experiment/report/reportRun';

/** What the authors' files call a model: the path that the experiment file has, else the name. */
export function authorsCheckpoint({ experiment }: ReportRun, name: string): string {
  const known = experiment?.content.checkpoints ?? {};
  const entry = Object.hasOwn(known, name) ? known[name]! : name;
  return typeof entry === 'string' ? entry : entry.path;
}
