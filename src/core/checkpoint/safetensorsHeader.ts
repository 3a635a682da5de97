/**
 * The header of a safetensors file: 8 bytes of length (little endian), so many bytes of JSON, then the tensors' bytes
 * without a gap. What is refused is what the reference implementation (safetensors 0.8.0-dev) refuses, and beyond that
 * what its readers understand in different ways: a name that stands twice, a name with NUL, a tensor that is no object.
 */
import { InputError } from '../../shared/errors';
import type { RegularFile } from '../files/containedFile';
import { JsonScanner } from './jsonScanner';
import { quoteName } from './quoteName';

/** Element types and their sizes in bits; all that the reference implementation knows. */
const dtypeBits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type Dtype = keyof typeof dtypeBits;

/** Bits of one element. */
export function bitsOf(dtype: Dtype): number {
  return dtypeBits[dtype];
}

export interface HeaderTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** First byte, absolute in the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their bytes. */
  readonly tensors: readonly HeaderTensor[];
  readonly warnings: readonly string[];
}

/** Bytes, as the Hugging Face Hub has it: headers of the largest models are a tenth of it. */
export const defaultHeaderLimit = 25_000_000;
/** Bytes, of the reference implementation. */
export const largestHeaderLimit = 100_000_000;

const lengthBytes = 8;
const mostWarnings = 10;

/**
 * Reads and checks the header of a safetensors file; nothing else of the file is read.
 * @param options.headerLimit bytes of JSON, at most {@link largestHeaderLimit}
 * @throws InputError naming the file, the tensor, the rule and the byte
 */
export async function readSafetensorsHeader(
  file: RegularFile,
  { headerLimit = defaultHeaderLimit }: { readonly headerLimit?: number } = {},
): Promise<SafetensorsHeader> {
  const { size, shown } = file;
  if (size < lengthBytes) throw new InputError(`${shown}: too small for a safetensors file: ${size} bytes`);
  const prefix = await file.read(0, lengthBytes);
  const declared = new DataView(prefix.buffer).getBigUint64(0, true);
  const limit = Math.min(headerLimit, largestHeaderLimit);
  if (declared > limit) {
    throw new InputError(`${shown}: the header claims ${declared} bytes, more than the ${limit} that are read`);
  }
  const length = Number(declared);
  if (lengthBytes + length > size) {
    throw new InputError(`${shown}: the header claims ${length} bytes, but the file has ${size}: it was cut off`);
  }
  const { metadata, tensors, warnings } = parseHeader(shown, await file.read(lengthBytes, length));
  const dataStart = lengthBytes + length;
  checkCoverage(shown, tensors, size - dataStart);
  return {
    metadata,
    tensors: tensors.map(({ name, dtype, shape, begin, end }) => {
      return { name, dtype, shape, offset: dataStart + begin, length: end - begin };
    }),
    warnings,
  };
}

/** A tensor as the header has it: offsets count from the first byte after the header. */
interface RawTensor {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

function parseHeader(
  file: string,
  bytes: Uint8Array,
): { metadata: Map<string, string>; tensors: RawTensor[]; warnings: string[] } {
  const scanner = new JsonScanner(file, bytes, { firstByte: lengthBytes });
  const metadata = new Map<string, string>();
  const tensors: RawTensor[] = [];
  const unknownFields = new Map<string, string>();
  scanner.object('the header', (name, position) => {
    if (name === '__metadata__') readMetadata(scanner, metadata);
    else tensors.push(readTensor(scanner, name, position, unknownFields));
  });
  scanner.end();
  const warnings = [...unknownFields].slice(0, mostWarnings).map(([field, tensor]) => {
    return `${file}: unknown field ${quoteName(field)}, first in tensor ${quoteName(tensor)}`;
  });
  return { metadata, tensors, warnings };
}

function readMetadata(scanner: JsonScanner, metadata: Map<string, string>): void {
  if (scanner.peek() === 'null') return scanner.literal('null');
  scanner.object('__metadata__', (key) => {
    metadata.set(key, scanner.string(`the value of ${quoteName(key)} in __metadata__`));
  });
}

function readTensor(
  scanner: JsonScanner,
  name: string,
  position: number,
  unknownFields: Map<string, string>,
): RawTensor {
  const quoted = `tensor ${quoteName(name)}`;
  // Readers in C end the name there: two readers would see two names.
  if (name.includes('\0')) scanner.fail(`${quoted}: a NUL character in the name`, position);
  let dtype: Dtype | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.object(quoted, (field) => {
    if (field === 'dtype') dtype = readDtype(scanner, quoted);
    else if (field === 'shape') shape = readIntegers(scanner, `${quoted}: shape`);
    else if (field === 'data_offsets') offsets = readIntegers(scanner, `${quoted}: data_offsets`);
    else {
      scanner.skip();
      if (!unknownFields.has(field)) unknownFields.set(field, name);
    }
  });
  if (!dtype) scanner.fail(`${quoted}: dtype is missing`, position);
  if (!shape) scanner.fail(`${quoted}: shape is missing`, position);
  if (offsets?.length !== 2) scanner.fail(`${quoted}: data_offsets must be two integers`, position);
  const [begin, end] = offsets as [number, number];
  const size = sizeInBytes(dtype, shape);
  if (size === 'overflow') scanner.fail(`${quoted}: shape [${brief(shape)}] is larger than any file`, position);
  if (size === 'misaligned') scanner.fail(`${quoted}: its elements do not end at a byte`, position);
  if (end < begin) scanner.fail(`${quoted}: it ends (${end}) before it begins (${begin})`, position);
  if (end - begin !== size) {
    const needed = `${dtype} [${brief(shape)}] takes ${size} bytes`;
    scanner.fail(`${quoted}: ${needed}, but data_offsets span ${end - begin}`, position);
  }
  return { name, dtype, shape, begin, end };
}

function readDtype(scanner: JsonScanner, quoted: string): Dtype {
  scanner.expect('string', `${quoted}: dtype`);
  const { position } = scanner;
  const dtype = scanner.string(`${quoted}: dtype`);
  if (!Object.hasOwn(dtypeBits, dtype)) scanner.fail(`${quoted}: unknown dtype ${quoteName(dtype)}`, position);
  return dtype as Dtype;
}

function readIntegers(scanner: JsonScanner, what: string): number[] {
  const values: number[] = [];
  scanner.array(what, () => values.push(scanner.unsignedInteger(what)));
  return values;
}

/**
 * Bytes of a tensor. The product of all dimensions but zeros must be exact, whatever their order: a zero after an
 * overflow would hide it from one reader and not from another.
 */
function sizeInBytes(dtype: Dtype, shape: readonly number[]): number | 'overflow' | 'misaligned' {
  const bits = shape.reduce((product, size) => product * (size || 1), bitsOf(dtype));
  if (bits > Number.MAX_SAFE_INTEGER) return 'overflow';
  if (shape.includes(0)) return 0;
  return bits % 8 === 0 ? bits / 8 : 'misaligned';
}

/** Sorts the tensors by their bytes and refuses holes, overlaps and bytes that belong to no tensor. */
function checkCoverage(file: string, tensors: RawTensor[], dataSize: number): void {
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of tensors) {
    const found = begin < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
    if (begin !== covered) {
      throw new InputError(`${file}: tensor ${quoteName(name)} ${found}: begins at ${begin}, expected ${covered}`);
    }
    covered = end;
  }
  if (covered > dataSize) {
    throw new InputError(`${file}: cut off: its tensors take ${covered} bytes, ${dataSize} are there`);
  }
  if (covered < dataSize) {
    throw new InputError(`${file}: ${dataSize - covered} bytes after the last tensor belong to none`);
  }
}

function brief(shape: readonly number[]): string {
  return shape.length > 8 ? `${shape.slice(0, 8).join(', ')}, …` : shape.join(', ');
}
