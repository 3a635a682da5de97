import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { zipSync } from 'fflate';
import { CudaFiles } from '../../../src/host/cuda/cudaFiles';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const version = '1.30.0';
const name = 'microsoft.ml.onnxruntime.gpu.linux';
const folder = 'runtimes/linux-x64/native';
const providers = ['cuda', 'shared', 'tensorrt'].map((each) => `libonnxruntime_providers_${each}.so`);
const linux = { platform: 'linux', arch: 'x64' };

describe('the CUDA files of ONNX Runtime', () => {
  const newFolder = temporaryFolders();
  /** What the stand-in for nuget.org has; tests change it. */
  let offered: { archive: Buffer; bytes: number; sha512: string; catalogue: Record<string, unknown> };
  let send: (response: ServerResponse, archive: Buffer) => void;
  let server: Server;
  let feed: string;
  let storage: string;
  let runtime: string;

  before(async () => {
    server = createServer((request, response) => {
      const catalogue = `${feed}/catalog0/data/package.json`;
      const json = (value: object) => response.end(JSON.stringify(value));
      if (request.url === `/v3/registration5-semver1/${name}/${version}.json`) json({ catalogEntry: catalogue });
      else if (request.url === '/v3/catalog0/data/package.json') json(offered.catalogue);
      else if (request.url === `/v3-flatcontainer/${name}/${version}/${name}.${version}.nupkg`) {
        send(response, offered.archive);
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    feed = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    const scratch = newFolder();
    storage = path.join(scratch, 'storage');
    runtime = path.join(scratch, 'onnxruntime-node');
    const binaries = path.join(runtime, 'bin/napi-v6/linux/x64');
    mkdirSync(binaries, { recursive: true });
    writeFileSync(path.join(binaries, 'libonnxruntime.so.1'), 'the runtime');
    writeFileSync(path.join(runtime, 'package.json'), JSON.stringify({ version }));
    send = (response, archive) => response.end(archive);
    offer(archiveOf(content()));
  });

  function offer(archive: Uint8Array, changes: Record<string, unknown> = {}): void {
    const sha512 = createHash('sha512').update(archive).digest('base64');
    offered = {
      archive: Buffer.from(archive),
      bytes: archive.length,
      sha512,
      catalogue: {
        id: 'Microsoft.ML.OnnxRuntime.Gpu.Linux',
        version,
        packageHash: sha512,
        packageHashAlgorithm: 'SHA512',
        packageSize: archive.length,
        ...changes,
      },
    };
  }

  const make = (place = linux) => new CudaFiles(storage, runtime, feed, place);
  const never = new AbortController().signal;

  async function refused(pattern: RegExp, files = make()): Promise<void> {
    await refuses(
      files.install(never, () => undefined),
      pattern,
    );
    assert.equal(files.isInstalled, false);
    assert.deepEqual(leftIn(storage), []);
  }

  it('are put beside a copy of the runtime, and the engine finds them', async () => {
    const files = make();
    assert.deepEqual([files.isInstalled, files.environment()], [false, {}]);
    const phases = new Set<string>();
    await files.install(never, ({ phase, done, total }) => {
      phases.add(phase);
      assert.ok(done <= total);
    });
    assert.deepEqual([...phases], ['asking', 'fetching', 'unpacking']);
    assert.deepEqual(readdirSync(files.folder).sort(), ['libonnxruntime.so.1', ...providers].sort());
    assert.equal(readFileSync(path.join(files.folder, 'libonnxruntime.so.1'), 'utf8'), 'the runtime');
    for (const each of providers) assert.deepEqual(readFileSync(path.join(files.folder, each)), library(each));
    assert.equal(files.isInstalled, true);
    assert.equal(files.environment().LD_LIBRARY_PATH!.split(':')[0], files.folder);
    assert.deepEqual(leftIn(storage), [path.basename(files.folder)]);

    await files.install(never, () => undefined); // again, over what is there
    assert.equal(files.isInstalled, true);
    await files.remove();
    assert.deepEqual([files.isInstalled, files.environment(), leftIn(storage)], [false, {}, []]);
  });

  it('of another version of the runtime do not count, and go when the new ones come', async () => {
    const files = make();
    const old = path.join(storage, 'onnxruntime-cuda-1.29.0');
    mkdirSync(old, { recursive: true });
    writeFileSync(path.join(old, 'libonnxruntime.so.1'), 'old');
    assert.equal(files.isInstalled, false);
    await files.install(never, () => undefined);
    assert.equal(existsSync(old), false);
  });

  it('with another checksum are not installed', async () => {
    const other = Buffer.from(offered.archive);
    other[other.length >> 1]! ^= 1;
    offered.archive = other;
    await refused(/damaged: its checksum is not the one/);
  });

  it('that end early, or go on, are not installed', async () => {
    send = (response, archive) => response.end(archive.subarray(0, archive.length - 1));
    await refused(/damaged: it ended after \d+ of \d+ bytes/);
    send = (response, archive) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100), () => response.destroy());
    };
    await refused(/cannot be fetched/);
    send = (response, archive) => response.end(Buffer.concat([archive, Buffer.from('more')]));
    await refused(/longer than the \d+ bytes/);
  });

  it('write nothing outside their folder, whatever the names in the archive', async () => {
    const evil = { '../../evil': [1], [`${folder}/../../../evil`]: [1], '/evil': [1] };
    offer(archiveOf({ ...content(), ...bytesOf(evil) }));
    await make().install(never, () => undefined);
    assert.deepEqual(leftIn(storage), [path.basename(make().folder)]);
    assert.deepEqual(readdirSync(path.dirname(storage)).sort(), ['onnxruntime-node', 'storage']);
    const named = Object.fromEntries(providers.map((each) => [`${folder}/x/../${each}`, library(each)]));
    offer(archiveOf(named));
    await make().remove();
    await refused(/has no libonnxruntime_providers_cuda\.so/);
  });

  it('in an archive that cannot be read are not installed', async () => {
    offer(Buffer.from('not an archive'));
    await refused(/is not a zip archive that can be used: it has no directory/);
    const whole = Buffer.from(archiveOf(content()));
    const lying = Buffer.from(whole);
    const directory = lying.readUInt32LE(lying.length - 6);
    lying.writeUInt32LE(lying.readUInt32LE(directory + 24) - 1, directory + 24);
    offer(lying);
    await refused(/has more than its directory says/);
    const huge = Buffer.from(whole);
    huge.writeUInt32LE(0xfffffff0, directory + 24);
    offer(huge);
    await refused(/larger than anything expected|CUDA files need/);
    const broken = Buffer.from(whole);
    broken.fill(0xff, 100, 160);
    offer(broken);
    await refused(/cannot be unpacked|cut off/);
  });

  it('are not fetched from where a description leads astray', async () => {
    offer(archiveOf(content()), { packageHashAlgorithm: 'MD5' });
    await refused(/the checksum in a way that is not understood/);
    offer(archiveOf(content()), { packageSize: 2 ** 40 });
    await refused(/the size in a way/);
    offer(archiveOf(content()), { version: '9.9.9' });
    await refused(/the package in a way/);
    await refused(/answers 404/, new CudaFiles(storage, runtime, `${feed}/elsewhere`, linux));
  });

  it('are not half there after a cancel', async () => {
    const controller = new AbortController();
    send = (response, archive) => {
      response.write(archive.subarray(0, 100));
      setTimeout(() => controller.abort(), 20); // the rest never comes
    };
    const files = make();
    await assert.rejects(
      files.install(controller.signal, () => undefined),
      { name: 'AbortError' },
    );
    assert.deepEqual([files.isInstalled, leftIn(storage)], [false, []]);
  });

  it('are for Linux on x64', async () => {
    for (const place of [
      { platform: 'darwin', arch: 'arm64' },
      { platform: 'linux', arch: 'arm64' },
    ]) {
      assert.equal(make(place).isPossible, false);
      await assert.rejects(
        make(place).install(never, () => undefined),
        /Linux x64 only/,
      );
    }
    assert.equal(existsSync(storage), false);
  });
});

function library(name: string): Buffer {
  return Buffer.from(`${name} `.repeat(5000));
}

function content(): Record<string, Uint8Array> {
  return Object.fromEntries(providers.map((each) => [`${folder}/${each}`, library(each)]));
}

function bytesOf(files: Record<string, number[]>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([each, bytes]) => [each, Uint8Array.from(bytes)]));
}

function archiveOf(files: Record<string, Uint8Array>): Uint8Array {
  return zipSync(files, { level: 6 });
}

function leftIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
