import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../src/core/experiment/manifest';
import type { SwapSummary } from '../../src/core/probe/swapSummary';
import { percent } from '../../src/shared/format';
import { command } from '../harness/commandLine';
import { quickSwap, writeExperiment } from '../harness/experimentFile';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
let run: string;

before(async () => {
  const file = writeExperiment(
    folder(),
    'regions: [2, 9]',
    'steps:',
    `  - swap: { id: few, ${quickSwap}, functions: [counting, ocr], limit: 2, layers: 0-3 }`,
  );
  const { code, stderr } = await command('run', file, '--json');
  assert.equal(code, 0, stderr);
  run = join(file.replace(/\.frankenstein\.yaml$/, '.runs'), 'few');
});

const json = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;

/** A copy of the run in a folder of runs of its own. */
function copyOf(edit: (manifest: Manifest & Record<string, unknown>) => unknown = () => undefined): string {
  const copy = join(folder(), 'y.runs', 'few');
  mkdirSync(join(copy, '..'));
  cpSync(run, copy, { recursive: true, filter: (name) => !name.endsWith('report.html') });
  const manifest = json<Manifest & Record<string, unknown>>(join(copy, 'manifest.json'));
  edit(manifest);
  writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest));
  return copy;
}

async function pageOf(target: string): Promise<string> {
  const { code, stdout, stderr } = await command('report', target, '--json');
  assert.equal(code, 0, stderr);
  return readFileSync((JSON.parse(stdout) as { output: string }).output, 'utf8');
}

describe('report', () => {
  it('one page inside the run folder, and says what was written', async () => {
    const { stdout } = await command('report', run, '--json');
    assert.deepEqual(JSON.parse(stdout), { output: join(run, 'report.html'), runs: ['few'] });
    assert.ok(existsSync(join(run, 'report.html')));
  });

  it('what was asked, with what and of what', async () => {
    const page = await pageOf(run);
    const { inputs, versions, plan } = json<Manifest>(join(run, 'manifest.json'));
    assert.ok(inputs.length > 4);
    for (const { sha256 } of inputs) assert.ok(page.includes(`<code>${sha256}</code>`));
    for (const fact of [...Object.values(versions), plan, 'suffix', 'cpu', 'counting, ocr'])
      assert.ok(page.includes(fact), fact);
  });

  it('every number of the summary, the curves, and the regions that the experiment file says', async () => {
    // Prettier breaks lines inside of tags; HTML does not mind.
    const page = (await pageOf(run)).replace(/\s+/g, ' ').replace(/ ?(<|>) ?/g, '$1');
    const { functions } = json<SwapSummary>(join(run, 'summary.json'));
    for (const [name, points] of Object.entries(functions)) {
      const table = page
        .slice(page.indexOf(`<caption>${name}</caption>`))
        .split('</table>')[0]!
        .replace(/\s+/g, ' ');
      for (const { layer, n, rate, low, high, adoptedRate } of points) {
        const cells = [layer, n, percent(rate), `${percent(low)} – ${percent(high)}`, percent(adoptedRate)];
        const row = table.split('</tr>').find((one) => one.includes(`<th scope="row">${layer}</th>`))!;
        assert.deepEqual(
          [...row.matchAll(/>([^<>]+)<\/t[hd]>/g)].map((match) => match[1]),
          cells.map(String),
        );
      }
    }
    assert.equal(page.match(/<polyline/g)!.length, 2);
    assert.deepEqual([...page.matchAll(/class="region region-\d"[^>]*width="([\d.]+)"/g)].length, 3);
    for (const name of ['Early', 'Mid', 'Late']) assert.match(page, new RegExp(`>${name}<`));
  });

  it('stands alone: no script, nothing loaded, a policy that forbids both', async () => {
    const page = await pageOf(run);
    assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/=]+'"/);
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|@import|url\(|\bsrc=|https?:|\son\w+=|\sstyle=/i);
    assert.match(page, /prefers-color-scheme: dark/);
  });

  it('text of others stays text', async () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const copy = copyOf((manifest) => {
      const facts = manifest.facts as { checkpoint: string; functions: Record<string, unknown> };
      facts.checkpoint = evil;
      facts.functions[evil] = { pairs: ['1'], tokens: [] };
      (manifest.options as Record<string, unknown>)[evil] = evil;
    });
    const page = await pageOf(copy);
    assert.doesNotMatch(page, /<img/);
    assert.ok(page.includes('&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;'));
  });

  it('an unfinished run: what there is, and that it is not all', async () => {
    const copy = copyOf((manifest) => Object.assign(manifest, { state: 'running' }));
    const lines = readFileSync(join(copy, 'rows.jsonl'), 'utf8').split('\n');
    writeFileSync(join(copy, 'rows.jsonl'), lines.slice(0, 5).join('\n') + '\n');
    const page = await pageOf(copy);
    assert.match(page, /was not finished \(interrupted\)/);
    assert.match(page, /1 of 4\s+pairs/);
    assert.match(page, /Regions are not shaded/, 'there is no experiment file beside it');
    assert.doesNotMatch(await pageOf(run), /was not finished/);
  });

  it('a folder of runs: a section for each, where --out says', async () => {
    const copy = copyOf();
    cpSync(copy, `${copy}~1`, { recursive: true });
    const output = join(folder(), 'all.html');
    const { stdout } = await command('report', join(copy, '..'), '--out', output, '--json');
    assert.deepEqual(JSON.parse(stdout), { output, runs: ['few', 'few~1'] });
    assert.equal(readFileSync(output, 'utf8').match(/<section/g)!.length, 2);
  });

  it('what is no run is refused with exit code 2, and nothing is written', async () => {
    const empty = folder();
    const broken = copyOf();
    writeFileSync(join(broken, 'manifest.json'), '{"step": 4}');
    const cases: [string[], RegExp][] = [
      [[empty], /is not a run: it has no manifest\.json\. Give NAME\.runs\/STEP/],
      [[join(empty, 'none')], /cannot read the folder .*none: ENOENT/],
      [[broken], /manifest\.json is not the manifest of a run/],
      [[run, '--out', join(empty, 'no', 'where.html')], /cannot write .*where\.html: it does not exist/],
      [[], /expected RUN/],
    ];
    for (const [words, expected] of cases) {
      const { code, stdout, stderr } = await command('report', ...words);
      assert.match(stderr, expected);
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.deepEqual([code, stdout], [2, '']);
    }
    assert.ok(!existsSync(join(broken, 'report.html')) && !existsSync(join(empty, 'report.html')));
  });
});
