import type { Browser } from 'playwright-core';

/** Starts a headless Chromium: the machine's own, else the one from npm. */
export function launchBrowser(): Promise<Browser>;
