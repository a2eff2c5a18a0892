// The pool: how many threads by default, workers that look out for tasks before they sleep, and what a fork leaves of them.
//
// Assumes: what threads.hpp says.
#include "threads.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif
#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace convstep {
namespace {

// ---- How many threads by default ----

int cpus_by_affinity() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return int(std::thread::hardware_concurrency());
}

#if defined(__linux__)
// The number of CPUs that a control group's quota allows, or 0 where there is none. v2: "quota period"; v1: two files.
double cpus_in_group(const std::string& folder) {
  double quota = 0, period = 0;
  if (std::FILE* file = std::fopen((folder + "/cpu.max").c_str(), "r")) {
    if (std::fscanf(file, "%lf %lf", &quota, &period) != 2) quota = 0;   // "max" is no number
    std::fclose(file);
  } else if (std::FILE* v1 = std::fopen((folder + "/cpu.cfs_quota_us").c_str(), "r")) {
    if (std::fscanf(v1, "%lf", &quota) != 1) quota = 0;
    std::fclose(v1);
    if (std::FILE* p = std::fopen((folder + "/cpu.cfs_period_us").c_str(), "r")) {
      if (std::fscanf(p, "%lf", &period) != 1) period = 0;
      std::fclose(p);
    }
  }
  return quota > 0 && period > 0 ? quota / period : 0;
}

// The tightest quota of this process's control group and of the groups above it.
int cpus_by_quota() {
  double cpus = most_threads;
  std::FILE* file = std::fopen("/proc/self/cgroup", "r");
  if (!file) return most_threads;
  char line[4096];
  while (std::fgets(line, sizeof line, file)) {   // hierarchy:controllers:path
    const std::string text(line);
    const auto first = text.find(':'), second = text.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = text.substr(first + 1, second - first - 1);
    if (!controllers.empty() && ("," + controllers + ",").find(",cpu,") == std::string::npos) continue;
    const std::string root = controllers.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
    std::string path = text.substr(second + 1);
    path.erase(path.find_last_not_of(" \n/") + 1);
    for (;; path.erase(path.rfind('/'))) {
      if (const double limit = cpus_in_group(root + path); limit > 0) cpus = std::min(cpus, limit);
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  std::fclose(file);
  return int(cpus + 0.999);   // a quota of 1.5 CPUs keeps two threads busy most of the time
}
#else
int cpus_by_quota() { return most_threads; }
#endif

int default_threads() {
  if (const char* text = std::getenv("OMP_NUM_THREADS"))   // "4" or, for nested levels, "4,2"
    if (const long n = std::strtol(text, nullptr, 10); n > 0) return int(std::min<long>(n, most_threads));
  return std::clamp(std::min(cpus_by_affinity(), cpus_by_quota()), 1, most_threads);
}

std::atomic<int> chosen_threads{0};   // 0: nobody has chosen
std::atomic<int> by_default{0};       // 0: nobody has asked yet

// ---- The pool ----

// Moves this thread, the worker-th beside the caller, to a processor of its own; afterwards the system may move it again. For a
// worker that missed a job on the caller's own processor: systems wake a thread there at times, where it waits for the caller to
// pause, while other processors idle for milliseconds.
void move_apart([[maybe_unused]] int caller_cpu, [[maybe_unused]] int worker) {
#if defined(__linux__)
  cpu_set_t allowed, one;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  const int cpus = CPU_COUNT(&allowed);
  if (cpus < 2 || caller_cpu < 0 || !CPU_ISSET(caller_cpu, &allowed)) return;
  int cpu = caller_cpu;
  for (int steps = worker % cpus; steps > 0; steps -= bool(CPU_ISSET(cpu, &allowed))) cpu = (cpu + 1) % CPU_SETSIZE;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  if (sched_setaffinity(0, sizeof one, &one) == 0) sched_setaffinity(0, sizeof allowed, &allowed);
#endif
}

int this_cpu() {
#if defined(__linux__)
  return sched_getcpu();
#else
  return -1;
#endif
}

void pause_briefly() {
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

constexpr auto spin_time = std::chrono::milliseconds(1);   // longer than the gap between two layers called from Python

// Looks out for ready() for a moment, then yields: what is waited for may need this very processor.
template <class Ready> bool spin_once(Ready ready) {
  for (int i = 0; i < 32; i++) {
    if (ready()) return true;
    pause_briefly();
  }
  std::this_thread::yield();
  return ready();
}

thread_local bool inside_task = false;

// A worker's share of the tasks, side by side. Alone on its line of the cache, with the one that is fetched beside it.
struct alignas(128) Share {
  std::atomic<std::int64_t> next{0};
  std::int64_t end = 0;
};

struct Pool {
  std::mutex busy;                       // held by the caller whose job runs
  int started = 0;                       // threads beside the caller; guarded by busy

  detail::Task task = nullptr;           // the job; stable while `open`, or while `inside` is not 0
  void* context = nullptr;
  int workers = 0;
  Share shares[most_threads];

  std::atomic<bool> open{false};         // may a worker join?
  std::atomic<int> inside{0};            // workers that look at the job
  std::atomic<int> joined{0};            // did one find it open?
  std::atomic<int> caller_cpu{-1};
  std::atomic<std::uint64_t> jobs{0};    // counts jobs: a change wakes workers
  std::atomic<int> sleepers{0};
  std::mutex sleep;
  std::condition_variable wake;

  // First the worker's own share: neighbouring tasks often write neighbouring memory, which two threads at once slow down for each
  // other. Then what the others have not begun.
  void run_tasks(int worker) noexcept {
    inside_task = true;
    for (int turn = 0; turn < workers; turn++) {
      Share& share = shares[(worker + turn) % workers];
      for (std::int64_t i; (i = share.next.fetch_add(1, std::memory_order_relaxed)) < share.end;) task(context, i, worker);
    }
    inside_task = false;
  }

  void work(int worker) noexcept {       // worker's life; 1 is the first beside the caller
    for (std::uint64_t seen = 0;;) {
      const auto new_job = [&] { return jobs.load() != seen; };
      const auto give_up = std::chrono::steady_clock::now() + spin_time;
      while (!spin_once(new_job) && std::chrono::steady_clock::now() < give_up) continue;
      if (!new_job()) {
        std::unique_lock<std::mutex> lock(sleep);
        sleepers++;
        wake.wait(lock, new_job);
        sleepers--;
      }
      seen = jobs.load();
      inside++;                          // before reading open: the caller closes, then waits for inside == 0
      const bool in_time = open.load();
      if (in_time && worker < workers) {
        joined.store(1, std::memory_order_relaxed);
        run_tasks(worker);
      }
      inside--;
      if (const int cpu = caller_cpu.load(); !in_time && cpu >= 0 && cpu == this_cpu()) move_apart(cpu, worker);
    }
  }

  void start(int threads) {              // as many of them as the system grants
    try {
      for (; started < threads; started++) std::thread(&Pool::work, this, started + 1).detach();
    } catch (const std::exception&) {
    }
  }

  void run(std::int64_t n, int n_workers, detail::Task fn, void* ctx) noexcept {
    start(n_workers - 1);
    task = fn, context = ctx, workers = n_workers;
    for (int i = 0; i < workers; i++) {
      shares[i].next.store(n * i / workers, std::memory_order_relaxed);
      shares[i].end = n * (i + 1) / workers;
    }
    joined.store(0, std::memory_order_relaxed);
    caller_cpu.store(this_cpu());
    open.store(true);
    jobs++;
    if (sleepers.load() > 0) {
      std::lock_guard<std::mutex>{sleep};   // a worker about to sleep has now either seen the job or is waiting
      wake.notify_all();
    }
    run_tasks(0);
    open.store(false);
    if (!joined.load(std::memory_order_relaxed)) std::this_thread::yield();   // does one wait for this very processor?
    while (!spin_once([&] { return inside.load() == 0; })) continue;
  }
};

// Never destroyed: detached workers may outlive static destructors. After a fork the child has none of the workers, and locks
// in any state, so it takes a new pool.
std::atomic<Pool*> pool{nullptr};

void fresh_pool() { pool.store(new Pool); }

[[maybe_unused]] const bool pool_ready = [] {
  fresh_pool();
#if !defined(_WIN32)
  pthread_atfork(nullptr, nullptr, fresh_pool);
#endif
  return true;
}();

}  // namespace

// No static local variable: a child forked while another thread initialises one would wait for that thread for ever.
int num_threads() {
  if (const int chosen = chosen_threads.load()) return chosen;
  if (by_default.load() == 0) by_default.store(default_threads());
  return by_default.load();
}

void set_num_threads(int n) { chosen_threads.store(std::clamp(n, 1, most_threads)); }

void detail::parallel_for(std::int64_t tasks, int workers, Task task, void* context) noexcept {
  workers = int(std::min<std::int64_t>(workers, tasks));
  Pool& shared = *pool.load();
  if (workers > 1 && !inside_task && shared.busy.try_lock()) {
    shared.run(tasks, workers, task, context);
    shared.busy.unlock();
  } else {
    for (std::int64_t i = 0; i < tasks; i++) task(context, i, 0);
  }
}

}  // namespace convstep
