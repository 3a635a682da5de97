import * as vscode from 'vscode';
import type { Channel } from '../../shared/rpc';
import { webviewPage } from './webviewPage';

/** The folder of all pages. */
export function pagesFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** Loads the page `page` into a panel whose options are set. @param restore what its serializer needs */
export function loadPage(
  { webview, title }: vscode.WebviewPanel,
  extensionUri: vscode.Uri,
  page: string,
  restore: object,
): void {
  const address = (kind: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(pagesFolder(extensionUri), `${page}.${kind}`)).toString();
  webview.html = webviewPage({
    language: vscode.env.language,
    title,
    cspSource: webview.cspSource,
    stylesheet: address('css'),
    script: address('js'),
    restore,
  });
}

/** The page's side of a call. @param isClosed once it is, nothing is sent any more */
export function pageChannel({ webview }: vscode.WebviewPanel, isClosed: () => boolean): Channel {
  return {
    send: (message) => {
      if (!isClosed()) void webview.postMessage(message);
    },
    // The subscription ends with the webview.
    onMessage: (listener) => void webview.onDidReceiveMessage(listener),
  };
}

/** The icon of a panel's tab, for light and dark themes. */
export function pageIcon(extensionUri: vscode.Uri, page: string): { light: vscode.Uri; dark: vscode.Uri } {
  const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', 'icons', `${page}-${theme}.svg`);
  return { light: icon('light'), dark: icon('dark') };
}
