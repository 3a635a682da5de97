import type { GraphFile, Runtime, Session } from '../ports';

const sessions = new WeakMap<Runtime, Map<string, Promise<Session>>>();

/** A session for a small graph that has no weights and serves everybody: loaded once on each runtime. */
export function sharedSession(runtime: Runtime, name: string, build: () => GraphFile): Promise<Session> {
  const known = sessions.get(runtime) ?? new Map<string, Promise<Session>>();
  sessions.set(runtime, known);
  let session = known.get(name);
  if (!session) known.set(name, (session = runtime.createSession(build())));
  return session;
}
