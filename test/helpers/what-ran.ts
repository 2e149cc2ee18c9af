import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { factsToldBy } from './facts.ts';

/** Ends a test run with what took part in it for real, and what was skipped and why. */
export default class WhatRan implements Reporter {
  readonly #elsewhere: string;

  /** `elsewhere` says what this run leaves to another. */
  constructor({ elsewhere }: { readonly elsewhere: string }) {
    this.#elsewhere = elsewhere;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const facts = process.env['DK_TEST_FACTS'] ? factsToldBy(process.env['DK_TEST_FACTS']) : [];
    const lines = [
      '',
      ` Ran for real: Node ${process.versions.node}${facts.map((fact) => `, ${fact}`).join('')}.`,
      ...(skipped.length === 0 ? [' Skipped: nothing.'] : [' Skipped:', ...describeSkips(skipped)]),
      ` Not part of this run: ${this.#elsewhere}.`,
      '',
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

const listed = 3;

/** A line for each test, or one for many of the same reason. */
function describeSkips(tests: readonly TestCase[]): readonly string[] {
  const names = new Map<string, Set<string>>();
  for (const test of tests) {
    const reason = reasonOf(test);
    names.set(reason, (names.get(reason) ?? new Set()).add(test.name));
  }
  return [...names].flatMap(([reason, all]) =>
    all.size > listed ? [`  - ${all.size} tests: ${reason}`] : [...all].map((name) => `  - ${name}: ${reason}`),
  );
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note ?? reasonInTitle(test.parent) ?? 'no reason given';
}

/** A group of tests that is skipped as a whole ends its title with the reason, in parentheses. */
function reasonInTitle(group: TestCase['parent']): string | undefined {
  if (group.type === 'module') return undefined;
  return /\(([^)]+)\)$/.exec(group.name)?.[1] ?? reasonInTitle(group.parent);
}
