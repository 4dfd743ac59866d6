/** The command line as a whole: every command, and what its end means as an exit code. */
import { Command, CommanderError } from 'commander';
import { CommandSession } from './command.ts';
import type { CommandWorld } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, describeFailure, failureText } from './failures.ts';

const DESCRIPTION = 'Learns visual words that stay faithful to a trained image classifier, and measures how faithful.';

/** Options that must be known before parsing has succeeded. */
function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes(flag);
}

/** Builds the parser; usage errors are thrown as CommanderError and written by the caller. */
function buildProgram(session: CommandSession): Command {
  const { output, appVersion } = session.world;
  const program = new Command('vislex')
    .description(DESCRIPTION)
    .version(appVersion)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => output.print(text.trimEnd()),
      writeErr: (text) => output.diagnostic(text),
      // The caller writes errors once, in the form that was asked for.
      outputError: () => undefined,
    });
  for (const add of COMMANDS) add(program, session);
  return program;
}

/**
 * Runs one command line.
 * @param argv arguments without node and script
 * @returns exit code: 0 done, 1 failed (or verify found something broken), 2 wrong usage
 */
export async function runCommandLine(argv: readonly string[], world: CommandWorld): Promise<number> {
  const session = new CommandSession(world);
  const form = { asJson: hasFlag(argv, '--json'), isVerbose: hasFlag(argv, '--verbose') };
  try {
    await buildProgram(session).parseAsync(argv, { from: 'user' });
    return session.isOk ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      // 'commander.help': no command was given; the help has been shown.
      if (error.code !== 'commander.help') {
        const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
        world.output.diagnostic(failureText({ code: 'usage', message, details: {} }, form));
      }
      return EXIT.usage;
    }
    world.output.diagnostic(failureText(describeFailure(error, form.isVerbose), form));
    return EXIT.failed;
  }
}
