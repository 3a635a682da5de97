import type { FilePath } from './experimentFile';
import { meant, type Issue } from './explainIssue';
import { stepKinds, type ExperimentContent, type HybridSpec } from './schema';

/** In place of a checkpoint's name: each checkpoint reads its own answers. */
const ownText = 'own';

/** What a schema cannot see: names that stand for nothing, ids that occur twice, names used for two things. */
export function checkReferences(content: ExperimentContent): Issue[] {
  const issues: Issue[] = [];
  const checkpoints = Object.keys(content.checkpoints);
  const names = [...checkpoints, ...Object.keys(content.hybrids)];
  const refer = (name: string, path: FilePath, known = names) => {
    if (known.includes(name)) return;
    const { hint, suggestion } = meant(name, known, 'known');
    const what =
      known === names
        ? 'checkpoint or hybrid of this file'
        : known === checkpoints
          ? 'checkpoint of this file'
          : known.includes(ownText)
            ? 'checkpoint of this step'
            : 'hybrid of this file';
    issues.push({ path, message: `"${name}" is no ${what}; ${hint}`, ...suggestion });
  };

  for (const [name, hybrid] of Object.entries(content.hybrids)) {
    if (checkpoints.includes(name)) {
      issues.push({ path: ['hybrids', name], message: `"${name}" is also the name of a checkpoint`, onKey: true });
    }
    for (const [donor, path] of donorsOf(hybrid)) refer(donor, ['hybrids', name, ...path], checkpoints);
  }

  const ids = new Set<string>();
  content.steps.forEach((step, i) => {
    for (const kind of stepKinds) {
      const options = step[kind];
      if (!options) continue;
      const at = (...path: (string | number)[]) => ['steps', i, kind, ...path];
      if (ids.has(options.id)) issues.push({ path: at('id'), message: `another step has the id "${options.id}"` });
      ids.add(options.id);
      if ('checkpoint' in options) refer(options.checkpoint, at('checkpoint'));
      if ('checkpoints' in options) options.checkpoints?.forEach((name, j) => refer(name, at('checkpoints', j)));
      if ('phases' in options) {
        options.phases.forEach((phase, j) => phase.forEach((name, k) => refer(name, at('phases', j, k))));
      }
      if ('descriptions' in options && options.descriptions) refer(options.descriptions, at('descriptions'));
      if ('text' in options && options.text !== undefined && options.text !== ownText) {
        refer(options.text, at('text'), [...options.checkpoints, ownText]);
      }
      if ('from' in options) refer(options.from, at('from'));
      if ('hybrid' in options) refer(options.hybrid, at('hybrid'), Object.keys(content.hybrids));
    }
  });
  return issues;
}

function donorsOf(hybrid: HybridSpec): [string, FilePath][] {
  if (Array.isArray(hybrid)) return hybrid.map((donor, i) => [donor, [i]]);
  if (!('method' in hybrid)) return textsIn(hybrid, []);
  const base = hybrid.base === undefined ? [] : [[hybrid.base, ['base']] as [string, FilePath]];
  return [...base, ...hybrid.models.map(({ model }, i): [string, FilePath] => [model, ['models', i, 'model']])];
}

/** Every text of nested mappings, with its place. */
function textsIn(value: unknown, path: FilePath): [string, FilePath][] {
  if (typeof value === 'string') return [[value, path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}
