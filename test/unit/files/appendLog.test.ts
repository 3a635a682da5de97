import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppendLog } from '../../../src/core/files/appendLog';
import { diskOperations } from '../../../src/core/files/fileOperations';
import { InputError } from '../../../src/shared/errors';
import { refusingDisk } from '../../harness/refusingDisk';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

function newFile(content?: string | Buffer): string {
  const file = path.join(folder(), 'rows.jsonl');
  if (content !== undefined) writeFileSync(file, content);
  return file;
}

async function linesOf(file: string): Promise<readonly string[]> {
  const log = await AppendLog.open(file);
  await log.close();
  return log.lines;
}

describe('AppendLog', () => {
  it('keeps lines across openings', async () => {
    const file = newFile();
    const first = await AppendLog.open(file);
    assert.deepEqual(first.lines, []);
    await first.append(['a', 'ü𝄞']);
    await first.append([]);
    await first.append(['']);
    await first.close();
    assert.equal(readFileSync(file, 'utf8'), 'a\nü𝄞\n\n');
    const second = await AppendLog.open(file);
    assert.deepEqual(second.lines, ['a', 'ü𝄞', '']);
    await second.append(['b']);
    await second.close();
    assert.equal(readFileSync(file, 'utf8'), 'a\nü𝄞\n\nb\n');
  });

  it('drops a torn tail, wherever it was torn, before it appends', async () => {
    const whole = Buffer.from('{"key":"ü"}\n{"key":"𝄞"}\n');
    for (let size = 0; size <= whole.length; size++) {
      const file = newFile(whole.subarray(0, size));
      const log = await AppendLog.open(file);
      await log.append(['next']);
      await log.close();
      const complete = whole.subarray(0, whole.subarray(0, size).lastIndexOf(0x0a) + 1).toString();
      assert.equal(readFileSync(file, 'utf8'), `${complete}next\n`, `cut at ${size}`);
    }
  });

  it('reads lines that lie across its pieces of 4 MiB', async () => {
    const long = 'x'.repeat((4 << 20) - 3);
    const file = newFile(`${long}\nü\n${long}${long}\nlast\n`);
    assert.deepEqual(await linesOf(file), [long, 'ü', long + long, 'last']);
  });

  it('drops lines from the end', async () => {
    const file = newFile('a\nbb\nccc\n');
    const log = await AppendLog.open(file);
    await log.truncateTo(5);
    assert.deepEqual(log.lines, ['a', 'bb', 'ccc']);
    await log.truncateTo(1);
    await log.append(['d']);
    assert.deepEqual(log.lines, ['a', 'd']);
    await log.truncateTo(0);
    await log.close();
    assert.equal(readFileSync(file, 'utf8'), '');
  });

  it('refuses what is not a file of its lines', async () => {
    const refuses = (file: string, message: RegExp) =>
      assert.rejects(AppendLog.open(file), (error: Error) => {
        assert.ok(error instanceof InputError, error.stack);
        assert.match(error.message, message);
        return true;
      });
    await refuses(newFile('a\r\nb\r\n'), /rows\.jsonl:1: an editor saved it with Windows line ends \(CRLF\)$/);
    await refuses(newFile(Buffer.from([0x61, 0x0a, 0xff, 0x0a])), /rows\.jsonl:2: the line is not UTF-8 text$/);
    await refuses(newFile(Buffer.alloc((64 << 20) + 1, 'x')), /rows\.jsonl:1: the line is too long$/);
    const sub = path.join(folder(), 'sub');
    mkdirSync(sub);
    await refuses(sub, /^cannot open .*sub: it is a folder$/);
    await refuses(path.join(sub, 'none', 'rows.jsonl'), /^cannot open .*: it does not exist$/);
    const pipe = path.join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    await refuses(pipe, /^.*pipe is not a regular file$/);
  });

  it('refuses a line with a newline', async () => {
    const log = await AppendLog.open(newFile());
    await assert.rejects(log.append(['a\nb']), /holds a newline$/);
    await log.close();
  });
});

describe('AppendLog on a disk that refuses', () => {
  it('after a refused write the file ends with the line before, and the next append works', async () => {
    const file = newFile('first\n');
    const log = await AppendLog.open(file, refusingDisk({ at: 1, only: 'write' }));
    await assert.rejects(log.append(['second', 'third']), (error: Error) => {
      assert.equal(error.message, `cannot append to ${file}: no space is left on the device (ENOSPC)`);
      assert.ok(!(error instanceof InputError), 'exit code 1: the work failed');
      return true;
    });
    assert.deepEqual(log.lines, ['first']);
    assert.equal(readFileSync(file, 'utf8'), 'first\n');
    await log.append(['second']);
    await log.close();
    assert.equal(readFileSync(file, 'utf8'), 'first\nsecond\n');
  });

  it('writes that take less than they were given go on', async () => {
    const file = newFile();
    const bytewise = {
      ...diskOperations,
      write: (handle, bytes, at) => diskOperations.write(handle, bytes.subarray(0, 3), at),
    } satisfies typeof diskOperations;
    const log = await AppendLog.open(file, bytewise);
    await log.append(['a longer line', 'another']);
    await log.close();
    assert.equal(readFileSync(file, 'utf8'), 'a longer line\nanother\n');
  });

  it('a failed fsync is final', async () => {
    const file = newFile('first\n');
    const log = await AppendLog.open(file, refusingDisk({ at: 1, only: 'sync', code: 'EIO' }));
    const message = `cannot append to ${file}: the device failed (EIO)`;
    await assert.rejects(log.append(['second']), { message });
    await assert.rejects(log.append(['second']), { message });
    await assert.rejects(log.truncateTo(0), { message });
    await log.close();
    assert.deepEqual(await linesOf(file), ['first']);
  });

  it('where even the torn tail cannot be cut, nothing more is written and the next opening cuts it', async () => {
    const file = newFile('first\n');
    const log = await AppendLog.open(file, refusingDisk({ at: 1, forever: true }));
    await assert.rejects(log.append(['second']), /ENOSPC/);
    assert.notEqual(readFileSync(file, 'utf8'), 'first\n');
    await assert.rejects(log.append(['second']), /ENOSPC/);
    await log.close();
    assert.deepEqual(await linesOf(file), ['first']);
    assert.equal(readFileSync(file, 'utf8'), 'first\n');
  });
});
