/** Reads mergekit's YAML into a plain description, and says what of it works otherwise than one may think. */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../../../shared/errors';
import type { LayerRange } from '../../../shared/vocabulary';
import { quoteName } from '../../checkpoint/quoteName';
import { aliasLimit, experimentSizeLimit, locate, type FilePath } from '../../experiment/experimentFile';
import { isNestedDeeper } from '../../experiment/yamlNesting';
import { methodByName } from '../methods/methods';
import type { ParameterSettings } from '../methods/settings';
import { trapsOf, unknownKeyTrap } from './importTraps';
import { isGiven, mergekitSchema, type MergekitFile, type RawModule, type RawSettings } from './mergekitSchema';
import { readModelReference, type ModelReference, type RawModelReference } from './modelReference';

export interface ImportedSource {
  /** Path of the model. */
  readonly model: string;
  /** Null: all layers. */
  readonly layers: LayerRange | null;
  readonly parameters: ParameterSettings;
}

/** Layers of the output; slices follow each other. */
export interface ImportedSlice {
  readonly sources: readonly ImportedSource[];
  readonly base: string | null;
  readonly parameters: ParameterSettings;
}

export interface ImportedModule {
  /** Null: whatever the model has. */
  readonly name: string | null;
  readonly slices: readonly ImportedSlice[];
  readonly parameters: ParameterSettings;
}

export interface ImportedMerge {
  /** One of the registry's. */
  readonly method: string;
  /** Every model and the base, by path, in the order of the file. */
  readonly models: readonly ModelReference[];
  readonly base: string | null;
  readonly parameters: ParameterSettings;
  readonly modules: readonly ImportedModule[];
  /** `models`, `slices` or `modules`: how the file says it. */
  readonly form: 'models' | 'slices' | 'modules';
  readonly dtype: string | null;
  readonly outDtype: string | null;
  /** The keys about tokenizer and chat template that the file has. */
  readonly tokenizerKeys: readonly string[];
}

/** How many layers the models have, where that is known. */
export interface ModelDepths {
  readonly numLayers: number;
  readonly visionLayers: number;
}

export interface MergekitImport {
  readonly merge: ImportedMerge;
  /** A sentence each. */
  readonly traps: readonly string[];
}

const nestingLimit = 64;

/**
 * Reads a file of mergekit.
 * @param depths of the models, to find layers that they do not have
 * @throws InputError with line and column when the text is no such file
 */
export function importMergekit(text: string, depths: ModelDepths | null = null): MergekitImport {
  const { file, unknownKeys } = readFile(text);
  methodByName(file.merge_method);
  const merge = describe(file);
  return { merge, traps: [...unknownKeys, ...trapsOf(merge, file, depths)] };
}

function readFile(text: string): { file: MergekitFile; unknownKeys: string[] } {
  const marks = text.match(/[&*][^\s,[\]{}]+/g)?.length ?? 0;
  if (text.length > experimentSizeLimit) throw new InputError('the mergekit file is larger than 1 MB');
  if (marks > aliasLimit) throw new InputError(`the mergekit file has more than ${aliasLimit} anchors and aliases`);
  if (isNestedDeeper(text, nestingLimit)) {
    throw new InputError(`the mergekit file is nested more than ${nestingLimit} levels deep`);
  }
  const lines = new LineCounter();
  // mergekit reads with PyYAML: YAML 1.1, where yes is true and << merges.
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `mergekit file, line ${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken) throw new InputError(`${at(broken.pos[0])}: ${broken.message.split('\n')[0]!}`);
  const content = contentOf(() => document.toJS({ maxAliasCount: aliasLimit }) as unknown);

  const unknownKeys: string[] = [];
  for (;;) {
    const checked = mergekitSchema().safeParse(content);
    if (checked.success) return { file: checked.data, unknownKeys };
    const [issue] = checked.error.issues as [z.core.$ZodIssue, ...z.core.$ZodIssue[]];
    const path = issue.path as FilePath;
    if (issue.code !== 'unrecognized_keys') {
      throw new InputError(`${at(locate(document, path, false)[0])}: ${placeWords(path)}${issueWords(issue)}`);
    }
    for (const key of issue.keys) {
      unknownKeys.push(unknownKeyTrap(key, path));
      removeKey(content, path, key);
    }
  }
}

/** Where in the file, for people: "models.0.parameters: "; nothing for the whole of it. */
function placeWords(path: FilePath): string {
  return path.length > 0 ? `${quoteName(path.join('.')).slice(1, -1)}: ` : '';
}

function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message;
  if (issue.message.endsWith('undefined')) return 'is missing';
  return `must be ${issue.expected === 'object' || issue.expected === 'record' ? 'a mapping' : `of type ${issue.expected}`}`;
}

function contentOf(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    throw new InputError('the mergekit file has aliases that lead nowhere or stand for too much');
  }
}

function removeKey(content: unknown, path: FilePath, key: string): void {
  const owner = path.reduce<unknown>((node, part) => (node as Record<string | number, unknown>)[part], content);
  Reflect.deleteProperty(owner as object, key);
}

function describe(file: MergekitFile): ImportedMerge {
  const form = file.modules ? 'modules' : file.slices ? 'slices' : 'models';
  const models = new Map<string, ModelReference>();
  const pathOf = (raw: RawModelReference): string => {
    const reference = readModelReference(raw);
    const known = models.get(reference.path);
    if (known && known.revision !== reference.revision) {
      throw new InputError(
        `the mergekit file has ${quoteName(reference.path)} in two revisions`,
        'Give each a folder of its own.',
      );
    }
    if (reference.adapter !== null) {
      throw new InputError(
        `the mergekit file puts the adapter ${quoteName(reference.adapter)} on ${quoteName(reference.path)}`,
        'Merge the adapter into its model first, and name the folder.',
      );
    }
    models.set(reference.path, reference);
    return reference.path;
  };
  const moduleOf = (name: string | null, raw: RawModule): ImportedModule => ({
    name,
    parameters: raw.parameters ?? {},
    slices: raw.models
      ? [{ base: null, parameters: {}, sources: raw.models.map((source) => sourceOf(source, null)) }]
      : raw.slices!.map((slice) => ({
          base: slice.base_model ? pathOf(slice.base_model) : null,
          parameters: slice.parameters ?? {},
          sources: slice.sources.map((source) => sourceOf(source, source.layer_range)),
        })),
  });
  const sourceOf = (
    source: { model: RawModelReference; parameters?: RawSettings | null | undefined },
    layers: LayerRange | null,
  ): ImportedSource => ({ model: pathOf(source.model), layers, parameters: source.parameters ?? {} });

  const modules = file.modules
    ? Object.entries(file.modules).map(([name, raw]) => moduleOf(name, raw))
    : [moduleOf(file.slices ? 'text_decoder' : null, { slices: file.slices, models: file.models })];
  const base = file.base_model ? pathOf(file.base_model) : null;
  return {
    method: file.merge_method,
    models: [...models.values()],
    base,
    parameters: file.parameters ?? {},
    modules,
    form,
    dtype: file.dtype ?? null,
    outDtype: file.out_dtype ?? null,
    tokenizerKeys: (['tokenizer', 'tokenizer_source', 'chat_template'] as const).filter((key) => isGiven(file[key])),
  };
}
