/** Every sentence the interface shows, by its place. */
export const text = {
  title: 'Vislex',
  subtitle: 'Visual words for image classifiers',
  commandLineOnly:
    'This window does not open projects yet. The command line does the whole job: learn words, measure them, look at them, name them.',
  firstCommand: 'npm run demo',
} as const;
