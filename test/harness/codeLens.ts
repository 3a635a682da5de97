import type { Workbench } from './workbench.mjs';

/**
 * Clicks on the Run lens of a step, once it stands still: on the line above its step, and each one that appears pushes
 * the lines below it down.
 */
export async function clickRunAbove({ page }: Workbench, text: string): Promise<void> {
  // Those above the part of the file that is seen are there too, hidden.
  const lenses = page.locator('.codelens-decoration a', { hasText: 'Run' }).locator('visible=true');
  await lenses.first().waitFor();
  const look = async () => ({
    tops: await lenses.evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top)),
    line: await page.locator('.view-line', { hasText: text }).boundingBox(),
  });
  for (let last = await look(), quiet = 0; quiet < 3;) {
    await page.waitForTimeout(300);
    const next = await look();
    quiet = JSON.stringify(next) === JSON.stringify(last) ? quiet + 1 : 0;
    last = next;
  }
  const { tops, line } = await look();
  const nearest = Math.max(...tops.filter((top) => top < line!.y));
  await lenses.nth(tops.indexOf(nearest)).click();
}
