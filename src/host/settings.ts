import * as vscode from 'vscode';
import type { ComputeOptions } from '../shared/protocol/engine';
import type { DeviceChoice } from '../shared/vocabulary';

export const settingsSection = 'frankenstein';

/** The settings as typed values; read anew each time, since they may change. */
export const settings = {
  compute: (): ComputeOptions => ({
    device: read<DeviceChoice>('device', 'auto'),
    threads: read('threads', 0),
  }),
  slurmAccount: (): string | null => read('slurm.account', '').trim() || null,
  slurmSetup: (): string => read<string[]>('slurm.setup', []).join('\n'),
  nodePath: (): string => read('nodePath', ''),
  /** Minutes; 0 never ends the engine. */
  idleMinutes: (): number => read('idleMinutes', 10),
  checkpointFolders: (): string[] => read<string[]>('checkpointFolders', []),
  searchHuggingFaceCache: (): boolean => read('searchHuggingFaceCache', true),
};

function read<T>(key: string, standard: T): T {
  return vscode.workspace.getConfiguration(settingsSection).get<T>(key, standard);
}

/** Writes a setting where it is already set, else for the workspace if there is one, else for the user. */
export async function writeSetting(key: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(settingsSection);
  const known = configuration.inspect(key);
  const inWorkspace = known?.workspaceValue !== undefined || known?.globalValue === undefined;
  const target =
    inWorkspace && vscode.workspace.workspaceFolders
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
  await configuration.update(key, value, target);
}
