import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** The line to the runner (test/harness/runnerChannel.mjs) as the extension host sees it: one JSON message a line. */
export interface HostChannel {
  send(message: unknown): void;
  onMessage(handle: (message: unknown) => void): void;
  close(): Promise<void>;
}

/** Connects to the runner whose port and token are in TEST_RUNNER ("port token"); the token is the first line. */
export async function connectToRunner(): Promise<HostChannel> {
  const [port, token] = (process.env.TEST_RUNNER ?? '').split(' ');
  if (!port) throw new Error('TEST_RUNNER is not set: this is started by test/harness only.');
  const socket = connect(Number(port), '127.0.0.1');
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.write(`${token}\n`);
  // The runner may go away at any moment; then there is nobody left to tell.
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket });
  return {
    send: (message) => socket.write(`${JSON.stringify(message)}\n`),
    onMessage: (handle) => lines.on('line', (line) => handle(JSON.parse(line))),
    close: () => new Promise((resolve) => socket.end(() => resolve())),
  };
}
