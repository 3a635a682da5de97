/** What is wrong with an experiment file that only the disk can tell: checkpoints, layers, pairs and data sets. */
import path from 'node:path';
import { resolveRegions } from '../../checkpoint/regions';
import { isHubDataset } from '../../evaluate/datasets/hubCache';
import { exists } from '../../files/folders';
import { listFolder } from '../../files/listFolder';
import { functionsIn } from '../../probe/pairs';
import { describeError, failureOf } from '../../../shared/errors';
import { meant } from '../explainIssue';
import { aliasLimit, locate, type FilePath, type ParsedExperiment, type Problem } from '../experimentFile';
import { resolveLayers } from '../layers';
import { schemas, stepKinds, type ExperimentContent, type StepKind } from '../schema';
import type { CheckpointFacts, CheckpointFactsReader } from './checkpointFacts';
import { readHybrid } from './hybridFacts';
import { outlineOf, type OutlineCheckpoint } from './outline';
import { meaningfulTexts, type MeaningfulText } from './meaningfulTexts';
import { sidecarProblems } from './sidecarProblems';

/**
 * Looks on the disk for what the file names. Works also on a file with errors: what can be read of it is checked.
 * @param directory the file's folder
 */
export async function fileProblems(
  parsed: ParsedExperiment,
  directory: string,
  checkpoints: CheckpointFactsReader,
): Promise<Problem[]> {
  const check = new FileCheck(parsed, directory, checkpoints);
  return check.all();
}

class FileCheck {
  private readonly texts: readonly MeaningfulText[];
  private readonly named: readonly OutlineCheckpoint[];
  private readonly raw: Partial<Record<keyof ExperimentContent, unknown>>;
  private readonly facts = new Map<string, CheckpointFacts>();
  private readonly problems: Problem[] = [];

  constructor(
    private readonly parsed: ParsedExperiment,
    private readonly directory: string,
    private readonly checkpoints: CheckpointFactsReader,
  ) {
    this.texts = meaningfulTexts(parsed.document);
    this.named = outlineOf(parsed.document).checkpoints;
    this.raw = plain(parsed);
  }

  async all(): Promise<Problem[]> {
    await Promise.all(this.named.map((checkpoint) => this.openNamed(checkpoint)));
    this.checkRunnable();
    this.checkRegions();
    this.checkLayers();
    const paths = this.texts.map((text) => this.checkPath(text));
    await Promise.all([...paths, this.checkSidecars(), this.checkHybrids()]);
    return this.problems.sort((a, b) => a.from - b.from);
  }

  private async openNamed({ name, folder }: OutlineCheckpoint): Promise<void> {
    if (!folder) return;
    try {
      this.facts.set(name, await this.checkpoints.read(path.resolve(this.directory, folder.text)));
    } catch (error) {
      const writer = this.writerOf(folder.text);
      const isUsed = this.texts.some(({ text, meaning }) => text === name && meaning !== 'function');
      const problem: Pick<Problem, 'severity' | 'message'> = writer
        ? { severity: 'information', message: `not there yet: the step "${writer}" writes it` }
        : { severity: isUsed ? 'error' : 'warning', message: describeError(error) };
      this.problems.push({ ...problem, ...folder.at });
    }
  }

  /** The step that writes a folder, if one does. */
  private writerOf(folder: string): string | undefined {
    const target = path.resolve(this.directory, folder);
    const output = this.texts.find(
      ({ text, meaning }) => meaning === 'output' && path.resolve(this.directory, text) === target,
    );
    return output && String(this.parsed.document.getIn([...output.path.slice(0, -1), 'id']) ?? output.path[2]);
  }

  /** Whatever is not known well enough to be run can still be compared. */
  private checkRunnable(): void {
    for (const { text, meaning, at, path: where } of this.texts) {
      const reason = this.facts.get(text)?.notRunnable;
      const isName = meaning === 'checkpoint' || meaning === 'checkpointOrHybrid';
      if (reason && isName && where[0] === 'steps' && where[2] !== 'compare') {
        this.problems.push({ severity: 'error', message: reason, ...at });
      }
    }
  }

  private checkRegions(): void {
    const regions = schemas().experiment.shape.regions.safeParse(this.raw.regions);
    if (!regions.success || this.raw.regions === undefined) return;
    for (const [name, { numLayers }] of this.facts) {
      const message = failureOf(() => resolveRegions(regions.data, numLayers));
      if (message !== null) return this.report(['regions'], `${message} ("${name}" has ${numLayers} layers)`);
    }
  }

  private checkLayers(): void {
    for (const [index, kind, options] of this.steps()) {
      if (kind !== 'swap' && kind !== 'ablate') continue;
      const layers = schemas().steps[kind].shape.layers.safeParse(options.layers);
      const numLayers = this.layersOf(String(options.checkpoint));
      if (!layers.success || options.layers === undefined || numLayers === undefined) continue;
      const message = failureOf(() => resolveLayers(layers.data, numLayers));
      if (message !== null) this.report(['steps', index, kind, 'layers'], message);
    }
  }

  /** Hybrids whose donors can all be read; of others something else is said. */
  private async checkHybrids(): Promise<void> {
    const regions = schemas().experiment.shape.regions.safeParse(this.raw.regions);
    const checks = Object.entries(mapping(this.raw.hybrids)).map(async ([name, raw]) => {
      const spec = schemas().hybrid.safeParse(raw);
      if (!spec.success || !regions.success) return;
      const reading = readHybrid(name, spec.data, regions.data, this.directories(), this.checkpoints);
      const facts = await reading.catch(() => null); // the regions, or a donor that has just gone: said there
      if (facts?.problem) this.report(['hybrids', name, ...facts.problem.path], facts.problem.message, true);
    });
    await Promise.all(checks);
  }

  /** Of the checkpoints that can be read. */
  private directories(): Map<string, string> {
    const read = this.named.flatMap(({ name, folder }): [string, string][] => {
      return folder && this.facts.has(name) ? [[name, path.resolve(this.directory, folder.text)]] : [];
    });
    return new Map(read);
  }

  /** Decoder layers of a checkpoint, or of the first donor of a hybrid. */
  private layersOf(name: string): number | undefined {
    const hybrid = mapping(this.raw.hybrids)[name];
    const donor = Array.isArray(hybrid) ? (hybrid as unknown[])[0] : mapping(hybrid).skeleton;
    return (this.facts.get(name) ?? this.facts.get(String(donor)))?.numLayers;
  }

  private async checkSidecars(): Promise<void> {
    const { checkpoints, hybrids } = this.raw;
    const found = await sidecarProblems(
      {
        checkpoints: mapping(checkpoints),
        hybrids: mapping(hybrids),
        steps: [...this.steps()],
        directories: this.directories(),
      },
      this.checkpoints.sidecars,
    );
    for (const { path: where, message, onKey, severity } of found) this.report(where, message, onKey, severity);
  }

  private async checkPath({ text, meaning, at, path: where }: MeaningfulText): Promise<void> {
    const target = path.resolve(this.directory, text);
    if (meaning === 'dataset' && !isHubDataset(text) && !(await exists(target))) {
      this.problems.push({ severity: 'error', message: `there is no data set ${target}`, ...at });
    }
    if (meaning === 'pairsFolder') await this.checkPairs(target, where.slice(0, -1), at);
    if (meaning === 'output' && where[2] === 'merge' && (await holdsFiles(target))) {
      const message = `${target} exists and is not empty; this step writes new folders only`;
      this.problems.push({ severity: 'warning', message, ...at });
    }
  }

  private async checkPairs(folder: string, step: FilePath, at: { from: number; to: number }): Promise<void> {
    let known: string[];
    try {
      known = await functionsIn(folder);
    } catch (error) {
      this.problems.push({ severity: 'error', message: describeError(error), ...at });
      return;
    }
    const isOfStep = ({ meaning, path: where }: MeaningfulText) =>
      meaning === 'function' && step.every((part, i) => where[i] === part);
    for (const { text, at: place } of this.texts.filter(
      (candidate) => isOfStep(candidate) && !known.includes(candidate.text),
    )) {
      const { hint, suggestion } = meant(text, known, 'it has');
      const message = `the pairs folder has no function "${text}"; ${hint}`;
      this.problems.push({ severity: 'error', message, ...place, ...suggestion });
    }
  }

  private *steps(): Generator<[number, StepKind, Record<string, unknown>]> {
    const list = Array.isArray(this.raw.steps) ? (this.raw.steps as unknown[]) : [];
    for (const [index, step] of list.entries()) {
      for (const [kind, options] of Object.entries(mapping(step))) {
        if (stepKinds.includes(kind as StepKind)) yield [index, kind as StepKind, mapping(options)];
      }
    }
  }

  private report(where: FilePath, message: string, onKey = false, severity: Problem['severity'] = 'error'): void {
    const [from, to] = locate(this.parsed.document, where, onKey);
    this.problems.push({ severity, message, from, to });
  }
}

/** The file's content as plain values, unchecked; empty when it cannot be read at all. */
function plain({ document }: ParsedExperiment): Record<string, unknown> {
  try {
    return mapping(document.toJS({ maxAliasCount: aliasLimit }));
  } catch {
    return {}; // an alias that leads nowhere: said by the parser
  }
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

async function holdsFiles(folder: string): Promise<boolean> {
  return (await listFolder(folder).catch(() => [])).length > 0;
}
