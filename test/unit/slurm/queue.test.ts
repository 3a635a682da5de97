import assert from 'node:assert/strict';
import { parseQueue, parseSubmitted, printable } from '../../../src/core/slurm/queue';
import { parseNote } from '../../../src/core/slurm/slurmFolder';

describe('what Slurm prints', () => {
  it('squeue: one line per task', () => {
    const text = '12_0|RUNNING|None\n12_1|PENDING|Resources\n12_2|COMPLETED|None\n13|PENDING|Dependency\n';
    assert.deepEqual(
      [...parseQueue(text)],
      [
        ['12_0', { phase: 'running', word: 'RUNNING', reason: null }],
        ['12_1', { phase: 'pending', word: 'PENDING', reason: 'Resources' }],
        ['12_2', { phase: 'ended', word: 'COMPLETED', reason: null }],
        ['13', { phase: 'pending', word: 'PENDING', reason: 'Dependency' }],
      ],
    );
  });

  it('sacct: a state may say by whom', () => {
    const tasks = parseQueue('12_0|CANCELLED by 1000\n12_1|TIMEOUT\n12_2|OUT_OF_MEMORY\n12_[3-7]|PENDING\n');
    assert.deepEqual(
      [...tasks].map(([id, { phase, word }]) => `${id} ${phase} ${word}`),
      ['12_0 ended CANCELLED', '12_1 ended TIMEOUT', '12_2 ended OUT_OF_MEMORY'],
    );
  });

  it('greetings and nonsense are left out, and no reason brings control characters', () => {
    const text =
      'Welcome to the cluster!\n|RUNNING|\n12_x|RUNNING|a\n12_0|running|a\n12_1||a\n12_2|RUNNING|a\u001b[31mb\u202e\n';
    assert.deepEqual([...parseQueue(text)], [['12_2', { phase: 'running', word: 'RUNNING', reason: 'a [31mb' }]]);
    assert.equal(printable(`${'x'.repeat(400)}`).length, 300);
  });

  it('sbatch: the id is the last line that is one', () => {
    assert.equal(parseSubmitted('42\n'), '42');
    assert.equal(parseSubmitted('You have 12 hours left\n42;cluster-a\n'), '42');
    assert.equal(parseSubmitted('Submitted batch job 42\n'), null);
    assert.equal(parseSubmitted(''), null);
  });
});

describe('the note of a shard', () => {
  it('tells that it runs, or how it ended', () => {
    assert.deepEqual(parseNote('running 0123456789ab node7 - 1700000000\n'), {
      word: 'running',
      token: '0123456789ab',
      host: 'node7',
      code: null,
      time: 1700000000,
    });
    assert.deepEqual(parseNote('ended 0123456789ab node7 137 1700000000\n'), {
      word: 'ended',
      token: '0123456789ab',
      host: 'node7',
      code: 137,
      time: 1700000000,
    });
  });

  it('counts only when it is whole', () => {
    const broken = [
      '',
      'running',
      'running 0123456789ab node7 - 17',
      'ended 0123456789ab node7 - 17\n',
      'running 01 n - 1\n',
    ];
    for (const text of broken) assert.equal(parseNote(text), null, text);
  });
});
