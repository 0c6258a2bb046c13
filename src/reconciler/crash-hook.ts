/** Told before each step whose interruption must be survivable; a crash test ends the process there. */
export type CrashHook = (point: string) => void;

export const noCrash: CrashHook = () => undefined;
