// `npm start [-- --port N]`: the extension on the sample lab, in the desktop VS Code where there is one, else in one that
// is served to the browser until Ctrl-C.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from './cache.mjs';
import { startCodeServer } from './codeServer.mjs';
import { desktopCommand } from './desktop.mjs';
import { copySampleLab } from './sampleLab.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port ${values.port}: not a port. Give a whole number from 0 (any free one) to 65535.`);
  process.exit(2);
}

// Kept between starts, with the user's runs; only what is missing is copied.
const lab = join(cacheFolder(), 'sample-lab');
await copySampleLab(lab);

const desktop = desktopCommand();
try {
  if (desktop) openDesktop(desktop);
  else await serve();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

function openDesktop(command) {
  console.log(`Opening ${lab} in the desktop VS Code.`);
  const args = [`--extensionDevelopmentPath=${resolve('.')}`, lab];
  // `code` is a batch file on Windows, which only a shell starts, and that wants its words quoted.
  const child =
    process.platform === 'win32'
      ? spawn(
          `"${command}"`,
          args.map((arg) => `"${arg}"`),
          { stdio: 'inherit', shell: true },
        )
      : spawn(command, args, { stdio: 'inherit' });
  child.on('close', (code) => (process.exitCode = code ?? 1));
}

async function serve() {
  const dataFolder = join(cacheFolder(), 'served');
  const server = await startCodeServer({ dataFolder, port, gallery: true });
  const address = server.address(lab, [['extensionDevelopmentPath', resolve('.')]]);
  console.log(`\nFrankenstein Lab on ${lab}, in VS Code at\n\n  ${address}\n\nCtrl-C ends it.`);
  openInBrowser(address);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.stop());
  await server.stopped;
}

/** A machine without a browser has the address to copy; that is no error. */
function openInBrowser(address) {
  const openers = { win32: ['rundll32', 'url.dll,FileProtocolHandler'], darwin: ['open'] };
  const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
  spawn(command, [...args, address], { stdio: 'ignore' }).on('error', () => undefined);
}
