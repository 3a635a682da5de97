/** Completion in an experiment file, also in one that is half written. */
import path from 'node:path';
import { isScalar } from 'yaml';
import { findCheckpoints } from '../../checkpoint/discover';
import { pathBelow } from '../../files/paths';
import { functionsIn } from '../../probe/pairs';
import { yamlText } from '../editing/yamlText';
import { experimentSizeLimit, type FilePath } from '../experimentFile';
import { stepKinds, type StepKind } from '../schema';
import { formsAt, schemaAt, type JsonSchema } from '../schemaPaths';
import { cursorAt, type Cursor } from './cursor';
import { namesFor } from './names';
import { outlineOf, valueOf, type Outline, type TextRange } from './outline';
import { isPath, pathCandidates } from './pathCompletions';
import { escape, Skeleton } from './skeleton';

export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'step' | 'value' | 'checkpoint' | 'hybrid' | 'function' | 'folder' | 'file' | 'snippet';
  /** A few words behind the label. */
  readonly detail?: string;
  readonly documentation?: string;
  /** A snippet, in VS Code's syntax. */
  readonly insert: string;
  /** What it takes the place of; on one line. */
  readonly at: TextRange;
  /** Something is to be chosen next: suggestions should open again. */
  readonly goesOn?: boolean;
}

/**
 * What may be written at an offset, best first.
 * @param directory the file's folder; null for a file that is not saved yet: nothing of the disk is proposed then
 */
export async function complete(text: string, offset: number, directory: string | null): Promise<Completion[]> {
  const cursor = text.length > experimentSizeLimit ? null : cursorAt(text, offset);
  if (!cursor) return [];
  const completer = new Completer(text, cursor, directory);
  return completer.all();
}

class Completer {
  private readonly outline: Outline;

  constructor(
    private readonly text: string,
    private readonly cursor: Cursor,
    private readonly directory: string | null,
  ) {
    this.outline = outlineOf(cursor.document);
  }

  async all(): Promise<Completion[]> {
    const { place, path: at, needsDash, startsLine, flow } = this.cursor;
    if (place === 'key') return [...this.keys(at, ''), ...(await this.newCheckpoints())];
    const forms = formsAt(at);
    const found = await Promise.all(forms.map((form) => this.values(form, needsDash ? '- ' : '')));
    const begins = startsLine && !flow;
    const keys = begins || this.isFlowEntry() ? this.keys(at, needsDash ? '- ' : '') : [];
    const entries = begins && !needsDash ? forms.filter(isList).flatMap(() => this.keys([...at, 0], '- ')) : [];
    return [...found.flat(), ...keys, ...entries, ...(begins ? await this.newCheckpoints() : [])];
  }

  /** The keys that may still be written in the mapping at `at`. */
  private keys(at: readonly (string | number)[], lead: string): Completion[] {
    const { siblings, place, word, flow } = this.cursor;
    const taken = place === 'key' ? siblings : [];
    const isStep = at.length === 2 && at[0] === 'steps';
    if (isStep && taken.length > 0) return [];
    if (isLayers(at)) return this.layerRange(lead);
    // Of several forms those that have all the keys that are there: a computed hybrid has no skeleton.
    const all = formsAt(at);
    const fitting = all.filter(({ properties = {} }) => taken.every((key) => Object.hasOwn(properties, key)));
    const forms = fitting.length > 0 ? fitting : all;
    const hasValue = /^["']?\s*:/.test(this.text.slice(word.to));
    return forms.flatMap(({ properties = {}, required = [] }) =>
      Object.entries(properties)
        .filter(([key]) => !taken.includes(key))
        .map(([key, schema]): Completion => {
          const detail = isStep ? 'step' : required.includes(key) ? 'required' : defaultOf(schema);
          const field = hasValue ? escape(key) : this.field(key, schema, lead.length, isStep);
          const insert = place === 'value' && flow ? `{ ${field} }` : lead + field;
          const { kind, goesOn } = { kind: isStep ? 'step' : 'key', goesOn: /(: |\[\$1\])$/.test(field) } as const;
          return { label: key, kind, insert, at: word, ...documentation(schema), ...optional({ detail }), goesOn };
        }),
    );
  }

  /** A range of layers of a hybrid, to be typed. */
  private layerRange(lead: string): Completion[] {
    const { place, word, flow, quoted } = this.cursor;
    const hasValue = /^["']?\s*:/.test(this.text.slice(word.to));
    const range = '${1:0}-${2:4}';
    const field = lead + (quoted || hasValue ? range : `${range}: `);
    const insert = place === 'value' && flow ? `{ ${field}$0 }` : field;
    return [{ label: 'from-to', kind: 'snippet', insert, detail: 'half-open range of layers', at: word }];
  }

  private field(key: string, schema: JsonSchema, dash: number, isStep: boolean): string {
    const form = schema.anyOf?.[0] ?? schema;
    const isPlain = !form.properties && !form.items && !form.additionalProperties && form.const === undefined;
    if (isPlain && !isStep) return `${key}: `;
    return this.skeleton(isStep ? (key as StepKind) : undefined, dash).field(key, schema);
  }

  private async values(form: JsonSchema, lead: string): Promise<Completion[]> {
    const { word, siblings, path: at, quoted, startsLine } = this.cursor;
    const { description } = schemaAt(at) ?? {};
    const plain = (label: string, kind: Completion['kind'], detail?: string): Completion => {
      const insert = lead + escape(quoted ? label : yamlText(label));
      return { label, kind, insert, at: word, ...optional({ detail, documentation: form.description ?? description }) };
    };
    const meaning = form['x-value'];
    if (isPath(meaning)) return this.paths(meaning!);
    if (meaning === 'function') {
      return (await this.functions()).filter((name) => !siblings.includes(name)).map((name) => plain(name, 'function'));
    }
    const fixed =
      form.const !== undefined ? [form.const] : (form.enum ?? (form.type === 'boolean' ? [true, false] : []));
    const standard = schemaAt(at)?.default;
    const hybrids = new Set(this.outline.hybrids.map(({ name }) => name));
    const inList = typeof at.at(-1) === 'number';
    const names = namesFor(meaning, this.outline).filter(
      (name) => !inList || mayRepeat(at) || !siblings.includes(name),
    );
    return [
      ...fixed.map((value) => ({
        ...plain(String(value), 'value', value === standard ? 'default' : undefined),
        insert: lead + escape(String(value)),
      })),
      ...names.map((name) => plain(name, hybrids.has(name) ? 'hybrid' : meaning === 'frozen' ? 'value' : 'checkpoint')),
      ...(standard !== undefined && form.type === 'integer'
        ? [plain(String(standard), 'value', 'default')].map(unquoted)
        : []),
      ...(form.pattern === rangePattern ? [this.snippet('from-to', '${1:0}-${2:4}', 'half-open range of layers')] : []),
      ...(quoted || startsLine ? [] : await this.inline(form)),
    ];
  }

  /** A list in brackets or a mapping in braces, behind its key. */
  private async inline(form: JsonSchema): Promise<Completion[]> {
    const item = Array.isArray(form.items) ? undefined : (form.items as JsonSchema | undefined);
    const functions = item?.['x-value'] === 'function' ? await this.functions() : [];
    const all = `[${functions.map(yamlText).join(', ')}]`;
    return [
      ...(functions.length > 0 ? [this.snippet(all, escape(all), 'all functions')] : []),
      ...(isList(form) ? [this.snippet('[…]', this.skeleton().value(form), 'list')] : []),
      ...(form.required || isLayerDonors(form) ? [this.snippet('{…}', this.skeleton().value(form), 'mapping')] : []),
    ];
  }

  private snippet(label: string, insert: string, detail: string): Completion {
    return { label, kind: 'snippet', insert, detail, at: this.cursor.word };
  }

  private async paths(meaning: NonNullable<JsonSchema['x-value']>): Promise<Completion[]> {
    const { word, quoted } = this.cursor;
    if (this.directory === null) return [];
    const typed = this.text.slice(word.from, word.to);
    return (await pathCandidates(typed, meaning, this.directory)).map(({ text, kind }) => {
      return {
        label: text,
        kind,
        insert: escape(quoted ? text : yamlText(text)),
        at: word,
        goesOn: text.endsWith('/'),
      };
    });
  }

  /** Functions in the pairs folder of the step that the cursor is in. */
  private async functions(): Promise<string[]> {
    const { path: at, document } = this.cursor;
    const options = document.getIn(at.slice(0, 3), true);
    const pairs = valueOf(options, 'pairs');
    if (this.directory === null || !isScalar(pairs) || typeof pairs.value !== 'string') return [];
    return functionsIn(path.resolve(this.directory, pairs.value)).catch(() => []);
  }

  /** Where a checkpoint's name is expected: the checkpoints beside the file that it does not name yet. */
  private async newCheckpoints(): Promise<Completion[]> {
    const { path: at, word, flow } = this.cursor;
    if (at.length !== 1 || at[0] !== 'checkpoints' || this.directory === null) return [];
    const directory = this.directory;
    const known = this.outline.checkpoints.map(({ folder }) => path.resolve(directory, folder?.text ?? '.'));
    const folders = await findCheckpoints([directory], { maxDepth: 2 });
    return folders
      .filter((folder) => folder !== directory && !known.includes(folder))
      .map((folder): Completion => {
        const relative = `./${pathBelow(folder, directory)}`;
        const entry = escape(`${yamlText(path.basename(folder))}: ${yamlText(relative)}`);
        const insert = flow && this.cursor.place === 'value' ? `{ ${entry} }` : entry;
        return { label: path.basename(folder), kind: 'checkpoint', detail: relative, insert, at: word };
      });
  }

  private skeleton(kind?: StepKind, dash = 0): Skeleton {
    const { word, flow } = this.cursor;
    const lineStart = this.text.lastIndexOf('\n', word.from - 1) + 1;
    const lead = this.text.slice(lineStart, word.from);
    // VS Code repeats the line's own indentation in every line of a snippet.
    const beyond = lead.length - /^\s*/.exec(lead)![0].length;
    return new Skeleton({ outline: this.outline, id: this.freeId(kind), flow, indent: ' '.repeat(beyond + dash + 2) });
  }

  private freeId(kind: StepKind = stepKinds[0]!): string {
    const ids = this.outline.steps.map(({ id }) => id);
    let number = 1;
    const name = () => (number === 1 ? kind : `${kind}-${number}`);
    while (ids.includes(name())) number++;
    return name();
  }

  /** An entry of a list in brackets, which may be a mapping in braces. */
  private isFlowEntry(): boolean {
    return this.cursor.flow && typeof this.cursor.path.at(-1) === 'number';
  }
}

const rangePattern = '^\\d+-\\d+$';

/** A hybrid's donors of Early, Mid and Late may be one; so may the two ends of a phase, to see that nothing moved. */
function mayRepeat(at: FilePath): boolean {
  return at.at(-3) === 'phases' || at[0] === 'hybrids';
}

function isLayers(at: FilePath): boolean {
  return at.length === 3 && at[0] === 'hybrids' && (at[2] === 'layers' || at[2] === 'visionLayers');
}

/** Donors of attention, MLPs and norms, none of which is required. */
function isLayerDonors({ properties }: JsonSchema): boolean {
  return properties?.attention !== undefined;
}

function isList(form: JsonSchema): boolean {
  return form.items !== undefined;
}

/** Numbers need no quotes. */
function unquoted(completion: Completion): Completion {
  return { ...completion, insert: completion.label };
}

function defaultOf({ default: standard }: JsonSchema): string | undefined {
  return typeof standard === 'object' || standard === undefined ? undefined : `default ${String(standard)}`;
}

function documentation({ description }: JsonSchema): Pick<Completion, 'documentation'> {
  return optional({ documentation: description });
}

function optional<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
