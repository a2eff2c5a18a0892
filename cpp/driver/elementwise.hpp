// Batch norm, rectifiers, sums and optimizers' steps as they are defined, and the check of the core's against them: generated sizes.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>
#include "../core/elementwise.hpp"
#include "../core/norm.hpp"
#include "../core/threads.hpp"
#include "data.hpp"

namespace driver {

using convstep::Activation;
using convstep::Map;

constexpr Activation all_activations[] = {Activation::none, Activation::relu, Activation::leaky_relu, Activation::relu6};

inline long double activated(long double x, Activation activation) {
  switch (activation) {
    case Activation::relu: return std::max(x, 0.0L);
    case Activation::leaky_relu: return x > 0 ? x : x * 0.01L;
    case Activation::relu6: return std::min(std::max(x, 0.0L), 6.0L);
    default: return x;
  }
}
inline long double slope_at(long double y, Activation activation) {
  switch (activation) {
    case Activation::relu: return y > 0;
    case Activation::leaky_relu: return y > 0 ? 1 : 0.01L;
    case Activation::relu6: return y > 0 && y < 6;
    default: return 1;
  }
}

template <class T> bool near(T found, long double expected, long double scale) {
  return std::abs(found - expected) <= (sizeof(T) == 4 ? 1e-5L : 1e-13L) * (scale + std::abs(expected));
}

template <class T> const char* wrong_norm(convstep::Rows s, Activation activation, std::mt19937& random) {
  const Index n = s.rows * s.channels;
  const Data<T> x = random_data<T>(n, random), grad = random_data<T>(n, random);
  const Data<T> weight = random_data<T>(s.channels, random), bias = random_data<T>(s.channels, random);
  const Data<T> mean(s.channels), variance(s.channels), y(n), dx(n), dweight(s.channels), dbias(s.channels);
  const double eps = 0.1;                      // so that a single row is not divided by next to nothing
  convstep::batch_statistics(s, x.get(), mean.get(), variance.get());
  convstep::batch_norm(s, x.get(), weight.get(), bias.get(), mean.get(), variance.get(), eps, activation, y.get());
  convstep::batch_norm_backward(s, grad.get(), x.get(), weight.get(), bias.get(), mean.get(), variance.get(),
                                eps, activation, dx.get(), dweight.get(), dbias.get());
  for (Index c = 0; c < s.channels; c++) {
    long double sum = 0, squares = 0, of_grad = 0, of_products = 0, sizes = 0;
    for (Index i = c; i < n; i += s.channels) sum += x[i];
    const long double m = sum / s.rows;
    for (Index i = c; i < n; i += s.channels) squares += (x[i] - m) * (x[i] - m);
    const long double v = squares / s.rows, inverse = 1 / std::sqrt(v + eps);
    if (!near(mean[c], m, 1) || !near(variance[c], v, 1)) return "batch_statistics";
    for (Index i = c; i < n; i += s.channels) {
      const long double g = grad[i] * slope_at(y[i], activation);
      of_grad += g, of_products += g * (x[i] - m) * inverse, sizes += std::abs(g) * (1 + std::abs(x[i] - m) * inverse);
      if (!near(y[i], activated((x[i] - m) * inverse * weight[c] + bias[c], activation), 20)) return "batch_norm";
    }
    if (!near(dbias[c], of_grad, 1 + sizes) || !near(dweight[c], of_products, 1 + sizes)) return "batch_norm_backward";
    for (Index i = c; i < n; i += s.channels) {
      const long double g = grad[i] * slope_at(y[i], activation), normal = (x[i] - m) * inverse;
      if (!near(dx[i], (g - of_grad / s.rows - normal * of_products / s.rows) * weight[c] * inverse, 40)) return "batch_norm_backward";
    }
  }
  return nullptr;
}

template <class T> const char* wrong_map(Index n, std::mt19937& random) {
  const Data<T> a = random_data<T>(n, random), b = random_data<T>(n, random), out(n);
  for (Index i = 0; i < n; i++) a[i] *= 4;
  for (int kind = 1; kind < convstep::activations; kind++) {
    const Activation activation = all_activations[kind];
    convstep::map<T>(Map(kind - 1), n, a.get(), nullptr, out.get());
    for (Index i = 0; i < n; i++) if (!near(out[i], activated(a[i], activation), 1)) return "a rectifier";
    convstep::map<T>(Map(kind + 2), n, b.get(), a.get(), out.get());
    for (Index i = 0; i < n; i++) if (!near(out[i], b[i] * slope_at(a[i], activation), 1)) return "a rectifier's gradient";
  }
  for (int kind = 0; kind < convstep::activations; kind++) {
    convstep::map<T>(Map(int(Map::add) + kind), n, a.get(), b.get(), out.get());
    for (Index i = 0; i < n; i++)
      if (!near(out[i], activated((long double)a[i] + b[i], all_activations[kind]), 1)) return "a sum";
  }
  return nullptr;
}

template <class T> const char* wrong_step(Index n, std::mt19937& random) {
  const Data<T> params = random_data<T>(n, random), grads = random_data<T>(n, random);
  const Data<T> moving = random_data<T>(n, random), square = random_data<T>(n, random), before(n), kept(n), held(n);
  for (Index i = 0; i < n; i++) square[i] *= square[i], before[i] = params[i], kept[i] = moving[i], held[i] = square[i];
  convstep::sgd<T>({params.get(), grads.get(), moving.get(), n, T(0.5), T(0.75), T(0.125), true});
  for (Index i = 0; i < n; i++) {
    const long double g = grads[i] + 0.125L * before[i], velocity = 0.75L * kept[i] + g;
    if (!near(moving[i], velocity, 1) || !near(params[i], before[i] - 0.5L * (g + 0.75L * velocity), 1)) return "sgd";
    before[i] = params[i], kept[i] = moving[i];
  }
  convstep::adam<T>({params.get(), grads.get(), moving.get(), square.get(), n, T(0.5), T(0.75), T(0.25), T(0.5), T(0.5), T(0.875),
                     T(0.0625), T(0.125), T(0.5)});
  for (Index i = 0; i < n; i++) {
    const long double p = before[i] * 0.5L, g = grads[i] + 0.125L * p;
    const long double mean = 0.75L * kept[i] + 0.25L * g, s = 0.5L * held[i] + 0.5L * g * g;
    if (!near(moving[i], mean, 1) || !near(square[i], s, 1)) return "adam";
    if (!near(params[i], p - 0.5L * mean / (std::sqrt(s / 0.875L) + 0.0625L), 20)) return "adam";
  }
  return nullptr;
}

// Returns how many of the cases fail, and says which.
template <class T> int check_elementwise(int cases, unsigned seed, const char* target) {
  std::mt19937 random(seed);
  const auto one_of = [&](std::initializer_list<Index> values) { return values.begin()[random() % values.size()]; };
  int failures = 0;
  for (int i = 0; i < cases; i++) {
    convstep::set_num_threads(1 + i % 4);
    const convstep::Rows s{one_of({1, 2, 3, 5, 16, 63, 200, 1001}), one_of({1, 2, 3, 6, 8, 16, 17, 24, 33, 64, 127, 257, 600})};
    const Index n = one_of({0, 1, 2, 7, 15, 16, 17, 100, 16384, 16389, 50001});
    const char* const wrong[] = {wrong_norm<T>(s, all_activations[i % convstep::activations], random), wrong_map<T>(n, random),
                                 wrong_step<T>(n, random)};
    for (const char* what : wrong)
      if (what) {
        failures++;
        std::printf("FAILED %s %s %s: %lld rows of %lld channels, %lld numbers\n", target, sizeof(T) == 4 ? "float" : "double", what,
                    (long long)s.rows, (long long)s.channels, (long long)n);
      }
  }
  return failures;
}

}  // namespace driver
