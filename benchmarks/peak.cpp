// What this machine can do: multiply-adds in registers, and copying between arrays larger than its caches.
//
//   g++ -O2 -march=native -pthread peak.cpp -o peak && ./peak 1 2 4
//
// For each number of threads one line: threads, float32 and float64 GFLOP/s, GB/s copied (read plus written).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

#if defined(__AVX512F__)
constexpr int bytes = 64, chains = 24;   // 32 registers
#elif defined(__AVX__)
constexpr int bytes = 32, chains = 12;   // 16 registers
#else
constexpr int bytes = 16, chains = 12;
#endif
typedef float Floats __attribute__((vector_size(bytes)));
typedef double Doubles __attribute__((vector_size(bytes)));

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

volatile double sink;

// So many chains of multiply-adds, each waiting for itself alone, that every unit is busy.
template <class V> void multiply_add(long steps) {
  volatile double one = 1;
  V sums[chains], x = V{} + static_cast<decltype(V{}[0] + 0)>(one);
  const V y = x;
#pragma GCC unroll 32
  for (int i = 0; i < chains; i++) sums[i] = x * static_cast<decltype(V{}[0] + 0)>(i);
  for (long k = 0; k < steps; k++) {
#pragma GCC unroll 32
    for (int i = 0; i < chains; i++) sums[i] = sums[i] * x + y;
  }
  V sum = V{};
#pragma GCC unroll 32
  for (int i = 0; i < chains; i++) sum += sums[i];
  sink = sum[0];
}

// Seconds that the work takes in so many threads at once: the best of five.
template <class Work> double seconds(int threads, Work work) {
  double best = 1e9;
  for (int round = 0; round < 5; round++) {
    std::atomic<int> waiting{threads};
    std::vector<double> start(threads), end(threads);
    std::vector<std::thread> pool;
    for (int i = 0; i < threads; i++)
      pool.emplace_back([&, i] {
        for (waiting--; waiting > 0;) continue;
        start[i] = now();
        work(i);
        end[i] = now();
      });
    for (auto& thread : pool) thread.join();
    best = std::min(best, *std::max_element(end.begin(), end.end()) - *std::min_element(start.begin(), start.end()));
  }
  return best;
}

template <class V> double gigaflops(int threads) {
  constexpr long steps = 1000000;
  const double each = 2.0 * chains * steps * (sizeof(V) / sizeof(V{}[0]));
  return threads * each / seconds(threads, [](int) { multiply_add<V>(steps); }) * 1e-9;
}

double copied(int threads) {
  const std::size_t size = (std::size_t(96) << 20) / threads;
  std::vector<std::vector<char>> from(threads, std::vector<char>(size, 1)), to(from);
  return 2e-9 * size * threads / seconds(threads, [&](int i) { std::memcpy(to[i].data(), from[i].data(), size); });
}

}  // namespace

int main(int count, char** values) {
  for (int i = 1; i < count; i++) {
    const int threads = std::atoi(values[i]);
    std::printf("%d %.1f %.1f %.2f\n", threads, gigaflops<Floats>(threads), gigaflops<Doubles>(threads), copied(threads));
  }
}
