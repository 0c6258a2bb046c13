import { readFile } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.js';
import { labUnifiedCmOptions, readLabUcConfig } from './lab-uc-config.js';
import { LabUnifiedCm } from './lab-unified-cm.js';
import { UcControlServer } from './uc-control-server.js';

/** A stand-in Unified CM that serves, with its control endpoint. */
export interface LabUcService {
  readonly udsPort: number;
  readonly controlPort: number;
  stop(): Promise<void>;
}

/**
 * Serves the stand-in Unified CM of a configuration file, for a process of its own; both listeners are up when it resolves.
 * @throws FairleadError `node.config` when the file is not one.
 */
export async function serveLabUnifiedCm(configFile: string, clock: Clock): Promise<LabUcService> {
  const config = await readLabUcConfig(configFile);
  const cluster = new LabUnifiedCm(await labUnifiedCmOptions(config, clock));
  const token = (await readFile(config.control.tokenFile, 'utf8')).trim();
  const control = new UcControlServer(cluster, token);
  await cluster.start();
  try {
    const controlPort = await control.start(config.control.port);
    return {
      udsPort: cluster.port,
      controlPort,
      stop: async () => {
        await control.stop();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
