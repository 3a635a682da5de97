import path from 'node:path';
import type { LeftOut } from '../../../shared/evaluateResults';
import { InputError } from '../../../shared/errors';
import { bytes as formatBytes } from '../../../shared/format';
import type { Log as Journal, SpreadsheetReader } from '../../ports';
import type { Row } from '../datasets/table';
import { chooseRuns, type Candidate } from './chooseRuns';
import { findLogs } from './findLogs';
import { lmEval, lmmsEval } from './harness';
import { knownLogs, type LogEntry, type LogFormat } from './logFormat';
import { logName } from './logName';
import { readLogFile } from './readLogFile';
import { isTextTask } from './resultsFile';
import { isJudged, vlmEvalKit } from './vlmEvalKit';

/** A file of answers to one task. */
export interface ReadLog extends Candidate {
  /** As the experiment file names it, or the folder that it lies in. */
  readonly given: string;
  readonly tool: LogFormat['tool'];
  readonly entries: readonly LogEntry[];
  /** Lines that cannot be understood. */
  readonly problems: readonly LeftOut[];
}

export interface LogPlace {
  readonly given: string;
  /** Absolute. */
  readonly path: string;
}

export interface LogReaders {
  readonly spreadsheets: SpreadsheetReader;
  readonly log: Journal;
}

const formats: readonly LogFormat[] = [lmEval, lmmsEval, vlmEvalKit];
/** Bytes of all files together: their answers stay in memory while the step runs. */
const totalLimit = 2 ** 30;

/**
 * The logs of one model. A file is a log when some of its lines are spelled as a tool's; of a folder all logs below it
 * count, of each task the newest run.
 * @throws InputError when a file that is named is no log, or a folder has none
 */
export async function readLogs(places: readonly LogPlace[], { spreadsheets, log }: LogReaders): Promise<ReadLog[]> {
  const found: ReadLog[] = [];
  let total = 0;
  for (const place of places) {
    const { files, isFolder } = await findLogs(place.path);
    const named = files.map((file) => ({ file, judged: false, ...logName(file) }));
    const whole = isFolder ? chooseRuns(place.given, named.map(onlyWhole)) : { kept: named, passed: [] };
    const logs: ReadLog[] = [];
    for (const { file } of whole.kept) {
      const read = await readOne(file, place, spreadsheets).catch((error: unknown) => {
        if (!isFolder || !(error instanceof InputError)) throw error;
        // VLMEvalKit keeps pickles beside the tables that it makes of them.
        log[file.endsWith('.pkl') ? 'info' : 'warn'](error.message);
        return null;
      });
      total += read?.size ?? 0;
      if (total > totalLimit) {
        throw new InputError(`the logs of a model have more than ${formatBytes(totalLimit)}`, 'Name fewer files.');
      }
      if (read && 'log' in read) logs.push(read.log);
      else if (read && !isFolder) throw new InputError(`${file} is no log that can be read${read.why}`, knownLogs);
    }
    if (logs.length === 0) throw new InputError(`${place.given} has no log that can be read`, knownLogs);
    const { kept, passed } = isFolder ? chooseRuns(place.given, logs) : { kept: logs, passed: [] };
    for (const { file } of [...whole.passed, ...passed]) {
      log.info(`${file} is not read: a newer run of its task, or its judged answers, are there`);
    }
    found.push(...kept);
  }
  return found;
}

/** Whether there is more of a run than one file is only known when they are read. */
function onlyWhole<T extends { readonly task: string | null; readonly isWhole: boolean }>(candidate: T): T {
  return candidate.isWhole ? candidate : { ...candidate, task: null };
}

async function readOne(
  file: string,
  { given }: LogPlace,
  spreadsheets: SpreadsheetReader,
): Promise<({ readonly log: ReadLog } | { readonly why: string }) & { readonly size: number }> {
  const { rows, task, size } = await readLogFile(file, spreadsheets);
  const format = formatOf(rows);
  if (!format) {
    const broken = rows.find((row) => 'problem' in row);
    return { why: broken ? `; ${broken.place}: ${broken.problem}` : '', size };
  }
  const named = logName(file);
  const isText = format === lmmsEval && (await isTextTask(file, named.task));
  const entries: LogEntry[] = [];
  const problems: LeftOut[] = [];
  let judged = false;
  for (const row of rows) {
    const reading = 'problem' in row ? row : readRow(row.fields, format);
    if ('problem' in reading) problems.push({ id: `${path.basename(file)}, ${row.place}`, problem: reading.problem });
    else entries.push(isText ? { ...reading.entry, setting: 'text' } : reading.entry);
    judged ||= 'fields' in row && format === vlmEvalKit && isJudged(row.fields);
  }
  const { folder, stamp } = named;
  return {
    log: { file, folder, stamp, judged, given, tool: format.tool, task: task ?? named.task, entries, problems },
    size,
  };
}

function readRow(fields: Parameters<LogFormat['read']>[0], format: LogFormat) {
  if (!format.matches(fields)) return { problem: `it has not the fields of ${format.tool}` };
  return format.read(fields);
}

/** The format that most rows have: one broken row does not decide. Undefined where none has any. */
function formatOf(rows: readonly Row[]): LogFormat | undefined {
  const counts = formats.map(({ matches }) => rows.filter((row) => 'fields' in row && matches(row.fields)).length);
  const most = Math.max(...counts);
  return most === 0 ? undefined : formats[counts.indexOf(most)];
}
