import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { itInFull } from '../harness/full';
import { SlurmStandIn } from '../harness/slurmStandIn';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

describe('a Slurm array, by clicks', function () {
  this.timeout(180_000);
  let window: Workbench;
  let scratch: string;
  let slurm: SlurmStandIn;

  before(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'frankenstein-slurm-'));
    slurm = new SlurmStandIn(scratch);
    window = await openWorkbench({ settings: { 'editor.minimap.enabled': false } });
    // VS Code asks a login shell for the PATH: what a server is started with does not count.
    await window.evaluate((_, bin) => {
      process.env.PATH = `${bin}:${process.env.PATH}`;
    }, slurm.bin);
    await window.page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
  });
  after(async () => {
    await window.close();
    rmSync(scratch, { recursive: true });
  });

  itInFull('is asked for in turn, shown as a script, and sent', async () => {
    const { page } = window;
    const step = page.getByRole('treeitem', { name: /^step vision,/ });
    await page
      .getByRole('treeitem', { name: /unfrozen/ })
      .first()
      .waitFor(); // nothing moves any more
    await step.click({ button: 'right' });
    const command = page.getByRole('menuitem', { name: 'Run on Slurm…' });
    await command.hover();
    await page.waitForTimeout(500); // a click that comes with the menu is not taken as one on it
    await command.click();
    const input = page.locator('.quick-input-widget').getByRole('textbox');
    const answers = ['3', 'gpu', '2:00:00', '16G', '2', '1'];
    for (const [i, answer] of answers.entries()) {
      await page.getByText(`(${i + 1}/${answers.length})`).waitFor();
      await input.fill(answer);
      if (i === 2) {
        await input.fill('soon');
        await page.getByText(/"soon" is not what sbatch takes/).waitFor();
        await window.screenshots('slurm-question');
        await input.fill(answer);
      }
      await input.press('Enter');
    }
    const consent = page.getByRole('dialog').filter({ hasText: 'Send this script to Slurm?' });
    await consent.waitFor();
    await window.screenshots('slurm-script');
    assert.deepEqual(slurm.calls('sbatch'), []);
    slurm.answer('squeue', {
      stdout: '101_0|RUNNING|None\n101_1|PENDING|Resources\n101_2|PENDING|Resources\n102|PENDING|Dependency\n',
    });
    await consent.getByRole('button', { name: 'Send' }).click();
    const array = page.getByRole('treeitem', { name: /Slurm job 101/ });
    await array.waitFor();
    const script = readFileSync(path.join(window.folder, 'lab.runs/vision/slurm/shards.sh'), 'utf8');
    for (const line of ['--array=0-2', '--partition=gpu', '--time=2:00:00', '--mem=16G', '--cpus-per-task=2']) {
      assert.ok(script.includes(`#SBATCH ${line}\n`), script);
    }
    await page.getByRole('treeitem', { name: /^shard 2,.*pending: Resources/ }).waitFor();
    await window.screenshots('slurm-array');
  });

  itInFull('a shard that failed is told, with what to do', async () => {
    const { page } = window;
    const folder = path.join(window.folder, 'lab.runs/vision/slurm');
    const { submissions } = JSON.parse(readFileSync(path.join(folder, 'array.json'), 'utf8')) as {
      submissions: { token: string }[];
    };
    slurm.answer('squeue', { code: 1, stderr: 'slurm_load_jobs error: Invalid job id specified\n' });
    for (const [shard, code] of ['0', '0', '1'].entries()) {
      const note = `ended ${submissions[0]!.token} node1 ${code} 1700000000\n`;
      writeFileSync(path.join(folder, `shard-${shard}.state`), note);
    }
    writeFileSync(path.join(folder, 'shard-2.log'), 'frankenstein run: out of memory\n');
    await page.getByRole('treeitem', { name: /^shard 2,.*failed.*exit code 1/ }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Resubmit Failed Shards' }).last().waitFor({ timeout: 30_000 });
    await window.screenshots('slurm-failed');
  });
});
