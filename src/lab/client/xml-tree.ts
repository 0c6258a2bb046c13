import { SaxesParser } from 'saxes';
import { FairleadError } from '../../errors.js';

/** An element with what is below it; text between child elements is joined. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const deepest = 64;

function refuse(reason: string): never {
  throw new FairleadError('lab.unexpected', `not the XML of an answer: ${reason}`);
}

/**
 * Reads a whole document.
 * @throws FairleadError `lab.unexpected` when it is not well-formed, has a document type, or is nested deeper than 64.
 */
export function parseXmlTree(text: string): XmlElement {
  const parser = new SaxesParser();
  const document: OpenElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  parser.on('error', (error) => refuse(error.message));
  parser.on('doctype', () => refuse('it has a document type'));
  parser.on('opentag', ({ name, attributes }) => {
    const element: OpenElement = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    if (open.push(element) > deepest) refuse(`it is nested deeper than ${deepest}`);
  });
  parser.on('text', (part) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  });
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return document.children[0] ?? refuse('it is empty');
}

/** The direct children of a name, in document order. */
export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** Text of the first child of a name; empty when there is none. */
export function textOf(element: XmlElement, name: string): string {
  return childrenNamed(element, name)[0]?.text.trim() ?? '';
}
