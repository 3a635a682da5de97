import assert from 'node:assert/strict';
import { abilitiesPanels, choose, goTo, type AbilitiesHost } from './abilitiesPanels';
import { labAbilityItems, labAbilityRun, wholeLab } from './abilitiesRuns';

const items = ({ page }: AbilitiesHost) => page.getByRole('list', { name: 'Items' }).getByRole('button');
const chip = ({ page }: AbilitiesHost, name: string) => page.locator('.chip', { hasText: name });

describe('the Abilities page: items', () => {
  const open = abilitiesPanels();

  async function opened(): Promise<AbilitiesHost> {
    const host = await open({ state: wholeLab() });
    await goTo(host, 'Items');
    await host.page.getByRole('article').waitFor();
    return host;
  }

  it('lists a page at a time', async () => {
    const host = await opened();
    await host.page.getByText('Vision, All items: 100 items, 1 to 40 shown').waitFor();
    assert.equal(await items(host).count(), 40);
    const forth = host.page.getByRole('button', { name: 'Next items' });
    await forth.click();
    await forth.click();
    await host.page.getByText('Vision, All items: 100 items, 81 to 100 shown').waitFor();
    assert.deepEqual(host.params('items').at(-1), {
      ability: 'vision',
      filter: { kind: 'all' },
      search: '',
      from: 80,
      to: 120,
    });
    assert.ok(await forth.isDisabled());
    assert.equal(await host.page.getByRole('article').getAttribute('aria-label'), 'vis_00080');
    // Another choice begins at its first page.
    await choose(host, 'Ability', 'Reasoning');
    await host.page.getByText('Reasoning, All items: 100 items, 1 to 40 shown').waitFor();
  });

  it('filters by transition and by verdict, with their counts', async () => {
    const host = await opened();
    assert.deepEqual(await host.page.locator('.chip').allTextContents(), [
      'All items',
      'in wrong → rl right2',
      'in right → rl wrong7',
      'in right → rl right57',
      'in wrong → rl wrong34',
      'rl right59',
      'rl wrong41',
    ]);
    await chip(host, 'in wrong → rl right').click();
    await host.page.getByText('in wrong → rl right: 2 items').waitFor();
    assert.equal(await items(host).count(), 2);
    await choose(host, 'Checkpoint before', 'RL:RL:IN');
    await choose(host, 'Checkpoint after', 'IN:IN:RL');
    await host.page.getByText('Vision, RL:RL:IN wrong → IN:IN:RL right: ').waitFor();
    const { summary } = wholeLab();
    const turned = summary.comparisons.find(
      ({ a, b, ability }) => ability === 'vision' && a === 'IN:IN:RL' && b === 'RL:RL:IN',
    )!;
    assert.equal(await items(host).count(), turned.transitions.TF);
    await chip(host, 'rl wrong').last().click();
    await choose(host, 'Checkpoint judged', 'IN:RL:RL');
    await host.page.getByText('Vision, IN:RL:RL wrong: 40 items').waitFor();
  });

  it('keeps the focus on the chip that was pressed', async () => {
    const host = await opened();
    await chip(host, 'in right → rl wrong').focus();
    await host.page.keyboard.press('Enter');
    await host.page.getByText('in right → rl wrong: 7 items').waitFor();
    const focused = await host.page.evaluate(() => document.activeElement?.textContent);
    assert.equal(focused, 'in right → rl wrong7');
    assert.equal(await chip(host, 'in right → rl wrong').getAttribute('aria-pressed'), 'true');
  });

  it('searches, and says so when it finds nothing', async () => {
    const host = await opened();
    const box = host.page.getByRole('searchbox');
    await box.fill('vis_0004');
    await host.page.getByText('Vision, All items, with “vis_0004”: 10 items').waitFor();
    await box.fill('nothing has this');
    await host.page.getByText(': 0 items').waitFor();
    await box.fill('');
    await host.page.getByText('100 items').waitFor();
  });

  it('shows an item: image, question, right answer, and every answer with its verdict in words', async () => {
    const host = await opened();
    await items(host).nth(2).click();
    const article = host.page.getByRole('article', { name: 'vis_00002' });
    await article.waitFor();
    await article.getByText('How many items are there in the image?').waitFor();
    const image = article.getByRole('img', { name: 'Image of vis_00002' });
    assert.ok(
      await image.evaluate((node) =>
        (node as HTMLImageElement).decode().then(() => (node as HTMLImageElement).naturalWidth > 0),
      ),
    );
    const query = { ability: 'vision', filter: { kind: 'all' as const }, search: '', from: 2, to: 3 };
    const [item] = labAbilityItems(labAbilityRun(), query).items;
    const cards = article.locator('.checkpoint-answers');
    assert.equal(await cards.count(), 9);
    const base = cards.first();
    assert.deepEqual(await base.locator('.setting-title').allTextContents(), ['With image', 'With black image']);
    const own = item!.answers.filter(({ checkpoint }) => checkpoint === 'base');
    assert.deepEqual(
      await base.locator('.answer .verdict').allTextContents(),
      own.map(({ correct }) => (correct ? 'right' : 'wrong')),
    );
    assert.deepEqual(
      await base.locator('pre').allTextContents(),
      own.map(({ text }) => text),
    );
    assert.equal(
      await base.locator('.answers-title .verdict').textContent(),
      item!.right['base'] ? 'counts' : 'does not count',
    );
    await items(host).first().press('End');
    await host.page.getByRole('article', { name: 'vis_00039' }).waitFor();
    await host.page.keyboard.press('ArrowUp');
    await host.page.getByRole('article', { name: 'vis_00038' }).waitFor();
  });

  it('shows a description, thoughts, and an answer that was cut off', async () => {
    const host = await opened();
    await choose(host, 'Ability', 'Vision to reasoning');
    const article = host.page.getByRole('article');
    await article.getByText('Description', { exact: true }).waitFor();
    await article.getByText('Items: red square, yellow circle').first().waitFor();
    const query = { ability: 'visionToReasoning', filter: { kind: 'all' as const }, search: '', from: 0, to: 40 };
    const cut = labAbilityItems(labAbilityRun(), query).items.find(({ answers }) =>
      answers.some(({ truncated }) => truncated),
    )!;
    await host.page.getByRole('button', { name: new RegExp(`^${cut.id}`) }).click();
    await article.getByText('cut off at its limit').first().waitFor();
    await article.getByText('no answer found').first().waitFor();
  });

  it('says which checkpoints are right in the name of an entry', async () => {
    const host = await opened();
    const name = (await items(host).nth(2).getAttribute('aria-label'))!;
    assert.match(name, /^vis_00002\. How many items are there in the image\?\. right: base\. wrong: in, rl, /);
  });

  it('says why items cannot be read, and asks again', async () => {
    let fails = true;
    const host = await open({
      state: wholeLab(),
      handlers: {
        items: (query) => {
          if (fails) throw new Error('the run folder is gone');
          return labAbilityItems(labAbilityRun(), query);
        },
      },
    });
    await goTo(host, 'Items');
    await host.page.getByRole('alert').getByText('The run folder is gone').waitFor();
    fails = false;
    await chip(host, 'rl wrong').last().click();
    await host.page.getByText('Vision, rl wrong: 41 items').waitFor();
  });

  it('exports nothing here, and says where the answers are', async () => {
    const host = await opened();
    assert.ok(await host.page.getByRole('button', { name: 'Export CSV' }).isDisabled());
    assert.equal(await host.page.getByTitle(/rows\.jsonl/).count(), 3);
  });
});
