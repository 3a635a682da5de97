import * as vscode from 'vscode';
import { connectToRunner } from '../hostChannel';

/** A function's source that the runner wants run here, and its arguments after `vscode`. */
interface Evaluation {
  readonly id: number;
  readonly source: string;
  readonly args: readonly unknown[];
}

/**
 * An extension beside the tested one, which runs functions that the end-to-end tests send, with `vscode` in their hands.
 * It is an extension and not a test file (`extensionTestsPath`), because a window under extension tests is none that a
 * user sees: every folder is trusted in it and no dialog appears.
 */
export async function activate(): Promise<void> {
  const channel = await connectToRunner();
  channel.onMessage((message) => {
    const { id, source, args } = message as Evaluation;
    void evaluate(source, args).then(
      (value) => channel.send({ id, value }),
      (error: unknown) =>
        channel.send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}

async function evaluate(source: string, args: readonly unknown[]): Promise<unknown> {
  const run = new Function(`return (${source})`)() as (api: typeof vscode, ...args: readonly unknown[]) => unknown;
  return run(vscode, ...args);
}
