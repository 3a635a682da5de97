import * as vscode from 'vscode';
import type { DeviceDescription } from '../../shared/protocol/sessions';
import type { Devices } from '../devices';
import type { EngineClient } from '../engineClient';
import { commands } from '../ids';
import { settings, writeSetting } from '../settings';
import { pickDevice } from './devicePicker';
import { registerCommands, showFailure } from './failable';

/** *Select Device* says what is there and how to mend what is not; *Stop Engine* gives its memory back. */
export function registerDeviceCommands(
  engine: EngineClient,
  devices: Devices,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return registerCommands(
    {
      selectDevice: async () => {
        const current = settings.compute().device;
        const chosen = await pickDevice(devices, engine, current, (error) => void showFailure(error, log));
        if (chosen === undefined) return;
        const missing = devices.known?.find(({ device, available }) => device === chosen && !available);
        if (!missing || (await chooseMissing(missing))) await writeSetting('device', chosen);
      },
      stopEngine: async () => {
        if (engine.work.busy && !(await confirmStop())) return;
        engine.stop();
      },
      refreshSessions: () => engine.refresh(),
      showLog: () => log.show(true),
    },
    log,
  );
}

/** Whether a device that is not there is to be set all the same. */
async function chooseMissing({ device, detail, mend }: DeviceDescription): Promise<boolean> {
  const install = 'Install CUDA Files…';
  const anyway = 'Choose It Anyway';
  const isInstallable = mend?.includes('Install CUDA Files') ?? false;
  const answer = await vscode.window.showWarningMessage(
    `The device ${device} is not there.`,
    { modal: true, detail: [mend, `ONNX Runtime says: ${detail}`].filter(Boolean).join('\n\n') },
    ...(isInstallable ? [install] : []),
    anyway,
  );
  if (answer === install) await vscode.commands.executeCommand(commands.installCudaFiles);
  return answer === anyway;
}

async function confirmStop(): Promise<boolean> {
  const stop = 'Stop Engine';
  const detail = 'What is being computed fails. A step keeps the rows it has finished, and resumes from there.';
  return (await vscode.window.showWarningMessage('Stop the engine at work?', { modal: true, detail }, stop)) === stop;
}
