/** The text of an experiment file, read with positions: what it says, and every problem with the place where it is. */
import { isAlias, isMap, isNode, isPair, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { schemas, stepKinds, type ExperimentContent, type Step, type StepKind } from './schema';
import { explainIssues, type Issue } from './explainIssue';
import { checkReferences } from './references';
import { isNestedDeeper } from './yamlNesting';

/** A path into the file: keys and indices. */
export type FilePath = readonly (string | number)[];

export interface Problem {
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** Offsets into the text, half-open. */
  readonly from: number;
  readonly to: number;
  /** What was meant, most likely: stands in place of what is marked. */
  readonly suggestion?: string;
}

export interface ParsedExperiment {
  readonly document: Document;
  readonly lines: LineCounter;
  /** What the file says; null when it has an error. */
  readonly content: ExperimentContent | null;
  readonly problems: readonly Problem[];
}

/** Larger files are refused: an experiment is written by hand. */
export const experimentSizeLimit = 1 << 20;
/** Anchors and aliases together; more than this is an attack on the parser, not an experiment. */
export const aliasLimit = 200;
/** Levels of mappings and lists; an experiment has six. */
const nestingLimit = 64;

/** Reads the text of an experiment file. Never throws. */
export function parseExperiment(text: string): ParsedExperiment {
  const lines = new LineCounter();
  const excess = excessOf(text);
  if (excess) {
    lines.addNewLine(0); // the parser, which counts the lines, does not see them
    const problem: Problem = { severity: 'error', message: `the file ${excess}`, from: 0, to: 1 };
    return { document: parseDocument(''), lines, content: null, problems: [problem] };
  }
  const document = parseDocument(text, { lineCounter: lines, merge: false, prettyErrors: false, logLevel: 'error' });
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }): Problem => ({
    severity: 'error',
    message: firstLine(message),
    from: pos[0],
    to: pos[1],
  }));
  if (problems.length > 0) return { document, lines, content: null, problems };
  const alias = aliasProblem(document);
  if (alias) return { document, lines, content: null, problems: [alias] };

  const checked = schemas().experiment.safeParse(document.toJS({ maxAliasCount: aliasLimit }), { reportInput: true });
  const issues: Issue[] = checked.success ? checkReferences(checked.data) : explainIssues(checked.error.issues);
  const located = issues.map(({ path, message, onKey, severity, suggestion }): Problem => {
    const [from, to] = locate(document, path, onKey ?? false);
    return { severity: severity ?? 'error', message, from, to, ...(suggestion === undefined ? {} : { suggestion }) };
  });
  const sound = checked.success && located.every(({ severity }) => severity === 'warning');
  return { document, lines, content: sound ? checked.data : null, problems: located };
}

/** What the text has too much of to be given to the parser. */
function excessOf(text: string): string | null {
  if (text.length > experimentSizeLimit) return 'is larger than 1 MB';
  const marks = text.match(/[&*][^\s,[\]{}]+/g)?.length ?? 0;
  if (marks > aliasLimit) return `has more than ${aliasLimit} anchors and aliases`;
  return isNestedDeeper(text, nestingLimit) ? `is nested more than ${nestingLimit} levels deep` : null;
}

export function kindOf(step: Step): StepKind {
  return stepKinds.find((kind) => step[kind] !== undefined)!;
}

/** A step's options, whatever its kind: all have an id. */
export function optionsOf(step: Step): { readonly id: string } {
  return step[kindOf(step)]!;
}

/**
 * Where the node at `path` stands; where it is missing, the nearest thing around it.
 * @param onKey the key rather than the value
 */
export function locate(document: Document, path: FilePath, onKey: boolean): [number, number] {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1]!;
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isPair(item) && String((item.key as { value?: unknown } | null)?.value) === String(last),
      );
      const missing = length < path.length;
      const empty = isNode(pair?.value) && pair.value.range?.[0] === pair.value.range?.[1];
      const node = pair && ((onKey || missing || empty) && isNode(pair.key) ? pair.key : (pair.value ?? pair.key));
      if (isNode(node) && node.range) return rangeOf(node);
    } else {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return rangeOf(node);
    }
  }
  return [0, 1];
}

function rangeOf(node: Node): [number, number] {
  const [from, to] = node.range!;
  return [from, Math.max(to, from + 1)];
}

/**
 * The first alias that leads nowhere or into itself. Files whose aliases multiply are refused too: they would
 * fill the memory.
 */
function aliasProblem(document: Document): Problem | null {
  let found: Problem | null = null;
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      const message = !target
        ? `there is no anchor "${alias.source}" before this alias`
        : ancestors.some((ancestor) => ancestor === target && !isAlias(ancestor))
          ? 'this alias refers to a node that contains it'
          : null;
      if (message === null) return undefined;
      const [from, to] = rangeOf(alias);
      found = { severity: 'error', message, from, to };
      return visit.BREAK;
    },
  });
  return found ?? multiplied(document);
}

function multiplied(document: Document): Problem | null {
  try {
    document.toJS({ maxAliasCount: aliasLimit });
    return null;
  } catch {
    return { severity: 'error', message: 'aliases of aliases stand for too much', from: 0, to: 1 };
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0]!;
}
