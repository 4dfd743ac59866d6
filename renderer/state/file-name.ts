/** Parts of paths as people read them. Pure; paths of any system. */

/** Last part of a path. */
export function fileName(path: string): string {
  return /[^/\\]*$/.exec(path.replace(/[/\\]+$/, ''))?.[0] ?? path;
}

/** Folder of a path; '' when it has none. */
export function folderName(path: string): string {
  return path
    .slice(0, Math.max(0, path.replace(/[/\\]+$/, '').length - fileName(path).length))
    .replace(/(?<=.)[/\\]$/, '');
}

/** Name of a project: its file name without '.vislex'. */
export function projectName(path: string): string {
  return fileName(path).replace(/\.vislex$/i, '');
}

/** A path under the home folder begins with ~. */
export function shortPath(path: string, homeFolder: string): string {
  const inside = homeFolder !== '' && (path === homeFolder || /^[/\\]/.test(path.slice(homeFolder.length)));
  return inside && path.startsWith(homeFolder) ? `~${path.slice(homeFolder.length)}` : path;
}
