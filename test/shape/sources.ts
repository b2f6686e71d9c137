import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** The project's own folder. */
export const root = join(import.meta.dirname, '..', '..');

export interface Source {
  /** From the project's folder, with slashes: `libs/waits/src/wait-fold.ts`. */
  path: string;
  text: string;
  tree: ts.SourceFile;
}

/** Files below a folder of the project, without what is installed, built or kept for a run. */
export function filesUnder(folder: string, ending = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist', 'coverage', '.git', '.meanwhile'].includes(name))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name), ending) : [join(folder, entry.name)]))
    .filter((path) => path.endsWith(ending))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** What is built and run: the apps and libraries without their specs and fixtures. */
export function sources(folders: readonly string[] = ['apps', 'libs'], kind: 'code' | 'specs' = 'code'): Source[] {
  return folders
    .flatMap((folder) => filesUnder(folder, '.ts'))
    .filter((path) => /\.(spec|fixture)\.ts$/.test(path) === (kind === 'specs'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path: relative(root, join(root, path)), text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
    });
}

/** Every node of a file that `found` accepts, as `path:line text`. */
export function places(source: Source, found: (node: ts.Node) => boolean): string[] {
  const list: string[] = [];
  const visit = (node: ts.Node): void => {
    if (found(node)) list.push(`${source.path}:${lineOf(source, node)} ${node.getText(source.tree).slice(0, 60)}`);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return list;
}

export interface Sql {
  place: string;
  /** As written, with `${…}` where something is put in. */
  text: string;
}

/** Every string of a file that is a statement or a part of one. */
export function sqlOf(source: Source): Sql[] {
  const list: Sql[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const text = node.getText(source.tree).slice(1, -1);
      if (/\b(select|insert into|update|delete from|from|join)\s/.test(text) && /\b(select|where|values|set|on|tenant)\b/.test(text))
        list.push({ place: `${source.path}:${lineOf(source, node)}`, text });
      // What is put into a template is code again, and may hold statements of its own.
      if (ts.isTemplateExpression(node)) node.templateSpans.forEach((span) => visit(span.expression));
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return list;
}

const lineOf = (source: Source, node: ts.Node): number => source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
