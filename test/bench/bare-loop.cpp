// The bench's other yardstick: the same model as bare-loop.mjs, as one would write it by hand in C++: the standard
// library's heap and generator, inversion, round robin over servers of one slot, first come first served, and the mean
// sojourn. Prints the mean in units of the mean service time, and the seconds of processor time that it took.
//
// usage: bare-loop REQUESTS SERVERS LOAD SEED
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <queue>
#include <random>
#include <vector>

constexpr double SERVICE_NS = 1e7;
constexpr int ARRIVE = -1;

struct Event {
  double time_ns;
  uint64_t sequence;
  int server;  // or ARRIVE
  // Equal times come out in the order of scheduling, as in the simulator.
  bool operator>(const Event& other) const {
    return time_ns != other.time_ns ? time_ns > other.time_ns : sequence > other.sequence;
  }
};

struct Request {
  double arrived_ns, demand_ns;
};

struct Exponential {
  std::mt19937_64 random;
  double mean_ns;
  double operator()() {
    const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
    return std::floor(-mean_ns * std::log(1 - uniform) + 0.5);
  }
};

int main(int, char** argv) {
  const long requests = std::atol(argv[1]);
  const int servers = std::atoi(argv[2]);
  const double load = std::atof(argv[3]);
  const uint64_t seed = std::strtoull(argv[4], nullptr, 10);
  Exponential gap{std::mt19937_64(2 * seed), SERVICE_NS / (servers * load)};
  Exponential demand{std::mt19937_64(2 * seed + 1), SERVICE_NS};
  std::priority_queue<Event, std::vector<Event>, std::greater<Event>> future;
  std::vector<std::deque<Request>> queues(servers);
  uint64_t sequence = 0;
  long arrived = 0;
  int next = 0;
  double sum_ns = 0;
  const std::clock_t began = std::clock();
  future.push({gap(), sequence++, ARRIVE});
  while (!future.empty()) {
    const Event event = future.top();
    future.pop();
    const double now_ns = event.time_ns;
    if (event.server == ARRIVE) {
      if (++arrived < requests) future.push({now_ns + gap(), sequence++, ARRIVE});
      const int server = next;
      next = next + 1 == servers ? 0 : next + 1;
      queues[server].push_back({now_ns, demand()});
      if (queues[server].size() == 1)
        future.push({now_ns + queues[server].front().demand_ns, sequence++, server});
    } else {
      auto& queue = queues[event.server];
      sum_ns += now_ns - queue.front().arrived_ns;
      queue.pop_front();
      if (!queue.empty()) future.push({now_ns + queue.front().demand_ns, sequence++, event.server});
    }
  }
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  std::printf("%.6f %.6f\n", sum_ns / static_cast<double>(requests) / SERVICE_NS, seconds);
}
