import type { z } from 'zod';
import type { FilePath } from './experimentFile';
import { describeType, keysAt, schemaAt } from './schemaPaths';

/** A problem at a place of the file's structure. */
export interface Issue {
  readonly path: FilePath;
  readonly message: string;
  /** Marks the key rather than its value. */
  readonly onKey?: boolean;
  readonly severity?: 'warning';
  /** What was meant, most likely: stands in place of what is marked. */
  readonly suggestion?: string;
}

/** A schema's complaints in the user's words, without those that only follow from another. */
export function explainIssues(issues: readonly z.core.$ZodIssue[]): Issue[] {
  const hasUnknownKey = (path: string) => issues.some((i) => i.code === 'unrecognized_keys' && join(i.path) === path);
  // A step of an unknown kind has no known one either.
  const explained = issues.filter((i) => i.code !== 'custom' || !hasUnknownKey(join(i.path))).flatMap(explainIssue);
  // A key that is missing because it is misspelt is said once, where it stands.
  const meant = new Set(
    explained.flatMap(({ path, suggestion }) => (suggestion ? [join([...path.slice(0, -1), suggestion])] : [])),
  );
  return explained.filter(({ path, message }) => !(message.endsWith(isMissing) && meant.has(join(path))));
}

const isMissing = 'is missing';

/** One complaint. Unknown keys and values come with the nearest known one. */
function explainIssue(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path as (string | number)[];
  const missing = issue.input === undefined && (issue.code === 'invalid_value' || issue.message.endsWith('undefined'));
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(path);
      return issue.keys.map((key) => {
        const { hint, suggestion } = meant(key, known, 'known here');
        return { path: [...path, key], message: `unknown key "${key}"; ${hint}`, onKey: true, ...suggestion };
      });
    }
    case 'invalid_type':
      if (path.length === 0) return [{ path, message: `an experiment is a ${describeType(schemaAt([])!)}` }];
      return [
        {
          path,
          message: missing ? `${subject(path)} ${isMissing}` : `${subject(path)} must be ${typeWords(issue.expected)}`,
        },
      ];
    case 'invalid_value': {
      if (missing) return [{ path, message: `${subject(path)} ${isMissing}` }];
      const values = issue.values.map(String);
      const { suggestion } = meant(String(issue.input), values, '');
      return [
        {
          path,
          message: `${subject(path)} must be ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`,
          ...suggestion,
        },
      ];
    }
    case 'invalid_union':
      return missing
        ? [{ path, message: `${subject(path)} ${isMissing}` }]
        : explainUnion(issue.input, path, issue.errors);
    case 'invalid_format':
      return [{ path, message: `${subject(path)} must be ${issue.message}` }];
    case 'invalid_key': {
      const inner = issue.issues[0];
      return [{ path, message: `the key ${subject(path)} must be ${inner?.message ?? 'another one'}`, onKey: true }];
    }
    case 'too_small':
    case 'too_big':
      return [{ path, message: `${subject(path)} must ${boundWords(issue)}` }];
    default:
      return [{ path, message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) }];
  }
}

type UnionErrors = readonly (readonly z.core.$ZodIssue[])[];

/** Of the alternatives, the one that the user most likely meant: of the right type, with complaints that lie deepest and are fewest. */
function explainUnion(input: unknown, path: FilePath, alternatives: UnionErrors): Issue[] {
  const otherType = ({ code, path: at }: z.core.$ZodIssue) =>
    at.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const values = alternatives.flat().flatMap((i) => (i.code === 'invalid_value' ? i.values.map(String) : []));
  const near = typeof input === 'string' ? nearest(input, values) : undefined;
  if (near)
    return [{ path, message: `${subject(path)} is not "${String(input)}"; did you mean "${near}"?`, suggestion: near }];
  const depth = (issues: readonly z.core.$ZodIssue[]) => Math.min(...issues.map((issue) => issue.path.length));
  const wrong = (issues: readonly z.core.$ZodIssue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  const [best] = alternatives
    .filter((issues) => !issues.some(otherType))
    .sort((a, b) => depth(b) - depth(a) || wrong(a) - wrong(b));
  if (!best) {
    const forms = schemaAt(path);
    return [
      {
        path,
        message: `${subject(path)} has none of the allowed forms: ${forms?.description ?? describeType(forms ?? {})}`,
      },
    ];
  }
  return explainIssues(best.map((issue) => ({ ...issue, path: [...path, ...issue.path] })));
}

function subject(path: FilePath): string {
  const key = path.filter((part) => typeof part === 'string').at(-1) ?? 'the file';
  return typeof path.at(-1) === 'number' ? `an entry of "${key}"` : `"${key}"`;
}

function boundWords(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === 'too_small';
  const bound = Number(small ? issue.minimum : issue.maximum);
  if (issue.origin === 'array')
    return `have ${small ? 'at least' : 'at most'} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  if (issue.origin === 'string') return 'not be empty';
  const orEqual = issue.inclusive ?? true;
  return `be ${orEqual ? (small ? 'at least' : 'at most') : small ? 'more than' : 'less than'} ${bound}`;
}

function typeWords(type: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    int: 'a whole number',
    number: 'a number',
    array: 'a list',
    tuple: 'a list',
    object: 'a mapping',
    record: 'a mapping',
    boolean: 'true or false',
  };
  return words[type] ?? type;
}

/** A hint for a word that is not known: the one that was meant, else all there are. */
export function meant(
  word: string,
  known: readonly string[],
  otherwise: string,
): { hint: string; suggestion: Pick<Issue, 'suggestion'> } {
  const near = nearest(word, known);
  if (near === undefined) return { hint: `${otherwise}: ${known.join(', ') || 'none'}`, suggestion: {} };
  return { hint: `did you mean "${near}"?`, suggestion: { suggestion: near } };
}

/** The known word at the smallest edit distance, if it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  const best = scored.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.min(Math.max(2, word.length / 3), word.length - 1) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return row[b.length]!;
}

function join(path: readonly PropertyKey[]): string {
  return path.map(String).join('\n');
}
