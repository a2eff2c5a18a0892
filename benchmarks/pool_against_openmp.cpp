// How soon do the threads take part: the project's pool against OpenMP's. From the root:
//
//   g++ -O2 -std=c++17 -fopenmp -pthread benchmarks/pool_against_openmp.cpp cpp/core/threads.cpp -o pool && ./pool 4
//
// Each thread has one task of `work` microseconds, and the caller pauses `gap` microseconds between jobs; ideal is `work`.
// The two sides alternate, each after a rest in which the other's threads go to sleep.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "../cpp/core/threads.hpp"

namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void busy(double microseconds) {
  for (const auto start = Clock::now(); microseconds_since(start) < microseconds;) continue;
}

template <class Job> void measure(const char* name, double gap, Job job) {
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  std::vector<double> times;
  for (int i = 0; i < 400; i++) {
    busy(gap);
    const auto start = Clock::now();
    job();
    times.push_back(microseconds_since(start));
  }
  std::sort(times.begin(), times.end());
  std::printf("  %s median %6.1f, 90 %% under %6.1f", name, times[200], times[360]);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  convstep::set_num_threads(threads);
  for (const double gap : {0.0, 20.0, 200.0, 2000.0})
    for (const double work : {0.0, 10.0, 100.0}) {
      std::printf("gap %4.0f work %3.0f us:", gap, work);
      measure("pool", gap, [&] {
        auto task = [&](std::int64_t, int) { busy(work); };
        convstep::parallel_for(threads, threads, task);
      });
      measure("OpenMP", gap, [&] {
#pragma omp parallel num_threads(threads)
        busy(work);
      });
      std::printf("\n");
    }
}
