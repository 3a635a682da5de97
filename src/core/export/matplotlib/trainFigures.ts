import { metricTitles, metricUnits } from '../../../shared/trainWords';
import type { ReportRun } from '../../experiment/report/reportRun';
import { trainCurves } from '../../train/trainCurves';
import { readTrainFacts, readTrainRows } from '../../train/trainFacts';
import type { ExportedFile } from '../exportedFile';
import { pythonFigure } from './pythonFigure';

const columns = ['panel', 'step', 'value', 'mean', 'window'] as const;

/** Every metric by step, a panel each: single steps as dots, their moving mean as a line. Null when the folder does not say a training. */
export function trainFigures({ id, manifest, rows }: ReportRun): ExportedFile[] | null {
  if (!readTrainFacts(manifest.facts)) return null;
  const points = trainCurves(readTrainRows(rows)).flatMap(({ metric, window, points: own }) => {
    const unit = metricUnits[metric];
    const panel = unit === '' ? metricTitles[metric] : `${metricTitles[metric]} (${unit})`;
    return own.map((point) => ({ panel, ...point, window }));
  });
  return pythonFigure(
    `${id}.curves`,
    columns,
    points,
    `panels = distinct("panel", rows)
across = min(2, len(panels))
down = -(-len(panels) // across)
fig, axes = plt.subplots(down, across, figsize=(4.8 * across, 2.7 * down), squeeze=False)
for ax, panel in zip(axes.flat, panels):
    own = [row for row in rows if row["panel"] == panel]
    steps = [int(row["step"]) for row in own]
    window = own[0]["window"]
    if window != "1":
        ax.plot(steps, [float(row["value"]) for row in own], ".", markersize=3, alpha=0.35, color=colours[0])
    (line,) = ax.plot(steps, [float(row["mean"]) for row in own], linewidth=1.4, color=colours[0])
    if window != "1":
        line.set_label("mean of the last " + window + " steps")
        ax.legend(frameon=False)
    ax.set_ylabel(panel)
    ax.set_xlabel("step")
    ax.spines[["top", "right"]].set_visible(False)
for ax in list(axes.flat)[len(panels):]:
    ax.set_visible(False)
fig.tight_layout()
`,
  );
}
