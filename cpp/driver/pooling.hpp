// Pooling as it is defined, and the check of the core's against it: generated shapes, with ties, NaNs and infinities.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>
#include "../core/pooling.hpp"
#include "../core/threads.hpp"
#include "data.hpp"

namespace driver {

using convstep::PoolShape;

inline PoolShape random_pool(std::mt19937& random) {
  const auto pick = [&](Index least, Index most) { return std::uniform_int_distribution<Index>(least, most)(random); };
  const auto one_of = [&](std::initializer_list<Index> values) { return values.begin()[pick(0, Index(values.size()) - 1)]; };
  PoolShape s{};
  s.batch = one_of({0, 1, 1, 2, 3, 17});
  s.channels = one_of({1, 1, 2, 3, 4, 5, 6, 8, 13, 16, 17, 24, 33, 64, 70, 131, 2100});
  const Index largest = s.channels > 100 ? 4 : 30;
  const auto axis = [&](Index& in, Index& out, Index& kernel, Index& stride, Index& before, Index& after, Index& dilation) {
    in = pick(1, largest), kernel = pick(1, 5), stride = pick(1, 4), dilation = one_of({1, 1, 1, 2, 3});
    if (pick(0, 7) == 0) kernel = in, dilation = 1;   // global
    kernel = std::min(kernel, (in - 1) / dilation + 1);
    before = pick(0, (kernel - 1) / 2 * dilation), after = pick(0, (kernel - 1) / 2 * dilation);
    out = (in + before + after - (kernel - 1) * dilation - 1) / stride + 1;
  };
  axis(s.in_h, s.out_h, s.kernel_h, s.stride_h, s.pad_top, s.pad_bottom, s.dilation_h);
  axis(s.in_w, s.out_w, s.kernel_w, s.stride_w, s.pad_left, s.pad_right, s.dilation_w);
  return s;
}

// Calls meet(output, input, place) for every cell of every window, in the order of the places.
template <class Meet> void for_each_cell(const PoolShape& s, Meet meet) {
  for (Index n = 0; n < s.batch; n++)
    for (Index oh = 0; oh < s.out_h; oh++)
      for (Index ow = 0; ow < s.out_w; ow++)
        for (Index place = 0; place < s.kernel_h * s.kernel_w; place++) {
          const Index h = oh * s.stride_h - s.pad_top + place / s.kernel_w * s.dilation_h;
          const Index w = ow * s.stride_w - s.pad_left + place % s.kernel_w * s.dilation_w;
          if (h < 0 || h >= s.in_h || w < 0 || w >= s.in_w) continue;
          for (Index c = 0; c < s.channels; c++)
            meet(((n * s.out_h + oh) * s.out_w + ow) * s.channels + c, ((n * s.in_h + h) * s.in_w + w) * s.channels + c, place);
        }
}

template <class T> struct PoolCase {
  PoolShape s;
  Index x_size, y_size;
  Data<T> x, grad;

  PoolCase(const PoolShape& s, std::mt19937& random, bool odd)
      : s(s), x_size(s.batch * s.in_h * s.in_w * s.channels), y_size(s.batch * s.out_h * s.out_w * s.channels), x(x_size),
        grad(random_data<T>(y_size, random)) {
    for (Index i = 0; i < x_size; i++) {       // few different ones, so that many tie
      x[i] = T(int(random() % 9)) - 4;
      if (odd && random() % 8 == 0) x[i] = random() % 2 ? T(NAN) : random() % 2 ? T(INFINITY) : -T(INFINITY);
    }
  }

  struct Results { Data<T> y, y_too, dx, dx_all, mean, dmean; Data<std::uint8_t> index; };
  Results run() const {
    Results r{Data<T>(y_size), Data<T>(y_size), Data<T>(x_size), Data<T>(x_size), Data<T>(y_size), Data<T>(x_size),
              Data<std::uint8_t>(y_size)};
    max_pool2d(s, x.get(), r.y.get());
    if (s.kernel_h * s.kernel_w <= 256) {
      max_pool2d_with_index(s, x.get(), r.y_too.get(), r.index.get());
      max_pool2d_index_backward(s, grad.get(), r.index.get(), r.dx.get());
    }
    max_pool2d_equal_backward(s, grad.get(), x.get(), r.y.get(), r.dx_all.get());
    avg_pool2d(s, x.get(), false, r.mean.get());
    avg_pool2d_backward(s, grad.get(), false, r.dmean.get());
    return r;
  }

  // The name of a result that is wrong, or null.
  const char* wrong() const {
    using Array = std::vector<long double>;
    const auto same = [](long double a, long double b) { return a == b || (a != a && b != b); };
    const auto close = [&](long double a, long double b, long double scale) {
      return same(a, b) || (scale - scale == 0 && std::abs(a - b) <= (sizeof(T) == 4 ? 1e-5L : 1e-14L) * scale);
    };
    const std::size_t outputs = std::size_t(y_size), inputs = std::size_t(x_size);
    Array best(outputs, -INFINITY), sum(outputs), of_sizes(outputs), cells(outputs), dx(inputs), dx_all(inputs), dmean(inputs), scale(inputs);
    std::vector<Index> first(outputs, -1);
    for_each_cell(s, [&](Index o, Index i, Index place) {
      const auto at = std::size_t(o);
      if (first[at] < 0 || x[i] > best[at] || (x[i] != x[i] && best[at] == best[at])) best[at] = x[i], first[at] = place;
      sum[at] += x[i], of_sizes[at] += std::abs(x[i]), cells[at]++;
    });
    for_each_cell(s, [&](Index o, Index i, Index place) {
      const auto at = std::size_t(o), to = std::size_t(i);
      if (first[at] == place) dx[to] += grad[o];
      if (x[i] == best[at] || x[i] != x[i]) dx_all[to] += grad[o];
      dmean[to] += grad[o] / cells[at], scale[to] += std::abs(grad[o]);
    });
    const Results r = run();
    const bool indexed = s.kernel_h * s.kernel_w <= 256;
    for (std::size_t at = 0; at < outputs; at++) {
      const Index o = Index(at);
      if (!same(r.y[o], best[at])) return "max_pool2d";
      if (indexed && (!same(r.y_too[o], best[at]) || r.index[o] != first[at])) return "max_pool2d_with_index";
      if (!close(r.mean[o], sum[at] / cells[at], of_sizes[at])) return "avg_pool2d";
    }
    for (std::size_t to = 0; to < inputs; to++) {
      const Index i = Index(to);
      if (indexed && !close(r.dx[i], dx[to], scale[to])) return "max_pool2d_index_backward";
      if (!close(r.dx_all[i], dx_all[to], scale[to])) return "max_pool2d_equal_backward";
      if (!close(r.dmean[i], dmean[to], scale[to])) return "avg_pool2d_backward";
    }
    return nullptr;
  }
};

// Returns how many of the cases fail, and says which.
template <class T> int check_pooling(int cases, unsigned seed, const char* target) {
  std::mt19937 random(seed);
  int failures = 0;
  for (int i = 0; i < cases; i++) {
    convstep::set_num_threads(1 + i % 4);
    const PoolCase<T> a_case(random_pool(random), random, i % 3 == 0);
    const char* const what = a_case.wrong();
    if (!what) continue;
    failures++;
    const PoolShape& s = a_case.s;
    std::printf("FAILED %s %s %s: x (%lld, %lld, %lld, %lld) kernel (%lld, %lld) stride (%lld, %lld) pad (%lld, %lld, %lld, %lld) "
                "dilation (%lld, %lld)\n", target, sizeof(T) == 4 ? "float" : "double", what, (long long)s.batch, (long long)s.in_h,
                (long long)s.in_w, (long long)s.channels, (long long)s.kernel_h, (long long)s.kernel_w, (long long)s.stride_h,
                (long long)s.stride_w, (long long)s.pad_top, (long long)s.pad_bottom, (long long)s.pad_left, (long long)s.pad_right,
                (long long)s.dilation_h, (long long)s.dilation_w);
  }
  return failures;
}

}  // namespace driver
