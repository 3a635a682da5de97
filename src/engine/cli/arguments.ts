import { parseArgs, type ParseArgsConfig } from 'node:util';
import { InputError } from '../../shared/errors';
import type { ComputeOptions } from '../../shared/protocol/engine';
import { devices, type DeviceChoice } from '../../shared/vocabulary';

const common = {
  json: { type: 'boolean', default: false },
  device: { type: 'string', default: 'auto' },
  threads: { type: 'string', default: '0' },
} as const;

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Arguments<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O & typeof common; allowPositionals: true }>>['values'];
  /** What stands without a dash. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly compute: ComputeOptions;
}

/** Reads a verb's options. @throws InputError for what it does not know */
export function readArguments<O extends Options>(words: string[], options: O, positionals: string): Arguments<O> {
  const parsed = attempt(() => parseArgs({ args: words, options: { ...options, ...common }, allowPositionals: true }));
  const wanted = positionals.split(' ').filter(Boolean).length;
  if (parsed.positionals.length !== wanted) {
    const names = positionals || 'no word without a dash';
    throw new InputError(`expected ${names}, got ${parsed.positionals.length} words`, 'See --help');
  }
  const values = parsed.values as Arguments<O>['values'] & { json: boolean; device: string; threads: string };
  const device = values.device as DeviceChoice;
  if (device !== 'auto' && !devices.includes(device)) {
    throw new InputError(
      `--device ${device} is not a device`,
      `Choose ${['auto', ...devices.slice(0, -1)].join(', ')} or ${devices.at(-1)}`,
    );
  }
  const threads = readCount('threads', values.threads);
  return { values, words: parsed.positionals, json: values.json, compute: { device, threads } };
}

/** A whole number from `least` on. */
export function readCount(name: string, text: string, least = 0): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count >= least) return count;
  throw new InputError(`--${name} ${text} is not a whole number${least > 0 ? ` from ${least} on` : ''}`);
}

export function required(name: string, value: string | undefined): string {
  if (value === undefined) throw new InputError(`--${name} is missing`, 'See --help');
  return value;
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InputError(message.split(/\.?\n|\. /)[0]!, 'See --help', { cause: error });
  }
}

/** The result as one JSON document, or as text for people. */
export function print(json: boolean, result: object, text: () => string): void {
  process.stdout.write(json ? JSON.stringify(result, null, 1) + '\n' : text());
}
