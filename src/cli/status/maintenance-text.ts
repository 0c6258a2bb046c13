import type { MaintenanceStatus } from '../../admin/contract.js';
import { visible } from '../../model/visible.js';

/** As the status pages that operators know it from say it. */
const maintenanceMode = '(Maintenance Mode)';

function counted(count: number, noun: string): readonly string[] {
  if (count === 0) return [];
  return [`${count} ${noun}${count === 1 ? '' : 's'}`];
}

function leftOf({ left }: MaintenanceStatus): string {
  const { registrations, calls, requests } = left;
  const parts = [
    ...counted(registrations, 'registration'),
    ...counted(calls, 'call'),
    ...counted(requests, 'HTTP request'),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')} left`;
}

/** How far a node is drained, in a few words. */
export function maintenanceWords(maintenance: MaintenanceStatus): string {
  const { state } = maintenance;
  return `${state} ${maintenanceMode}${state === 'drained' ? '' : leftOf(maintenance)}`;
}

/** The same with what asks for it, and how long it may take. */
export function maintenanceText(maintenance: MaintenanceStatus): string {
  const { names, reason, since, deadline } = maintenance;
  const why = reason === undefined ? '' : `: ${visible(reason)}`;
  const end = deadline === undefined ? '' : `, what is left is ended at ${deadline}`;
  return `${maintenanceWords(maintenance)}; asked for by ${names.map(visible).join(', ')}${why}, since ${since}${end}`;
}
