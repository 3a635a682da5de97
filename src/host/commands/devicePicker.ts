import * as vscode from 'vscode';
import type { DeviceChoice } from '../../shared/vocabulary';
import type { Devices } from '../devices';
import type { EngineClient } from '../engineClient';
import { deviceItems, type DeviceItem } from './deviceItems';

const lookAgain: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: 'Look Again' };

/**
 * Asks for a device. The choices are there at once; what the machine has of them is filled in when the engine answers.
 * @param onFailure told when the engine does not answer
 * @returns undefined when the user chose none
 */
export function pickDevice(
  devices: Devices,
  engine: EngineClient,
  current: DeviceChoice,
  onFailure: (error: unknown) => void,
): Promise<DeviceChoice | undefined> {
  const picker = vscode.window.createQuickPick<DeviceItem & vscode.QuickPickItem>();
  const show = () => {
    const active = picker.activeItems[0]?.device ?? current;
    picker.items = deviceItems(devices.known, current);
    picker.activeItems = picker.items.filter(({ device }) => device === active);
  };
  const ask = async () => {
    picker.busy = true;
    picker.placeholder = engine.work.busy
      ? 'What shall steps compute on? The engine tells what is there when its work is done.'
      : 'What shall steps compute on?';
    show();
    await devices.all().catch(onFailure);
    picker.busy = false;
    show();
  };
  picker.title = 'Select Device';
  picker.buttons = [lookAgain];
  return new Promise((resolve) => {
    let closed = false;
    picker.onDidTriggerButton(() => {
      devices.forget();
      void ask();
    });
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.device);
      picker.hide();
    });
    picker.onDidHide(() => {
      closed = true;
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
    void ask().catch((error: unknown) => !closed && onFailure(error));
  });
}
