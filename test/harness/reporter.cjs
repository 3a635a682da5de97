// Mocha's spec reporter that also writes the counts to the file named by TEST_COUNTS. A pending test counts as failed:
// a check that is skipped is not a check.
const fs = require('node:fs');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      if (process.env.TEST_COUNTS) {
        fs.writeFileSync(process.env.TEST_COUNTS, JSON.stringify({ passed: passes, failed: failures + pending }));
      }
    });
  }
};
