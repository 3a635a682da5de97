import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { itInFull } from '../harness/full';
import { sha256OfFile } from '../../src/core/files/sha256';
import { temporaryFolders } from '../harness/temporaryFolders';

const trained = ['base-half', 'base', 'in', 'rl', 'rl-frozen-early', 'rl-frozen-mid', 'rl-frozen-late'];

describe('a lab from nothing', () => {
  const folder = temporaryFolders();
  const command = (out: string) => ['test/lab/run.mjs', '--out', out, '--scale', '0.001', '--', '--threads', '1'];

  itInFull(
    'the same weights for the same seed, stopped and gone on with or in one go',
    async function (this: Mocha.Context) {
      this.timeout(600_000);
      const [whole, stopped] = [folder(), folder()];
      assert.equal(spawnSync(process.execPath, command(whole)).status, 0);
      await stopAfter(command(stopped), join(stopped, 'base'));
      assert.ok(!existsSync(join(stopped, 'rl-frozen-late')), 'it was stopped too late');
      assert.equal(spawnSync(process.execPath, command(stopped)).status, 0);
      for (const name of trained) {
        const [one, other] = [whole, stopped].map((lab) => join(lab, name, 'model.safetensors'));
        assert.equal(await sha256OfFile(one), await sha256OfFile(other), name);
      }
      const runs = readdirSync(join(whole, 'lab.runs'));
      assert.deepEqual(
        ['abilities', 'updates', ...trained].filter((step) => !runs.includes(step)),
        [],
      );
    },
  );
});

/** Starts it, and ends it and all that it started once a folder is there. */
async function stopAfter(args: readonly string[], appears: string): Promise<void> {
  const child = spawn(process.execPath, args, { detached: true, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  while (!existsSync(appears)) {
    assert.equal(child.exitCode, null, 'it ended by itself');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(-child.pid!, 'SIGKILL');
  await ended;
}
