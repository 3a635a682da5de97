import type { ComparePhase, CompareTensor } from '../../../shared/compareResults';
import { leadingValues } from '../../../shared/compareResults';
import { groupBy } from '../../../shared/groupBy';
import { phaseTitle } from '../../../shared/phaseTitles';
import { componentTitles, components } from '../../../shared/vocabulary';
import { readCompareFacts, readCompareRows } from '../../compare/compareFacts';
import { summariseCompare } from '../../compare/compareSummary';
import type { ReportRun } from '../../experiment/report/reportRun';
import type { ExportedFile } from '../exportedFile';
import { layerFigure, type LayerPoint } from './layerFigure';
import { pythonFigure } from './pythonFigure';

const layeredParts = ['languageModel', 'vision'] as const;
type LayeredPart = (typeof layeredParts)[number];

/**
 * Relative energies over layers, and how singular values decay, of decoder and vision tower. Null when the folder does
 * not say a comparison.
 */
export function compareFigures({ id, manifest, rows }: ReportRun): ExportedFile[] | null {
  const facts = readCompareFacts(manifest.facts);
  if (!facts) return null;
  const { phases } = summariseCompare(facts, readCompareRows(rows));
  return layeredParts.flatMap((part) => [
    ...layerFigure({
      name: `${id}.energy.${part}`,
      points: phases.flatMap((phase) => energies(phase, part)),
      axis: '‖Δ‖ relative to ‖W‖ (%)',
      ...{ scale: 100, zero: false, shared: false },
      regions: part === 'languageModel' ? facts.regions : null,
    }),
    ...decayFigure(`${id}.decay.${part}`, phases, part),
  ]);
}

function energies(phase: ComparePhase, part: LayeredPart): LayerPoint[] {
  const panel = phaseTitle(phase);
  const curve = (series: string, groups: ComparePhase['layers']) =>
    groups.flatMap(({ part: own, layer, relativeEnergy }) =>
      own === part && layer !== null && relativeEnergy !== null
        ? [{ panel, series, layer, value: relativeEnergy }]
        : [],
    );
  return [
    ...curve('whole layer', phase.layers),
    ...components.flatMap((component) =>
      curve(
        componentTitles[component],
        phase.components.filter((group) => group.component === component),
      ),
    ),
  ];
}

/** log10(σᵢ/σ₁) of each layer, the mean over its matrices at the ranks that all of them have. */
function decayFigure(name: string, phases: readonly ComparePhase[], part: LayeredPart): ExportedFile[] {
  const rows = phases.flatMap((phase) => {
    const own = phase.tensors.filter(
      (tensor) => tensor.part === part && tensor.layer !== null && decayOf(tensor).length > 0,
    );
    return [...groupBy(own, ({ layer }) => layer!)]
      .sort(([a], [b]) => a - b)
      .flatMap(([layer, tensors]) => {
        const decays = tensors.map(decayOf);
        const shared = Math.min(leadingValues, ...decays.map(({ length }) => length));
        return Array.from({ length: shared }, (_, i) => ({
          ...{ panel: phaseTitle(phase), layer, rank: i + 1 },
          value: decays.reduce((sum, decay) => sum + decay[i]!, 0) / decays.length,
        }));
      });
  });
  return pythonFigure(
    name,
    ['panel', 'layer', 'rank', 'value'],
    rows,
    `panels = distinct("panel", rows)
last = max(1, max(int(row["layer"]) for row in rows))
fig, axes = plt.subplots(1, len(panels), figsize=(4.6 * len(panels), 3.4), sharey=True, squeeze=False)
for ax, panel in zip(axes[0], panels):
    own = [row for row in rows if row["panel"] == panel]
    for layer in distinct("layer", own):
        points = [row for row in own if row["layer"] == layer]
        ranks = [int(row["rank"]) for row in points]
        values = [float(row["value"]) for row in points]
        ax.plot(ranks, values, color=plt.cm.viridis(int(layer) / last), linewidth=1)
    ax.set_xlabel("rank $i$")
    ax.set_title(plain(panel))
    ax.spines[["top", "right"]].set_visible(False)
axes[0][0].set_ylabel(r"$\\log_{10}(\\sigma_i/\\sigma_1)$")
colours = plt.cm.ScalarMappable(norm=plt.Normalize(0, last), cmap="viridis")
fig.colorbar(colours, ax=list(axes[0]), label="layer")
`,
  );
}

/** Empty for tensors without a spectrum and for zero updates, which have no directions; ends before values of zero. */
function decayOf({ singularValues = [] }: CompareTensor): number[] {
  const first = singularValues[0] ?? 0;
  const end = singularValues.findIndex((value) => !(value > 0));
  return singularValues.slice(0, end < 0 ? singularValues.length : end).map((value) => Math.log10(value / first));
}
