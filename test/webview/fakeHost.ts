import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import type { ProbeHostSurface, ProbeState } from '../../src/shared/protocol/probe';
import type { RunPageSurface } from '../../src/shared/protocol/run';
import { RpcPeer, type Handlers, type Surface } from '../../src/shared/rpc';
import type { PageServer } from './pageServer';
import { themes, type ThemeName } from './themes';

export interface OpenOptions<State, Host extends Surface<Host>> {
  readonly state: State;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** In place of the fake's own answers. */
  readonly handlers?: Partial<Handlers<Host>>;
}

/** One of the product's pages, and what the fake answers it. */
export interface FakedPage<State, Host extends Surface<Host>> {
  /** The name of its bundle. */
  readonly name: string;
  answers(host: FakeHost<State, Host>): Handlers<Host>;
}

/**
 * A page in Chromium whose host is this test: the page's `acquireVsCodeApi` posts to an RpcPeer here, so that both ends
 * speak the product's own protocol. Keeps every call, and everything that a page must not do.
 */
export class FakeHost<State = ProbeState, Host extends Surface<Host> = ProbeHostSurface> {
  readonly calls: { method: string; params: unknown }[] = [];
  /** Violations of the policy, errors and warnings of the console, exceptions. */
  readonly complaints: string[] = [];
  private peer!: RpcPeer<Host, RunPageSurface<State>>;

  private constructor(
    readonly page: Page,
    public state: State,
  ) {}

  static async open<State, Host extends Surface<Host>>(
    context: BrowserContext,
    server: PageServer,
    faked: FakedPage<State, Host>,
    options: OpenOptions<State, Host>,
  ): Promise<FakeHost<State, Host>> {
    const { state, theme = 'dark', width = 1200, height = 900, handlers = {} } = options;
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    const host = new FakeHost<State, Host>(page, state);
    await host.listen({ ...faked.answers(host), ...handlers });
    await page.addInitScript(prepare, themes[theme].variables);
    await page.goto(`${server.origin}/${faked.name}.html?class=${themes[theme].bodyClass}`);
    await page.waitForSelector('h1:not(:empty)', { timeout: 10_000 });
    return host;
  }

  /** Tells the page of a new state; resolves when it is drawn. */
  async update(state: State): Promise<void> {
    this.state = state;
    await this.peer.call('update', state);
    await this.settle();
  }

  /** Waits for two frames: what was told is drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
    );
  }

  params(method: keyof Host & string): unknown[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params);
  }

  /** Waits until the page has made its `count`th call of `method`. */
  async called(method: keyof Host & string, count = 1): Promise<unknown> {
    for (let tries = 0; this.params(method).length < count; tries++) {
      assert.ok(tries < 200, `the page did not call ${method} ${count} times`);
      await this.page.waitForTimeout(20);
    }
    return this.params(method)[count - 1];
  }

  /** What the page keeps through `setState`. */
  kept(): Promise<{ file?: string; step?: string; ui?: Record<string, unknown> }> {
    return this.page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null'));
  }

  async setTheme(theme: ThemeName): Promise<void> {
    await this.page.evaluate(({ bodyClass, variables }) => {
      document.documentElement.removeAttribute('style');
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
      }
      document.body.className = bodyClass;
    }, themes[theme]);
    await this.settle();
    await this.settle();
  }

  /** Fails if the page broke its policy or complained; closes it. */
  async close(): Promise<void> {
    await this.page.close();
    assert.deepEqual(this.complaints, []);
  }

  private async listen(answers: Handlers<Host>): Promise<void> {
    const { page } = this;
    const kept = Object.entries(answers).map(([method, handler]) => [
      method,
      (params: never, context: never) => {
        this.calls.push({ method, params });
        return (handler as (params: never, context: never) => unknown)(params, context);
      },
    ]);
    let receive: (message: unknown) => void = () => undefined;
    const send = (message: unknown) =>
      page.evaluate((data) => window.postMessage(data), message).catch(() => undefined); // the page is gone
    this.peer = new RpcPeer(
      { send: (message) => void send(message), onMessage: (listener) => (receive = listener) },
      Object.fromEntries(kept) as unknown as Handlers<Host>,
    );
    await page.exposeFunction('tellHost', (message: unknown) => receive(message));
    await page.exposeFunction('complain', (text: string) => void this.complaints.push(text));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
  }
}

/** Runs in the page before its script: what VS Code gives a webview. */
function prepare(variables: Readonly<Record<string, string>>): void {
  const bridge = window as unknown as {
    tellHost(message: unknown): void;
    complain(text: string): void;
    acquireVsCodeApi(): object;
  };
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
    bridge.complain(`policy: ${violatedDirective} ${blockedURI} ${sourceFile}`),
  );
  // There is no root element yet.
  new MutationObserver((_, observer) => {
    observer.disconnect();
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
  }).observe(document, { childList: true });
  bridge.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => bridge.tellHost(message),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
}
