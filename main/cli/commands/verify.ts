/** vislex verify: whether a project is whole. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { verifyText } from '../text/verify.ts';
import { pathFrom } from '../values.ts';

/** Adds `verify`; exit code 1 when something is broken. */
export const addVerify: AddCommand = (program, session) => {
  const command = program
    .command('verify')
    .summary('check the journal, the hashes and the file')
    .description('Checks journal chain, hashes and integrity; names the first broken thing of each (exit code 1).')
    .argument('<project>', 'project file', pathFrom(session.world.folder));
  session.addCommonOptions(command).action((project: string, options: CommonOptions) =>
    session.run(options, async (services, hooks) => {
      const result = await services.verify(project, hooks);
      return { json: result, text: () => verifyText(result), isOk: result.isOk };
    }),
  );
};
