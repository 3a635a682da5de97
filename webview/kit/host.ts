import { RpcPeer, type Channel, type Handlers, type Surface } from '../../src/shared/rpc';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What survives a reload of the page: what the host needs to restore its panel, and what is shown. */
export interface PageMemory {
  /** What was shown; undefined the first time. Written by an earlier version perhaps: check it. */
  readonly shown: unknown;
  keep(shown: object): void;
}

/**
 * Connects a page with the host. The host puts what its serializer needs (file, step) as JSON into `data-restore` of
 * the body; it is kept beside what the page shows.
 */
export function connectHost<Local extends Surface<Local>, Remote extends Surface<Remote>>(
  handlers: Handlers<Local>,
): { peer: RpcPeer<Local, Remote>; memory: PageMemory } {
  const api = acquireVsCodeApi();
  const channel: Channel = {
    send: (message) => api.postMessage(message),
    onMessage: (listener) => window.addEventListener('message', (event) => listener(event.data)),
  };
  const restore = JSON.parse(document.body.dataset['restore'] ?? '{}') as object;
  const shown = (api.getState() as { ui?: unknown } | undefined)?.ui;
  const keep = (ui: unknown) => api.setState({ ...restore, ui });
  keep(shown);
  return { peer: new RpcPeer<Local, Remote>(channel, handlers), memory: { shown, keep } };
}
