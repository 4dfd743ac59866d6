/** A Vulkan driver in software (SwiftShader), so that WebGPU is tested on machines without a GPU. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** The driver's environment for a child process, or why there is none. */
export type SoftwareVulkan =
  | { readonly ready: true; readonly env: Readonly<Record<string, string>> }
  | { readonly ready: false; readonly reason: string };

/** The npm package @sparticuz/chromium carries the driver and the Vulkan loader, built for Linux on x64. */
const ARCHIVE = 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br';
const FOLDER = 'node_modules/.cache/software-vulkan';
const MANIFEST = 'vk_swiftshader_icd.json';

/**
 * Unpacks the driver once (8 MB, in the cache under node_modules).
 * The variables must be set before the process that opens WebGPU starts: the loader reads them when it is loaded.
 */
export function prepareSoftwareVulkan(): SoftwareVulkan {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { ready: false, reason: `the driver is built for linux-x64, this is ${process.platform}-${process.arch}` };
  }
  if (!existsSync(ARCHIVE)) return { ready: false, reason: `${ARCHIVE} is not installed` };
  const folder = join(process.cwd(), FOLDER);
  if (!existsSync(join(folder, MANIFEST))) {
    const reason = unpack(folder);
    if (reason !== undefined) return { ready: false, reason };
  }
  return { ready: true, env: { VK_ICD_FILENAMES: join(folder, MANIFEST), LD_LIBRARY_PATH: folder } };
}

/** Unpacks beside the target and renames, so that two test files at once never see half a driver. */
function unpack(folder: string): string | undefined {
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  const tar = spawnSync('tar', ['-x', '-C', partial], { input: brotliDecompressSync(readFileSync(ARCHIVE)) });
  if (tar.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    return `tar could not unpack the driver: ${tar.error?.message ?? tar.stderr.toString().trim()}`;
  }
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, folder);
  return undefined;
}
