/** Where a new project is proposed to be: beside its images, under the model's name. */

/** @returns '' until both are known */
export function suggestedPath(modelPath: string | undefined, imagesFolder: string | undefined): string {
  if (modelPath === undefined || imagesFolder === undefined) return '';
  const separator = imagesFolder.includes('\\') ? '\\' : '/';
  const folder = imagesFolder.replace(/[\\/]+$/, '');
  const parent = folder.slice(0, Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\')));
  const name = (modelPath.split(/[\\/]/).at(-1) ?? 'project').replace(/\.onnx$/i, '');
  return `${parent}${separator}${name}.vislex`;
}
