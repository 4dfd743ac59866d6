/** The first-run tour: a few sentences beside the real things. */
export const tour = {
  title: 'Tour',
  next: 'Next',
  back: 'Back',
  done: 'Begin',
  skip: 'Skip the tour',
  step: (step: number, count: number) => `${step} of ${count}`,
  steps: [
    {
      anchor: 'home',
      title: 'Welcome to Vislex',
      text: 'Vislex learns the visual words that your image classifier uses: a wheel rim, spotted fur, a dark border. You look at them, name them, and see what the model really relies on.',
    },
    {
      anchor: 'projects',
      title: 'Begin with the sample',
      text: 'It takes about a minute: a small model that was taught a shortcut on purpose. Its words give the shortcut away. Or bring your own ONNX model and a folder of images.',
    },
    {
      anchor: 'project',
      title: 'One file, everything in it',
      text: 'A project keeps words, names and every change. Its pages stand in this bar: the images, learning, the words, and one explained image at a time.',
    },
    {
      anchor: 'search',
      title: 'Everything by keyboard',
      text: 'This field finds every command. G then W goes to the words, ? shows all shortcuts, and Z takes anything back, even after a restart.',
    },
    {
      anchor: 'state',
      title: 'Always saved',
      text: 'There is no Save button: a change is on the disk before this line says so. Long work shows its progress here too and never stands in your way.',
    },
  ],
} as const;
