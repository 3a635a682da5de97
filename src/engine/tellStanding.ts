import type { EngineStanding } from '../shared/protocol/sessions';
import { liveSessions } from './liveSessions';

/** Sessions run many times a second; whoever looks on hears of it at most so often. */
const tellMs = 300;

/** How this process stands now. */
export function standing(onnxruntime: string): EngineStanding {
  const resident = process.memoryUsage.rss();
  return { pid: process.pid, node: process.versions.node, onnxruntime, resident, sessions: liveSessions.list() };
}

/** Tells how the process stands, now and after every change of its sessions. */
export function tellStanding(onnxruntime: string, tell: (standing: EngineStanding) => void): void {
  let waiting: NodeJS.Timeout | undefined;
  liveSessions.onChange = () => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      tell(standing(onnxruntime));
    }, tellMs);
  };
  tell(standing(onnxruntime));
}
