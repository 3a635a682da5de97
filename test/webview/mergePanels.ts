import { mergeMethods } from '../../src/core/merge/methods/methods';
import { methodInfo } from '../../src/host/panels/mergeArithmetic';
import { alternateMap, paintDonors, regionMap, uniformMap } from '../../src/shared/donorMap';
import type {
  MergeColumn,
  MergeHostSurface,
  MergePreset,
  MergeState,
  TransplantColumn,
} from '../../src/shared/protocol/merge';
import type { FakedPage, FakeHost } from './fakeHost';
import { fakePanels } from './fakePanels';
import { column, computed, labSize } from './mergeStates';

export type MergeHost = FakeHost<MergeState, MergeHostSurface>;

/** The smallest picture there is. */
export const onePixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

/** Keeps the file as a list of columns and changes it as the real host changes the text. */
const merge: FakedPage<MergeState, MergeHostSurface> = {
  name: 'merge',
  answers: (host) => {
    const change = (hybrids: readonly MergeColumn[]) => (host.state = { ...host.state, hybrids });
    const changeOne = (name: string, make: (one: TransplantColumn) => Partial<TransplantColumn>) =>
      change(
        host.state.hybrids.map((one) =>
          one.name === name && one.kind === 'transplant' ? { ...one, ...make(one) } : one,
        ),
      );
    return {
      ready: () => host.state,
      paint: ({ hybrid, donor, places }) =>
        changeOne(hybrid, ({ donors }) => ({ form: 'named', donors: donors && paintDonors(donors, places, donor) })),
      preset: ({ hybrid, preset }) => changeOne(hybrid, () => ({ donors: mapOf(preset, host.state) })),
      add: ({ hybrids }) => {
        const fresh = hybrids.filter(({ name }) => !host.state.hybrids.some((one) => one.name === name));
        const size = host.state.size ?? labSize;
        return change([...host.state.hybrids, ...fresh.map(({ name, donors }) => column(name, donors, size))]);
      },
      methods: () => mergeMethods.map(methodInfo),
      compute: ({ hybrid, recipe }) => {
        if (hybrid === null) return change([...host.state.hybrids, computed(recipe.method, recipe)]);
        return change(host.state.hybrids.map((one) => (one.name === hybrid ? computed(hybrid, recipe) : one)));
      },
      duplicate: ({ hybrid }) => {
        const original = host.state.hybrids.find(({ name }) => name === hybrid)!;
        return change([...host.state.hybrids, { ...original, name: `${hybrid}-copy` }]);
      },
      rename: ({ hybrid, name }) => changeOne(hybrid, () => ({ name })),
      remove: ({ hybrid }) => change(host.state.hybrids.filter(({ name }) => name !== hybrid)),
      undo: () => null,
      redo: () => null,
      copy: () => [],
      pickImage: () => ({ id: '0', name: 'circles.png', address: onePixel }),
      try: () => host.state,
      triedImage: () => ({ id: '1', name: 'circles.png', address: onePixel }),
      restore: () => host.state,
      evaluate: () => host.state,
      clearTried: () => (host.state = { ...host.state, tried: [] }),
      write: () => host.state,
      cancelWrite: () => null,
      showWritten: () => null,
      openFile: () => null,
    };
  },
};

function mapOf(preset: MergePreset, { size }: MergeState): TransplantColumn['donors'] {
  const { numLayers, visionLayers, regions } = size!;
  switch (preset.kind) {
    case 'all':
      return uniformMap(preset.donor, numLayers, visionLayers);
    case 'regions':
      return regionMap(preset.donors, regions, numLayers, visionLayers);
    case 'alternate':
      return alternateMap(preset.donors, numLayers, visionLayers);
  }
}

/** Gives the tests of a `describe` merge wizards. */
export const mergePanels = () => fakePanels(merge);

/** Why a button cannot be used. */
export function refusalOf({ page }: Pick<MergeHost, 'page'>, button: string): Promise<string | null> {
  return page.locator(`[disabled][aria-label="${button}"]`).first().getAttribute('title');
}

/** A cell by its row's key words and its hybrid, as a screen reader hears it. */
export function cellOf({ page }: Pick<MergeHost, 'page'>, hybrid: string, row: string) {
  return page.locator(`[role=gridcell][title^="${hybrid}, ${row}: "]`);
}

/** The letters in a hybrid's column, of the rows whose names begin so. */
export function lettersOf({ page }: Pick<MergeHost, 'page'>, hybrid: string, row = 'layer '): Promise<string> {
  return page
    .locator(`[role=gridcell][title^="${hybrid}, ${row}"]`)
    .evaluateAll((cells) => cells.map((cell) => cell.textContent).join(''));
}
