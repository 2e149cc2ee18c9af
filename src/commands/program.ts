import { Command, CommanderError, InvalidArgumentError, Option, type OptionValues } from 'commander';
import type { Context } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { version } from '../version.ts';

/** Parsed flags, as untyped as commander gives them: what a command expects of them stands in its own signature. */
type Flags = OptionValues[string];

/** One command of the command line. */
export interface CommandSpec {
  /** Words and arguments as commander writes them: `dev up`, `run [dir] [args...]`. */
  readonly name: string;
  readonly what: string;
  /** What stands behind `dk` in the example of `--help`. */
  readonly example: string;
  readonly options?: readonly Option[];
  /** Hidden commands are for dk itself. */
  readonly hidden?: boolean;
  /** A number is taken as the exit code. */
  run(context: Context, flags: Flags, args: readonly string[], behindDashes: readonly string[]): Promise<unknown>;
}

/** A flag in commander's words, with its default. */
export function option(flags: string, what: string, value?: string | boolean | number): Option {
  return value === undefined ? new Option(flags, what) : new Option(flags, what).default(value);
}

/** A flag that may be given several times. */
export function repeated(flags: string, what: string): Option {
  return new Option(flags, what).default([], 'none').argParser((value: string, all: string[]) => [...all, value]);
}

/** A flag that is a number, not below 0. */
export function number(flags: string, what: string, value: number): Option {
  return new Option(flags, what).default(value).argParser((text) => {
    const parsed = Number(text);
    if (text.trim() !== '' && parsed >= 0 && Number.isFinite(parsed)) return parsed;
    throw new InvalidArgumentError('It is not a number.');
  });
}

/** A flag with a closed list of values. */
export function choice(flags: string, what: string, values: readonly string[], value: string): Option {
  return new Option(flags, what).choices([...values]).default(value);
}

/** Parses the arguments, runs the command and gives the exit code; what a command throws is thrown on. */
export async function runProgram(
  context: Context,
  specs: readonly CommandSpec[],
  argv: readonly string[],
): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = base(context, new Command('dk'))
    .description('Local environments for data packages: WHAT runs × WHERE it runs = a deployment')
    .version(version, '-V, --version')
    .addHelpText(
      'after',
      `\nStart with:\n  $ ${context.program} init my-package && cd my-package && ${context.program} dev up && ${context.program} run`,
    );
  const dashes = argv.indexOf('--');
  const behindDashes = dashes < 0 ? [] : argv.slice(dashes + 1);
  for (const spec of relevant(specs, argv))
    addCommand(context, program, spec, { behindDashes, done: (code) => (exitCode = code) });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 || error.code === 'commander.help' ? exitCodes.done : exitCodes.usage;
  }
}

/** One word of the command line is enough to leave most commands out; all are needed for help, and for near misses. */
function relevant(specs: readonly CommandSpec[], [word]: readonly string[]): readonly CommandSpec[] {
  const meant = specs.filter(({ name }) => name.split(' ')[0] === word);
  return meant.length > 0 ? meant : specs;
}

interface Call {
  /** What follows `--`; it stands in the arguments, too, without a sign of where it began. */
  readonly behindDashes: readonly string[];
  readonly done: (code: number) => void;
}

function addCommand(context: Context, program: Command, spec: CommandSpec, { behindDashes, done }: Call): void {
  const words = spec.name.split(' ');
  const firstArgument = words.findIndex((word) => /^[[<]/.test(word));
  const path = firstArgument < 0 ? words : words.slice(0, firstArgument);
  const parent = path.slice(0, -1).reduce((above, name) => group(context, above, name), program);
  const command = base(context, parent.command(path.at(-1) ?? '', { hidden: spec.hidden ?? false })).description(
    spec.what,
  );
  for (const argument of firstArgument < 0 ? [] : words.slice(firstArgument)) command.argument(argument);
  for (const each of spec.options ?? []) command.addOption(each);
  command.addHelpText('after', `\nExample:\n  $ ${context.program} ${spec.example}`);
  command.action(async (...given: unknown[]) => {
    const args = given
      .slice(0, -2)
      .flat()
      .filter((value) => typeof value === 'string');
    const code = await spec.run(
      context,
      command.opts(),
      args.slice(0, args.length - behindDashes.length),
      behindDashes,
    );
    if (typeof code === 'number') done(code);
  });
}

const groups: Readonly<Record<string, string>> = {
  dev: 'Make, look at and remove local environments',
  cell: 'Cells: where packages run',
  secret: 'Secrets of a cell',
  store: 'Stores: how infrastructure is reached',
  data: 'Look at the rows and objects of a data set',
};

function group(context: Context, parent: Command, name: string): Command {
  const found = parent.commands.find((command) => command.name() === name);
  return found ?? base(context, parent.command(name)).description(groups[name] ?? '');
}

/** What commander would do to the process itself, done through the context. */
function base(context: Context, command: Command): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    });
}
