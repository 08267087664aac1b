import { leastBusy } from './least-busy.mjs';

export default leastBusy({ skip: 5 });
