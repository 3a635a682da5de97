import { describeDifference, gravestOf } from '../../checkpoint/sidecarWords';
import { html, type Html } from './html';
import type { ReportRun } from './reportRun';

/** What the checkpoints' side files disagree about where that changes answers, once for all runs; nothing where they agree. */
export function sidecarNote(runs: readonly ReportRun[]): Html {
  const sentences = new Set(runs.flatMap(({ manifest }) => gravestOf(manifest.sidecars).map(describeDifference)));
  if (sentences.size === 0) return html``;
  return html`<div class="note" role="note">
    <p>Side files of the checkpoints differ in what changes answers:</p>
    <ul>
      ${[...sentences].map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </div>`;
}
