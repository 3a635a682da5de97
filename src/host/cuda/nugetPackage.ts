/** Packages of nuget.org, by its protocol of version 3 (learn.microsoft.com/nuget/api/overview). */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../../shared/errors';

/** A package as its catalogue describes it. */
export interface NugetPackage {
  readonly address: string;
  readonly bytes: number;
  /** Of the archive, in base64. */
  readonly sha512: string;
}

const largestDescription = 1 << 20;
const largestPackage = 1 << 30;
const tryAgain = 'Try again; behind a proxy, set "http.proxy".';

/**
 * Where a version lies, and its checksum.
 * @param feed address of the service, without a slash at the end
 * @throws InputError when the service does not answer, does not know it, or says what cannot be
 */
export async function findNugetPackage(
  feed: string,
  id: string,
  version: string,
  signal: AbortSignal,
): Promise<NugetPackage> {
  const name = id.toLowerCase();
  const registration = `${feed}/registration5-semver1/${name}/${version}.json`;
  const { catalogEntry } = (await json(registration, signal)) as { catalogEntry?: unknown };
  if (typeof catalogEntry !== 'string' || !isOf(feed, catalogEntry)) throw strange(registration, 'its catalogue entry');
  const described = (await json(catalogEntry, signal)) as Record<string, unknown>;
  const { packageHash, packageHashAlgorithm, packageSize } = described;
  const isIt = String(described['id']).toLowerCase() === name && described['version'] === version;
  if (!isIt) throw strange(catalogEntry, 'the package');
  if (packageHashAlgorithm !== 'SHA512' || typeof packageHash !== 'string') throw strange(catalogEntry, 'the checksum');
  if (!Number.isSafeInteger(packageSize) || (packageSize as number) > largestPackage) {
    throw strange(catalogEntry, 'the size');
  }
  const address = `${feed}-flatcontainer/${name}/${version}/${name}.${version}.nupkg`;
  return { address, bytes: packageSize as number, sha512: packageHash };
}

/**
 * Fetches an archive into a new file and compares its checksum.
 * @param onBytes told how many bytes came
 * @throws InputError when it breaks off, is longer than it should be, or is another
 */
export async function fetchNugetPackage(
  { address, bytes, sha512 }: NugetPackage,
  file: string,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await get(address, signal);
  const hash = createHash('sha512');
  let seen = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      seen += chunk.length;
      hash.update(chunk);
      onBytes(chunk.length);
      if (seen > bytes) done(wrong(address, `it is longer than the ${bytes} bytes that its catalogue tells`));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(response.body!, watch, createWriteStream(file, { flags: 'wx' }), { signal });
  } catch (error) {
    throw signal.aborted || error instanceof InputError ? error : broken(address, error);
  }
  if (seen < bytes) throw wrong(address, `it ended after ${seen} of ${bytes} bytes`);
  if (hash.digest('base64') !== sha512) throw wrong(address, 'its checksum is not the one that its catalogue tells');
}

async function json(address: string, signal: AbortSignal): Promise<object> {
  const response = await get(address, signal);
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body! as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > largestDescription) throw strange(address, 'so much');
    }
  } catch (error) {
    throw signal.aborted || error instanceof InputError ? error : broken(address, error);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // falls through to the error that names the address
  }
  throw strange(address, 'something that is no JSON object');
}

async function get(address: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : broken(address, error);
  });
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  throw new InputError(`${address} answers ${response.status} ${response.statusText}`.trim(), tryAgain);
}

/** What a description points to lies where it came from itself. */
function isOf(feed: string, address: string): boolean {
  return URL.canParse(address) && new URL(address).origin === new URL(feed).origin;
}

function broken(address: string, cause: unknown): InputError {
  const { message, cause: inner } = cause as Error;
  const why = inner instanceof Error ? inner.message : message;
  return new InputError(`${address} cannot be fetched: ${why}`, tryAgain, { cause });
}

function strange(address: string, what: string): InputError {
  return new InputError(`${address} tells ${what} in a way that is not understood`, tryAgain);
}

function wrong(address: string, what: string): InputError {
  return new InputError(`${address} is damaged: ${what}`, 'Nothing was installed. Try again.');
}
