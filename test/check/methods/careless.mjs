import { leastBusy } from './least-busy.mjs';

export default leastBusy({ careless: 0.3 });
