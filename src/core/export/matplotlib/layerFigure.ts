import type { Regions } from '../../../shared/vocabulary';
import type { ExportedFile } from '../exportedFile';
import { literal, pythonFigure, regionsLiteral } from './pythonFigure';

/** A line of a figure's table: a point of a series, or, without a layer, what all are held against. */
export interface LayerPoint {
  /** Panels stand side by side. */
  readonly panel: string;
  readonly series: string;
  readonly layer: number | null;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
  readonly significant?: boolean;
}

export interface LayerFigure {
  /** Of the files, without their endings. */
  readonly name: string;
  readonly points: readonly LayerPoint[];
  readonly axis: string;
  /** What values are multiplied by: 100 for percentages. */
  readonly scale: 1 | 100;
  readonly regions: Regions | null;
  /** Whether a line marks zero. */
  readonly zero: boolean;
  /** Whether panels share their value axis: what differs by orders of magnitude does not. */
  readonly shared: boolean;
}

const columns = ['panel', 'series', 'layer', 'value', 'low', 'high', 'n', 'significant'] as const;

/** Lines over layers in their intervals, a panel beside the other, regions shaded. */
export function layerFigure({ name, points, axis, scale, regions, zero, shared }: LayerFigure): ExportedFile[] {
  return pythonFigure(
    name,
    columns,
    points,
    `REGIONS = ${regionsLiteral(regions)}
SCALE = ${scale}


def numbers(column, of):
    return [SCALE * float(row[column]) for row in of]


panels = distinct("panel", rows)
fig, axes = plt.subplots(1, len(panels), figsize=(5.6 * len(panels), 3.4), sharey=${literal(shared)}, squeeze=False)
for ax, panel in zip(axes[0], panels):
    for (region, first, end), shade in zip(REGIONS, ("#0072b2", "#888888", "#d55e00")):
        if end > first:
            ax.axvspan(first - 0.5, end - 0.5, color=shade, alpha=0.06, linewidth=0)
            ax.text((first + end - 1) / 2, 1.01, region, transform=ax.get_xaxis_transform(), ha="center", va="bottom")
    own = [row for row in rows if row["panel"] == panel]
    for row in own:
        if row["layer"] == "":
            ax.axhline(SCALE * float(row["value"]), color="black", linestyle="--", linewidth=1, label=plain(row["series"]))
            if row["low"] != "":
                ax.axhspan(SCALE * float(row["low"]), SCALE * float(row["high"]), color="black", alpha=0.08, linewidth=0)
    own = [row for row in own if row["layer"] != ""]
    for series in distinct("series", own):
        points = [row for row in own if row["series"] == series]
        layers = [int(row["layer"]) for row in points]
        values = numbers("value", points)
        (line,) = ax.plot(layers, values, marker="o", markersize=3, linewidth=1.4, label=plain(series))
        if all(row["low"] != "" for row in points):
            ax.fill_between(layers, numbers("low", points), numbers("high", points), color=line.get_color(), alpha=0.15, linewidth=0)
        marked = [i for i, row in enumerate(points) if row["significant"] == "true"]
        ax.plot([layers[i] for i in marked], [values[i] for i in marked], "o", markersize=7, fillstyle="none", color="black")
${zero ? '    ax.axhline(0, color="black", linewidth=0.8)\n' : ''}    ax.set_xlabel("layer")
    ax.set_title(plain(panel), pad=16 if REGIONS else 6)
    ax.margins(x=0.01)
    ax.spines[["top", "right"]].set_visible(False)
axes[0][0].set_ylabel(${literal(axis)})
axes[0][-1].legend(frameon=False)
`,
  );
}
