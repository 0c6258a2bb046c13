import { SaxesParser, type SaxesTagNS } from 'saxes';
import { FairleadError } from '../../../errors.js';

/** An element of a document whose limits were kept; names are local names. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The character data directly in it, CDATA included, without white space around. */
  readonly text: string;
}

const maximumLength = 1024 * 1024;
const maximumDepth = 32;
const maximumElements = 20_000;
const maximumAttributes = 32;

class Builder {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Builder[] = [];
  #text = '';

  constructor(tag: SaxesTagNS) {
    this.name = tag.local;
    this.attributes = new Map(Object.values(tag.attributes).map(({ local, value }) => [local, value]));
  }

  get text(): string {
    return this.#text.trim();
  }

  append(text: string): void {
    this.#text += text;
  }
}

function refuse(why: string): never {
  throw new FairleadError('access.upstream-malformed', `the document is refused: ${why}`);
}

class Reader {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #open: Builder[] = [];
  #root: Builder | undefined;
  #elements = 0;

  constructor() {
    const parser = this.#parser;
    parser.on('error', (error) => refuse(error.message));
    parser.on('doctype', () => refuse('it has a DOCTYPE'));
    parser.on('processinginstruction', () => refuse('it has a processing instruction'));
    parser.on('opentag', (tag) => this.#onOpen(tag));
    parser.on('closetag', () => this.#open.pop());
    parser.on('text', (text) => this.#open.at(-1)?.append(text));
    parser.on('cdata', (text) => this.#open.at(-1)?.append(text));
  }

  read(text: string): XmlElement {
    this.#parser.write(text).close();
    return this.#root ?? refuse('it has no element');
  }

  #onOpen(tag: SaxesTagNS): void {
    this.#elements += 1;
    if (this.#elements > maximumElements) refuse(`more than ${maximumElements} elements`);
    if (this.#open.length >= maximumDepth) refuse(`more than ${maximumDepth} levels`);
    if (Object.keys(tag.attributes).length > maximumAttributes) refuse(`more than ${maximumAttributes} attributes`);
    const element = new Builder(tag);
    this.#open.at(-1)?.children.push(element);
    this.#root ??= element;
    this.#open.push(element);
  }
}

/**
 * Reads a whole XML document strictly: well-formed, namespaces declared, no DOCTYPE, no processing instruction, no
 * entity beyond the five, at most 1 Mi characters, 32 levels, 20,000 elements. A document that was cut off is refused.
 * @throws FairleadError `access.upstream-malformed`.
 */
export function readXml(text: string): XmlElement {
  if (text.length > maximumLength) refuse(`longer than ${maximumLength} characters`);
  return new Reader().read(text);
}

/** The first child element of a name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** The texts of the child elements of a name, without empty ones. */
export function childTexts(element: XmlElement, name: string): readonly string[] {
  return element.children.filter((child) => child.name === name && child.text !== '').map(({ text }) => text);
}
