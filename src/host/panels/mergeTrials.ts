import type { HybridSpec } from '../../core/experiment/schema';
import { describeError, InputError, isCancelled } from '../../shared/errors';
import type { Tried, TriedAnswer, TryRequest } from '../../shared/protocol/merge';
import type { EngineSurface } from '../../shared/protocol/engine';
import type { CallOptions } from '../../shared/rpc';

/** What the trials need of the engine. */
export interface Generates {
  call(
    method: 'generate',
    params: EngineSurface['generate']['params'],
    options: CallOptions<EngineSurface['generate']['progress']>,
  ): Promise<EngineSurface['generate']['result']>;
}

/** Where trials are kept: the workspace's state. */
export interface TrialStore {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): Thenable<void>;
}

/** A trial as it is kept: with what brings the hybrid back. */
interface KeptTrial extends Tried {
  readonly spec: HybridSpec;
  readonly imagePath: string | null;
}

/** What is tried: the text of the file at that moment, a hybrid of it, and where its other files come from. */
export interface TrialSubject {
  readonly file: string;
  readonly text: string;
  readonly spec: HybridSpec;
  readonly hash: string;
  /** The hybrid, then its donors. */
  readonly checkpoints: readonly string[];
  /** The skeleton's folder: everybody answers with its template, tokenizer and processor. */
  readonly sidecars: string;
}

const mostKept = 50;

/** Answers of hybrids and their donors, and the history of them. */
export class MergeTrials {
  private readonly key: string;

  constructor(
    file: string,
    private readonly store: TrialStore,
    private readonly engine: Generates,
    private readonly compute: () => Pick<EngineSurface['generate']['params'], 'device' | 'threads'>,
  ) {
    this.key = `merge.tried:${file}`;
  }

  /** Newest first. */
  list(): Tried[] {
    return this.kept().map(({ spec: _, imagePath: __, ...tried }) => tried);
  }

  /** What a trial was made of. @throws InputError when it is no longer kept */
  get(id: string): Pick<KeptTrial, 'hybrid' | 'spec' | 'imagePath'> {
    const found = this.kept().find((kept) => kept.id === id);
    if (!found) throw new InputError('this trial is no longer kept');
    return found;
  }

  async clear(): Promise<void> {
    await this.store.update(this.key, undefined);
  }

  /**
   * Asks the hybrid and its donors the same, one after another, and keeps the answers. One that fails says why.
   * @param onAnswers told all answers so far, again and again
   * @throws CancelledError; then nothing is kept
   */
  async run(
    {
      hybrid,
      prompt,
      maxNewTokens,
      image,
    }: Omit<TryRequest, 'image'> & { image: { name: string; path: string } | null },
    subject: TrialSubject,
    signal: AbortSignal,
    onAnswers: (answers: readonly TriedAnswer[]) => void,
  ): Promise<void> {
    const answers: TriedAnswer[] = [];
    for (const checkpoint of subject.checkpoints) {
      const none = { checkpoint, tokens: null, seconds: null, device: null, failure: null };
      const tell = (text: string) => onAnswers([...answers, { ...none, text }]);
      tell('');
      try {
        const params = {
          ...this.compute(),
          checkpoint: { experiment: subject.file, checkpoint, text: subject.text },
          prompt,
          images: image ? [image.path] : [],
          maxNewTokens,
          sidecars: subject.sidecars,
        };
        const result = await this.engine.call('generate', params, { signal, onProgress: ({ text }) => tell(text) });
        const { prefill, decode } = result.seconds;
        const { text, tokens, device } = result;
        answers.push({ ...none, text, tokens: tokens.length, seconds: prefill + decode, device });
      } catch (error) {
        if (isCancelled(error)) throw error;
        answers.push({ ...none, text: '', failure: describeError(error) });
      }
      onAnswers(answers);
    }
    const time = Date.now();
    const id = `${time.toString(36)}-${subject.hash}`;
    const tried = { id, time, hybrid, hash: subject.hash, prompt, image: image?.name ?? null, maxNewTokens, answers };
    const kept: KeptTrial = { ...tried, spec: subject.spec, imagePath: image?.path ?? null };
    await this.store.update(this.key, [kept, ...this.kept()].slice(0, mostKept));
  }

  private kept(): readonly KeptTrial[] {
    return this.store.get<readonly KeptTrial[]>(this.key) ?? [];
  }
}
