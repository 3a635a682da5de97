import * as vscode from 'vscode';
import { bytes } from '../../shared/format';
import type { CudaFiles, InstallProgress } from '../cuda/cudaFiles';
import type { Devices } from '../devices';
import type { EngineClient } from '../engineClient';
import { commands, contextKeys } from '../ids';
import { registerCommands, showFailure } from './failable';

/** *Install CUDA Files for ONNX Runtime* asks, fetches, and has the devices looked at again; *Remove CUDA Files* undoes it. */
export function registerCudaCommands(
  files: CudaFiles,
  engine: EngineClient,
  devices: Devices,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const changed = () => {
    if (!engine.work.busy) engine.stop(); // the next one finds its libraries anew
    devices.forget();
    showContext(files);
  };
  showContext(files);
  return registerCommands(
    {
      installCudaFiles: async () => {
        if (files.isPossible && !(await confirmed(files))) return;
        await install(files, log);
        changed();
        void offerDevice(files, log);
      },
      removeCudaFiles: async () => {
        await files.remove();
        changed();
        void vscode.window.showInformationMessage('The CUDA files of ONNX Runtime are removed.');
      },
    },
    log,
  );
}

function showContext({ isPossible, isInstalled }: CudaFiles): void {
  void vscode.commands.executeCommand('setContext', contextKeys.cudaPossible, isPossible);
  void vscode.commands.executeCommand('setContext', contextKeys.cudaInstalled, isInstalled);
}

async function confirmed({ isInstalled, folder }: CudaFiles): Promise<boolean> {
  const go = isInstalled ? 'Install Again' : 'Install';
  const detail =
    "ONNX Runtime's libraries for CUDA are fetched from nuget.org, some hundred megabytes, and their checksum is " +
    `compared. They are kept in ${folder} until they are removed. The NVIDIA driver, the CUDA libraries and cuDNN are ` +
    'not among them: "Select Device" says which of them are missing.';
  const asked = await vscode.window.showInformationMessage(
    'Install CUDA files for ONNX Runtime?',
    { modal: true, detail },
    go,
  );
  return asked === go;
}

function install(files: CudaFiles, log: vscode.LogOutputChannel): Thenable<void> {
  const title = 'Installing CUDA files for ONNX Runtime';
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const cancelling = new AbortController();
      token.onCancellationRequested(() => cancelling.abort());
      let told = 0;
      await files.install(cancelling.signal, (now) => {
        const percent = Math.round(100 * share(now));
        if (percent === told && now.phase === 'fetching') return; // it comes with every few kilobytes
        progress.report({ message: words(now), increment: percent - told });
        told = percent;
      });
      log.info(`CUDA files of ONNX Runtime are in ${files.folder}`);
    },
  );
}

/** Fetching takes most of the time. */
function share({ phase, done, total }: InstallProgress): number {
  if (phase === 'asking') return 0;
  return phase === 'fetching' ? (0.8 * done) / total : 0.8 + (0.2 * done) / total;
}

function words({ phase, done, total }: InstallProgress): string {
  if (phase === 'asking') return 'asking nuget.org';
  return phase === 'fetching' ? `${bytes(done)} of ${bytes(total)}` : 'unpacking';
}

async function offerDevice({ folder }: CudaFiles, log: vscode.LogOutputChannel): Promise<void> {
  const select = 'Select Device';
  const text = `The CUDA files of ONNX Runtime are installed. In a terminal, set LD_LIBRARY_PATH to ${folder}.`;
  try {
    const chosen = await vscode.window.showInformationMessage(text, select);
    if (chosen === select) await vscode.commands.executeCommand(commands.selectDevice);
  } catch (error) {
    await showFailure(error, log);
  }
}
