/** vislex doctor: what the machine can do. */
import type { AddCommand, CommonOptions } from '../command.ts';
import { doctorText } from '../text/doctor.ts';

/** Adds `doctor`. */
export const addDoctor: AddCommand = (program, session) => {
  const command = program
    .command('doctor')
    .summary('show what this machine can compute with')
    .description('Finds and probes the execution providers; shows versions, cores and memory.');
  session.addCommonOptions(command).action((options: CommonOptions) =>
    session.run(options, async (services, hooks) => {
      const report = await services.doctor(hooks);
      return { json: report, text: () => doctorText(report) };
    }),
  );
};
