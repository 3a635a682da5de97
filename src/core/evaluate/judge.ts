/** A judge model: any server that answers as OpenAI's chat completions do. Off unless the experiment file names one. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describeError, InputError, isCancelled } from '../../shared/errors';
import type { EvaluateRow } from '../../shared/evaluateResults';
import type { EvaluateOptions } from '../experiment/schema';
import type { StepContext } from '../experiment/step';
import { writeFileAtomic } from '../files/atomicWrite';
import { readTextFile } from '../files/containedFile';
import { ensureFolder, exists } from '../files/folders';
import type { DatasetItem } from './dataset';

type JudgeSpec = NonNullable<EvaluateOptions['judge']>;

const instructions =
  'You are a strict but fair grader. You are given a question, its right answer and a model’s response. Decide whether ' +
  'the final answer of the response means the same as the right answer. Reply with JSON only: {"correct": true} or ' +
  '{"correct": false}.';
const requestsAtOnce = 4;
const tries = 3;
const timeLimit = 120_000;
const replyLimit = 1 << 20;

/**
 * Judges answers, each once: verdicts are kept by the hash of all that they depend on. A failure is no verdict: it is
 * told as such, never counted as wrong, and tried again by the next run.
 */
export class Judge {
  private constructor(
    private readonly spec: JudgeSpec,
    private readonly key: string | undefined,
    private readonly folder: string,
  ) {}

  /** @throws InputError when the address or the key's variable is not usable */
  static async of(spec: JudgeSpec, { experiment }: StepContext): Promise<Judge> {
    if (!/^https?:\/\//.test(spec.url)) throw new InputError(`${spec.url} is no http address`, 'Correct judge.url.');
    const key = spec.keyVariable === undefined ? undefined : process.env[spec.keyVariable];
    if (spec.keyVariable !== undefined && !key) {
      throw new InputError(`the environment variable ${spec.keyVariable} is not set`, 'It holds the key of the judge.');
    }
    const folder = path.join(experiment.runs, '.judge');
    await ensureFolder(folder);
    return new Judge(spec, key, folder);
  }

  /** @returns the rows with verdicts */
  async judge(
    rows: readonly EvaluateRow[],
    items: readonly DatasetItem[],
    signal: AbortSignal,
  ): Promise<EvaluateRow[]> {
    const itemOf = new Map(items.map((item) => [item.id, item]));
    const result: EvaluateRow[] = [...rows];
    const places = rows.keys();
    const work = async () => {
      for (const i of places) {
        result[i] = { ...rows[i]!, judge: await this.verdict(itemOf.get(rows[i]!.id)!, rows[i]!.text, signal) };
      }
    };
    await Promise.all(Array.from({ length: requestsAtOnce }, work));
    return result;
  }

  private async verdict(item: DatasetItem, text: string, signal: AbortSignal): Promise<EvaluateRow['judge']> {
    const { question, choices, answer } = item;
    const asked = JSON.stringify({ question, choices, rightAnswer: answer, response: text });
    const name = createHash('sha256')
      .update(JSON.stringify([instructions, this.spec.model, asked]))
      .digest('hex');
    const file = path.join(this.folder, `${name}.json`);
    if (await exists(file)) {
      const kept = verdictIn(await readTextFile(file, { limit: replyLimit }));
      if (kept !== null) return { correct: kept };
    }
    let failed = '';
    for (let attempt = 0; attempt < tries; attempt++) {
      signal.throwIfAborted();
      if (attempt > 0) await wait(1000 * 4 ** (attempt - 1), undefined, { signal });
      try {
        const correct = verdictIn(await this.ask(asked, signal));
        if (correct === null) throw new Error('its reply is no verdict');
        await writeFileAtomic(file, JSON.stringify({ correct }) + '\n');
        return { correct };
      } catch (error) {
        if (isCancelled(error) || signal.aborted) throw error;
        failed = describeError(error);
        if (error instanceof Refusal) break;
      }
    }
    return { failed };
  }

  private async ask(content: string, signal: AbortSignal): Promise<string> {
    const { url, model } = this.spec;
    const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.key ? { authorization: `Bearer ${this.key}` } : {}) },
      body: JSON.stringify({
        model,
        temperature: 0,
        seed: 0,
        messages: [
          { role: 'system', content: instructions },
          { role: 'user', content },
        ],
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimit)]),
    });
    if (!response.ok) {
      const message = `the judge answered ${response.status} ${response.statusText}`;
      throw response.status === 429 || response.status >= 500 ? new Error(message) : new Refusal(message);
    }
    const reply = (await response.json()) as { choices?: { message?: { content?: unknown } }[] } | null;
    const text = reply?.choices?.[0]?.message?.content;
    if (typeof text !== 'string') throw new Error('its reply has no text');
    return text.slice(0, replyLimit);
  }
}

/** Asking again would not help. */
class Refusal extends Error {}

/** The last `{"correct": …}` of a text; a text "false" is no verdict. */
export function verdictIn(text: string): boolean | null {
  const found = [...text.matchAll(/\{[^{}]*"correct"\s*:\s*(true|false)[^{}]*\}/g)].at(-1);
  return found ? found[1] === 'true' : null;
}
