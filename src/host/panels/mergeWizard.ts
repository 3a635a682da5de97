import path from 'node:path';
import * as vscode from 'vscode';
import { resolvePath, stepById, type Experiment } from '../../core/experiment/experiment';
import { blockField } from '../../core/experiment/editing/yamlText';
import { locate } from '../../core/experiment/experimentFile';
import { mergeMethods } from '../../core/merge/methods/methods';
import { addStep, removeHybrid, renameHybrid, setHybrid, type TextEdit } from '../../core/experiment/hybridEdits';
import { InputError } from '../../shared/errors';
import type { MergeHostSurface, MergeState, PickedImage, TriedAnswer, TryRequest } from '../../shared/protocol/merge';
import type { CallContext, Handlers } from '../../shared/rpc';
import { outputProblem } from '../commands/hybridWriting';
import type { EngineClient } from '../engineClient';
import { saveExperiment, type Runs } from '../experiments/runs';
import { parsedDocument, toRange } from '../language/experimentDocuments';
import { assertTrusted } from '../trust';
import { settings } from '../settings';
import type { OpenedDonors } from './mergeColumns';
import type { MergeDocument } from './mergeDocument';
import { addEdits, computeEdits, duplicateEdits, hybridIn, paintEdits, presetEdits, writeStep } from './mergeEdits';
import { methodInfo } from './mergeArithmetic';
import { evaluateStep } from './mergeEvaluation';
import { mergekitOf } from './mergeMergekit';
import { imageExtensions, MergeImages } from './mergeImages';
import { checked } from './mergeRequests';
import { MergeSource } from './mergeSource';
import { MergeTrials } from './mergeTrials';

/** Bytes per second of merges written in this workspace. */
const speedKey = 'merge.writeSpeed';

export interface MergeContext {
  readonly extensionUri: vscode.Uri;
  readonly runs: Runs;
  readonly engine: EngineClient;
  readonly state: vscode.Memento;
  /** Shows a checkpoint's folder in the Checkpoints view. @throws InputError when it cannot */
  readonly revealCheckpoint: (directory: string) => Promise<void>;
  /** Shows a step in the panel for its kind. */
  readonly showResults: (file: string, step: string) => Promise<unknown>;
}

/** What the wizard does with one experiment file: reads it for the page, and does to it what the page asks. */
export class MergeWizard {
  private readonly source: MergeSource;
  private readonly trials: MergeTrials;
  private readonly images = new MergeImages();
  private asked: MergeState['asked'] = null;

  constructor(
    private readonly document: MergeDocument,
    private readonly context: MergeContext,
  ) {
    const { runs, state, engine } = context;
    this.source = new MergeSource(document.file, runs);
    this.trials = new MergeTrials(document.file, state, engine, () => settings.compute());
  }

  /** The page is to show this hybrid next. */
  ask(hybrid: string): void {
    this.asked = { hybrid, count: (this.asked?.count ?? 0) + 1 };
  }

  async state(): Promise<MergeState> {
    return this.source.read(await this.document.read(), {
      asked: this.asked,
      canRun: vscode.workspace.isTrusted,
      tried: this.trials.list(),
      writeSpeed: this.context.state.get<number>(speedKey) ?? null,
    });
  }

  /** The answers to the page. @param back brings the focus back to it */
  handlers(back: () => void): Handlers<MergeHostSurface> {
    const undo = async (command: 'undo' | 'redo') => {
      await this.document.undo(command);
      back();
      return null;
    };
    return {
      ready: () => this.state(),
      paint: (params) => {
        const { hybrid, donor, places } = checked('paint', params);
        return this.edit((text, experiment, opened) => paintEdits(text, experiment, opened, hybrid, donor, places));
      },
      preset: (params) => {
        const { hybrid, preset } = checked('preset', params);
        return this.edit((text, experiment, opened) => presetEdits(text, experiment, opened, hybrid, preset));
      },
      add: (params) => {
        const { hybrids } = checked('add', params);
        return this.edit((text, experiment) => addEdits(text, experiment, hybrids));
      },
      methods: () => mergeMethods.map(methodInfo),
      compute: (params) => {
        const { hybrid, recipe } = checked('compute', params);
        return this.edit((text, experiment) => computeEdits(text, experiment, hybrid, recipe));
      },
      duplicate: (params) => {
        const { hybrid } = checked('duplicate', params);
        return this.edit((text, experiment) => duplicateEdits(text, experiment, hybrid));
      },
      rename: (params) => {
        const { hybrid, name } = checked('rename', params);
        return this.edit((text) => renameHybrid(text, hybrid, name));
      },
      remove: (params) => {
        const { hybrid } = checked('remove', params);
        return this.edit((text) => removeHybrid(text, hybrid));
      },
      undo: () => undo('undo'),
      redo: () => undo('redo'),
      copy: (params) => this.copy(checked('copy', params)),
      pickImage: () => this.pickImage(),
      try: (params, context) => this.try(checked('try', params), context),
      triedImage: (params) => this.triedImage(checked('triedImage', params).tried),
      restore: (params) => {
        const { hybrid, spec } = this.trials.get(checked('restore', params).tried);
        return this.edit((text) => setHybrid(text, hybrid, spec));
      },
      clearTried: async () => {
        await this.trials.clear();
        return this.state();
      },
      evaluate: (params) => this.evaluate(checked('evaluate', params).hybrid),
      write: (params) => {
        const { hybrid, output } = checked('write', params);
        return this.write(hybrid, output);
      },
      cancelWrite: (params) => {
        this.context.runs.cancel(this.document.file, checked('cancelWrite', params).step);
        return null;
      },
      showWritten: async (params) => {
        const { experiment } = await this.sound();
        await this.reveal(experiment, checked('showWritten', params).step);
        return null;
      },
      openFile: (params) => this.openFile(checked('openFile', params).hybrid),
    };
  }

  private async edit(
    make: (text: string, experiment: Experiment, opened: OpenedDonors) => readonly TextEdit[],
  ): Promise<MergeState> {
    const { experiment } = await this.document.read();
    const opened = experiment ? await this.source.donors(experiment) : new Map();
    await this.document.edit((text, current) => make(text, current, opened));
    return this.state();
  }

  private async copy({ hybrid, format }: MergeHostSurface['copy']['params']): Promise<readonly string[]> {
    const { experiment } = await this.sound();
    const spec = hybridIn(experiment, hybrid);
    if (format === 'yaml') {
      const text = blockField(['hybrids', { [hybrid]: spec }], { indent: 0, step: 2, eol: '\n' }, 2);
      await vscode.env.clipboard.writeText(`${text}\n`);
      return [];
    }
    const { text, traps } = mergekitOf(experiment, spec, await this.source.donors(experiment));
    await vscode.env.clipboard.writeText(text);
    return traps;
  }

  private async pickImage(): Promise<PickedImage | null> {
    const chosen = await vscode.window.showOpenDialog({
      title: 'An image to try the hybrid on',
      defaultUri: vscode.Uri.file(path.dirname(this.document.file)),
      openLabel: 'Choose',
      filters: { Images: imageExtensions },
    });
    return chosen?.[0] ? this.images.add(chosen[0].fsPath) : null;
  }

  private async triedImage(tried: string): Promise<PickedImage | null> {
    const { imagePath } = this.trials.get(tried);
    return imagePath === null ? null : this.images.add(imagePath);
  }

  private async try(
    { hybrid, image, ...request }: TryRequest,
    { signal, progress }: CallContext<readonly TriedAnswer[]>,
  ): Promise<MergeState> {
    assertTrusted();
    const { text, experiment } = await this.sound();
    const spec = hybridIn(experiment, hybrid);
    const state = await this.state();
    const column = state.hybrids.find(({ name }) => name === hybrid);
    if (!column?.hash) throw new InputError(column?.problems[0]?.message ?? `the file has no hybrid "${hybrid}"`);
    const [skeleton, ...others] = column.used;
    const subject = {
      file: this.document.file,
      text,
      spec,
      hash: column.hash,
      checkpoints: [hybrid, skeleton!, ...others],
      sidecars: experiment.checkpoints.get(skeleton!)!.directory,
    };
    const chosen = image === null ? null : this.images.get(image);
    await this.trials.run({ ...request, hybrid, image: chosen }, subject, signal, progress);
    return this.state();
  }

  /** Runs through the ordinary runs: what goes wrong is said in the panel. */
  private async evaluate(hybrid: string): Promise<MergeState> {
    assertTrusted();
    const { experiment } = await this.sound();
    const column = (await this.state()).hybrids.find(({ name }) => name === hybrid);
    const { id, step } = evaluateStep(experiment, hybrid, column?.used ?? []);
    if (step) await this.document.edit((text) => addStep(text, step));
    const { file } = this.document;
    await saveExperiment(file); // the panel opens at once, and reads what the step is
    this.context.runs.start(file, id).catch(() => undefined);
    await this.context.showResults(file, id);
    return this.state();
  }

  /** Writes through the ordinary runs: the step is in the file, and resumes like every other. */
  private async write(hybrid: string, output: string): Promise<MergeState> {
    assertTrusted();
    const { experiment } = await this.sound();
    const { id, step } = writeStep(experiment, hybrid, output);
    if (step) {
      const wrong = await outputProblem(experiment, hybrid, output);
      if (wrong !== null) throw new InputError(wrong, 'Name another folder.');
      await this.document.edit((text) => addStep(text, step));
    }
    const { runs, state } = this.context;
    const { file } = this.document;
    // A merge that goes on where another one ended, or waits for one, tells nothing of the speed.
    const isMeasured = runs.running().length === 0 && (await runs.view(file, id)).state === null;
    const started = performance.now();
    await runs.start(file, id);
    const seconds = (performance.now() - started) / 1000;
    const bytes = (await runs.view(file, id)).snapshot?.manifest.facts['bytes'];
    if (isMeasured && typeof bytes === 'number') await state.update(speedKey, bytes / seconds);
    // A folder that the view does not look into is written all the same; who asks for it is told why it is not there.
    await this.reveal((await this.sound()).experiment, id).catch(() => undefined);
    return this.state();
  }

  private async reveal(experiment: Experiment, id: string): Promise<void> {
    const { merge } = stepById(experiment, id);
    if (!merge) throw new InputError(`the step "${id}" writes no hybrid`);
    await this.context.revealCheckpoint(resolvePath(experiment, merge.output));
  }

  private async openFile(hybrid: string | null): Promise<null> {
    const editor = await this.document.show();
    if (hybrid === null) return null;
    const [from, to] = locate(parsedDocument(editor.document).document, ['hybrids', hybrid], true);
    const range = toRange(editor.document, { from, to });
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    return null;
  }

  private async sound(): Promise<{ text: string; experiment: Experiment }> {
    const { text, experiment, problem } = await this.document.read();
    if (!experiment) throw new InputError(`the file has an error, ${problem}`, 'Mend it first.');
    return { text, experiment };
  }
}
