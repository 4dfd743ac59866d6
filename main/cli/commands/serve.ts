/** vislex serve: the application in a browser, on this machine only. */
import { once } from 'node:events';
import { InvalidArgumentError, Option } from 'commander';
import { ROLES } from '../../../preload/contract/index.ts';
import type { OpenProject, Role, RunSummary } from '../../../preload/contract/index.ts';
import type { Application, Caller } from '../../services/index.ts';
import type { AddCommand, CommonOptions } from '../command.ts';
import { given } from '../command.ts';
import { CommandError } from '../failures.ts';
import { openAddress } from '../open-address.ts';
import { endedText, notOpenedText, servingText } from '../text/serve.ts';
import { pathFrom, wholeNumber } from '../values.ts';

interface Options extends CommonOptions {
  readonly port?: number;
  readonly role: Role;
  readonly open?: boolean;
}

const LAST_PORT = 65_535;

function readPort(text: string): number {
  const port = wholeNumber(0)(text);
  if (port <= LAST_PORT) return port;
  throw new InvalidArgumentError(`It must be at most ${LAST_PORT}.`);
}

/** The value of a call that must succeed. @throws CommandError the call's error */
async function ask(application: Application, caller: Caller, name: string, input: unknown): Promise<unknown> {
  const reply = await application.call(name, input, caller);
  if (reply.ok) return reply.value;
  throw new CommandError(reply.error.code, reply.error.message);
}

/** Opens a project, so that a wrong path is said here; the page's place for it: its words, or where they are learned. */
async function placeOf(application: Application, caller: Caller, path: string): Promise<string> {
  const opened = (await ask(application, caller, 'projects.open', { path })) as OpenProject;
  const runs = (await ask(application, caller, 'runs.list', { project: opened.project })) as readonly RunSummary[];
  const page = runs.some(({ status }) => status === 'done') ? 'words' : 'learn';
  return `#/project/${encodeURIComponent(opened.path)}/${page}`;
}

/** Adds `serve`. */
export const addServe: AddCommand = (program, session) => {
  const { output, signal, folder, openApplication } = session.world;
  const command = program
    .command('serve')
    .summary('open Vislex in a browser')
    .description(
      'Serves the application on 127.0.0.1 and prints an address that is good once. From another machine: ' +
        'ssh -L 8847:127.0.0.1:8847 HOST, then open the address there.',
    )
    .argument('[project]', 'project file to open', pathFrom(folder))
    .option('--port <number>', 'port to listen on (default: 8847, or a free one when it is taken; 0: any)', readPort)
    .addOption(new Option('--role <role>', 'what the browser may do').choices(ROLES).default('auditor'))
    .option('--open', 'open the address in the browser of this system')
    .option('--no-open', 'only print the address (the default)');
  session.addCommonOptions(command).action(async (project: string | undefined, options: Options) => {
    const { startServer } = await import('../../server/index.ts');
    const { application, log, actor, pagesFolder } = await openApplication({ isVerbose: options.verbose === true });
    try {
      const caller: Caller = { actor, role: options.role };
      const startAt = project === undefined ? undefined : await placeOf(application, caller, project);
      const server = await startServer({
        application,
        caller,
        pagesFolder,
        log,
        ...given({ port: options.port, startAt }),
      });
      if (options.json) output.json({ address: server.address, port: server.port });
      else output.print(server.address);
      output.note(servingText);
      if (options.open) {
        const reason = await openAddress(server.address, process.platform);
        if (reason !== undefined) output.note(notOpenedText(reason));
      }
      if (!signal.aborted) await once(signal, 'abort');
      await server.close();
      output.note(endedText);
    } finally {
      await application.dispose();
    }
  });
};
