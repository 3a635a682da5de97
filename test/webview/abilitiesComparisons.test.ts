import assert from 'node:assert/strict';
import { itemsNeeded } from '../../src/core/statistics/power';
import { abilitiesPanels, choose, goTo, type AbilitiesHost } from './abilitiesPanels';
import { labCheckpoints, wholeLab } from './abilitiesRuns';

const table = ({ page }: AbilitiesHost) => page.getByRole('region', { name: 'Comparisons', exact: true });

/** Pairs of the first ability shown. */
const pairs = (host: AbilitiesHost) => table(host).locator('tbody').first().locator('th[scope=row]').allTextContents();

describe('the Abilities page: comparisons', () => {
  const open = abilitiesPanels();

  async function opened(): Promise<AbilitiesHost> {
    const host = await open({ state: wholeLab() });
    await goTo(host, 'Comparisons');
    return host;
  }

  it('compares along the chain and hybrids against the cold start, or as one chooses', async () => {
    const host = await opened();
    const hybrids = labCheckpoints.slice(3).map((name) => `in → ${name}`);
    assert.deepEqual(await pairs(host), ['base → in', 'in → rl', ...hybrids]);
    assert.equal(await table(host).locator('tbody').count(), 3);
    await choose(host, 'Pairs', 'All pairs');
    assert.equal((await pairs(host)).length, 36);
    await choose(host, 'Pairs', 'All against in');
    assert.equal((await pairs(host)).length, 8);
    await choose(host, 'Reference', 'rl');
    assert.ok((await pairs(host)).includes('rl → base'));
    await choose(host, 'Ability', 'Reasoning');
    assert.deepEqual(await table(host).locator('.ability').allTextContents(), ['Reasoning']);
  });

  it('gives difference, interval, both p-values and what could have been shown; the other way round too', async () => {
    const host = await opened();
    const comparison = wholeLab().summary.comparisons.find(
      ({ ability, a, b }) => ability === 'vision' && a === 'base' && b === 'in',
    )!;
    assert.equal(comparison.difference, -0.12);
    const cells = () => table(host).locator('tbody tr').nth(1).locator('td').allTextContents();
    assert.deepEqual(await cells(), [
      '100',
      '',
      '−12.0 [−19.0, −6.0]',
      '< 0.001',
      '0.039',
      '6.0',
      '64',
      '12',
      '0',
      '24',
    ]);
    await choose(host, 'Pairs', 'All against in');
    assert.deepEqual(await cells(), [
      '100',
      '',
      '+12.0 [+6.0, +19.0]',
      '< 0.001',
      '0.039',
      '6.0',
      '64',
      '0',
      '12',
      '24',
    ]);
  });

  it('draws each interval where its numbers say, filled where significant', async () => {
    const host = await opened();
    const drawn = await table(host)
      .locator('tbody tr')
      .filter({ has: host.page.locator('svg') })
      .evaluateAll((rows) =>
        rows.map((row) => {
          const [from, to] = [
            ...row
              .querySelector('path.interval')!
              .getAttribute('d')!
              .matchAll(/[ML]([\d.]+)/g),
          ].map((m) => Number(m[1]));
          return { from, to, significant: row.querySelector('path.significant') !== null };
        }),
      );
    const shown = ['vision', 'visionToReasoning', 'reasoning'].flatMap((ability) =>
      [['base', 'in'], ['in', 'rl'], ...labCheckpoints.slice(3).map((name) => ['in', name])].map(([a, b]) =>
        wholeLab().summary.comparisons.find((one) => one.ability === ability && one.a === a && one.b === b)!,
      ),
    );
    assert.equal(drawn.length, shown.length);
    const perShare = (drawn[0]!.to! - drawn[0]!.from!) / (shown[0]!.high - shown[0]!.low);
    drawn.forEach(({ from, to, significant }, i) => {
      const { low, high, pAdjusted } = shown[i]!;
      assert.ok(Math.abs(to! - from! - perShare * (high - low)) < 0.1, String(i));
      assert.ok(Math.abs(from! - drawn[0]!.from! - perShare * (low - shown[0]!.low)) < 0.1, String(i));
      assert.equal(significant, pAdjusted < 0.05);
    });
  });

  it('leads from a count to its items', async () => {
    const host = await opened();
    await table(host).getByRole('button', { name: '12 items: base right → in wrong, Vision' }).click();
    const filter = { kind: 'transition', a: 'base', b: 'in', cell: 'TF' };
    assert.deepEqual(await host.called('items'), { ability: 'vision', filter, search: '', from: 0, to: 40 });
    await host.page.getByText('Vision, base right → in wrong: 12 items').waitFor();
    assert.equal(await host.page.getByRole('list', { name: 'Items' }).getByRole('listitem').count(), 12);
    const pressed = host.page.locator('.chip[aria-pressed=true]');
    assert.equal(await pressed.textContent(), 'base right → in wrong12');
  });

  it('tells how many items a difference needs', async () => {
    const host = await opened();
    const rows = () => host.page.getByRole('region', { name: /^Items needed for/ }).locator('tbody tr');
    assert.deepEqual(await host.called('itemsNeeded'), { difference: 0.05 });
    await host.page.getByText('Items needed for 5 points').waitFor();
    assert.deepEqual(await rows().nth(2).locator('th, td').allTextContents(), ['20 %', String(itemsNeeded(0.05, 0.2))]);
    const field = host.page.getByRole('spinbutton', { name: 'Difference in percentage points' });
    await field.fill('15');
    await host.page.getByText('Items needed for 15 points').waitFor();
    assert.equal(await rows().first().locator('td').textContent(), 'cannot be');
    await field.fill('0');
    await host.settle();
    assert.equal(host.params('itemsNeeded').length, 2);
    await host.page.getByText('just one of the two is right on 6 % to 28 % of the items').waitFor();
  });
});
