import * as vscode from 'vscode';
import { devices, type DeviceChoice } from '../../shared/vocabulary';
import type { EngineClient } from '../engineClient';
import { settings, writeSetting } from '../settings';
import { registerCommands } from './failable';

/** *Select Device* asks the engine what is there; *Show Log* shows the output channel. */
export function registerDeviceCommands(engine: EngineClient, log: vscode.LogOutputChannel): vscode.Disposable {
  return registerCommands(
    {
      selectDevice: async () => {
        const chosen = await pickDevice(engine);
        if (chosen) await writeSetting('device', chosen);
      },
      showLog: () => log.show(true),
    },
    log,
  );
}

async function pickDevice(engine: EngineClient): Promise<DeviceChoice | undefined> {
  const current = settings.compute().device;
  const asking = vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Asking ONNX Runtime for its devices', cancellable: true },
    (_, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return engine.call('devices', null, { signal: controller.signal });
    },
  );
  const reports = new Map((await asking).map((report) => [report.device, report]));
  const items = (['auto', ...devices] as const).map((device) => {
    const report = device === 'auto' ? undefined : reports.get(device);
    const missing = report?.available === false;
    return {
      device,
      label: `${missing ? '$(circle-slash)' : '$(circuit-board)'} ${device}`,
      description: device === current ? 'chosen now' : '',
      detail: report ? `${missing ? 'not there: ' : ''}${report.detail}` : 'The best device that runs every graph.',
    };
  });
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'What shall steps compute on?' });
  return picked?.device;
}
