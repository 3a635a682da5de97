import { randomBytes } from 'node:crypto';

/** A page of the product as its panel loads it. */
export interface WebviewPage {
  readonly language: string;
  readonly title: string;
  /** The webview's `cspSource`. */
  readonly cspSource: string;
  /** Addresses. */
  readonly stylesheet: string;
  readonly script: string;
  /** What the panel's serializer needs to restore it: the page keeps it in its state. */
  readonly restore: object;
}

/** HTML of a page that runs its own script and loads its own style, images that the host allows, and nothing else. */
export function webviewPage({ language, title, cspSource, stylesheet, script, restore }: WebviewPage): string {
  const nonce = randomBytes(18).toString('base64url');
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource} data: blob:`,
    `font-src ${cspSource}`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta property="csp-nonce" content="${nonce}" />
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="${escaped(stylesheet)}" />
  </head>
  <body data-restore="${escaped(JSON.stringify(restore))}">
    <script nonce="${nonce}" src="${escaped(script)}"></script>
  </body>
</html>
`;
}

/** Text as HTML has it, also inside a quoted attribute. */
function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
