import type { Browser, BrowserContext } from 'playwright-core';
import type { Surface } from '../../src/shared/rpc';
import { launchBrowser } from '../harness/browser.mjs';
import { FakeHost, type FakedPage, type OpenOptions } from './fakeHost';
import { PageServer } from './pageServer';

/** Gives the tests of a `describe` pages in one Chromium; what a page must not have done fails its test. */
export function fakePanels<State, Host extends Surface<Host>>(
  faked: FakedPage<State, Host>,
): (options: OpenOptions<State, Host>) => Promise<FakeHost<State, Host>> {
  let browser: Browser;
  let context: BrowserContext;
  let server: PageServer;
  const opened: FakeHost<State, Host>[] = [];
  before(async () => {
    server = await PageServer.start();
    browser = await launchBrowser();
    context = await browser.newContext();
  });
  afterEach(async () => {
    for (const host of opened.splice(0)) await host.close();
  });
  after(async () => {
    await browser.close();
    server.stop();
  });
  return async (options) => {
    const host = await FakeHost.open(context, server, faked, options);
    opened.push(host);
    return host;
  };
}
