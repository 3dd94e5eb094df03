/** JSON files that people write: what is wrong with one is told by file, line and path. */
import { readFileSync } from 'node:fs';
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { coerceError } from '../shared/faults.ts';
import { isObject, type JsonObject, type JsonValue } from '../shared/merge.ts';

export interface FileProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Dotted path of the field; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface JsonFile {
  readonly file: string;
  readonly value: JsonObject;
  /** A problem at the field, or at what is nearest around it in the file. */
  problemAt(path: string, message: string): FileProblem;
}

export type JsonFileOutcome =
  | { readonly outcome: 'read'; readonly json: JsonFile }
  | { readonly outcome: 'broken'; readonly problems: readonly FileProblem[] };

/** @throws Error when the file cannot be read at all */
export function readJsonFile(file: string): JsonFileOutcome {
  return parseJsonFile(file, readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
}

export function parseJsonFile(file: string, text: string): JsonFileOutcome {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const broken = (offset: number, message: string): JsonFileOutcome => ({
    outcome: 'broken',
    problems: [{ file, line: lineAt(offset), path: '', message }],
  });
  const [first] = errors;
  if (first !== undefined) return broken(first.offset, `is not JSON: ${wordsOf(first)}`);
  const value = parsed(text);
  if (value instanceof Error || root === undefined) return broken(0, `is not JSON: ${String(value)}`);
  if (!isObject(value)) return broken(0, 'the file holds no object');
  const twice = duplicates(root, '').map(({ path, node }) => {
    return { file, line: lineAt(node.offset), path, message: 'is there twice' };
  });
  if (twice.length > 0) return { outcome: 'broken', problems: twice };
  return {
    outcome: 'read',
    json: {
      file,
      value,
      problemAt: (path, message) => ({ file, line: lineAt(nodeAt(root, path).offset), path, message }),
    },
  };
}

/** For people: `harbor.json:3: tts.voice: …`. */
export function problemLine({ file, line, path, message }: FileProblem): string {
  return `${file}:${line}: ${path === '' ? '' : `${path}: `}${message}`;
}

function parsed(text: string): JsonValue | Error {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (thrown) {
    return coerceError(thrown);
  }
}

/** `CommaExpected` as `comma expected`. */
function wordsOf({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();
}

/** The key of the field, so that the line is that of its name; else what is around it. */
function nodeAt(root: Node, path: string): Node {
  const steps = path === '' ? [] : path.split('.');
  for (let length = steps.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, steps.slice(0, length).map(stepOf(root, steps)));
    if (node !== undefined) return node.parent?.type === 'property' ? node.parent : node;
  }
  return root;
}

/** A step into a list is a number for the parser, and so is a key that only looks like one: the list decides. */
function stepOf(root: Node, steps: readonly string[]) {
  return (step: string, at: number): string | number => {
    const around = at === 0 ? root : findNodeAtLocation(root, steps.slice(0, at).map(stepOf(root, steps)));
    return around?.type === 'array' ? Number(step) : step;
  };
}

/** A key that is there twice: the first one would be lost without a word. */
function duplicates(node: Node, prefix: string): { path: string; node: Node }[] {
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((child, at) => {
    if (node.type !== 'object') return duplicates(child, join(prefix, String(at)));
    const [name, value] = child.children ?? [];
    const path = join(prefix, String(name?.value));
    const again = seen.has(path) ? [{ path, node: child }] : [];
    seen.add(path);
    return [...again, ...(value === undefined ? [] : duplicates(value, path))];
  });
}

function join(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}
