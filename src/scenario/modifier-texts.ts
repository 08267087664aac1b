/** What there is to say of each modifier: where it comes from, and which variant it is. */
import { z } from 'zod';
import { modifierMaps, type RawModifiers } from './schema-modifiers.ts';

export interface ModifierText {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly variant: string;
  /** Keys of its map and what they are, the default included. */
  readonly parameters: readonly { readonly name: string; readonly says: string }[];
  /** A line of a balancer, the defaults written out. */
  readonly example: string;
}

type Written = Omit<ModifierText, 'name' | 'parameters' | 'example'> & { readonly value: string };

const written: Record<keyof RawModifiers, Written> = {
  slowstart: {
    summary: 'who comes back gets a growing part of its load factor',
    source: "HAProxy's slowstart (a duration), Envoy's slow_start_config (a map)",
    variant:
      'max stays whole, where HAProxy lets its maxconn grow, too; lbmethods that do not look at load factors start nobody slowly. A duration: a line from 1%, in steps of a twentieth of it and of 1s at least. A map: max(min, (t / window)^(1 / aggression)), in steps of a hundredth. t counts from the first election that finds the worker back: out of error, past a health check, enabled, added, no longer ejected; nobody starts slowly with the balancer',
    value: '{ window: 30s, aggression: 1, min: 10% }',
  },
  outlier: {
    summary: 'who fails is left out, each time for longer',
    source: "Envoy's outlier detection, gRFC A50",
    variant:
      'a failure is an answer of 5xx or a try without an answer; one worker may always be out; the nth ejection in a row lasts n times baseEjection, and each whole interval in service forgives one',
    value:
      '{ consecutive5xx: 5, interval: 10s, baseEjection: 30s, maxEjection: 300s, maxEjected: 10%, successRate: { stdevs: 1.9, hosts: 5, requests: 100 }, failurePercentage: Off }',
  },
  panic: {
    summary: 'with a smaller share of usable workers, all of their set serve',
    source: "Envoy's healthy panic threshold (there 50%, here off unless written)",
    variant:
      'the set that serves is judged, usable standbys and spares counted; disabled, stopped and draining workers never join; sessions do not go back to an unusable worker',
    value: '50%',
  },
  retrybudget: {
    summary: 'no more failover than the traffic can bear',
    source: "Envoy's retry_budget (ratio, min), gRPC's retry throttling (tokens, perSuccess)",
    variant:
      'failover within the balancer; clients that try again have a budget of their own. ratio: another try while fewer requests are on a second or later try than this share of those under way, or than min. tokens: while more than half of them are left; a failure costs one',
    value: '{ ratio: 20%, min: 3 }',
  },
};

/** In the order in which a scenario writes them. */
export const modifierTexts: readonly ModifierText[] = Object.entries(written).map(
  ([name, { value, ...text }]) => ({
    name,
    ...text,
    parameters: parametersOf(name),
    example: `modifiers: { ${name}: ${value} }`,
  }),
);

function parametersOf(modifier: string): ModifierText['parameters'] {
  const maps: Readonly<Record<string, z.ZodObject>> = modifierMaps;
  return Object.entries(maps[modifier]?.shape ?? {}).map(([name, type]) => {
    const { description } = type instanceof z.ZodOptional ? (type.unwrap() as z.ZodType) : type;
    return { name, says: description ?? '' };
  });
}
