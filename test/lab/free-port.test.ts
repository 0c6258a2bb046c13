import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../../src/lab/estate/free-port.js';
import { closeListener, listenOn } from '../../src/lab/listener.js';

test('a free port can be listened on at every address, and is none of those taken', async (t) => {
  const taken = new Set<number>();
  for (let round = 0; round < 20; round += 1) {
    const port = await freePort(['127.0.1.1', '127.0.1.2'], taken);
    assert.equal(taken.has(port), false);
    taken.add(port);
    for (const address of ['127.0.1.1', '127.0.1.2']) {
      const server = createServer();
      t.after(() => closeListener(server));
      assert.equal(await listenOn(server, address, port), port);
    }
  }
});
