import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';

/** A port of loopback that was free a moment ago, for servers that cannot tell which one they took. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until a process says on standard error that it serves, and ends it with the test. */
export async function untilSaid(t: TestContext, child: ChildProcessWithoutNullStreams, word: string): Promise<void> {
  const ended = once(child, 'close');
  t.after(async () => {
    child.kill();
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(word)) resolve();
    });
    child.once('close', () => reject(new Error(`it ended: ${said}`)));
  });
}
