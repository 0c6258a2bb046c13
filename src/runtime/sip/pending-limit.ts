/** Requests of one client that may wait for their answers at a time; a phone that starts asks for some dozens of presences at once. */
export const pendingOfClient = 512;
