import assert from 'node:assert/strict';
import { readNvidiaMemory } from '../../../src/engine/describeDevices';
import { mendDevice, type DevicePlace } from '../../../src/engine/mendDevice';
import { folderOf, notFound } from '../../../src/engine/missingLibraries';

const linux: DevicePlace = { platform: 'linux', arch: 'x64', libraries: { installed: true, missing: [] } };
const cuda = (detail: string) => ({ device: 'cuda', available: false, detail }) as const;
const webgpu = { device: 'webgpu', available: false, detail: 'Failed to get a WebGPU adapter' } as const;

/** As `ldd` writes it of ONNX Runtime's library where CUDA 12 is not installed. */
const listing = `\tlinux-vdso.so.1 (0x00007ffd5b3f2000)
\tlibcublasLt.so.12 => not found
\tlibcublas.so.12 => not found
\tlibcurand.so.10 => not found
\tlibcufft.so.11 => /usr/local/cuda/lib64/libcufft.so.11 (0x00007f2c5d200000)
\tlibcudart.so.12 => not found
\tlibcudnn.so.9 => not found
\tlibonnxruntime_providers_shared.so => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f2c5c000000)
`;

describe('how to mend a device that is not there', () => {
  it('CUDA names the libraries that are missing and the packages that have them', () => {
    const missing = notFound(listing);
    assert.deepEqual(missing, [
      'libcublasLt.so.12',
      'libcublas.so.12',
      'libcurand.so.10',
      'libcudart.so.12',
      'libcudnn.so.9',
    ]);
    const text = mendDevice(cuda('Failed to load shared library'), {
      ...linux,
      libraries: { installed: true, missing },
    })!;
    assert.match(text, /does not find libcublasLt\.so\.12, .*libcudnn\.so\.9\./);
    assert.match(
      text,
      /Install the libraries of CUDA 12 \(package cuda-libraries-12-9\) and cuDNN 9 for CUDA 12 \(package cudnn9-cuda-12\)/,
    );
    assert.equal(text.match(/cuda-libraries/g)!.length, 1);
  });

  it('CUDA 13 has packages of its own', () => {
    const missing = ['libcublas.so.13', 'libcudnn.so.9', 'libcuda.so.1', 'libodd.so.3'];
    const text = mendDevice(cuda('x'), { ...linux, libraries: { installed: true, missing } })!;
    for (const name of ['cuda-libraries-13-0', 'cudnn9-cuda-13', 'the NVIDIA driver', 'libodd.so.3']) {
      assert.ok(text.includes(name), text);
    }
  });

  it("without ONNX Runtime's own files CUDA leads to the command that installs them", () => {
    const libraries = { installed: false, missing: [] };
    assert.match(mendDevice(cuda('x'), { ...linux, libraries })!, /Install CUDA Files for ONNX Runtime/);
  });

  it('without a driver CUDA asks for one', () => {
    const said = 'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version';
    assert.match(mendDevice(cuda(said), linux)!, /NVIDIA driver/);
    assert.match(mendDevice(cuda('CUDA failure 100: no CUDA-capable device is detected'), linux)!, /--gpus all/);
    assert.equal(mendDevice(cuda('something else'), linux), null);
  });

  it('where ONNX Runtime has no CUDA nothing is to be installed', () => {
    for (const [platform, arch] of [
      ['linux', 'arm64'],
      ['win32', 'x64'],
      ['darwin', 'arm64'],
    ] as const) {
      assert.match(mendDevice(cuda('x'), { platform, arch, libraries: null })!, /Linux x64 only/);
    }
  });

  it('WebGPU names what its platform needs', () => {
    assert.match(mendDevice(webgpu, linux)!, /libvulkan1.*mesa-vulkan-drivers/);
    assert.match(mendDevice(webgpu, { platform: 'win32', arch: 'x64', libraries: null })!, /Direct3D 12/);
    assert.equal(mendDevice(webgpu, { platform: 'linux', arch: 'arm64', libraries: null }), null);
  });
});

describe('what the system tells of a device', () => {
  it('the folder that ONNX Runtime was loaded from, spaces and all', () => {
    const line = (permissions: string, file: string) =>
      `7fc25d53c000-7fc25f7c9000 ${permissions} 0013c000 fe:01 1234       ${file}`;
    const maps = [
      line('r-xp', '/home/u/onnxruntime_binding.node'),
      line('r--p', '/home/u/my files/libonnxruntime.so.1'),
      line('r-xp', '/home/u/my files/libonnxruntime.so.1'),
    ].join('\n');
    assert.equal(folderOf(maps), '/home/u/my files');
    assert.equal(folderOf(line('r-xp', '/lib/libc.so.6')), null);
  });

  it("a GPU's memory", () => {
    assert.deepEqual(readNvidiaMemory('81559, 80994\n'), { total: 81559 * 2 ** 20, free: 80994 * 2 ** 20 });
    for (const odd of ['', '[N/A], [N/A]', 'No devices were found']) {
      assert.deepEqual(readNvidiaMemory(odd), { total: null, free: null });
    }
  });
});
