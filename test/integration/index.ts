import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { connectToRunner, type HostChannel } from '../harness/hostChannel';
import { mapStack } from '../harness/mapStack';

/**
 * VS Code calls this inside its extension host (`extensionTestsPath`). Runs every bundle of dist/test/integration under
 * the repository's mocha, which cannot be bundled: it loads its parts by name.
 */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const channel = await connectToRunner();
  const Mocha = createRequire(join(__dirname, 'integration.js'))('mocha') as new (options: Mocha.MochaOptions) => Mocha;
  const mocha = new Mocha({ timeout: 60_000, reporter: reporterTo(channel) });
  const folder = join(__dirname, 'integration');
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    if (name.endsWith('.test.js')) mocha.addFile(join(folder, name));
  }
  try {
    await new Promise<void>((resolve) => mocha.run(() => resolve()));
  } catch (error) {
    channel.send({ kind: 'failed', title: 'loading the tests', error: mapStack((error as Error).stack ?? '') });
  }
  channel.send({ kind: 'end' });
  await channel.close();
}

/** Tells the runner about every test. A pending test counts as failed: a check that is skipped is not a check. */
function reporterTo(channel: HostChannel): Mocha.ReporterConstructor {
  const failed = (test: Mocha.Test, error: string) => channel.send({ kind: 'failed', title: test.fullTitle(), error });
  function Reporter(runner: Mocha.Runner): void {
    runner.on('pass', (test) => channel.send({ kind: 'passed', title: test.fullTitle(), milliseconds: test.duration }));
    runner.on('fail', (test, error: Error) => failed(test, mapStack(error.stack ?? String(error))));
    runner.on('pending', (test) => failed(test, 'skipped'));
  }
  return Reporter as unknown as Mocha.ReporterConstructor;
}
