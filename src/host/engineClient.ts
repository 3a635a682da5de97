import path from 'node:path';
import * as vscode from 'vscode';
import { ChildPeer } from '../core/process/childPeer';
import { findNode } from '../core/process/findNode';
import type { EngineParentSurface, EngineSurface } from '../shared/protocol/engine';
import type { CallOptions } from '../shared/rpc';
import { settings } from './settings';

/**
 * This window's engine: a process of its own, started when something is to be computed and ended when nothing was for
 * a while. A crash fails the call that ran; the next call starts a new engine.
 */
export class EngineClient implements vscode.Disposable {
  private peer: { child: ChildPeer<EngineParentSurface, EngineSurface>; nodePath: string } | undefined;
  private calls = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get pid(): number | undefined {
    return this.peer?.child.pid;
  }

  /** Calls the engine, starting it if need be. @throws what the engine throws, EngineCrashError, CancelledError */
  async call<K extends keyof EngineSurface>(
    method: K,
    params: EngineSurface[K]['params'],
    options: CallOptions<EngineSurface[K]['progress']> = {},
  ): Promise<EngineSurface[K]['result']> {
    clearTimeout(this.idle);
    this.calls++;
    try {
      const child = await this.child();
      return await child.call(method, params, options);
    } finally {
      if (--this.calls === 0) this.stopWhenIdle();
    }
  }

  dispose(): void {
    clearTimeout(this.idle);
    this.peer?.child.stop();
  }

  private async child(): Promise<ChildPeer<EngineParentSurface, EngineSurface>> {
    const nodePath = settings.nodePath();
    if (this.peer?.nodePath === nodePath) return this.peer.child;
    const node = await findNode(nodePath || undefined);
    this.log.info(`the engine runs on ${node.execPath}${node.electron ? ' (Electron as Node)' : ''}`);
    this.peer?.child.stop();
    const child = new ChildPeer<EngineParentSurface, EngineSurface>(
      {
        script: path.join(this.extensionPath, 'dist', 'engine.js'),
        title: 'engine',
        execPath: node.execPath,
        execArgv: [],
        env: node.env,
        onOutput: (line) => this.log.warn(`engine: ${line}`),
      },
      { log: ({ level, message }) => (this.log[level](message), null) },
    );
    this.peer = { child, nodePath };
    return child;
  }

  private stopWhenIdle(): void {
    const minutes = settings.idleMinutes();
    if (minutes <= 0) return;
    this.idle = setTimeout(() => {
      this.log.info('the engine was idle and is ended');
      this.peer?.child.stop();
    }, minutes * 60_000);
  }
}
