import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkArrayOptions, checkSetup, type ArrayOptions } from '../../../src/core/slurm/arrayOptions';
import { readRecord, writeRecord } from '../../../src/core/slurm/arrayRecord';
import { runTool } from '../../../src/core/process/runTool';
import { failureOf } from '../../../src/shared/errors';
import { refuses } from '../../harness/refuses';
import { arrayRecord } from '../../harness/slurmStandIn';
import { temporaryFolders } from '../../harness/temporaryFolders';

const { options } = arrayRecord({}, []);
const problem = (changes: Partial<ArrayOptions>) => failureOf(() => checkArrayOptions({ ...options, ...changes }));

describe('what is asked of Slurm', () => {
  it('takes what sbatch takes', () => {
    const times = ['30', '2:00:00', '30:00', '2-0', '1-12:00', '1-12:00:00'];
    for (const time of times) assert.equal(problem({ time }), null, time);
    for (const memory of ['16G', '500M', '1024', '1T', '8g']) assert.equal(problem({ memory }), null, memory);
    for (const partition of ['gpu', 'gpu,long', 'a-b_c.d']) assert.equal(problem({ partition }), null, partition);
    assert.equal(problem({ shards: 1000, cpus: 64, gpus: 8 }), null);
    assert.equal(
      failureOf(() => checkSetup('module load nodejs')),
      null,
    );
  });

  it('refuses the rest and says which', () => {
    const wrong: readonly (readonly [Partial<ArrayOptions>, RegExp])[] = [
      [{ shards: 0 }, /^shards 0 is not a whole number from 1 to 1000$/],
      [{ shards: 1001 }, /^shards 1001/],
      [{ shards: NaN }, /^shards NaN/],
      [{ cpus: 0 }, /^cpus 0/],
      [{ gpus: -1 }, /^gpus -1/],
      [{ partition: 'a b' }, /^partition "a b" is not what sbatch takes\. Give the name that sinfo shows\.$/],
      [{ partition: '--wrap=x' }, /^partition/],
      [{ partition: 'a\n#SBATCH --exclusive' }, /^partition/],
      [{ account: '' }, /^account/],
      [{ time: 'tomorrow' }, /^time/],
      [{ time: '1:00\n' }, /^time/],
      [{ memory: '16 G' }, /^memory/],
    ];
    for (const [changes, message] of wrong) assert.match(problem(changes) ?? 'nothing', message);
    assert.match(
      failureOf(() => checkSetup('x'.repeat(4001))) ?? 'nothing',
      /^setup is no text of up to 4000 characters/,
    );
  });
});

describe('the record of an array', () => {
  const folder = temporaryFolders();

  it('comes back as it was written, and is null where nothing was sent', async () => {
    const file = path.join(folder(), 'array.json');
    assert.equal(await readRecord(file), null);
    const record = arrayRecord({ shards: 2 }, [{ job: '7', token: 'aaaaaaaaaaaa', shards: [0, 1] }]);
    await writeRecord(file, record);
    assert.deepEqual(await readRecord(file), record);
  });

  it('is refused when it is not whole', async () => {
    const file = path.join(folder(), 'array.json');
    const record = arrayRecord({ shards: 2 }, [{ job: '7', token: 'aaaaaaaaaaaa', shards: [0, 1] }]);
    const [submission] = record.submissions;
    const broken: unknown[] = [
      '',
      null,
      { ...record, more: 1 },
      { ...record, options: { ...record.options, shards: 1e9 } },
      { ...record, submissions: [{ ...submission, job: '7 --wrap=x' }] },
      { ...record, submissions: [{ ...submission, shards: [2] }] },
    ];
    for (const content of broken) {
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      await refuses(readRecord(file), `${file} is damaged`);
    }
  });
});

describe('a program of the PATH', () => {
  it('gets its words as they are, and its end is told', async () => {
    const words = ['-e', 'console.log(process.argv[1]); process.exit(3)', '$(echo no) "a b" *'];
    const { code, stdout } = await runTool(process.execPath, words, { mend: '' });
    assert.deepEqual([code, stdout], [3, '$(echo no) "a b" *\n']);
  });

  it('that is not there is said, with what to do', async () => {
    await refuses(
      runTool('no-such-program-here', [], { mend: 'Go there.' }),
      'there is no no-such-program-here on the PATH',
    );
  });
});
