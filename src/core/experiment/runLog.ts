import { appendText } from '../files/appendText';
import type { Log } from '../ports';

/** A log that also goes to the run's log.txt, with the time. A log that cannot be written does not end the run. */
export function runLog(file: string, outer: Log): Log {
  const write = (level: keyof Log) => (message: string) => {
    outer[level](message);
    appendText(file, `${new Date().toISOString()} ${level} ${message}\n`);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
