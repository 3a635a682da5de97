import path from 'node:path';
import { quoteName } from './quoteName';
import type { SidecarDifference } from './sidecarDifference';
import type { ChatTemplateText } from './sidecars';

/** Compares chat templates, in whatever file they stand. */
export function templateDifferences(
  folders: readonly { readonly name: string; readonly template: ChatTemplateText | null }[],
): SidecarDifference[] {
  const difference = { file: 'chat_template.jinja', field: null, severity: 'changesAnswers' } as const;
  const lines = folders.flatMap(({ template }) => (template ? [linesOf(template.text)] : []));
  if (lines.length === 0) return [];
  const valuesFor = (show: (template: ChatTemplateText) => string) =>
    Object.fromEntries(folders.map(({ name, template }) => [name, template && show(template)]));
  if (lines.length < folders.length) {
    const meaning = 'A checkpoint without a chat template cannot be asked anything.';
    return [{ ...difference, values: valuesFor(({ file }) => path.basename(file)), meaning }];
  }
  const count = Math.max(...lines.map(({ length }) => length));
  const at = Array.from({ length: count }, (_, i) => i).find((i) => lines.some((own) => own[i] !== lines[0]![i]));
  if (at === undefined) return [];
  const values = valuesFor(({ file, text }) => {
    const line = linesOf(text)[at];
    return line === undefined ? `${path.basename(file)} ends before line ${at + 1}` : quoteName(line.trim());
  });
  const meaning = `Questions become other prompts: the chat templates part at line ${at + 1}.`;
  return [{ ...difference, values, meaning }];
}

/** A template engine takes a line feed at the very end off, and how lines end is a matter of the system. */
function linesOf(text: string): string[] {
  return text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
}
