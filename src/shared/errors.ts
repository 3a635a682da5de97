import { readChoices, type MemoryChoice } from './memoryChoices';

/**
 * The three ways in which work ends other than well. Everything else that is thrown is a defect or a failure of the
 * machine: it ends a command with exit code 1.
 */

/**
 * The call or the input is wrong, and the user can mend it (exit code 2). `message` is one line that says what is
 * wrong and where; `mend` is one line that says what to do about it.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  /** Of what does not fit in memory: for whoever can offer them. `mend` has them in words. */
  readonly choices: readonly MemoryChoice[];

  constructor(
    message: string,
    readonly mend?: string,
    options: ErrorOptions & { readonly choices?: readonly MemoryChoice[] } = {},
  ) {
    super(message, options);
    this.choices = options.choices ?? [];
  }
}

/** The user stopped the work (exit code 130). */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor(message = 'cancelled') {
    super(message);
  }
}

/** The engine process ended before it answered: a native crash, or somebody killed it (exit code 1). */
export class EngineCrashError extends Error {
  override readonly name: string = 'EngineCrashError';
}

/**
 * A GPU failed at work: its memory is full, the driver took it away, or a kernel is missing (exit code 1). The engine
 * may not be able to use it again, so its parent ends it; another device may still do the work.
 */
export class DeviceError extends EngineCrashError {
  override readonly name = 'DeviceError';
}

/** An error as it crosses a process or a page boundary. */
export interface WireError {
  name: string;
  message: string;
  mend?: string | undefined;
  choices?: readonly MemoryChoice[] | undefined;
  stack?: string | undefined;
}

export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return {
    name: isAbort(error) ? 'CancelledError' : error.name,
    message: error.message,
    mend: error instanceof InputError ? error.mend : undefined,
    choices: error instanceof InputError && error.choices.length > 0 ? error.choices : undefined,
    stack: error.stack,
  };
}

/** The error that the other side threw. What is no error at all, from a side that nobody vouches for, is a plain one. */
export function fromWireError(received: unknown): Error {
  if (!isWireError(received)) return new Error('the other side failed without saying why');
  switch (received.name) {
    case 'InputError':
      return new InputError(received.message, received.mend, { choices: readChoices(received.choices) });
    case 'CancelledError':
      return new CancelledError(received.message);
    case 'EngineCrashError':
      return new EngineCrashError(received.message);
    case 'DeviceError':
      return new DeviceError(received.message);
    default: {
      const error = new Error(received.message);
      error.stack = received.stack ?? error.stack ?? '';
      return error;
    }
  }
}

function isWireError(value: unknown): value is WireError {
  const { name, message, mend = '', stack = '' } = (value ?? {}) as Partial<Record<keyof WireError, unknown>>;
  return [name, message, mend, stack].every((field) => typeof field === 'string');
}

/** True for our own {@link CancelledError} and for what an `AbortSignal` throws. */
export function isCancelled(error: unknown): boolean {
  return error instanceof CancelledError || isAbort(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The one line a user reads: the message, and how to mend it where that is known. */
export function describeError(error: unknown): string {
  if (error instanceof InputError && error.mend) return `${error.message}. ${error.mend}`;
  return error instanceof Error ? error.message : String(error);
}

/** What `check` throws, as {@link describeError} says it; null when it throws nothing. */
export function failureOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return describeError(error);
  }
}
