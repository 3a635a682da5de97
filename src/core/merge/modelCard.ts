/** README.md of a written merge, in the form of the Hugging Face Hub's model cards. */
import path from 'node:path';
import { parse } from 'yaml';
import { readTextFile } from '../files/containedFile';
import type { DonorHashes } from './mergeRecord';
import type { MergePlan } from './mergePlan';

const cardLimit = 2e6;
const frontMatterLimit = 64 << 10;
const licenceFields = ['license', 'license_name', 'license_link'] as const;

/** Method, donors per place, hashes, and the licences of the donors. */
export async function modelCard(plan: MergePlan, hashes: DonorHashes): Promise<string> {
  const { hybrid } = plan;
  const folders = new Map<string, string>();
  for (const [donor, files] of Object.entries(hashes)) folders.set(donor, path.dirname(Object.values(files)[0]!.path));
  const licences = new Map<string, Readonly<Record<string, string>>>();
  for (const [donor, folder] of folders) licences.set(donor, await licenceOf(folder));
  const own = licences.get(hybrid.skeleton) ?? {};
  const front = { ...own, library_name: 'transformers', tags: ['merge', 'frankenstein-lab'] };
  return [
    '---',
    ...Object.entries(front).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    '---',
    '',
    `# A hybrid of ${[...folders.keys()].join(', ')}`,
    '',
    ...methodText(plan),
    `Configuration, tokenizer, chat template and processor are those of \`${hybrid.skeleton}\`.`,
    '',
    '## Donors',
    '',
    '| place | donor |',
    '| --- | --- |',
    ...donorTable(plan).map(([place, donor]) => `| ${place} | ${donor} |`),
    '',
    '## Files',
    '',
    '| donor | file | SHA-256 | licence |',
    '| --- | --- | --- | --- |',
    ...Object.entries(hashes).flatMap(([donor, files]) =>
      Object.entries(files).map(([file, { sha256 }]) => {
        const { license, license_name: name } = licences.get(donor) ?? {};
        return `| ${donor} | ${file} | \`${sha256}\` | ${cell(name ?? license ?? 'not stated')} |`;
      }),
    ),
    '',
  ].join('\n');
}

function methodText({ hybrid: { method, recipe } }: MergePlan): string[] {
  if (method === 'passthrough') {
    return ['Passthrough merge: every tensor is one donor’s own, bit for bit; nothing was computed.'];
  }
  const text = `Computed with \`${method}\` in float64, each number rounded once:`;
  return [text, '', '```json', JSON.stringify(recipe, null, 2), '```', ''];
}

/** Consecutive layers of one donor as one line. */
function donorTable({ hybrid }: MergePlan): [string, string][] {
  const rows = new Map<string, Set<string>>();
  for (const [name, { part, layer }] of hybrid.tensors) {
    const place = part === null ? 'other' : layer === null ? part : `${part} ${layer}`;
    rows.set(place, (rows.get(place) ?? new Set()).add(hybrid.donorOf.get(name)!));
  }
  const lines: [string, string][] = [];
  const collator = new Intl.Collator('en', { numeric: true });
  let first = '';
  for (const [place, donors] of [...rows].sort(([a], [b]) => collator.compare(a, b))) {
    const donor = [...donors].join(' + ');
    const last = lines.at(-1);
    const [part, number] = place.split(' ') as [string, string | undefined];
    if (last && number !== undefined && last[1] === donor && last[0].startsWith(`${part} `))
      last[0] = `${first}–${number}`;
    else {
      first = place;
      lines.push([place, donor]);
    }
  }
  return lines;
}

/** What a donor's own card says of its licence; nothing where there is none or it cannot be read. */
async function licenceOf(folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    const text = await readTextFile(path.join(folder, 'README.md'), { limit: cardLimit, within: folder });
    const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? '';
    if (front.length > frontMatterLimit || /[[{]{20}/.test(front)) return {};
    const fields = parse(front, { maxAliasCount: 0 }) as Record<string, unknown> | null;
    const found = licenceFields.flatMap((field) => {
      const value = fields?.[field];
      return typeof value === 'string' && value.length < 500 ? [[field, value] as const] : [];
    });
    return Object.fromEntries(found);
  } catch {
    return {};
  }
}

function cell(text: string): string {
  return text.replaceAll(/[|\r\n]/g, ' ');
}
