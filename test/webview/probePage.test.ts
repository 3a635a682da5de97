import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { accessibilityTree } from './accessibilityTree';
import type { FakeHost } from './fakeHost';
import { labRun, labState } from './labRuns';
import { restore } from './pageServer';
import { chartOf, pixelsOf, probePanels } from './probePanels';
import { themes, type ThemeName } from './themes';

const three = () => labState(['vision', 'vision-in', 'vision-rl']);

/** Everything shown at once. */
async function showAll(host: FakeHost): Promise<void> {
  for (const name of ['Adopted rate', 'Differences']) await host.page.getByRole('checkbox', { name }).click();
  await chartOf(host, 'Counting').press('ArrowRight');
  await chartOf(host, 'Counting').press('Enter');
  await host.page.getByText('counting_000000', { exact: true }).waitFor();
  await host.settle();
}

describe('the Probe page: a guest of the editor', () => {
  const open = probePanels();
  before(() => mkdirSync('test-results', { recursive: true }));

  it('keeps what it shows over a reload, beside what the host needs to restore it', async () => {
    const host = await open({ state: three(), height: 600 });
    assert.deepEqual(await host.kept(), { ...restore, ui: (await host.kept()).ui });
    await showAll(host);
    await host.page.getByRole('checkbox', { name: 'Recognition' }).click();
    await host.page.getByRole('button', { name: 'Next pairs' }).click();
    await host.page.getByText('counting_000020', { exact: true }).waitFor();
    await host.page.evaluate(() => scrollTo({ top: 777 }));
    await host.settle();
    const { ui, ...rest } = await host.kept();
    assert.deepEqual([rest, ui!['scroll']], [restore, 777]);
    // The host forgot what was laid over: a new one begins with the panel's own run.
    host.state = labState(['vision']);
    host.calls.length = 0;
    await host.page.reload();
    assert.deepEqual(await host.called('show'), { runs: ['vision', 'vision-in', 'vision-rl'] });
    await host.update(three());
    await host.page.getByText('counting_000020', { exact: true }).waitFor();
    assert.deepEqual(host.params('items'), [
      { run: 'vision', function: 'counting', layer: 1, only: 'all', from: 20, to: 40 },
    ]);
    for (const [name, checked] of [
      ['Adopted rate', true],
      ['Intervals', true],
      ['Differences', true],
      ['Recognition', false],
    ] as const) {
      assert.equal(await host.page.getByRole('checkbox', { name }).isChecked(), checked, name);
    }
    await host.page.waitForFunction(() => scrollY === 777);
  });

  it('begins anew when what was kept means nothing', async () => {
    const host = await open({ state: three() });
    await host.page.evaluate(() => {
      const ui = {
        tab: 7,
        selected: { function: 1 },
        hidden: 'all',
        overlays: [3],
        page: -2,
        only: 'none',
        scroll: 'x',
      };
      sessionStorage.setItem('state', JSON.stringify({ file: 'gone', ui }));
    });
    await host.page.reload();
    await chartOf(host, 'OCR').waitFor();
    await host.settle();
    assert.equal(await host.page.getByRole('slider').count(), 4);
    assert.deepEqual(host.params('items'), []);
  });

  it('forgets runs that are gone since', async () => {
    const host = await open({ state: three() });
    host.state = labState(['vision'], { others: [] });
    await host.page.reload();
    await host.page.getByRole('heading', { level: 1, name: 'vision' }).waitFor();
    await host.settle();
    assert.deepEqual((await host.kept()).ui!['overlays'], []);
    assert.deepEqual(host.params('show'), []);
  });

  it('names every control, chart, table and picture for assistive technology', async () => {
    const host = await open({ state: three() });
    await showAll(host);
    const curves = await accessibilityTree(host);
    await host.page.getByRole('tab', { name: 'Table' }).click();
    await host.settle();
    const tree = [...curves, ...(await accessibilityTree(host))];
    const named = [
      'button',
      'checkbox',
      'combobox',
      'slider',
      'tab',
      'tabpanel',
      'tablist',
      'table',
      'image',
      'region',
      'navigation',
      'group',
    ];
    for (const role of [
      'button',
      'checkbox',
      'combobox',
      'slider',
      'tab',
      'table',
      'image',
      'heading',
      'main',
      'banner',
    ]) {
      assert.ok(
        tree.some((node) => node.role === role),
        `there is a ${role}`,
      );
    }
    assert.deepEqual(
      tree.filter(({ role, name }) => named.includes(role) && name.trim() === ''),
      [],
    );
    const headers = await host.page
      .locator('th')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('scope')));
    assert.deepEqual([...new Set(headers)].sort(), ['col', 'row']);
  });

  it('is reached by Tab from end to end, and shows where the focus is', async () => {
    const host = await open({ state: three() });
    const names: string[] = [];
    for (let i = 0; i < 40; i++) {
      await host.page.keyboard.press('Tab');
      const focused = await host.page.evaluate(() => {
        let node = document.activeElement!;
        while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
        const { outlineStyle, boxShadow } = getComputedStyle(node);
        const host = node.getRootNode() instanceof ShadowRoot ? (node.getRootNode() as ShadowRoot).host : node;
        const part = node.shadowRoot?.querySelector('.control');
        const inner = part ? getComputedStyle(part).borderColor : '';
        return {
          name: host.getAttribute('aria-label') ?? host.textContent ?? '',
          seen: outlineStyle !== 'none' || boxShadow !== 'none' || inner === 'rgb(0, 120, 212)',
          body: node === document.body,
        };
      });
      if (focused.body) break;
      assert.ok(focused.seen, `the focus is seen on ${focused.name}`);
      names.push(focused.name);
    }
    for (const name of [
      'Open File',
      'in (vision-in)',
      'Grounding',
      'Differences',
      'Export CSV',
      'Curves',
      'Change rate of Grounding by layer',
    ]) {
      assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
    }
    await host.page.getByRole('tab', { name: 'Curves' }).focus();
    await host.page.keyboard.press('ArrowRight');
    await host.settle();
    assert.equal(await host.page.getByRole('tab', { name: 'Table' }).getAttribute('aria-selected'), 'true');
  });

  for (const width of [400, 320]) {
    it(`fits ${width} pixels without scrolling sideways`, async () => {
      const host = await open({ state: three(), width });
      await showAll(host);
      const overflow = () =>
        host.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(await overflow(), 0);
      if (width === 400) await host.page.screenshot({ path: 'test-results/probe-narrow.png', fullPage: true });
      await host.page.getByRole('tab', { name: 'Table' }).click();
      await host.settle();
      assert.equal(await overflow(), 0);
    });
  }

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks as it should: ${theme}`, async () => {
      const host = await open({ state: three(), theme });
      await showAll(host);
      await host.page.screenshot({ path: `test-results/probe-${theme}.png`, fullPage: true });
      const background = await host.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const hex = themes[theme].variables['editor-background']!;
      assert.equal(background, `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(', ')})`);
      await host.page.getByRole('tab', { name: 'Table' }).click();
      await host.settle();
      await host.page.screenshot({ path: `test-results/probe-table-${theme}.png` });
    });
  }

  it('follows a change of theme at once', async () => {
    const host = await open({ state: labState(['vision']), theme: 'dark' });
    const { dark, light } = themes;
    const blue = (theme: typeof dark | typeof light) => pixelsOf(host, 'OCR', theme.variables['charts-blue']!);
    assert.ok((await blue(dark)) > 300);
    await host.setTheme('light');
    assert.ok((await blue(light)) > 300);
    assert.equal(await blue(dark), 0);
  });

  it('moves nothing for those who asked for stillness', async () => {
    const host = await open({
      state: labState(['vision'], { runs: [{ ...labRun('vision', 0), state: 'preparing' }] }),
    });
    const animations = () => host.page.evaluate(() => document.getAnimations().length);
    assert.ok((await animations()) > 0);
    await host.page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await animations(), 0);
  });
});
