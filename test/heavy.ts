/** `FAIRLEAD_HEAVY=1`, as CI has it: all that is drawn, simulated and attacked, of which there is else a part. */
export const heavy = process.env['FAIRLEAD_HEAVY'] === '1';
