import { readFile } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.js';
import { labUnifiedCmOptions, readLabUcConfig } from '../uc-server/lab-uc-config.js';
import { LabUnifiedCm } from '../uc-server/lab-unified-cm.js';
import { RemoteUcControl } from '../uc-server/remote-uc-control.js';
import type { UcControl } from '../uc-server/uc-control.js';
import type { EstateLayout } from './estate-layout.js';
import type { EstatePaths } from './estate-paths.js';
import type { EstateProcess } from './estate-process.js';

/** The UC servers of an estate, wherever they run. */
export interface EstateUnifiedCm {
  readonly control: UcControl;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends what would outlive this process. */
  killNow(): void;
}

/** UC servers in this process. */
export async function unifiedCmHere(paths: EstatePaths, clock: Clock): Promise<EstateUnifiedCm> {
  const config = await readLabUcConfig(paths.unifiedCmConfig);
  const control = new LabUnifiedCm(await labUnifiedCmOptions(config, clock));
  return { control, start: () => control.start(), stop: () => control.stop(), killNow: () => undefined };
}

/** UC servers in a process of their own, driven over their control endpoint. */
export async function unifiedCmApart(
  { ucControlPort }: EstateLayout,
  paths: EstatePaths,
  process: EstateProcess,
): Promise<EstateUnifiedCm> {
  const token = (await readFile(paths.unifiedCmControlToken, 'utf8')).trim();
  const control = new RemoteUcControl(ucControlPort, token);
  return {
    control,
    start: () => process.start(),
    stop: async () => {
      await control.close();
      await process.stop();
    },
    killNow: () => process.killNow(),
  };
}
