import { Chart } from 'chart.js';
import { element, setAttributes } from '../kit/dom';
import type { LayerChartJs, LayerDataset, Spot } from './chartParts';
import { intervalBars } from './intervalBars';
import { layerChartOptions, type LayerChartContent } from './layerChartOptions';
import { regionShading } from './regionShading';

/**
 * A line chart over layers, drawn without animation, so that a run's updates do not flicker. For assistive technology it
 * is a slider over the layers, whose value is told in words; arrows move, Enter chooses.
 */
export class LayerChart {
  readonly element: HTMLElement;
  private readonly canvas = element('canvas', { 'aria-hidden': 'true' });
  private chart: LayerChartJs | undefined;
  private content: LayerChartContent | undefined;
  /** The layer under the keyboard's cursor. */
  private cursor: number | null = null;

  constructor(private readonly onChoose: (layer: number) => void) {
    this.element = element('div', { class: 'chart', role: 'slider', tabindex: 0 }, this.canvas);
    this.element.addEventListener('keydown', (event) => this.press(event));
    this.element.addEventListener('focus', () => this.move(this.cursor ?? this.content?.selected ?? null));
    this.element.addEventListener('blur', () => this.point(null));
  }

  update(content: LayerChartContent): void {
    this.content = content;
    const options = layerChartOptions(content, (layer) => this.onChoose(layer));
    // A canvas is measured by its place on the page: the chart begins with the first content, when it has one.
    this.chart ??= new Chart<'line', Spot[]>(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      options,
      plugins: [regionShading(() => this.content!), intervalBars],
    });
    this.chart.data.datasets = content.datasets as LayerDataset[];
    this.chart.options = options;
    this.chart.update('none');
    this.describe();
  }

  dispose(): void {
    this.chart?.destroy();
    this.element.remove();
  }

  private press(event: KeyboardEvent): void {
    const layers = this.content?.layers ?? [];
    if (layers.length === 0) return;
    const at = this.cursor === null ? -1 : layers.indexOf(this.cursor);
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      Home: 0,
      End: layers.length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined) this.move(layers[Math.min(Math.max(next, 0), layers.length - 1)]!);
    else if ((event.key === 'Enter' || event.key === ' ') && this.cursor !== null) this.onChoose(this.cursor);
    else return;
    event.preventDefault();
  }

  private move(layer: number | null): void {
    const layers = this.content?.layers ?? [];
    this.cursor = layer !== null && layers.includes(layer) ? layer : (layers[0] ?? null);
    this.point(this.cursor);
    this.describe();
  }

  /** Shows the tooltip at a layer, as the mouse would. */
  private point(layer: number | null): void {
    const { chart } = this;
    if (!chart) return;
    const active = layer === null ? [] : spotsAt(this.content!.datasets, layer);
    chart.setActiveElements(active);
    const { left = 0, top = 0 } = chart.chartArea ?? {};
    const x = layer === null ? left : chart.scales['x']!.getPixelForValue(layer);
    chart.tooltip?.setActiveElements(active, { x, y: top });
    chart.update('none');
  }

  private describe(): void {
    const { name, layers, datasets, selected } = this.content!;
    const layer = this.cursor ?? selected;
    const notes = layer === null ? [] : notesAt(datasets, layer);
    const spoken = layers.length === 0 ? 'No pairs yet' : layer === null ? 'No layer chosen' : null;
    setAttributes(this.element, {
      'aria-label': name,
      'aria-valuemin': layers[0] ?? 0,
      'aria-valuemax': layers.at(-1) ?? 0,
      'aria-valuenow': layer ?? layers[0] ?? 0,
      'aria-valuetext': spoken ?? [`Layer ${layer}`, ...notes].join('. '),
      'aria-disabled': layers.length === 0 ? 'true' : null,
    });
  }
}

/** Spots beside their layer (several runs at one place) belong to the nearest. */
function spotsAt(datasets: readonly LayerDataset[], layer: number): { datasetIndex: number; index: number }[] {
  return datasets.flatMap(({ data, notes }, datasetIndex) => {
    const index = notes ? data.findIndex(({ x }) => Math.round(x) === layer) : -1;
    return index < 0 ? [] : [{ datasetIndex, index }];
  });
}

function notesAt(datasets: readonly LayerDataset[], layer: number): string[] {
  return spotsAt(datasets, layer).map(({ datasetIndex, index }) => datasets[datasetIndex]!.notes![index]!.join(', '));
}
