import type { UcDevice, UcModel, UcUser } from './uc-model.js';
import { element, textElement, xmlDocument } from './xml-text.js';

/** Writes the documents of UDS as one node of the cluster gives them. */
export interface UdsDocuments {
  version(): string;
  servers(): string;
  /** `user` is undefined when the cluster does not know the one that was asked for. */
  clusterUser(query: string, user: UcUser | undefined): string;
  user(user: UcUser): string;
  devices(user: UcUser): string;
  /** The body of an answer that is not 200; real ones are not documented, so this shape is the lab's own. */
  error(status: number, message: string): string;
}

const links = ['devices', 'credentials', 'extensions', 'subscribedServices', 'speedDials'] as const;

/** Documents of the node named `host`. */
export function udsDocuments(model: UcModel, host: string): UdsDocuments {
  const version = model.schemaVersion;
  const base = `https://${host}:${model.port}/cucm-uds`;
  const userUri = (user: UcUser) => `${base}/user/${encodeURIComponent(user.userName)}`;
  return {
    version: () => xmlDocument(versionInformation(model, `${base}/version`)),
    servers: () => {
      const listed = model.nodes.filter((node) => node.listed).map((node) => textElement('server', node.host));
      return xmlDocument(element('servers', { version, uri: `${base}/servers` }, ...listed));
    },
    clusterUser: (query, user) => {
      const attributes = { version, uri: `${base}/clusterUser?${query}`, found: String(user !== undefined) };
      return xmlDocument(element('result', attributes, user === undefined ? '' : homeCluster(user, model, host)));
    },
    user: (user) => xmlDocument(userElement(user, model, host, userUri(user))),
    devices: (user) => {
      const uri = `${userUri(user)}/devices`;
      const devices = user.devices.map((device) => deviceElement(device, `${userUri(user)}/device/${device.id}`));
      return xmlDocument(element('devices', { uri, version }, ...devices));
    },
    error: (status, message) =>
      xmlDocument(element('error', {}, textElement('code', `${status}`), textElement('message', message))),
  };
}

function versionInformation(model: UcModel, uri: string): string {
  const capabilities = element(
    'capabilities',
    {},
    textElement('usersResourceAuthEnabled', 'false'),
    textElement('upgradeInProgress', 'false'),
  );
  return element(
    'versionInformation',
    { uri, version: model.schemaVersion },
    textElement('version', model.version),
    capabilities,
  );
}

function homeCluster(user: UcUser, model: UcModel, host: string): string {
  const home = user.remoteHomeHost ?? host;
  const serversUri = `https://${home}:${model.port}/cucm-uds/servers`;
  const details = element(
    'homeClusterDetails',
    {},
    textElement('selfProvisioningSecureMode', 'false'),
    textElement('adminProvisionMode', 'false'),
  );
  return textElement('homeCluster', home, { serversUri }) + details;
}

function userElement(user: UcUser, model: UcModel, host: string, uri: string): string {
  return element(
    'user',
    { uri, version: model.schemaVersion },
    textElement('id', user.id),
    textElement('userName', user.userName),
    textElement('displayName', user.displayName),
    textElement('email', user.email),
    textElement('directoryUri', user.directoryUri),
    textElement('accountType', 'local', { useLdapAuth: 'false' }),
    textElement('homeCluster', 'true', { enableImAndPresence: 'false', enableCalendarPresence: 'false' }),
    element('imAndPresence', {}),
    ...links.map((link) => element(link, { uri: `${uri}/${link}` })),
    element('serviceProfile', {}, textElement('uri', `http://${host}:6970/SPDefault.cnf.xml`)),
  );
}

function deviceElement(device: UcDevice, uri: string): string {
  return element(
    'device',
    { uri },
    textElement('id', device.id),
    textElement('name', device.name),
    textElement('type', 'Phone'),
    textElement('model', device.model),
    textElement('description', device.description, { editable: 'false', source: 'device' }),
    textElement('protocol', device.protocol),
  );
}
