/** Entry of the sandbox process. Its parent (sandboxClient.ts) limits its time and memory. */
import { ChatTemplate, TextTokenizer } from '../core/model/prompt';
import { goldProblem, gradeAnswer } from '../core/evaluate/grading/gradeAnswer';
import { processImage } from '../core/model/imageProcessor';
import { readChatTemplate, readTokenizerFiles } from '../core/checkpoint/sidecars';
import { processChannel } from '../core/process/childPeer';
import { toWireError } from '../shared/errors';
import type { Outcome, SandboxSurface } from '../shared/protocol/sandbox';
import { RpcPeer } from '../shared/rpc';
import { openFont, outlineWord } from './fontOutlines';
import { SharpImageDecoder } from './imageDecoder';
import { extractParquetImages, readParquetRows } from './parquetDataset';
import { readSpreadsheetRows } from './spreadsheet';

const decoder = new SharpImageDecoder();
const template = perPlace(async (directory) => {
  const [{ file, text }, { config }] = await Promise.all([readChatTemplate(directory), readTokenizerFiles(directory)]);
  return new ChatTemplate(file, text, config);
});
const tokenizer = perPlace(async (directory) => {
  const { file, json, config } = await readTokenizerFiles(directory);
  return new TextTokenizer(file, json, config);
});
const fonts = perPlace(openFont);

new RpcPeer<SandboxSurface, object>(processChannel(process as never), {
  render: async ({ directory, messages }) => {
    const reader = await template(directory);
    return messages.map((item) => reader.render(item));
  },
  tokenize: async ({ directory, texts }) => {
    const reader = await tokenizer(directory);
    return texts.map((item) => reader.encode(item));
  },
  decode: async ({ directory, sequences }) => {
    const reader = await tokenizer(directory);
    return sequences.map((item) => reader.decode(item));
  },
  grade: ({ requests }) => Promise.all(requests.map(gradeAnswer)),
  goldProblems: ({ golds }) => Promise.all(golds.map(goldProblem)),
  parquetRows: ({ path, columns }) => readParquetRows(path, columns),
  parquetImages: ({ path, column, rows, folder }) => extractParquetImages(path, column, rows, folder),
  spreadsheetRows: ({ path }) => readSpreadsheetRows(path),
  outlines: async ({ font, words }) => {
    const opened = await fonts(font);
    return words.map((word) => outlineWord(opened, font, word));
  },
  imageSizes: ({ paths, within }) => Promise.all(paths.map((path) => outcome(() => decoder.size(path, within)))),
  processImages: ({ paths, within, settings }) =>
    Promise.all(paths.map((path) => outcome(async () => processImage(await decoder.decode(path, within), settings)))),
});
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole process group; the parent decides what ends

async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: await work() };
  } catch (error) {
    return { error: toWireError(error) };
  }
}

/** Reads each folder's files, or each file, once: a sandbox lives no longer than a job. */
function perPlace<T>(read: (place: string) => Promise<T>): (place: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (place) => {
    let value = known.get(place);
    if (!value) known.set(place, (value = read(place)));
    return value;
  };
}
