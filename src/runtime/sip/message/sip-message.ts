import { type CSeq, parseCSeq } from './cseq.js';
import type { FieldTable } from './field-table.js';
import { fieldValue, type HeaderField } from './header-field.js';
import { headerIdOf, headerIds } from './header-names.js';
import { parseDecimal } from './characters.js';
import { type NameAddr, parseNameAddr } from './name-addr.js';
import { isRequestUri, type StartLine, writeRequestLine } from './start-line.js';
import { parseVia, type Via } from './via.js';

/** What a message is made of. */
export interface MessageParts {
  readonly startLine: StartLine;
  /** As it stands on the wire, with its CRLF. */
  readonly startText: string;
  readonly fields: FieldTable;
  readonly body: Buffer;
  /** The whole message as it came. */
  readonly received?: Buffer;
}

/**
 * A request or response whose untouched fields leave byte for byte as they came. Texts are latin1, a character a byte.
 * Names are given in long form and lower case; compact forms and other case are found.
 */
export class SipMessage {
  #startLine: StartLine;
  #startText: string;
  readonly #fields: FieldTable;
  #body: Buffer;
  #received: Buffer | undefined;
  #topVia: Via | undefined;
  #cseq: CSeq | undefined;
  #from: NameAddr | undefined;
  #to: NameAddr | undefined;
  #callId: string | undefined;

  constructor({ startLine, startText, fields, body, received }: MessageParts) {
    this.#startLine = startLine;
    this.#startText = startText;
    this.#fields = fields;
    this.#body = body;
    this.#received = received;
  }

  get isRequest(): boolean {
    return this.#startLine.type === 'request';
  }

  /** Of a response, the one in CSeq. */
  get method(): string {
    return this.#startLine.type === 'request' ? this.#startLine.method : this.cseqMethod;
  }

  /** Empty for a response. */
  get requestUri(): string {
    return this.#startLine.type === 'request' ? this.#startLine.requestUri : '';
  }

  /** RangeError when it could not stand in a request line, or there is none. */
  set requestUri(requestUri: string) {
    if (this.#startLine.type !== 'request' || !isRequestUri(requestUri))
      throw new RangeError(`${JSON.stringify(requestUri)} cannot be the Request-URI`);
    this.#startLine = { ...this.#startLine, requestUri };
    this.#startText = writeRequestLine(this.#startLine.method, requestUri);
    this.#received = undefined;
  }

  /** 0 for a request. */
  get statusCode(): number {
    return this.#startLine.type === 'response' ? this.#startLine.statusCode : 0;
  }

  get reasonPhrase(): string {
    return this.#startLine.type === 'response' ? this.#startLine.reasonPhrase : '';
  }

  get callId(): string {
    return (this.#callId ??= this.#valueOf(headerIds.callId) ?? '');
  }

  /** -1 when there is none. */
  get cseqNumber(): number {
    return this.#readCSeq()?.number ?? -1;
  }

  get cseqMethod(): string {
    return this.#readCSeq()?.method ?? '';
  }

  get from(): NameAddr | undefined {
    return (this.#from ??= parseNameAddr(this.#valueOf(headerIds.from) ?? ''));
  }

  get to(): NameAddr | undefined {
    return (this.#to ??= parseNameAddr(this.#valueOf(headerIds.to) ?? ''));
  }

  /** Empty when there is none. */
  get fromTag(): string {
    return this.from?.params.get('tag') ?? '';
  }

  /** Empty when there is none. */
  get toTag(): string {
    return this.to?.params.get('tag') ?? '';
  }

  get topVia(): Via | undefined {
    return (this.#topVia ??= this.#readTopVia());
  }

  get maxForwards(): number | undefined {
    return parseDecimal(this.#valueOf(headerIds.maxForwards) ?? '', 255);
  }

  get body(): Buffer {
    return this.#body;
  }

  /** Sets Content-Length too. */
  setBody(body: Buffer): void {
    this.#body = body;
    this.set('content-length', String(body.length));
  }

  /** The first field's value on one line. */
  first(name: string): string | undefined {
    return this.#fields.first(name);
  }

  /** The values of all fields of a name; of list headers split at their commas. */
  values(name: string): readonly string[] {
    return this.#fields.values(name);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** Puts one field in the place of all of that name: where the first stood, else at the end. RangeError for a value with a line break. */
  set(name: string, value: string): void {
    this.#edited(name);
    this.#fields.set(name, value);
  }

  /** Adds a field before the first of that name, else at the top. */
  prepend(name: string, value: string): void {
    this.#edited(name);
    this.#fields.prepend(name, value);
  }

  /** Adds a field at the end. */
  append(name: string, value: string): void {
    this.#edited(name);
    this.#fields.append(name, value);
  }

  remove(name: string): void {
    this.#edited(name);
    this.#fields.remove(name);
  }

  /** Takes the topmost value of a list header away. */
  removeFirstValue(name: string): string | undefined {
    this.#edited(name);
    return this.#fields.removeFirstValue(name);
  }

  /** Puts a value in the place of the topmost one; adds it when there is none. */
  replaceFirstValue(name: string, value: string): void {
    this.#edited(name);
    this.#fields.replaceFirstValue(name, value);
  }

  /** The fields of a name as they stand, for an answer that repeats them. */
  fieldsOf(name: string): readonly HeaderField[] {
    return this.#fields.all(name);
  }

  clone(): SipMessage {
    const received = this.#received && { received: this.#received };
    return new SipMessage({
      startLine: this.#startLine,
      startText: this.#startText,
      fields: this.#fields.clone(),
      body: this.#body,
      ...received,
    });
  }

  /** On the wire; what came in itself as long as nothing was edited, so not to be written to. */
  toBytes(): Buffer {
    return this.#received ?? this.#write();
  }

  #write(): Buffer {
    const head = `${this.#startText}${this.#fields.write()}\r\n`;
    if (this.#body.length === 0) return Buffer.from(head, 'latin1');
    const bytes = Buffer.allocUnsafe(head.length + this.#body.length);
    bytes.write(head, 'latin1');
    this.#body.copy(bytes, head.length);
    return bytes;
  }

  /** Forgets what was read from the fields of a name. */
  #edited(name: string): void {
    this.#received = undefined;
    switch (headerIdOf(name)) {
      case headerIds.via:
        this.#topVia = undefined;
        return;
      case headerIds.from:
        this.#from = undefined;
        return;
      case headerIds.to:
        this.#to = undefined;
        return;
      case headerIds.cseq:
        this.#cseq = undefined;
        return;
      case headerIds.callId:
        this.#callId = undefined;
    }
  }

  #valueOf(id: number): string | undefined {
    const field = this.#fields.firstOf(id);
    return field && fieldValue(field);
  }

  #readCSeq(): CSeq | undefined {
    return (this.#cseq ??= parseCSeq(this.#valueOf(headerIds.cseq) ?? ''));
  }

  #readTopVia(): Via | undefined {
    const value = this.#fields.firstValueOf(headerIds.via);
    return value === undefined ? undefined : parseVia(value);
  }
}
