/** Pictures by address: strictly parsed, found by identifier, never by path. */
import { CallError } from '../../preload/contract/index.ts';
import type { ProjectKey } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import { FileError } from '../platform/files.ts';
import { StoreError } from '../store/index.ts';
import type { Asset } from './application.ts';
import type { ServiceContext } from './context.ts';
import { readGuidePicture } from './guide.ts';
import { currentModel, imageFolder, imageReference, modelReference } from './project-access.ts';
import type { Uploads } from './uploads.ts';
import { createViews } from './views.ts';
import type { ViewScale } from './views.ts';

/** Where an address leads. */
export type AssetAddress =
  | { readonly kind: 'thumbnail'; readonly project: ProjectKey; readonly imageId: number }
  | { readonly kind: 'view'; readonly project: ProjectKey; readonly imageId: number; readonly scale: ViewScale }
  | { readonly kind: 'upload'; readonly project: ProjectKey; readonly uploadId: string; readonly scale: ViewScale }
  | { readonly kind: 'guide'; readonly file: string };

/** Everything pictures can be asked for. */
export interface Assets {
  /** As `Application.asset`. */
  asset(address: string): Promise<Asset | undefined>;
}

/** Longest address looked at, characters; ours are far shorter. */
const ADDRESS_LENGTH = 200;

const OF_PROJECT = /^(p\d{1,9})\/(thumbnail|view|upload)\/(u?)(\d{1,9})(?:\?scale=([124]))?$/;
const OF_GUIDE = /^guide\/([^/?#]+)$/;
const GUIDE_FILE = /^[A-Za-z0-9][A-Za-z0-9._-]*\.(png|jpg|svg)$/;

const GUIDE_TYPES = { png: 'image/png', jpg: 'image/jpeg', svg: 'image/svg+xml' } as const;

/** Reads an untrusted address as the contract's `assets.ts` writes it; undefined for any other. */
export function parseAssetAddress(address: string): AssetAddress | undefined {
  if (address.length > ADDRESS_LENGTH) return undefined;
  const guide = OF_GUIDE.exec(address);
  if (guide) {
    const file = decoded(guide[1]!);
    return file !== undefined && GUIDE_FILE.test(file) ? { kind: 'guide', file } : undefined;
  }
  const [, project, kind, mark, digits, scale] = OF_PROJECT.exec(address) ?? [];
  if (project === undefined || (mark === 'u') !== (kind === 'upload')) return undefined;
  const size = Number(scale ?? 1) as ViewScale;
  if (kind === 'upload') return { kind, project, uploadId: `u${digits}`, scale: size };
  if (kind === 'view') return { kind, project, imageId: Number(digits), scale: size };
  return scale === undefined ? { kind: 'thumbnail', project, imageId: Number(digits) } : undefined;
}

/** @param context open projects, the queue of pictures, the guide; @param uploads dropped images */
export function createAssets(
  context: Pick<ServiceContext, 'projects' | 'pictures' | 'log' | 'resourcesFolder'>,
  uploads: Uploads,
): Assets {
  const { projects, log, resourcesFolder } = context;
  const views = createViews(context);

  async function find(address: AssetAddress): Promise<Uint8Array | undefined> {
    if (address.kind === 'guide') return readGuidePicture(resourcesFolder, address.file);
    const { facts, reader } = projects.get(address.project);
    const { read } = reader;
    if (address.kind === 'thumbnail') return read.images.thumbnail(address.imageId);
    const { preprocessing } = modelReference(currentModel(read));
    const { scale } = address;
    if (address.kind === 'upload') {
      const upload = uploads.find(address.project, address.uploadId);
      if (!upload) return undefined;
      const image = { path: upload.name, sha256: upload.sha256, bytes: upload.bytes };
      return views.view({ projectPath: null, preprocessing, image, scale });
    }
    const record = read.images.get(address.imageId);
    if (record.sha256 === null) return undefined;
    const image = imageReference(imageFolder(read), record);
    return views.view({ projectPath: facts.path, preprocessing, image, scale });
  }

  return {
    async asset(address) {
      const parsed = parseAssetAddress(address);
      if (!parsed) return undefined;
      try {
        const bytes = await find(parsed);
        return bytes && { bytes, type: typeOf(parsed) };
      } catch (error) {
        if (!isExpected(error)) throw error;
        log.warn('picture left out', { address, code: error.code, reason: error.message });
        return undefined;
      }
    },
  };
}

/** Closed and missing projects, unknown identifiers, disks that fail: no picture, and no bug of ours. */
function isExpected(error: unknown): error is CallError | StoreError | EngineError | FileError {
  return (
    error instanceof CallError ||
    error instanceof StoreError ||
    error instanceof EngineError ||
    error instanceof FileError
  );
}

function typeOf(address: AssetAddress): Asset['type'] {
  if (address.kind !== 'guide') return 'image/jpeg';
  return GUIDE_TYPES[address.file.split('.').at(-1) as keyof typeof GUIDE_TYPES];
}

/** undefined for a broken percent-encoding. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
