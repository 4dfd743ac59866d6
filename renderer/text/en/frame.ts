/** Sentences of the frame: bars, menus, palette, settings, history, tour. */
export const frame = {
  application: 'Vislex',
  skip: 'Skip to the page',
  pages: { images: 'Images', learn: 'Learn', words: 'Words', explain: 'Explain' },
  projects: 'Projects',
  newProject: 'New project',
  help: 'Help',
} as const;
