import type {
  CompareFacts,
  CompareGroup,
  CompareLayer,
  ComparePhase,
  CompareRow,
} from '../../../shared/compareResults';
import { movedShare, percent } from '../../../shared/format';
import { componentTitles, components, partTitles, regionTitles, type Part } from '../../../shared/vocabulary';
import { readCompareFacts, readCompareRows } from '../../compare/compareFacts';
import { summariseCompare } from '../../compare/compareSummary';
import { energyChart, type EnergyCurve } from './energyChart';
import { html, type Html } from './html';
import type { ReportRun } from './reportRun';

/** What a comparison found: per phase curves of the layers, and every sum. Null when the folder does not say one. */
export function compareSection({ manifest, rows }: ReportRun): Html | null {
  const facts = readCompareFacts(manifest.facts);
  if (!facts) return null;
  const own = readCompareRows(rows);
  const { phases } = summariseCompare(facts, own);
  return html`<p>
      ${phases.map(({ from, to }) => `${from} → ${to}`).join(', ')}: how far each weight
      moved${facts.spectrum ? ', and in how many directions' : ''}. ${own.length} of ${facts.rows} tensors are done.
    </p>
    ${phases.map((phase) => phaseSection(phase, facts))}${leftOut(own)}`;
}

function phaseSection(phase: ComparePhase, facts: CompareFacts): Html {
  const title = `${phase.from} → ${phase.to}`;
  return html`<h3>${title}</h3>
    ${chart(phase, 'languageModel', title, facts)}${chart(phase, 'vision', title, facts)}
    <div class="tables">
      ${groupTable(
        'Parts',
        'part',
        phase.parts.map((group) => [partTitle(group.part), group]),
      )}
      ${groupTable(
        'Regions of the language model',
        'region',
        phase.regions.map((group) => [regionTitles[group.region], group]),
      )}
    </div>
    <details>
      <summary>Layers: ${phase.layers.length}</summary>
      ${groupTable(
        'Layers',
        'layer',
        phase.layers.map((group) => [placeOf(group), group]),
      )}
    </details>
    ${oneSided(phase)}`;
}

/** Curves of a part's layers, whole and by component; nothing where it has no layers. */
function chart(phase: ComparePhase, part: Part, title: string, { regions }: CompareFacts): Html {
  const layers = phase.layers.flatMap((group) => (group.part === part && group.layer !== null ? [group.layer] : []));
  if (layers.length === 0) return html``;
  const range = [Math.min(...layers), Math.max(...layers) + 1] as const;
  const curve = (name: string, groups: readonly CompareLayer[]): EnergyCurve => ({
    name,
    points: groups.flatMap(({ layer, relativeEnergy }) =>
      layer === null || relativeEnergy === null ? [] : [{ layer, energy: relativeEnergy }],
    ),
  });
  const inside = phase.components.filter((group) => group.part === part);
  const curves = [
    curve(
      'whole layer',
      phase.layers.filter((group) => group.part === part),
    ),
    ...components.map((component) =>
      curve(
        componentTitles[component],
        inside.filter((group) => group.component === component),
      ),
    ),
  ].filter(({ points }) => points.length > 0);
  return html`<figure>
    ${energyChart(`${title}, ${partTitles[part]}`, curves, range, part === 'languageModel' ? regions : null)}
    <figcaption>${partTitles[part]}: ‖Δ‖ relative to ‖W‖ of ${phase.from}, root sums of squares.</figcaption>
  </figure>`;
}

function groupTable(caption: string, what: string, groups: readonly (readonly [string, CompareGroup])[]): Html {
  if (groups.length === 0) return html``;
  const ranked = groups.some(([, { stableRank }]) => stableRank !== undefined);
  const rank = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1));
  const row = ([name, group]: readonly [string, CompareGroup]) =>
    html`<tr>
      <th scope="row">${name}</th>
      <td>${movedShare(group.relativeEnergy)}</td>
      <td>${group.energy === 0 ? '0' : group.energy.toPrecision(4)}</td>
      <td>${group.roundingFloor.toPrecision(3)}</td>
      <td>${percent(group.changedFraction)}</td>
      <td>${group.cosine === null ? '–' : group.cosine.toFixed(3)}</td>
      ${
        ranked
          ? html`<td>${rank(group.stableRank)}</td>
              <td>${rank(group.effectiveRank)}</td>`
          : html``
      }
    </tr>`;
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${what}</th>
        <th scope="col">moved</th>
        <th scope="col">‖Δ‖</th>
        <th scope="col">rounding</th>
        <th scope="col">changed</th>
        <th scope="col">cosine</th>
        ${
          ranked
            ? html`<th scope="col">stable rank</th>
                <th scope="col">effective rank</th>`
            : html``
        }
      </tr>
    </thead>
    <tbody>
      ${groups.map(row)}
    </tbody>
  </table>`;
}

function oneSided({ from, to, onlyFrom, onlyTo }: ComparePhase): Html {
  const list = (name: string, tensors: readonly string[]) =>
    tensors.length === 0 ? html`` : html`<p>Only ${name} has: ${tensors.join(', ')}</p>`;
  return html`${list(from, onlyFrom)}${list(to, onlyTo)}`;
}

/** Tensors without numbers, and those whose numbers leave entries out. */
function leftOut(rows: readonly CompareRow[]): Html {
  const remarks = rows.flatMap(({ key, skipped, notFinite }) => {
    if (skipped !== undefined) return [`${key}: ${skipped}`];
    return notFinite ? [`${key}: ${notFinite.nan} NaN and ${notFinite.infinite} infinite entries are left out`] : [];
  });
  if (remarks.length === 0) return html``;
  return html`<h3>Left out</h3>
    <ul>
      ${remarks.map((remark) => html`<li>${remark}</li>`)}
    </ul>`;
}

function placeOf({ part, layer }: CompareLayer): string {
  return layer === null ? `${partTitle(part)}, outside layers` : `${partTitle(part)} ${layer}`;
}

function partTitle(part: Part | null): string {
  return part === null ? 'Other' : partTitles[part];
}
