import { Command, CommanderError, Help, InvalidArgumentError, Option, type OptionValues } from 'commander';
import type { Context } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { version } from '../version.ts';
import { withNext } from './with-next.ts';

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
  /** Arguments too many reach the command, which knows what is wrong with them. */
  readonly hearsExcess?: boolean;
  /** A number is taken as the exit code. */
  run(context: Context, flags: Flags, args: readonly string[], behindDashes: readonly string[]): Promise<unknown>;
}

/** A flag in commander's words, with its default. */
export function option(flags: string, what: string, value?: string | boolean | number): Option {
  return value === undefined ? new Option(flags, what) : new Option(flags, what).default(value);
}

/** A flag that may be given several times. */
export function repeated(flags: string, what: string): Option {
  return new Option(flags, what).default([]).argParser((value: string, all: string[]) => [...all, value]);
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
export function choice(flags: string, what: string, values: readonly string[], value?: string): Option {
  return option(flags, what, value).choices([...values]);
}

/** Parses the arguments, runs the command and gives the exit code; what a command throws is thrown on. */
export async function runProgram(
  context: Context,
  specs: readonly CommandSpec[],
  argv: readonly string[],
): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = base(context, new Command('dk'), [])
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
  const parent = path.slice(0, -1).reduce((above, _, at) => group(context, above, path.slice(0, at + 1)), program);
  const command = base(context, parent.command(path.at(-1) ?? '', { hidden: spec.hidden ?? false }), path)
    .description(spec.what)
    .allowExcessArguments(spec.hearsExcess ?? false)
    .addHelpText('after', exampleText(context, spec.example));
  for (const argument of firstArgument < 0 ? [] : words.slice(firstArgument)) command.argument(argument);
  for (const each of spec.options ?? []) command.addOption(each);
  command.action(async () => {
    const own = command.args.slice(0, command.args.length - behindDashes.length);
    const code = await spec.run(context, command.opts(), own, behindDashes).catch((error: unknown) => {
      throw withNext(error, ['usage', 'notFound'], helpOf(context, path));
    });
    if (typeof code === 'number') done(code);
  });
}

interface Group {
  readonly what: string;
  readonly example: string;
}

const groups: Readonly<Record<string, Group>> = {
  dev: { what: 'Make, look at and remove local environments', example: 'dev up' },
  cell: { what: 'Cells: where packages run', example: 'cell list' },
  'cell secret': { what: 'Secrets of a cell', example: 'cell secret list --cell canary' },
  store: { what: 'Stores: how infrastructure is reached', example: 'store check warehouse --cell canary' },
  data: { what: 'Look at the rows and objects of a data set', example: 'data head raw-events -n 3' },
};

function group(context: Context, parent: Command, path: readonly string[]): Command {
  const name = path.at(-1) ?? '';
  const known = parent.commands.find((command) => command.name() === name);
  const { what, example } = groups[path.join(' ')] ?? { what: '', example: `${path.join(' ')} --help` };
  return (
    known ??
    base(context, parent.command(name), path).description(what).addHelpText('after', exampleText(context, example))
  );
}

function exampleText({ program }: Context, example: string): string {
  return `\nExample:\n  $ ${program} ${example}`;
}

function helpOf({ program }: Context, path: readonly string[]): string {
  return [program, ...path, '--help'].join(' ');
}

/** What commander would do to the process itself, done through the context. */
function base(context: Context, command: Command, path: readonly string[]): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`next: ${helpOf(context, path)}`)
    .helpCommand(false)
    .configureHelp({ optionDescription: describeOption, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    });
}

/** As commander does, less what goes without saying: that a flag which is not given is not set. */
function describeOption(flag: Option): string {
  const isSet = flag.defaultValue !== false && !Array.isArray(flag.defaultValue);
  return isSet ? new Help().optionDescription(flag) : flag.description;
}
