import type { FrameLocator, Page } from 'playwright-core';
import type * as vscode from 'vscode';

export type Theme = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

export interface WorkbenchOptions {
  /** The folder to open. Default: a copy of the sample lab, which is removed on close. */
  readonly folder?: string;
  /** Default: dark. */
  readonly theme?: Theme;
  /** false: the folder opens in Restricted Mode, as for a user who has not trusted it. Default: true. */
  readonly trusted?: boolean;
  /** User settings over the harness's quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of further extensions to install. */
  readonly extensions?: readonly string[];
  /** A packaged extension, installed as a user installs it, in place of the one under development. */
  readonly vsix?: string;
}

/** A window of 1440 × 900 of a real VS Code with the extension in it. */
export interface Workbench {
  readonly page: Page;
  /** The opened folder. */
  readonly folder: string;
  /**
   * Runs a function inside the extension host. Only its source goes there: it sees its arguments and nothing around it;
   * arguments and result must be JSON.
   */
  evaluate<Args extends unknown[], Result>(
    run: (api: typeof vscode, ...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>>;
  /** The page inside a webview, by the title of its panel; without a title, the first there is. Waits up to 30 s. */
  frame(title?: string): Promise<FrameLocator>;
  /** Writes test-results/NAME.png and answers its path. */
  screenshot(name: string): Promise<string>;
  /** Writes test-results/NAME-THEME.png for each theme, by default dark, light and high contrast; ends in the dark. */
  screenshots(name: string, themes?: readonly Theme[]): Promise<void>;
  /** Reloads the window: a new extension host, and panels as their serializers bring them back. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a VS Code, about 5 s. `node esbuild.mjs --tests` must have run; test/run.mjs does that. */
export function openWorkbench(options?: WorkbenchOptions): Promise<Workbench>;
