/** The first prime from `number` on. O(sqrt(number)) for each candidate. */
export function primeFrom(number: number): number {
  let candidate = Math.max(2, number);
  while (!isPrime(candidate)) candidate++;
  return candidate;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor === 0) return false;
  }
  return true;
}
