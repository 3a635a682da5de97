import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Gold } from '../../../src/core/evaluate/dataset';
import { SandboxClient } from '../../../src/engine/sandboxClient';

/** Finds every answer right, and dies of those that say so. */
const fragile = `
process.on('message', ({ id, method, params }) => {
  const items = params.requests ?? params.golds;
  if (JSON.stringify(items).includes('deadly')) process.exit(1);
  const one = { grade: { extracted: '1', correct: true }, goldProblems: null };
  process.send({ kind: 'ok', id, result: items.map(() => one[method]) });
});
`;

describe('SandboxClient', () => {
  let folder: string;
  let client: SandboxClient;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
    writeFileSync(path.join(folder, 'sandbox.js'), fragile);
    client = new SandboxClient(folder);
  });
  after(() => {
    client.stop();
    rmSync(folder, { recursive: true });
  });
  const goldOf = (answer: string): Gold => ({ answer, choices: [], answerType: null, unit: null, precision: null });

  it('compares the answer that ends the sandbox as text, and no other', async () => {
    const texts = Array.from({ length: 130 }, (_, i) => (i === 4 || i === 120 ? '\\boxed{deadly}' : `${i}`));
    const golds = texts.map((_, i) => goldOf(i === 4 ? 'Deadly' : '7'));
    const grades = await client.grade(texts.map((text, i) => ({ gold: golds[i]!, text, rule: 'math' as const })));
    grades.forEach((grade, i) => {
      const own = { extracted: 'deadly', correct: i === 4 };
      assert.deepEqual(grade, i === 4 || i === 120 ? own : { extracted: '1', correct: true });
    });
  });

  it('says which right answer ends it', async () => {
    const [fine, other] = await client.problems([goldOf('1'), goldOf('deadly')]);
    assert.equal(fine, null);
    assert.match(other!, /cannot be read: the sandbox ended/);
  });
});
