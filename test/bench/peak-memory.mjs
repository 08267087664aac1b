/** Simulates as many requests as its argument says and prints its peak resident memory in KiB. */
import { simulate } from './bench.mjs';

simulate(Number(process.argv[2]), 0);
console.log(process.resourceUsage().maxRSS);
