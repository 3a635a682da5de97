import assert from 'node:assert/strict';
import { csvTable } from '../../../src/core/export/csv';

describe('a table as CSV', () => {
  it('has a header, a line per row, and empty fields for what is not there', () => {
    const rows = [{ a: 1e-7, b: true }, { b: null, a: undefined }, { a: 'x' }];
    assert.equal(csvTable(['a', 'b'], rows), 'a,b\r\n1e-7,true\r\n,\r\nx,\r\n');
    assert.equal(csvTable(['a'], []), 'a\r\n');
  });

  it('quotes what would break a line, and keeps text that a spreadsheet would run text', () => {
    const texts = ['a,b', 'say "x"', 'two\nlines', '=1+1', '-5', '@x', '+y'];
    const expected = ['"a,b"', '"say ""x"""', '"two\nlines"', "'=1+1", "'-5", "'@x", "'+y"];
    assert.deepEqual(
      texts.map((t) => csvTable(['t'], [{ t }]).slice(3, -2)),
      expected,
    );
    assert.equal(csvTable(['t'], [{ t: -5 }]), 't\r\n-5\r\n', 'a number is one');
  });
});
