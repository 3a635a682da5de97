import path from 'node:path';
import * as vscode from 'vscode';
import { ChildPeer } from '../core/process/childPeer';
import { findNode } from '../core/process/findNode';
import type { EngineParentSurface, EngineSurface } from '../shared/protocol/engine';
import type { EngineStanding } from '../shared/protocol/sessions';
import type { CallOptions } from '../shared/rpc';
import type { Device } from '../shared/vocabulary';
import { settings } from './settings';

/**
 * This window's engine: a process of its own, started when something is to be computed and ended when nothing was for
 * a while. A crash fails the call that ran; the next call starts a new engine.
 */
export class EngineClient implements vscode.Disposable {
  private peer: { child: ChildPeer<EngineParentSurface, EngineSurface>; made: string } | undefined;
  private calls = 0;
  private idle: NodeJS.Timeout | undefined;
  private told: EngineStanding | null = null;
  private isAsked = false;
  private workEnded = Date.now();
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when the engine starts or ends, begins or ends work, and when its sessions change. */
  readonly onDidChange = this.changed.event;

  /** @param environment what the engine finds in its environment beside this process's own */
  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
    private readonly environment: () => Readonly<Record<string, string>> = () => ({}),
  ) {}

  get pid(): number | undefined {
    return this.peer?.child.pid;
  }

  /** What the engine last told of itself; null while none runs. */
  get standing(): EngineStanding | null {
    return this.told;
  }

  /** Whether calls are open; else since when none is, in milliseconds since 1970. */
  get work(): { readonly busy: true } | { readonly busy: false; readonly idleSince: number } {
    return this.calls > 0 ? { busy: true } : { busy: false, idleSince: this.workEnded };
  }

  /** Calls the engine, starting it if need be. @throws what the engine throws, EngineCrashError, CancelledError */
  async call<K extends keyof EngineSurface>(
    method: K,
    params: EngineSurface[K]['params'],
    options: CallOptions<EngineSurface[K]['progress']> = {},
  ): Promise<EngineSurface[K]['result']> {
    clearTimeout(this.idle);
    if (this.calls++ === 0) this.changed.fire();
    try {
      const child = await this.child();
      return await child.call(method, params, options);
    } finally {
      if (--this.calls === 0) {
        this.workEnded = Date.now();
        this.stopWhenIdle();
        this.changed.fire();
      }
    }
  }

  /** Asks the engine how it stands, where one runs: that is no work, and starts nothing. */
  async refresh(): Promise<void> {
    if (this.pid === undefined || this.isAsked) return;
    this.isAsked = true; // while a run of a session lasts, nothing is answered
    const told = await this.peer!.child.call('standing', null).catch(() => null); // it may end meanwhile
    this.isAsked = false;
    if (told && told.pid === this.pid) this.tell(told);
  }

  /** Ends the engine; open calls fail. The next call starts a new one. */
  stop(): void {
    clearTimeout(this.idle);
    this.peer?.child.stop();
    this.peer = undefined; // what dies takes no more calls
    this.tell(null);
  }

  dispose(): void {
    this.stop();
    this.changed.dispose();
  }

  private async child(): Promise<ChildPeer<EngineParentSurface, EngineSurface>> {
    const nodePath = settings.nodePath();
    const environment = this.environment();
    const made = JSON.stringify([nodePath, environment]);
    // Another engine ends this one: not while it works for somebody else.
    const kept = () => (this.peer && (this.peer.made === made || this.calls > 1) ? this.peer.child : undefined);
    const before = kept();
    if (before) return before;
    const node = await findNode(nodePath || undefined);
    const meanwhile = kept();
    if (meanwhile) return meanwhile;
    this.log.info(`the engine runs on ${node.execPath}${node.electron ? ' (Electron as Node)' : ''}`);
    this.peer?.child.stop();
    // One that was replaced may live a moment longer.
    const tell = (told: EngineStanding | null): void => {
      if (this.peer?.child === child) this.tell(told);
    };
    const child = new ChildPeer<EngineParentSurface, EngineSurface>(
      {
        script: path.join(this.extensionPath, 'dist', 'engine.js'),
        title: 'engine',
        execPath: node.execPath,
        execArgv: [],
        env: { ...environment, ...node.env },
        onOutput: (line) => this.log.warn(`engine: ${line}`),
        onEnd: () => tell(null),
      },
      {
        log: ({ level, message }) => (this.log[level](message), null),
        standing: (told) => (tell(told), null),
        alive: ({ device }) => this.watch(device),
      },
    );
    this.peer = { child, made };
    return child;
  }

  private tell(told: EngineStanding | null): void {
    this.told = told;
    this.changed.fire();
  }

  /** A run on the CPU may take long; a GPU that says nothing hangs. */
  private watch(device: Device): null {
    if (this.peer) this.peer.child.watched = device !== 'cpu';
    return null;
  }

  private stopWhenIdle(): void {
    const minutes = settings.idleMinutes();
    if (minutes <= 0) return;
    this.idle = setTimeout(() => {
      this.log.info('the engine was idle and is ended');
      this.stop();
    }, minutes * 60_000);
  }
}
