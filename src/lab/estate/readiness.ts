import { connect } from 'node:net';
import { readFile } from 'node:fs/promises';
import { isRecord } from '../../model/json.js';

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tells whether a node has written its endpoints in this run, which it does when it listens. */
export async function hasEndpointsOf(endpointsFile: string, pid: number): Promise<boolean> {
  const text = await readFile(endpointsFile, 'utf8').catch(() => '');
  const endpoints = parseOrNothing(text);
  return isRecord(endpoints) && endpoints['pid'] === pid;
}

/** Tells whether something takes connections on a loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
