import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DatasetItem } from '../../../src/core/evaluate/dataset';
import { Judge, verdictIn } from '../../../src/core/evaluate/judge';
import type { StepContext } from '../../../src/core/experiment/step';
import type { EvaluateRow } from '../../../src/shared/evaluateResults';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const item = {
  ...{ id: 'a', question: 'What is 6*7?', answer: '42', image: null, description: null, reasoning: null },
  ...{ category: null, choices: [], answerType: null, unit: null, precision: null },
} satisfies DatasetItem;

const rowOf = (text: string): EvaluateRow => ({
  ...{ key: text, checkpoint: 'in', ability: 'reasoning', setting: 'text', id: 'a', text },
  ...{ extracted: null, correct: false },
});

describe('a judge model', () => {
  const folder = temporaryFolders();
  let server: Server;
  let asked: { authorization: string | undefined; response: string }[] = [];
  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { messages } = JSON.parse(body) as { messages: { content: string }[] };
        const given = (JSON.parse(messages[1]!.content) as { response: string }).response;
        asked.push({ authorization: request.headers.authorization, response: given });
        if (given === 'refuse') return response.writeHead(400).end();
        const content = given === 'mumble' ? 'I think so' : `{"correct": ${String(given.includes('42'))}}`;
        response.end(JSON.stringify({ choices: [{ message: { content } }] }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => server.close());

  const judge = async (runs: string, texts: readonly string[], keyVariable?: string) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const own = await Judge.of({ url, model: 'm', keyVariable }, { experiment: { runs } } as StepContext);
    asked = [];
    const rows = await own.judge(texts.map(rowOf), [item], new AbortController().signal);
    return rows.map(({ judge: verdict }) => verdict);
  };

  it('says its own beside the rule, once per answer', async () => {
    const runs = folder();
    assert.deepEqual(await judge(runs, ['it is 42', 'it is 41']), [{ correct: true }, { correct: false }]);
    assert.equal(asked.length, 2);
    assert.deepEqual(await judge(runs, ['it is 41', 'it is 42']), [{ correct: false }, { correct: true }]);
    assert.equal(asked.length, 0);
  });

  it('fails apart from being wrong, and is asked again by the next run', async () => {
    const runs = folder();
    const [verdict] = await judge(runs, ['refuse']);
    assert.ok(verdict && 'failed' in verdict && verdict.failed.includes('400'));
    await judge(runs, ['refuse']);
    assert.ok(asked.length > 0);
  }).timeout(30_000);

  it('has its key from the environment, and says when there is none', async () => {
    process.env.TEST_JUDGE_KEY = 'secret';
    await judge(folder(), ['42'], 'TEST_JUDGE_KEY');
    assert.equal(asked[0]!.authorization, 'Bearer secret');
    delete process.env.TEST_JUDGE_KEY;
    await refuses(judge(folder(), ['42'], 'TEST_JUDGE_KEY'), /TEST_JUDGE_KEY is not set/);
  });

  it('gives no verdict without saying so in JSON', () => {
    assert.equal(verdictIn('```json\n{"correct": true, "reason": "same"}\n```'), true);
    assert.equal(verdictIn('{"correct": "false"}'), null);
    assert.equal(verdictIn('false'), null);
  });
});
