/** The text of an experiment file, read with positions: what it says, and every problem with the place where it is. */
import { isAlias, isMap, isNode, isPair, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { experimentSchema, stepKinds, type ExperimentContent, type Step, type StepKind } from './schema';
import { explainIssue, type Issue } from './explainIssue';
import { checkReferences } from './references';

/** A path into the file: keys and indices. */
export type FilePath = readonly (string | number)[];

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Offsets into the text, half-open. */
  readonly from: number;
  readonly to: number;
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
const aliasLimit = 200;

/** Reads the text of an experiment file. Never throws. */
export function parseExperiment(text: string): ParsedExperiment {
  const lines = new LineCounter();
  const marks = text.match(/[&*][^\s,[\]{}]+/g)?.length ?? 0;
  if (text.length > experimentSizeLimit || marks > aliasLimit) {
    const limit = marks > aliasLimit ? `more than ${aliasLimit} anchors and aliases` : 'larger than 1 MB';
    const problem: Problem = { severity: 'error', message: `the file has ${limit}`, from: 0, to: 1 };
    return { document: parseDocument(''), lines, content: null, problems: [problem] };
  }
  const document = parseDocument(text, { lineCounter: lines, merge: false, prettyErrors: false, logLevel: 'silent' });
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }): Problem => ({
    severity: 'error',
    message: firstLine(message),
    from: pos[0],
    to: pos[1],
  }));
  if (problems.length > 0) return { document, lines, content: null, problems };
  if (hasCycle(document)) {
    const problem: Problem = {
      severity: 'error',
      message: 'an alias refers to a node that contains it',
      from: 0,
      to: 1,
    };
    return { document, lines, content: null, problems: [problem] };
  }

  const checked = experimentSchema.safeParse(document.toJS({ maxAliasCount: aliasLimit }));
  const issues: Issue[] = checked.success ? checkReferences(checked.data) : checked.error.issues.flatMap(explainIssue);
  const located = issues.map(({ path, message, onKey, severity }): Problem => {
    const [from, to] = locate(document, path, onKey ?? false);
    return { severity: severity ?? 'error', message, from, to };
  });
  const sound = checked.success && located.every(({ severity }) => severity === 'warning');
  return { document, lines, content: sound ? checked.data : null, problems: located };
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
        (item) => isPair(item) && (item.key as { value?: unknown } | null)?.value === last,
      );
      const missing = length < path.length;
      const node = pair && ((onKey || missing) && isNode(pair.key) ? pair.key : (pair.value ?? pair.key));
      if (isNode(node) && node.range) return trimmed(node);
    } else {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return trimmed(node);
    }
  }
  return [0, 1];
}

/** A long block is marked by its first line only where it is reported as a whole. */
function trimmed(node: Node): [number, number] {
  const [from, to] = node.range!;
  return [from, Math.max(to, from + 1)];
}

function hasCycle(document: Document): boolean {
  let cycle = false;
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      if (target && ancestors.some((ancestor) => ancestor === target && !isAlias(ancestor))) cycle = true;
    },
  });
  return cycle;
}

function firstLine(message: string): string {
  return message.split('\n')[0]!;
}
