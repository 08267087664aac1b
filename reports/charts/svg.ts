/** From a specification to SVG text, without a browser and without canvas. */
import type { TopLevelSpec } from 'vega-lite';
import { textWidth } from './text-width.ts';

/** Vega exports it for those who measure text themselves, but its types leave it out. */
interface TextMetrics {
  readonly textMetrics: { width: (item: { fontSize?: number }, text: unknown) => number };
}

/**
 * Draws `spec`. Loads vega and vega-lite on first use (about 0.4 s), then about 50 ms a chart.
 * Warnings of the compiler go to `warn`.
 */
export async function drawSvg(
  spec: TopLevelSpec,
  warn: (message: string) => void = () => {},
): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { textMetrics } = vega as unknown as TextMetrics;
  textMetrics.width = (item, text) => textWidth(`${text ?? ''}`, item.fontSize ?? 11);
  const report = (...messages: readonly unknown[]) => warn(messages.join(' '));
  const logger = {
    level: () => logger,
    error(...messages: readonly unknown[]) {
      report(...messages);
      return logger;
    },
    warn(...messages: readonly unknown[]) {
      report(...messages);
      return logger;
    },
    info: () => logger,
    debug: () => logger,
  };
  const compiled = compile(spec, { logger: logger as never });
  const view = new vega.View(vega.parse(compiled.spec), {
    renderer: 'none',
    logLevel: vega.Warn,
    logger: logger as never,
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
