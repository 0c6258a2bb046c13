import { readFile } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.js';
import { labUnifiedCmOptions, readLabUcConfig } from '../uc-server/lab-uc-config.js';
import { LabUnifiedCm } from '../uc-server/lab-unified-cm.js';
import { RemoteUcControl } from '../uc-server/remote-uc-control.js';
import type { NewUcUser } from '../uc-server/uc-model.js';
import type { UcControl } from '../uc-server/uc-control.js';
import type { EstateLayout } from './estate-layout.js';
import type { EstatePaths } from './estate-paths.js';
import type { EstateProgram } from './estate-program.js';
import { isListening } from './readiness.js';

/** The UC servers of an estate, wherever they run. */
export interface EstateUnifiedCm {
  readonly control: UcControl;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends what would outlive this process. */
  killNow(): void;
}

/** UC servers in this process, where all that is said of a user holds. */
export async function unifiedCmHere(
  paths: EstatePaths,
  users: readonly NewUcUser[],
  clock: Clock,
): Promise<EstateUnifiedCm> {
  const options = await labUnifiedCmOptions(await readLabUcConfig(paths.unifiedCmConfig), clock);
  const control = new LabUnifiedCm({ ...options, users: [...options.users, ...users] });
  return { control, start: () => control.start(), stop: () => control.stop(), killNow: () => undefined };
}

/** UC servers in a process of their own, driven over their control endpoint; of a user only name and password get there. */
export async function unifiedCmApart(
  { ucControlPort }: EstateLayout,
  { unifiedCmConfig, unifiedCmControlToken }: EstatePaths,
  program: EstateProgram,
): Promise<EstateUnifiedCm> {
  const args = ['lab', 'uc', '--config', unifiedCmConfig];
  const process = program.newProcess('unified-cm', args, () => isListening(ucControlPort));
  const token = (await readFile(unifiedCmControlToken, 'utf8')).trim();
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
