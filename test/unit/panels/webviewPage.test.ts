import assert from 'node:assert/strict';
import { webviewPage } from '../../../src/host/panels/webviewPage';

describe('webviewPage', () => {
  const page = (part: Partial<Parameters<typeof webviewPage>[0]> = {}) =>
    webviewPage({
      language: 'en',
      title: 'vision · base',
      cspSource: 'https://files.example',
      stylesheet: 'https://files.example/probe.css',
      script: 'https://files.example/probe.js',
      restore: { file: '/lab/lab.frankenstein.yaml', step: 'vision' },
      ...part,
    });
  const nonceOf = (html: string) => /property="csp-nonce" content="([^"]+)"/.exec(html)![1]!;

  it('allows its own script and style, images of the host, and nothing else', () => {
    const html = page();
    const nonce = nonceOf(html);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!.replaceAll('&#39;', "'");
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      'img-src https://files.example data: blob:',
      'font-src https://files.example',
      `style-src https://files.example 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
    ]);
    assert.ok(html.includes(`<script nonce="${nonce}" src="https://files.example/probe.js">`));
    assert.ok(html.includes('<html lang="en">'));
  });

  it('has another nonce each time', () => {
    assert.notEqual(nonceOf(page()), nonceOf(page()));
    assert.match(nonceOf(page()), /^[A-Za-z0-9_-]{22,}$/);
  });

  it('keeps names out of the HTML', () => {
    const file = `/lab/"><script>alert('&')</script>.frankenstein.yaml`;
    const html = page({ restore: { file }, title: '</title><b>' });
    assert.equal(html.match(/<script/g)!.length, 1);
    assert.ok(!html.includes('<b>'));
    const attribute = /data-restore="([^"]*)"/.exec(html)![1]!;
    const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
    const text = attribute.replace(/&([^;]+);/g, (_, name: string) => entities[name]!);
    assert.deepEqual(JSON.parse(text), { file });
  });
});
