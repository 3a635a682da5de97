import type { GraphFile } from '../core/ports';
import type { SessionState } from '../shared/protocol/sessions';
import type { Device } from '../shared/vocabulary';
import { externalBytes } from './externalBytes';

/** A session that is loaded; whoever owns it tells what becomes of it. */
export interface LiveSession {
  /** A run ended. */
  ran(): void;
  released(): void;
}

/** The sessions of this process, for those who look on. */
export class LiveSessions {
  private readonly states = new Map<number, SessionState>();
  private nextId = 1;
  /** Called after every change. */
  onChange: () => void = () => undefined;

  loaded({ name, bytes }: Pick<GraphFile, 'name' | 'bytes'>, device: Device): LiveSession {
    const id = this.nextId++;
    const since = Date.now();
    this.set({ id, graph: name, device, weights: externalBytes(bytes), since, runs: 0, lastRun: null });
    return {
      ran: () => this.change(id, ({ runs }) => ({ runs: runs + 1, lastRun: Date.now() })),
      released: () => {
        this.states.delete(id);
        this.onChange();
      },
    };
  }

  /** The oldest first. */
  list(): SessionState[] {
    return [...this.states.values()];
  }

  private change(id: number, by: (state: SessionState) => Partial<SessionState>): void {
    const state = this.states.get(id);
    if (state) this.set({ ...state, ...by(state) });
  }

  private set(state: SessionState): void {
    this.states.set(state.id, state);
    this.onChange();
  }
}

/** Every session of this process is in it. */
export const liveSessions = new LiveSessions();
