import path from 'node:path';
import type { Document } from 'yaml';
import { resolveRegions } from '../../checkpoint/regions';
import { bytes, quantity } from '../../../shared/format';
import { describeError } from '../../../shared/errors';
import { regionNames, regionTitles, type Regions } from '../../../shared/vocabulary';
import { aliasLimit } from '../experimentFile';
import { donorStrip, donorTable, hybridBriefly } from '../hybridWords';
import { schemas, type RegionSpec } from '../schema';
import { describeType, schemaAt } from '../schemaPaths';
import type { CheckpointFactsReader } from './checkpointFacts';
import { nodeAt } from './cursor';
import { readHybrid } from './hybridFacts';
import { outlineOf, type TextRange } from './outline';
import { namedAt } from './references';

/** What is shown at a place; plain text, line by line. */
export interface Hover {
  readonly at: TextRange;
  readonly title: string;
  readonly lines: readonly string[];
}

export interface HoverSources {
  /** The file's folder; null while it is not saved. */
  readonly directory: string | null;
  readonly checkpoints: CheckpointFactsReader;
  /** How a step's last run ended or where it stands, in words; null when it was never run. */
  stepState(id: string): Promise<string | null>;
}

/** What there is to say about the word at an offset. */
export async function hoverAt(document: Document, offset: number, sources: HoverSources): Promise<Hover | null> {
  const node = nodeAt(document, offset);
  if (!node) return null;
  const at = { from: node.from, to: node.to };
  const named = namedAt(document, offset);
  if (named) {
    const lines = await describeNamed(document, named.entry.name, sources);
    return { at, title: named.entry.name, lines };
  }
  const step = outlineOf(document).steps.find(
    (candidate) => candidate.at.from === node.from || candidate.range.from === node.from,
  );
  const schema = schemaAt(node.path);
  if (step) {
    const state = step.id === null ? null : await sources.stepState(step.id);
    const lines = [schemaAt(['steps', step.index, step.kind])?.description ?? '', state ?? 'Never run.'];
    return { at, title: `${step.kind}${step.id === null ? '' : ` ${step.id}`}`, lines };
  }
  const isChoice = schema?.enum !== undefined || schema?.anyOf !== undefined;
  if (!schema || (node.place === 'value' && !isChoice)) return null;
  const standard = schema.default === undefined ? [] : [`Default: ${JSON.stringify(schema.default)}`];
  const lines = [schema.description ?? '', `Type: ${describeType(schema)}`, ...standard].filter(Boolean);
  return { at, title: String(node.path.findLast((part) => typeof part === 'string') ?? ''), lines };
}

async function describeNamed(document: Document, name: string, sources: HoverSources): Promise<string[]> {
  const { checkpoints } = outlineOf(document);
  const found = checkpoints.find((candidate) => candidate.name === name);
  if (!found) return describeHybrid(document, name, sources);
  if (!found.folder || sources.directory === null) return ['Checkpoint'];
  const directory = path.resolve(sources.directory, found.folder.text);
  try {
    const facts = await sources.checkpoints.read(directory);
    return [
      `${facts.family}: ${quantity(facts.parameters)} parameters, ${bytes(facts.bytes)}`,
      `${facts.numLayers} decoder layers${describeRegions(document, facts.numLayers)}`,
      ...(facts.visionLayers > 0 ? [`${facts.visionLayers} vision layers`] : []),
      ...(facts.notRunnable === null ? [] : [facts.notRunnable]),
      directory,
    ];
  } catch (error) {
    return [describeError(error)];
  }
}

async function describeHybrid(document: Document, name: string, sources: HoverSources): Promise<string[]> {
  const { hybrids, regions } = rawOf(document);
  const spec = schemas().hybrid.safeParse(hybrids?.[name]);
  const cuts = schemas().experiment.shape.regions.safeParse(regions);
  const what = 'a virtual checkpoint, nothing of it is written.';
  if (!spec.success || !cuts.success) return [`Hybrid: ${what}`];
  const lines = [`Hybrid ${hybridBriefly(spec.data)}: ${what}`];
  if (sources.directory === null) return lines;
  const { directory, checkpoints } = sources;
  const folders = outlineOf(document).checkpoints.flatMap(({ name: donor, folder }): [string, string][] =>
    folder ? [[donor, path.resolve(directory, folder.text)]] : [],
  );
  try {
    const facts = await readHybrid(name, spec.data, cuts.data, new Map(folders), checkpoints);
    if (!facts) return lines;
    const problem = facts.problem ? [facts.problem.message] : [];
    if (!facts.donors) return [...lines, ...problem];
    const { transplant, depths } = facts.donors;
    const strip = donorStrip(transplant, 'languageModel', depths.numLayers);
    const table = donorTable(transplant, depths).map(([place, donors]) => `${place}: ${donors}`);
    return [...lines, `Layers 0 to ${depths.numLayers - 1}: ${strip}`, ...table, ...problem];
  } catch (error) {
    return [...lines, describeError(error)];
  }
}

/** The file's content, unchecked; empty when it cannot be read at all. */
function rawOf(document: Document): {
  readonly hybrids?: Readonly<Record<string, unknown>>;
  readonly regions?: unknown;
} {
  try {
    return (document.toJS({ maxAliasCount: aliasLimit }) as object | null) ?? {};
  } catch {
    return {};
  }
}

function describeRegions(document: Document, numLayers: number): string {
  const regions = regionsOf(document, numLayers);
  if (!regions) return '';
  const shown = regionNames
    .filter((name) => regions[name][1] > regions[name][0])
    .map((name) => {
      const [from, to] = regions[name];
      return `${regionTitles[name]} ${to - from === 1 ? from : `${from}–${to - 1}`}`;
    });
  return `: ${shown.join(', ')}`;
}

/** Null where the file's division does not fit. */
function regionsOf(document: Document, numLayers: number): Regions | null {
  try {
    const spec = schemas().experiment.shape.regions.safeParse(rawOf(document).regions);
    return spec.success ? resolveRegions(spec.data as RegionSpec, numLayers) : null;
  } catch {
    return null;
  }
}
