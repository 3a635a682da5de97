import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { RpcPeer, type Handlers } from '../../src/shared/rpc';
import type { ProbeHostSurface, ProbePageSurface, ProbeState } from '../../src/shared/protocol/probe';
import { labItems } from './labRuns';
import type { PageServer } from './pageServer';
import { themes, type ThemeName } from './themes';

export interface OpenOptions {
  readonly state: ProbeState;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** In place of the fake's own answers. */
  readonly handlers?: Partial<Handlers<ProbeHostSurface>>;
}

/**
 * A Probe page in Chromium whose host is this test: the page's `acquireVsCodeApi` posts to an RpcPeer here, so that both
 * ends speak the product's own protocol. Keeps every call, and everything that a page must not do.
 */
export class FakeHost {
  readonly calls: { method: string; params: unknown }[] = [];
  /** Violations of the policy, errors and warnings of the console, exceptions. */
  readonly complaints: string[] = [];
  private peer!: RpcPeer<ProbeHostSurface, ProbePageSurface>;

  private constructor(
    readonly page: Page,
    public state: ProbeState,
  ) {}

  static async open(browser: Browser, server: PageServer, options: OpenOptions): Promise<FakeHost> {
    const { state, theme = 'dark', width = 1200, height = 900, handlers = {} } = options;
    const page = await browser.newPage({ viewport: { width, height } });
    const host = new FakeHost(page, state);
    await host.listen(handlers);
    await page.addInitScript(prepare, themes[theme].variables);
    await page.goto(`${server.origin}/probe.html?class=${themes[theme].bodyClass}`);
    await page.waitForSelector('h1:not(:empty)', { timeout: 10_000 });
    return host;
  }

  /** Tells the page of a new state; resolves when it is drawn. */
  async update(state: ProbeState): Promise<void> {
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

  params(method: keyof ProbeHostSurface): unknown[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params);
  }

  /** Waits until the page has made its `count`th call of `method`. */
  async called(method: keyof ProbeHostSurface, count = 1): Promise<unknown> {
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

  private async listen(changes: Partial<Handlers<ProbeHostSurface>>): Promise<void> {
    const { page } = this;
    const answers: Handlers<ProbeHostSurface> = {
      ready: () => this.state,
      show: () => null,
      items: (query) => labItems(query),
      run: () => null,
      cancel: () => null,
      save: ({ format }) => `vision.${format}`,
      openFile: () => null,
      ...changes,
    };
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
      Object.fromEntries(kept) as unknown as Handlers<ProbeHostSurface>,
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
