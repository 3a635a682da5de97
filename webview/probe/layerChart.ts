import { Chart } from 'chart.js';
import { element } from '../kit/dom';
import { Slider } from '../kit/slider';
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
  private readonly slider: Slider;

  constructor(private readonly onChoose: (layer: number) => void) {
    this.element = element('div', { class: 'chart' }, this.canvas);
    this.slider = new Slider(this.element, { onMove: (layer) => this.point(layer), onChoose });
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
    const { name, layers, selected, datasets } = content;
    this.slider.update({
      name,
      values: layers,
      selected,
      label: (layer) => `Layer ${layer}`,
      notes: (layer) => notesAt(datasets, layer),
      none: 'No layer chosen',
      empty: 'No pairs yet',
    });
  }

  dispose(): void {
    this.chart?.destroy();
    this.element.remove();
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
