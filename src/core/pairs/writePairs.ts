/**
 * Draws pairs of images and writes them in the format that `readPairs` reads: into a folder beside the output, each
 * image read back and checked, then renamed as a whole. What fails or is cancelled leaves nothing.
 */
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import type { PairsParams, PairsResult, RunProgress } from '../../shared/protocol/engine';
import { readSmallFile } from '../files/containedFile';
import { diskOperations, syncFolderOf, writeAll } from '../files/fileOperations';
import { ensureFolder } from '../files/folders';
import { assertNewOrEmpty, publishFolder, removeFolder, withFile } from '../files/outputFolder';
import { sha256OfFile } from '../files/sha256';
import type { RgbImage } from '../ports';
import { checkPair } from './checkPair';
import { checkPairsOptions } from './options';
import type { FontOutlines, Outline } from './outline';
import { plainWords } from './plainWords';
import { planPairs } from './planPairs';
import type { PlannedPair } from './plannedPair';
import { readWords } from './readWords';
import { sceneSvg } from './svg';

/** What drawing needs from outside. */
export interface PairsTools {
  /** The file of a font as the user names it. */
  fontFile(font: string): string;
  /** Outlines of words, in their order. @throws InputError when the font cannot be read or lacks a letter */
  outlines(fontFile: string, words: readonly string[]): Promise<readonly Outline[]>;
  /** An SVG document as PNG. */
  draw(svg: string): Promise<Uint8Array>;
  decode(png: Uint8Array): Promise<RgbImage>;
  /** What the images' bytes depend on. */
  readonly versions: Readonly<Record<string, string>>;
}

const imageLimit = 64 << 20;

/** @throws InputError for pairs that cannot be made, Error naming a pair whose images are not as planned */
export async function writePairs(
  params: PairsParams,
  tools: PairsTools,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<PairsResult> {
  checkPairsOptions(params);
  const { output, functions, seed } = params;
  await assertNewOrEmpty(output);
  onProgress({ phase: 'preparing', done: 0, total: functions.length * params.count, unit: 'pairs', secondsLeft: null });
  const words = params.words === null ? plainWords : await readWords(params.words);
  const fonts = functions.includes('ocr') ? await outlineWords(params.fonts, words, tools) : [];
  signal.throwIfAborted();
  const planned = planPairs(params, words, fonts);

  await ensureFolder(path.dirname(output));
  const part = path.join(path.dirname(output), `.${path.basename(output)}.${randomBytes(6).toString('hex')}.drawing`);
  const writer = new PairWriter(part, tools, signal, onProgress, functions.length * params.count);
  try {
    for (const [name, pairs] of planned) await writer.writeFunction(name, pairs);
    await writer.write('pairs.json', JSON.stringify(await manifest(params, tools), null, 1) + '\n');
    signal.throwIfAborted();
    await publishFolder(part, output, diskOperations);
  } catch (error) {
    await removeFolder(part);
    throw error;
  }
  const counts = Object.fromEntries([...planned].map(([name, pairs]) => [name, { pairs: pairs.length }]));
  return { output, functions: counts, files: writer.files, bytes: writer.bytes, seed };
}

async function outlineWords(fonts: readonly string[], words: readonly string[], tools: PairsTools) {
  const outlined: FontOutlines[] = [];
  for (const font of fonts) {
    const outlines = await tools.outlines(tools.fontFile(font), words);
    outlined.push({ font, outlines: new Map(outlines.map((outline) => [outline.word, outline])) });
  }
  return outlined;
}

class PairWriter {
  /** Written so far. */
  files = 0;
  bytes = 0;
  private done = 0;
  private readonly started = performance.now();

  constructor(
    private readonly folder: string,
    private readonly tools: PairsTools,
    private readonly signal: AbortSignal,
    private readonly onProgress: (progress: RunProgress) => void,
    private readonly total: number,
  ) {}

  async writeFunction(name: string, pairs: readonly PlannedPair[]): Promise<void> {
    await ensureFolder(path.join(this.folder, name, 'images'));
    const targets = new Map<string, string>();
    const lines: string[] = [];
    for (const pair of pairs) {
      this.signal.throwIfAborted();
      const [target_image, source_image] = ['t', 's'].map((which) => `images/${pair.id}_${which}.png`) as [
        string,
        string,
      ];
      const target = await this.drawImage(`${name}/${target_image}`, pair.target);
      const source = await this.drawImage(`${name}/${source_image}`, pair.source);
      checkPair(pair, target.image, source.image);
      const twin = targets.get(target.sha256);
      if (twin) throw new Error(`the target images of ${name}/${twin} and ${name}/${pair.id} are the same`);
      targets.set(target.sha256, pair.id);
      const { id, prompt, meta } = pair;
      lines.push(JSON.stringify({ id, task: name, target_image, source_image, prompt, meta }) + '\n');
      this.report();
    }
    await this.write(`${name}/data.jsonl`, lines.join(''));
    await syncFolderOf(path.join(this.folder, name, 'images', 'entry'), diskOperations);
    await syncFolderOf(path.join(this.folder, name, 'entry'), diskOperations);
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    await withFile(path.join(this.folder, name), 'wx', async (file) => {
      await writeAll(file, bytes, 0, diskOperations);
      await diskOperations.sync(file);
    });
    this.files++;
    this.bytes += bytes.length;
  }

  /** @returns the image as it can be read from the disk */
  private async drawImage(name: string, scene: PlannedPair['target']) {
    await this.write(name, await this.tools.draw(sceneSvg(scene)));
    const bytes = await readSmallFile(path.join(this.folder, name), { limit: imageLimit, within: this.folder });
    return { image: await this.tools.decode(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  private report(): void {
    const { total, started } = this;
    const done = ++this.done;
    const secondsLeft = ((performance.now() - started) / 1000 / done) * (total - done);
    this.onProgress({ phase: 'running', done, total, unit: 'pairs', secondsLeft });
  }
}

/** What the set can be made again from. */
async function manifest({ output: _output, ...options }: PairsParams, tools: PairsTools): Promise<object> {
  const isOcr = options.functions.includes('ocr');
  const fonts: object[] = [];
  for (const font of isOcr ? options.fonts : []) fonts.push({ font, sha256: await sha256OfFile(tools.fontFile(font)) });
  const words = isOcr && options.words !== null ? { sha256: await sha256OfFile(options.words) } : undefined;
  return { version: 1, versions: tools.versions, options, inputs: { fonts, words } };
}
