import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';
import {
  type BencodeDictionary,
  decodeBencode,
  encodeBencode,
  isDictionary,
} from '../../../src/runtime/sip/media/bencode.js';

/** Something that speaks the ng protocol as rtpengine's documentation has it; it carries no media. */
export class ScriptedRelay {
  readonly asked: { readonly cookie: string; readonly command: BencodeDictionary }[] = [];
  /** The answer to a question; by default what rtpengine says when all is well, undefined for none. */
  answer: (command: BencodeDictionary) => BencodeDictionary | undefined = (command) => this.agree(command);
  port = 0;
  readonly #socket: Socket = createSocket('udp4');
  readonly #events = new EventEmitter();

  static async of(t: TestContext): Promise<ScriptedRelay> {
    const relay = new ScriptedRelay();
    relay.#socket.on('message', (bytes, from) => relay.#receive(bytes.toString('latin1'), from));
    relay.#socket.bind(0, '127.0.0.1');
    await once(relay.#socket, 'listening');
    relay.port = relay.#socket.address().port;
    t.after(() => relay.stop());
    return relay;
  }

  get place() {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Commands in their order. */
  get commands(): readonly unknown[] {
    return this.asked.map(({ command }) => command['command']);
  }

  agree({ command, sdp }: BencodeDictionary): BencodeDictionary {
    if (command === 'ping') return { result: 'pong' };
    return { result: 'ok', ...(typeof sdp === 'string' && { sdp: `${sdp}a=relayed\r\n` }) };
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#events, 'told');
  }

  /** Nothing listens there any more. */
  stop(): void {
    this.stop = () => undefined;
    this.#socket.close();
  }

  #receive(text: string, from: RemoteInfo): void {
    const space = text.indexOf(' ');
    const command = decodeBencode(text.slice(space + 1));
    if (!isDictionary(command)) throw new Error(`no question: ${text}`);
    const cookie = text.slice(0, space);
    this.asked.push({ cookie, command });
    const answer = this.answer(command);
    if (answer !== undefined) this.#socket.send(`${cookie} ${encodeBencode(answer)}`, from.port, from.address);
    this.#events.emit('told');
  }
}
