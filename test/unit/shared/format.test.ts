import assert from 'node:assert/strict';
import {
  CancelledError,
  describeError,
  EngineCrashError,
  InputError,
  isCancelled,
  toWireError,
} from '../../../src/shared/errors';
import { bytes, duration, movedShare, percent, quantity } from '../../../src/shared/format';

function table(format: (value: number) => string, rows: readonly (readonly [number, string])[]): void {
  for (const [value, text] of rows) it(`${value} is ${text}`, () => assert.equal(format(value), text));
}

describe('bytes', () => {
  table(bytes, [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [1_234_567, '1.2 MB'],
    [16.6e9, '16.6 GB'],
    [5e15, '5000 TB'],
  ]);
});

describe('quantity', () => {
  table(quantity, [
    [0, '0'],
    [752, '752'],
    [3_300_000, '3.3 M'],
    [8.29e9, '8.3 B'],
  ]);
});

describe('duration', () => {
  table(duration, [
    [-1, '0 s'],
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.5, '1 min'],
    [3570, '1 h 0 min'],
    [4800, '1 h 20 min'],
  ]);
});

describe('what moved', () => {
  table(movedShare, [
    [0, '0'],
    [0.0022814, '0.228 %'],
    [0.09444, '9.44 %'],
    [0.999, '99.9 %'],
    [34.5678, '3457 %'],
    [1e-9, '1.00e-7 %'],
  ]);
  it('from zero has no share', () => assert.equal(movedShare(null), 'from zero'));
});

describe('percent', () => {
  table(percent, [
    [0, '0.0 %'],
    [0.4231, '42.3 %'],
    [1, '100.0 %'],
  ]);
});

describe('errors', () => {
  it('a user reads one line', () => {
    assert.equal(describeError(new InputError('what', 'How.')), 'what. How.');
    assert.equal(describeError(new InputError('what')), 'what');
    assert.equal(describeError(new EngineCrashError('gone')), 'gone');
    assert.equal(describeError('thrown'), 'thrown');
  });

  it('cancelled is our own error and that of an AbortSignal', () => {
    assert.ok(isCancelled(new CancelledError()) && isCancelled(AbortSignal.abort().reason));
    assert.ok(!isCancelled(new Error('AbortError')) && !isCancelled('AbortError'));
  });

  it('only what is the user’s to mend carries how', () => {
    assert.equal(toWireError(new InputError('what', 'How.')).mend, 'How.');
    assert.equal(toWireError(Object.assign(new Error('what'), { mend: 'How.' })).mend, undefined);
  });
});
