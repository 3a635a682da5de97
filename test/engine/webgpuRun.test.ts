import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { command } from '../harness/commandLine';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { temporaryFolders } from '../harness/temporaryFolders';

describe('the command line on WebGPU', () => {
  const folder = temporaryFolders();
  const swap = `swap: { id: v, checkpoint: in, pairs: ${sampleLab}/pairs, functions: [ocr], layers: [5], limit: 1, maxNewTokens: 4 }`;
  const steps = `steps: [${swap}, compare: { id: c, phases: [[base, in]] }]`;

  it('runs a step as the CPU does', async () => {
    const rows: string[] = [];
    for (const device of ['cpu', 'webgpu']) {
      const file = writeExperiment(folder(), steps);
      const { code, stdout, stderr } = await command('run', file, '--step', 'v', '--device', device, '--json');
      assert.equal(code, 0, stderr);
      const { run, steps: summaries } = JSON.parse(stdout) as { run: string; steps: { device: string }[] };
      assert.equal(summaries[0]!.device, device);
      rows.push(readFileSync(path.join(run, 'v', 'rows.jsonl'), 'utf8'));
    }
    assert.equal(rows[1], rows[0]);
    assert.equal(rows[0]!.split('\n').length, 4, 'the target, the source and a layer');
  });

  it('a step that only the CPU can do is exit code 1, and computes on it with auto', async () => {
    const file = writeExperiment(folder(), steps);
    const refused = await command('run', file, '--step', 'c', '--device', 'webgpu');
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /a compare step computes sums in float64, on the CPU only, not on webgpu/);
    const { code, stdout } = await command('run', file, '--step', 'c', '--device', 'auto', '--json');
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as { steps: { device: string }[] }).steps[0]!.device, 'cpu');
  });
});
