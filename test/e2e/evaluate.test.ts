import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { clickRunAbove } from '../harness/codeLens';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

/** Each step takes some seconds on two cores that have nothing else to do. */
const runLimit = 180_000;

/** The sample lab's steps, of fewer items. */
const text = `version: 1
checkpoints: { base: ./base, in: ./in, rl: ./rl }
regions: thirds
hybrids:
  "IN:RL:RL": [in, rl, rl]
steps:
  - ablate: { id: reasoning, checkpoint: in, dataset: ./evaluation/reasoning.jsonl, limit: 10, maxNewTokens: 40 }
  - attention: { id: shift, checkpoints: [in, rl], dataset: ./evaluation/vision_to_reasoning.jsonl, limit: 8, maxNewTokens: 40 }
  - evaluate:
      id: abilities
      checkpoints: [base, in, rl, "IN:RL:RL"]
      vision: ./evaluation/vision.jsonl
      visionToReasoning: ./evaluation/vision_to_reasoning.jsonl
      reasoning: ./evaluation/reasoning.jsonl
      limit: 30
      maxNewTokens: 40
`;

describe('abilities, reasoning and attention, by clicks', function () {
  this.timeout(2 * runLimit);
  let window: Workbench;
  /** What the pages and the window said was wrong. */
  const wrong: string[] = [];

  before(async () => {
    window = await openWorkbench({ settings: { 'editor.minimap.enabled': false } });
    window.page.on('console', (message) => {
      if (message.type() === 'error') wrong.push(message.text());
    });
    window.page.on('pageerror', ({ message }) => wrong.push(message));
    await writeFile(join(window.folder, 'few.frankenstein.yaml'), text);
  });
  after(() => window.close());

  /** Runs a step to its end and shows it. */
  async function ran(step: string, title: string): Promise<FrameLocator> {
    await window.evaluate(async (vscode, id) => {
      const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/few.frankenstein.yaml`;
      await vscode.commands.executeCommand('frankenstein.runStep', { file, step: id });
    }, step);
    const panel = await window.frame(title);
    await panel.getByText(/^Finished · /).waitFor({ timeout: runLimit });
    return panel;
  }

  it('a click on Run above the evaluate step makes bars, while the tree tells how far it is', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
    await page.getByRole('treeitem', { name: /^experiment few\b/ }).click();
    await page.locator('.view-line', { hasText: 'id: abilities' }).waitFor();
    await clickRunAbove(window, 'id: abilities');
    const panel = await window.frame('abilities · 4 checkpoints');
    await page.getByRole('treeitem', { name: /^step abilities, .*running \d+\/\d+ answers/ }).waitFor();
    await panel.getByText(/^Running · [1-9]\d* of \d+ answers/).waitFor({ timeout: runLimit });
    await window.screenshot('abilities-window-running');
    await panel.getByText(/^Finished · (\d+) of \1 answers/).waitFor({ timeout: runLimit });
    const bars = panel.getByRole('slider', { name: 'Scores by ability and checkpoint' });
    assert.equal(await bars.locator('rect.bar').count(), 3 * 4);
    await window.screenshots('abilities-window');
  });

  it('leads to the items that training turned, with their images', async () => {
    const panel = await window.frame('abilities · 4 checkpoints');
    await panel.getByRole('tab', { name: 'Items' }).click();
    const ability = panel.getByRole('combobox', { name: 'Ability', exact: true });
    await ability.click();
    await ability.getByRole('option', { name: 'Vision to reasoning', exact: true }).click();
    const chip = panel.locator('.chip', { hasText: 'in wrong → rl right' });
    // The chips are those of the ability before until the host has answered.
    const some = chip.locator('.count', { hasText: /^[1-9]\d*$/ });
    await some.waitFor();
    const count = Number(await some.textContent());
    await chip.click();
    await panel.getByText(new RegExp(`in wrong → rl right: ${count} items?`)).waitFor();
    assert.equal(await panel.getByRole('list', { name: 'Items' }).getByRole('button').count(), count);
    await panel.getByRole('list', { name: 'Items' }).getByRole('button').last().click();
    await panel.getByRole('article').waitFor();
    assert.deepEqual(await imageWidths(panel), [112]);
    await window.screenshots('abilities-window-items');
  });

  it('shows where reasoning lives', async () => {
    const panel = await ran('reasoning', 'reasoning · in');
    await window.screenshots('reasoning-window');
    const figure = panel.getByRole('slider', { name: 'Accuracy' });
    const box = (await figure.boundingBox())!;
    await figure.click({ position: { x: box.width * 0.2, y: box.height / 2 } });
    await panel.getByRole('heading', { name: /^Items with layer \d+ made identity/ }).scrollIntoViewIfNeeded();
    await window.screenshots('reasoning-window-items');
  });

  it('shows where the models look', async () => {
    const panel = await ran('shift', 'shift · in, rl');
    await window.screenshots('attention-window');
    await panel.getByRole('tab', { name: 'Image' }).click();
    await panel.getByRole('gridcell', { name: /^rl, layer 11:/ }).waitFor();
    assert.ok((await imageWidths(panel)).every((width) => width === 112));
    await window.screenshots('attention-window-image');
  });

  it('nothing went wrong on the way, and the panels survive a reload of the window', async () => {
    assert.deepEqual(wrong, []);
    assert.deepEqual(await window.page.locator('.notification-list-item').allTextContents(), []);
    await window.reload();
    const attention = await window.frame('shift · in, rl');
    await attention.getByRole('tab', { name: 'Image', selected: true }).waitFor();
    for (const title of ['reasoning · in', 'abilities · 4 checkpoints']) {
      await window.page.getByRole('tab', { name: title }).click();
      await (await window.frame(title)).getByText(/^Finished · /).waitFor();
    }
  });
});

function imageWidths(panel: FrameLocator): Promise<number[]> {
  return panel
    .locator('img')
    .evaluateAll((images: HTMLImageElement[]) =>
      Promise.all(images.map((image) => image.decode().then(() => image.naturalWidth))),
    );
}
