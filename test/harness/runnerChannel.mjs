// The runner's end of the line between a test runner and the extension host: one JSON message a line over a local
// socket. The extension host connects, since only the runner can tell it something: through its environment.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Waits for extension hosts. `onHost` is called for each one that knows the token (a reloaded window has a new one).
 * @param {(host: {send: (message: unknown) => void, lines: import('node:readline').Interface}) => void} onHost
 * @returns the environment that the extension host needs, and how to end
 */
export async function openRunnerChannel(onHost) {
  const token = randomBytes(16).toString('hex');
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    socket.once('close', () => {
      sockets.delete(socket);
      lines.close();
    });
    lines.once('line', (first) => {
      if (first !== token) return socket.destroy();
      onHost({ send: (message) => socket.write(`${JSON.stringify(message)}\n`), lines });
    });
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    env: { TEST_RUNNER: `${server.address().port} ${token}` },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
