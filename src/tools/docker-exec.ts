import type { Docker } from './docker.ts';

/** Runs a short command in a running container; both its streams in one, as a terminal would have them. */
export function execInContainer(
  { client, ask }: Docker,
  nameOrId: string,
  command: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return ask(`run ${command[0]} in container ${nameOrId}`, async (abortSignal) => {
    const container = client.getContainer(nameOrId);
    // With a terminal the output comes as it is; without, in frames.
    const options = { Cmd: [...command], AttachStdout: true, AttachStderr: true, Tty: true, abortSignal };
    const exec = await container.exec(options);
    const stream = await exec.start({ Tty: true, abortSignal });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    const { ExitCode } = await exec.inspect({ abortSignal });
    return { code: ExitCode, output: Buffer.concat(chunks).toString().replaceAll('\r\n', '\n') };
  });
}
