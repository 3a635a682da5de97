import assert from 'node:assert/strict';
import { InputError } from '../../src/shared/errors';

/** The work fails with an InputError that says so: the whole message, or a part of it. */
export function refuses(work: Promise<unknown>, message: string | RegExp): Promise<void> {
  return assert.rejects(work, (error: Error) => {
    assert.ok(error instanceof InputError, error.stack);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}
