import assert from 'node:assert/strict';
import { measureAttention } from '../../../src/core/probe/attentionMeasure';

describe('measureAttention', () => {
  it('adds up what the image receives, and scales its map', () => {
    const received = Float64Array.of(0.5, 0.1, 0.2, 0, 0.1, 0.1);
    const found = measureAttention(received, Uint8Array.of(0, 1, 1, 1, 0));
    assert.ok(Math.abs(found.mass - 0.3) < 1e-12 && Math.abs(found.perToken - 0.1) < 1e-12);
    assert.deepEqual([found.sink, found.imageSink, found.largest], [0.5, 0, 0.2]);
    assert.deepEqual([...Buffer.from(found.patches, 'base64')], [128, 255, 0]);
  });

  it('tells sinks of the image apart: more than ten times the mean', () => {
    const image = new Uint8Array(40).fill(1);
    const received = new Float64Array(40).fill(0.01);
    received[7] = 0.2; // the mean is 0.59 / 40
    assert.equal(measureAttention(received, image).imageSink, 0.2);
    received[7] = 0.12; // 9.4 times the mean
    assert.equal(measureAttention(received, image).imageSink, 0);
  });

  it('is black where nothing looks', () => {
    const { mass, largest, patches } = measureAttention(Float64Array.of(1, 0, 0), Uint8Array.of(0, 1, 1));
    assert.deepEqual([mass, largest, patches], [0, 0, 'AAA=']);
  });
});
