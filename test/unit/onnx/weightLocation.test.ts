import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { weightLocation } from '../../../src/core/onnx/weightLocation';
import { InputError } from '../../../src/shared/errors';

describe('where weights lie', () => {
  it('is told from the root, with slashes on every system', () => {
    assert.equal(weightLocation('/', '/data/models/a/model.safetensors', posix), 'data/models/a/model.safetensors');
    assert.equal(weightLocation('C:\\', 'C:\\models\\a\\model.safetensors', win32), 'models/a/model.safetensors');
    assert.equal(weightLocation('\\\\server\\share\\', '\\\\server\\share\\a\\b', win32), 'a/b');
  });

  it('a letter of either case is the same drive', () => {
    assert.equal(weightLocation('C:\\', 'c:\\models\\b', win32), 'models/b');
    assert.equal(weightLocation('c:\\', 'C:\\models\\b', win32), 'models/b');
  });

  it('another drive or share cannot be reached', () => {
    for (const file of ['D:\\models\\b', '\\\\server\\share\\b']) {
      assert.throws(
        () => weightLocation('C:\\', file, win32),
        (error: InputError) => error instanceof InputError && error.message.includes(file) && error.mend !== undefined,
      );
    }
  });
});
