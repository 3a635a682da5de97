import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { webviewPage } from '../../src/host/panels/webviewPage';

const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.png': 'image/png',
};

/** Serves the built pages inside the host's HTML, under its policy, and the sample lab's pictures. */
export class PageServer {
  private constructor(
    private readonly server: Server,
    /** Ends without a slash. */
    readonly origin: string,
  ) {}

  static async start(): Promise<PageServer> {
    const server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PageServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

function answer({ url, headers }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams, origin } = new URL(url ?? '/', `http://${headers.host}`);
  const [, page] = /^\/([a-z]+)\.html$/.exec(pathname) ?? [];
  if (page !== undefined) {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return void response.end(html(page, searchParams.get('class') ?? 'vscode-dark', origin));
  }
  const root = pathname.startsWith('/pairs/') ? 'media/sample-lab' : 'dist/webview';
  const file = path.join(root, path.normalize(pathname));
  try {
    const content = readFileSync(file);
    response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream');
    response.end(content);
  } catch {
    response.statusCode = pathname === '/favicon.ico' ? 204 : 404; // a browser asks for the first by itself
    response.end();
  }
}

/** What the host's serializer needs to restore the panel. */
export const restore = { file: '/lab/lab.frankenstein.yaml', step: 'vision' };

/** The host's own HTML, with the class that VS Code gives the body; the server's origin is that of the resources. */
function html(page: string, bodyClass: string, origin: string): string {
  const [stylesheet, script] = [`${origin}/${page}.css`, `${origin}/${page}.js`];
  const made = webviewPage({ language: 'en', title: page, cspSource: origin, stylesheet, script, restore });
  return made.replace('<body ', `<body class="${bodyClass}" `);
}
