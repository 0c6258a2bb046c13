import { compile } from 'json-schema-to-typescript';
import ts from 'typescript';
import { Draft07 } from './draft-07.js';
import type { SchemaFiles } from './schema-files.js';

const { factory } = ts;
const readonlyModifier = factory.createModifier(ts.SyntaxKind.ReadonlyKeyword);

function withReadonly(node: ts.Node): ts.Node {
  if (ts.isPropertySignature(node)) {
    return factory.updatePropertySignature(node, [readonlyModifier], node.name, node.questionToken, node.type);
  }
  if (ts.isIndexSignatureDeclaration(node)) {
    return factory.updateIndexSignature(node, [readonlyModifier], node.parameters, node.type);
  }
  return ts.isArrayTypeNode(node) ? factory.createTypeOperatorNode(ts.SyntaxKind.ReadonlyKeyword, node) : node;
}

/** Makes every property, index signature and array type of a source text readonly. */
function makeReadonly(source: string): string {
  const file = ts.createSourceFile('kinds.ts', source, ts.ScriptTarget.ESNext, true);
  const { transformed } = ts.transform(file, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node => withReadonly(ts.visitEachChild(node, visit, context));
      return ts.visitEachChild(root, visit, context);
    },
  ]);
  return ts.createPrinter().printFile(transformed[0]!);
}

/** The TypeScript types of all kinds: what a resource is once its defaults are filled in. */
export async function renderTypes(files: SchemaFiles, banner: string): Promise<string> {
  const source = await compile(new Draft07(files).document(), 'AnyResource', {
    bannerComment: '',
    format: false,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    strictIndexSignatures: false,
    $refOptions: { resolve: { http: false, file: false } },
  });
  const names = files.kinds.map(({ title }) => `  '${title}',\n`).join('');
  const list = `/** Every kind, in the order of waves, then names. */\nexport const kinds = [\n${names}] as const;\n`;
  return `${banner}\n${list}\nexport type Kind = (typeof kinds)[number];\n\n${makeReadonly(source)}`;
}
