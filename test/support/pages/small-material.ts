/** The sample's classifier with some of its images, in a folder of their own: learning takes seconds. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the material lies. */
export interface SmallMaterial {
  readonly folder: string;
  readonly modelPath: string;
  readonly imagesFolder: string;
  readonly imageCount: number;
}

/** Copies the sample's model, and so many images of every class and split. */
export function copySmallMaterial(sampleProject: string, folder: string, perClass: number): SmallMaterial {
  const from = dirname(sampleProject);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(from)) {
    if (/^demo\.(onnx|labels|preprocessing)/.test(name)) cpSync(join(from, name), join(folder, name));
  }
  const imagesFolder = join(folder, 'images');
  let imageCount = 0;
  for (const split of ['train', 'val', 'test']) {
    for (const label of readdirSync(join(from, 'images', split))) {
      const names = readdirSync(join(from, 'images', split, label)).slice(0, perClass);
      mkdirSync(join(imagesFolder, split, label), { recursive: true });
      for (const name of names) {
        cpSync(join(from, 'images', split, label, name), join(imagesFolder, split, label, name));
      }
      imageCount += names.length;
    }
  }
  return { folder, modelPath: join(folder, 'demo.onnx'), imagesFolder, imageCount };
}
