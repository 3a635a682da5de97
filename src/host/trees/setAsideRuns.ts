import { runsDirectory } from '../../core/experiment/experiment';
import { listFolder } from '../../core/files/listFolder';

/** Names of the folders of a step's earlier runs (`vision~1`, `vision~2`, …), the newest last. */
export async function setAsideRuns(file: string, step: string): Promise<string[]> {
  const entries = await listFolder(runsDirectory(file)).catch(() => []);
  const numbers = entries.flatMap(({ name, kind }) => {
    const [, id, number] = /^(.+)~([1-9]\d*)$/.exec(name) ?? [];
    return kind === 'folder' && id === step ? [Number(number)] : [];
  });
  return numbers.sort((a, b) => a - b).map((number) => `${step}~${number}`);
}
