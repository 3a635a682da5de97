import assert from 'node:assert/strict';
import { deviceItems, memoryText } from '../../../src/host/commands/deviceItems';
import type { DeviceDescription } from '../../../src/shared/protocol/sessions';

const unknown = { total: null, free: null };
const described: DeviceDescription[] = [
  { device: 'cpu', available: true, detail: 'A Processor', mend: null, memory: { total: 16e9, free: 7.7e9 } },
  { device: 'webgpu', available: true, detail: 'ready', mend: null, memory: unknown },
  { device: 'cuda', available: false, detail: 'Failed to load', mend: 'Install something.', memory: unknown },
];

describe('the devices in the picker', () => {
  it('say what is there, how much memory it has, and what to do about the rest', () => {
    const items = deviceItems(described, 'webgpu');
    assert.deepEqual(
      items.map(({ device, description, detail }) => [device, description, detail]),
      [
        ['auto', '', 'The best device that runs every graph.'],
        ['cpu', '7.7 GB of 16.0 GB free', 'A Processor'],
        ['webgpu', 'chosen now · its memory is not known', 'ready'],
        ['cuda', 'not there', 'Install something.'],
      ],
    );
    assert.deepEqual(
      items.map(({ label }) => label.includes('circle-slash')),
      [false, false, false, true],
    );
  });

  it('can be chosen before the engine has answered', () => {
    const items = deviceItems(null, 'auto');
    assert.deepEqual(
      items.map(({ detail }) => detail),
      ['The best device that runs every graph.', 'asking…', 'asking…', 'asking…'],
    );
  });

  it('memory is told as far as it is known', () => {
    assert.equal(memoryText(unknown), null);
    assert.equal(memoryText({ total: 2e9, free: null }), '2.0 GB');
    assert.equal(memoryText({ total: null, free: 2e9 }), '2.0 GB free');
  });
});
