/**
 * Layer skipping (arXiv 2602.12395, section 3.1.2 and appendix D.3): questions are answered with one layer made
 * identity, a layer at a time. Its attention and MLP add nothing, so that its input is the next layer's input.
 *
 * What the layers of a sweep share is computed once. What all prompts begin with is read as one sequence. The whole
 * model climbs from layer to layer as the sweep does: its hidden rows at the input of layer l are what layer l+1 is
 * given when l is identity, and its keys and values in the layers below l are the ablated model's too. Only the layers
 * above l read the prompts anew.
 *
 * Most layers change little of an answer. The whole model's answer is therefore read along with the prompt, and as far
 * as the ablated model says the same, token by token, it need not be generated (Leviathan et al., arXiv 2211.17192,
 * with one model's own words as the draft; greedy, so that nothing changes). The right answer, whose likelihood is
 * measured, is read in the same run. What is left of the answers is generated for several layers together.
 */
import type { VisionLanguageModel } from '../model/visionLanguageModel';
import { draftOf, feedOf, finishAnswers, readSequences, type Ablated, type Read } from './ablateAnswer';
import { Climb } from './ablateClimb';
import type { Sequence } from './ablateSequence';

export interface SweepSettings {
  /** Of an answer; 0 generates none. */
  readonly maxNewTokens: number;
  /** Rows in the decoder at once, at most, when answers are generated. */
  readonly batch: number;
}

/** Questions, answered by the whole model and with each of its layers made identity. */
export class LayerSweep {
  private untouched: Promise<Ablated[]> | undefined;
  private climb: Promise<Climb> | undefined;

  /** @param questions without drafts */
  constructor(
    private readonly model: VisionLanguageModel,
    private readonly questions: readonly Sequence[],
    private readonly settings: SweepSettings,
  ) {}

  /** What the whole model says. */
  baseline(signal?: AbortSignal): Promise<Ablated[]> {
    this.untouched ??= this.readWhole(this.questions, signal)
      .then((read) => this.finish([read], signal))
      .then(([answers]) => answers!);
    return this.untouched;
  }

  /** The questions with what the whole model says as a draft. */
  async drafted(signal?: AbortSignal): Promise<Sequence[]> {
    const { model, questions } = this;
    const { maxNewTokens } = this.settings;
    if (maxNewTokens === 0) return [...questions];
    const answers = await this.baseline(signal);
    const draft = (i: number) => draftOf(answers[i]!.generated!, model.parts.stopTokens, maxNewTokens);
    return questions.map((question, i) => ({ ...question, draft: draft(i) }));
  }

  /** Reads with a decoder layer made identity. Layers come in ascending order. */
  async ablate(layer: number, signal?: AbortSignal): Promise<Read> {
    this.climb ??= this.drafted(signal).then(async (sequences) => {
      return new Climb(this.model, sequences, await feedOf(this.model, sequences));
    });
    const climb = await this.climb;
    await climb.to(layer, signal);
    const { sequences, fed, below } = climb;
    return readSequences(this.model, sequences, fed, layer, below, this.settings.maxNewTokens, signal);
  }

  /** Reads with all decoder layers: questions whose images were seen in another way. */
  async readWhole(sequences: readonly Sequence[], signal?: AbortSignal): Promise<Read> {
    const fed = await feedOf(this.model, sequences);
    return readSequences(this.model, sequences, fed, null, null, this.settings.maxNewTokens, signal);
  }

  /** Ends the answers of what was read. @returns per reading and question */
  finish(reads: readonly Read[], signal?: AbortSignal): Promise<Ablated[][]> {
    return finishAnswers(this.model, reads, this.settings.maxNewTokens, this.settings.batch, signal);
  }

  /** Ends the sweep and gives back what it keeps on a device. */
  async free(): Promise<void> {
    (await this.climb)?.free();
  }
}
