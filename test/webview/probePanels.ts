import type { ProbeHostSurface, ProbeState } from '../../src/shared/protocol/probe';
import type { FakedPage, FakeHost } from './fakeHost';
import { fakePanels } from './fakePanels';
import { labItems } from './labRuns';

const probe: FakedPage<ProbeState, ProbeHostSurface> = {
  name: 'probe',
  answers: (host) => ({
    ready: () => host.state,
    show: () => null,
    items: (query) => labItems(query),
    run: () => null,
    cancel: () => null,
    save: ({ format }) => `vision.${format}`,
    openFile: () => null,
  }),
};

/** Gives the tests of a `describe` Probe pages. */
export const probePanels = () => fakePanels(probe);

/** A chart of the page, by what it shows. */
export function chartOf(host: FakeHost, name: string) {
  return host.page.getByRole('slider', { name: `Change rate of ${name} by layer`, exact: true });
}

/** Rows of a table of the page, each a list of cells. */
export function tableRows({ page }: Pick<FakeHost, 'page'>, caption: string): Promise<string[][]> {
  return page
    .getByRole('region', { name: caption })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}

/** How many pixels of a chart have a colour, nearly. */
export function pixelsOf(host: FakeHost, name: string, colour: string): Promise<number> {
  return chartOf(host, name)
    .locator('canvas')
    .evaluate((canvas, hex) => {
      const wanted = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
      const { width, height } = canvas as HTMLCanvasElement;
      const copy = document.createElement('canvas');
      Object.assign(copy, { width, height });
      const context = copy.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(canvas as HTMLCanvasElement, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]! > 200 && wanted.every((value, c) => Math.abs(data[i + c]! - value) < 12)) count++;
      }
      return count;
    }, colour);
}
