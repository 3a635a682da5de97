/** A page about runs that stands alone: no script, nothing loaded, and it reads as well in a year on another machine. */
import { createHash } from 'node:crypto';
import { bytes } from '../../../shared/format';
import { ablateSection } from './ablateSection';
import { attentionSection } from './attentionSection';
import { compareSection } from './compareSection';
import { evaluateSection } from './evaluateSection';
import { html, type Html } from './html';
import { mergeSection } from './mergeSection';
import { reportStyle } from './reportStyle';
import type { ReportRun } from './reportRun';
import { sidecarNote } from './sidecarNote';
import { swapSection } from './swapSection';
import { trainSection } from './trainSection';

/** What is told of each kind of run; null when its folder does not say one. */
const sections: Readonly<Record<string, (run: ReportRun) => Html | null>> = {
  swap: swapSection,
  ablate: ablateSection,
  attention: attentionSection,
  compare: compareSection,
  evaluate: evaluateSection,
  merge: mergeSection,
  train: trainSection,
};

/** @param title a name, shown as it is */
export function reportPage(title: string, runs: readonly ReportRun[]): string {
  const hash = createHash('sha256').update(reportStyle).digest('base64');
  const contents =
    runs.length > 1
      ? html`<nav>
          <ul>
            ${runs.map(({ id }, i) => html`<li><a href="#run-${i}">${id}</a></li>`)}
          </ul>
        </nav>`
      : html``;
  const style = { html: `<style>${reportStyle}</style>` }; // as one piece: the policy's hash is of these very bytes
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${contents} ${sidecarNote(runs)} ${runs.map(section)}
        </main>
      </body>
    </html> `;
  return page.html;
}

function section(run: ReportRun, i: number): Html {
  const { id, manifest, state } = run;
  const found = Object.hasOwn(sections, manifest.kind)
    ? (sections[manifest.kind]!(run) ?? html`<p>The manifest does not say what of ${manifest.kind} was done.</p>`)
    : html`<p>
        Its ${run.rows.length} rows are in rows.jsonl; this version draws no picture of ${manifest.kind} runs.
      </p>`;
  return html`<section id="run-${i}">
    <h2>${id} <small>${manifest.kind}</small></h2>
    ${stateNote(state, manifest.message)}${found}${asked(run)}
  </section>`;
}

function stateNote(state: ReportRun['state'], message: string | undefined): Html {
  if (state === 'finished') return html``;
  const words = state === 'running' || state === 'preparing' ? 'is still running' : `was not finished (${state})`;
  const why = state === 'failed' && message !== undefined ? ` Why: ${message}` : '';
  return html`<p class="note" role="note">This run ${words}. What follows is what there is.${why}</p>`;
}

/** What was asked, with what, and what of. */
function asked({ manifest }: ReportRun): Html {
  const { options, device, versions, seed, shard, plan, started, inputs } = manifest;
  const fields: [string, string][] = [
    ...Object.entries(options).map(([key, value]): [string, string] => [key, shown(value)]),
    ['device', device],
    ...(seed === null || 'seed' in options ? [] : [['seed', String(seed)] as [string, string]]),
    ...(shard ? [['shard', `${shard.index} of ${shard.count}, counted from 0`] as [string, string]] : []),
    ...Object.entries(versions).map(([name, version]): [string, string] => [`${name} version`, version]),
    ['started', started],
    ['plan', plan],
  ];
  const weights = inputs.filter(({ kind }) => kind === 'weights');
  const data = inputs.filter(({ kind }) => kind !== 'weights');
  return html`<h3>What was asked</h3>
    <table class="fields">
      <tbody>
        ${fields.map(
          ([key, value]) =>
            html`<tr>
              <th scope="row">${key}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${inputTable('Weights', weights)}${inputTable('Data', data)}`;
}

function inputTable(title: string, inputs: ReportRun['manifest']['inputs']): Html {
  if (inputs.length === 0) return html``;
  const rows = inputs.map(
    ({ path, size, sha256 }) =>
      html`<tr>
        <th scope="row">${path}</th>
        <td>${bytes(size)}</td>
        <td><code>${sha256 ?? 'not hashed'}</code></td>
      </tr>`,
  );
  return html`<details>
    <summary>${title}: ${inputs.length} ${inputs.length === 1 ? 'file' : 'files'}</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">file</th>
          <th scope="col">size</th>
          <th scope="col">SHA-256</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </details>`;
}

/** Entries of a list that are shown: some options name every item of a data set. */
const shownEntries = 12;

function shown(value: unknown): string {
  if (Array.isArray(value)) {
    const more = value.length - shownEntries;
    return value.slice(0, shownEntries).map(shown).join(', ') + (more > 0 ? `, and ${more} more` : '');
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
