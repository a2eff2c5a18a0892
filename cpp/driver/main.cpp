// Checks the core without Python: generated shapes against the definition, in every runnable target, float and double, for several
// numbers of threads; then callers side by side, and a fork. For sanitizers, valgrind and emulated processors.
//
//   convstep_driver [cases per target and type] [seed]
//
// Arrays are blocks of their own of just their size (data.hpp), so that any access beyond their ends is seen.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "../core/algorithm.hpp"
#include "../core/conv2d.hpp"
#include "../core/targets.hpp"
#include "../core/threads.hpp"
#include "data.hpp"
#include "elementwise.hpp"
#include "pooling.hpp"
#include "reference.hpp"

using namespace convstep;
using driver::Data;
using driver::random_data;

namespace {

int failures = 0;

void fail(const char* what, const char* type, const ConvShape& s, double error) {
  failures++;
  std::printf("FAILED %s %s %s: error %g; x (%lld, %lld, %lld, %lld) kernel (%lld, %lld) out (%lld, %lld, %lld) stride (%lld, %lld) "
              "pad (%lld, %lld) dilation (%lld, %lld) groups %lld\n",
              current_target().name, type, what, error, (long long)s.batch, (long long)s.in_h, (long long)s.in_w,
              (long long)s.in_channels, (long long)s.kernel_h, (long long)s.kernel_w, (long long)s.out_h, (long long)s.out_w,
              (long long)s.out_channels, (long long)s.stride_h, (long long)s.stride_w, (long long)s.pad_top,
              (long long)s.pad_left, (long long)s.dilation_h, (long long)s.dilation_w, (long long)s.groups);
}

ConvShape random_shape(std::mt19937& random) {
  const auto pick = [&](Index least, Index most) { return std::uniform_int_distribution<Index>(least, most)(random); };
  const auto one_of = [&](std::initializer_list<Index> values) { return values.begin()[pick(0, Index(values.size()) - 1)]; };
  ConvShape s{};
  s.groups = one_of({1, 1, 1, 2, 3, 5});
  s.batch = one_of({0, 1, 1, 2, 3});
  s.in_h = pick(1, 13), s.in_w = pick(1, 13);
  s.in_channels = s.groups * one_of({1, 2, 3, 7, 16, 33});
  s.out_channels = s.groups * one_of({1, 3, 8, 16, 17, 33, 67});
  s.kernel_h = pick(1, 4), s.kernel_w = pick(1, 4);
  s.stride_h = pick(1, 3), s.stride_w = pick(1, 3);
  s.dilation_h = pick(1, 3), s.dilation_w = pick(1, 3);
  s.pad_top = pick(0, 4), s.pad_left = pick(0, 4);
  s.out_h = pick(1, 12), s.out_w = pick(1, 12);   // any output size: what lies outside the input is zero
  return s;
}

bool mixes_pixels = false;   // does the algorithm spread the rounding errors of a pixel over its neighbours?

// Compares with the definition. A sum of n products may be wrong by about n roundings of its absolute sum, or of its neighbours'.
template <class T> void compare(const char* what, const ConvShape& s, const T* got, const reference::Sums& want) {
  const double bound = sizeof(T) == 4 ? 1e-5 : 1e-14;
  double worst = 0, largest = 1;   // inputs are about 1: where all cancels, Winograd leaves their roundings
  for (const long double scale : want.scale) largest = std::max(largest, double(scale));
  for (std::size_t i = 0; i < want.sum.size(); i++) {
    const double error = std::abs(double(got[i] - want.sum[i])), scale = mixes_pixels ? largest : double(want.scale[i]);
    if (!(error <= bound * scale)) worst = std::max(worst, scale > 0 ? error / scale : 1.0);
  }
  if (worst > 0) fail(what, sizeof(T) == 4 ? "float" : "double", s, worst);
}

template <class T> struct Case {
  ConvShape s;
  Index x_size, weight_size, y_size;
  Data<T> x, weight, bias, grad;

  Case(const ConvShape& shape, std::mt19937& random)
      : s(shape), x_size(s.batch * s.in_h * s.in_w * s.in_channels), weight_size(s.taps() * s.group_in() * s.out_channels),
        y_size(s.pixels() * s.out_channels), x(random_data<T>(x_size, random)), weight(random_data<T>(weight_size, random)),
        bias(random_data<T>(s.out_channels, random)), grad(random_data<T>(y_size, random)) {}

  // All four results, one after another in blocks of just their size.
  struct Results { Data<T> y, dx, dweight, dbias; };
  Results run() const {
    Results r{Data<T>(y_size), Data<T>(x_size), Data<T>(weight_size), Data<T>(s.out_channels)};
    conv2d(s, x.get(), weight.get(), bias.get(), Activation::none, r.y.get());
    conv2d_input_grad(s, grad.get(), weight.get(), r.dx.get());
    conv2d_weight_grad(s, grad.get(), x.get(), r.dweight.get());
    conv2d_bias_grad(s.pixels(), s.out_channels, grad.get(), r.dbias.get());
    return r;
  }

  void check() const {
    const Results r = run();
    compare("conv2d", s, r.y.get(), reference::conv2d(s, x.get(), weight.get(), bias.get()));
    compare("conv2d_input_grad", s, r.dx.get(), reference::input_grad(s, grad.get(), weight.get()));
    compare("conv2d_weight_grad", s, r.dweight.get(), reference::weight_grad(s, grad.get(), x.get()));
    compare("conv2d_bias_grad", s, r.dbias.get(), reference::bias_grad(s, grad.get()));
  }

  bool same(const Results& a, const Results& b) const {
    const auto equal = [](const T* p, const T* q, Index n) { return std::memcmp(p, q, std::size_t(n) * sizeof(T)) == 0; };
    return equal(a.y.get(), b.y.get(), y_size) && equal(a.dx.get(), b.dx.get(), x_size) &&
           equal(a.dweight.get(), b.dweight.get(), weight_size) && equal(a.dbias.get(), b.dbias.get(), s.out_channels);
  }
};

// What special algorithms take: every other shape is made to fit one of them.
ConvShape fitting(ConvShape s, int kind) {
  if (kind == 1) {           // 3x3, dense, one step at a time
    s.kernel_h = s.kernel_w = 3;
    s.stride_h = s.stride_w = s.dilation_h = s.dilation_w = s.groups = 1;
    s.in_channels = std::min<Index>(s.in_channels, 70), s.out_channels = std::min<Index>(s.out_channels, 70);
  } else if (kind == 2) {    // depthwise, with wide kernels among them
    s.kernel_w = 1 + (s.kernel_w + s.in_w + s.out_w) % 17;
    s.groups = s.in_channels;
    s.out_channels = s.in_channels * (s.out_channels % 3 ? 1 : 2);
  } else if (kind == 3) {    // few channels
    s.dilation_h = s.dilation_w = s.groups = 1;
    s.in_channels = s.in_channels % 7 + 1;
    s.out_channels = s.out_channels % 40 + 1;
  }
  return s;
}

template <class T> void check_shapes(int cases, unsigned seed) {
  std::mt19937 random(seed);
  for (int i = 0; i < cases; i++) {
    set_num_threads(1 + i % 4);
    Case<T>(fitting(random_shape(random), i % 8 < 4 ? 0 : i % 4), random).check();
  }
}

const ConvShape large{2, 30, 30, 24, 3, 3, 30, 30, 40, 1, 1, 1, 1, 1, 1, 1};   // enough work for threads

// The same bits for any number of threads, from one caller and from eight side by side.
template <class T> void check_threads() {
  std::mt19937 random(7);
  const Case<T> a_case(large, random);
  set_num_threads(1);
  const auto alone = a_case.run();
  for (const int threads : {2, 3, 4, 7}) {
    set_num_threads(threads);
    if (!a_case.same(alone, a_case.run())) fail("differs with more threads", "", large, threads);
  }
  std::vector<std::thread> callers;
  std::vector<int> wrong(8);
  for (std::size_t i = 0; i < wrong.size(); i++)
    callers.emplace_back([&, i] {
      for (int turn = 0; turn < 5; turn++) wrong[i] += !a_case.same(alone, a_case.run());
    });
  for (std::thread& caller : callers) caller.join();
  for (const int count : wrong)
    if (count) fail("differs with callers side by side", "", large, count);
}

// A child forked after threads have run must work, threads included.
[[maybe_unused]] void check_fork() {
#if defined(__unix__) || defined(__APPLE__)
  std::mt19937 random(8);
  const Case<float> a_case(large, random);
  set_num_threads(4);
  const auto before = a_case.run();
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(a_case.same(before, a_case.run()) ? 0 : 1);
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) fail("fails in a forked child", "float", large, status);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const int cases = argc > 1 ? std::atoi(argv[1]) : 200;
  const unsigned seed = argc > 2 ? unsigned(std::atoi(argv[2])) : 1;
  for (const Target* target : runnable_targets()) {
    select_target(target->name);
    for (const std::string& algorithm : algorithm_names()) {   // each wherever it fits
      force_algorithm(algorithm);
      mixes_pixels = algorithm != "direct" && algorithm != "banded";   // Winograd may run where the forced one does not fit
      check_shapes<float>(cases, seed);
      check_shapes<double>(cases, seed);
    }
    force_algorithm("");
    failures += driver::check_pooling<float>(2 * cases, seed, target->name) + driver::check_pooling<double>(2 * cases, seed, target->name);
    failures += driver::check_elementwise<float>(cases / 2, seed, target->name);
    failures += driver::check_elementwise<double>(cases / 2, seed, target->name);
    mixes_pixels = true;
    check_threads<float>();
    check_threads<double>();
    std::printf("%s: %d cases in float and double\n", target->name, cases);
  }
#if !defined(__SANITIZE_THREAD__)   // it cannot follow threads started in a forked child
  check_fork();
#endif
  std::printf(failures ? "%d failures\n" : "all right\n", failures);
  return failures ? 1 : 0;
}
