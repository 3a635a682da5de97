import type {
  MergeColumn,
  MergeHostSurface,
  MergePageSurface,
  MergeState,
  PickedImage,
  Tried,
  TriedAnswer,
} from '../../src/shared/protocol/merge';
import type { RpcPeer } from '../../src/shared/rpc';
import { whenText } from './historyView';
import type { MergeModel } from './model';

/** What is being tried, or was tried last. */
export interface Trial {
  readonly hybrid: string;
  readonly answers: readonly TriedAnswer[];
  /** The names whose answers there will be, in order. */
  readonly expected: readonly string[];
  readonly running: boolean;
  /** When it was, of one brought back. */
  readonly from: string | null;
}

/** One trial at a time: its image, its answers as they come, and those of an earlier one that is shown again. */
export class TrialRun {
  image: PickedImage | null = null;
  trial: Trial | null = null;
  private running: AbortController | null = null;

  constructor(
    private readonly model: MergeModel,
    private readonly peer: RpcPeer<MergePageSurface, MergeHostSurface>,
  ) {}

  async pickImage(): Promise<void> {
    const picked = await this.peer.call('pickImage', null);
    if (picked) this.show(picked);
  }

  forgetImage(): void {
    this.show(null);
  }

  /** @throws why the host could not try it; CancelledError */
  async begin({ name: hybrid, used }: MergeColumn): Promise<void> {
    if (this.running) return;
    const { prompt, maxNewTokens } = this.model.view;
    this.running = new AbortController();
    this.put({ hybrid, answers: [], expected: [hybrid, ...used], running: true, from: null });
    try {
      const request = { hybrid, prompt, image: this.image?.id ?? null, maxNewTokens };
      const { signal } = this.running;
      const state: MergeState = await this.peer.call('try', request, {
        signal,
        onProgress: (answers) => this.put({ answers }),
      });
      this.model.receive(state);
    } finally {
      this.running = null;
      this.put({ running: false, answers: this.finished() });
    }
  }

  cancel(): void {
    this.running?.abort();
  }

  /** Shows an earlier trial, ready to be asked again. */
  async recall({ hybrid, answers, prompt, maxNewTokens, image, id, time }: Tried): Promise<void> {
    if (this.running) return;
    this.put({ hybrid, answers, expected: [], running: false, from: whenText(time) });
    this.model.change({ prompt, maxNewTokens });
    this.show(image === null ? null : await this.peer.call('triedImage', { tried: id }));
  }

  /** What was being said when it was cancelled is no answer. */
  private finished(): readonly TriedAnswer[] {
    return this.trial?.answers.filter(({ tokens, failure }) => tokens !== null || failure !== null) ?? [];
  }

  private put(part: Partial<Trial>): void {
    this.trial = { ...(this.trial as Trial), ...part };
    this.model.schedule();
  }

  private show(image: PickedImage | null): void {
    this.image = image;
    this.model.schedule();
  }
}
