import assert from 'node:assert/strict';
import { mcnemarExact } from '../../../src/core/statistics/mcnemar';
import { itemsNeeded } from '../../../src/core/statistics/power';
import { seededUniform } from '../../../src/core/statistics/random';

describe('itemsNeeded', () => {
  it('gives Connor’s numbers', () => {
    // (1.959964·√0.2 + 0.841621·√(0.2 − 0.01))² / 0.01 = 154.7
    assert.equal(itemsNeeded(0.1, 0.2), 155);
    assert.equal(itemsNeeded(-0.1, 0.2), 155);
    assert.equal(itemsNeeded(0.05, 0.05), 155);
  });

  it('is impossible where no pair of models differs so', () => {
    assert.equal(itemsNeeded(0, 0.2), null);
    assert.equal(itemsNeeded(0.3, 0.2), null);
    assert.equal(itemsNeeded(NaN, 0.2), null);
  });

  it('is about what simulated pairs of models need', () => {
    const [difference, discordant] = [0.12, 0.2];
    const n = itemsNeeded(difference, discordant)!;
    const uniform = seededUniform(7);
    let shown = 0;
    const trials = 2000;
    for (let trial = 0; trial < trials; trial++) {
      let [up, down] = [0, 0];
      for (let i = 0; i < n; i++) {
        const u = uniform();
        if (u < (discordant + difference) / 2) up++;
        else if (u < discordant) down++;
      }
      if (mcnemarExact(up, down) < 0.05) shown++;
    }
    // The exact test is a little conservative.
    assert.ok(shown / trials > 0.7 && shown / trials < 0.85, `${shown / trials} with ${n} items`);
  });
});
